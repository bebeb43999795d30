// SPDX-License-Identifier: MIT
#include "guard/daemon.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "base/addr.h"
#include "guard/guard.h"
#include "guard/link_watch.h"
#include "guard/log.h"
#include "guard/metrics_file.h"
#include "guard/own.h"
#include "guard/tell.h"
#include "limiter/limiter.h"

#define METRICS_EVERY 10 /* seconds */

/* All memory of the daemon; nothing is allocated. */
static struct daemon {
	const struct daemon_options *o;
	struct guard g;
	struct watch w;
	struct own own;
	struct guard_meta meta;
	struct lim_report report;
	struct tell tell;
	lim_u8 renewed[GUARD_IFACES]; /* the program there is of this process */
	lim_u8 seen[GUARD_IFACES];
	int starting; /* a failure is the caller's to tell */
	int prepare;  /* a step is left */
	int meta_dirty, own_dirty, look_again;
	int failed; /* an attachment, while starting */
	struct err why;
	lim_u64 told_refused;
	unsigned seconds;
} self;

/* --- interfaces --- */

static int is_asked_for(const struct daemon *d, const char *name)
{
	for (unsigned i = 0; i < d->o->only_count; i++)
		if (!strcmp(d->o->only[i], name))
			return 1;
	return !d->o->only_count;
}

static struct guard_iface *find(struct daemon *d, lim_u32 index)
{
	for (lim_u32 i = 0; i < d->meta.iface_count; i++)
		if (d->meta.iface[i].index == index)
			return &d->meta.iface[i];
	return NULL;
}

static void forget(struct daemon *d, struct guard_iface *i)
{
	size_t at = (size_t)(i - d->meta.iface), last = --d->meta.iface_count;

	d->meta.iface[at] = d->meta.iface[last];
	d->renewed[at] = d->renewed[last];
	d->seen[at] = d->seen[last];
	d->meta_dirty = 1;
}

static void drop(struct daemon *d, struct guard_iface *i)
{
	struct err e;

	if (guard_detach(&d->g, i, &e))
		log_line(LOG_WARNING, "%s", e.text);
	log_line(LOG_INFO, "%s is gone", i->name);
	forget(d, i);
}

static void attach(struct daemon *d, struct guard_iface *i)
{
	int was = i->attached, bad;
	struct err e;

	bad = guard_attach(&d->g, i, &e);
	d->renewed[i - d->meta.iface] = !bad;
	d->meta_dirty |= was != i->attached;
	if (bad && d->starting) {
		d->failed = 1;
		d->why = e;
	} else if (bad && was) {
		log_line(LOG_ERR, "%s is not protected: %s", i->name, e.text);
	} else if (!bad && !was) {
		log_line(LOG_INFO, "%s is protected", i->name);
	}
}

static struct guard_iface *add(struct daemon *d, const struct seen_link *l, enum lim_link carries)
{
	struct guard_iface *i;

	if (d->meta.iface_count == GUARD_IFACES) {
		log_line(LOG_ERR, "%s is not protected: more than %d interfaces", l->name,
			 GUARD_IFACES);
		return NULL;
	}
	i = &d->meta.iface[d->meta.iface_count++];
	memset(i, 0, sizeof *i);
	i->index = l->index;
	i->link = (lim_u8)carries;
	d->renewed[i - d->meta.iface] = 0;
	d->meta_dirty = 1;
	return i;
}

static void on_link(void *arg, const struct seen_link *l)
{
	struct daemon *d = arg;
	struct guard_iface *i = find(d, l->index);
	enum lim_link carries;

	if (!link_wanted(l, &carries) || !(i || is_asked_for(d, l->name)) ||
	    (d->starting && !is_asked_for(d, l->name)))
		return; /* one that was asked for by a name it no longer has stays protected */
	if (!i)
		i = add(d, l, carries);
	if (!i)
		return;
	d->seen[i - d->meta.iface] = 1;
	if (strcmp(i->name, l->name)) {
		memcpy(i->name, l->name, sizeof i->name);
		d->meta_dirty = 1;
	}
	if (i->link != carries) {
		i->link = (lim_u8)carries;
		d->renewed[i - d->meta.iface] = 0;
	}
	if (!d->renewed[i - d->meta.iface])
		attach(d, i);
}

static void on_link_gone(void *arg, lim_u32 index)
{
	struct daemon *d = arg;
	struct guard_iface *i = find(d, index);

	if (i)
		drop(d, i);
}

static void on_links(void *arg, int done)
{
	struct daemon *d = arg;

	if (!done)
		memset(d->seen, 0, sizeof d->seen);
	for (lim_u32 i = d->meta.iface_count; done && i-- > 0;)
		if (!d->seen[i])
			drop(d, &d->meta.iface[i]);
}

/* --- addresses --- */

static void on_addr(void *arg, const struct lim_addr *a, unsigned prefix_len)
{
	struct daemon *d = arg;

	own_seen(&d->own, a, prefix_len, guard_now());
	d->own_dirty = 1;
}

static void on_addr_gone(void *arg)
{
	((struct daemon *)arg)->look_again = 1;
}

static void on_addrs(void *arg, int done)
{
	struct daemon *d = arg;

	if (done)
		own_end(&d->own);
	else
		own_begin(&d->own);
	d->own_dirty = 1;
}

static int fill_own(struct lim_config *c, void *arg, struct err *e)
{
	return own_fill(arg, c) ? 0 : 1;
}

/* --- what has changed goes to the pins --- */

static int settle(struct daemon *d, struct err *e)
{
	char text[ADDR_TEXT];

	if (d->own_dirty && guard_change(&d->g, fill_own, &d->own, e))
		return -1;
	d->own_dirty = 0;
	if (d->meta.own_refill != d->own.refill || d->meta.own_refused != d->own.refused) {
		d->meta.own_refill = d->own.refill;
		d->meta.own_refused = d->own.refused;
		d->meta_dirty = 1;
	}
	if (d->own.refused != d->told_refused) {
		d->told_refused = d->own.refused;
		log_line(LOG_WARNING, "own-addresses: too many new ones; %s has to wait",
			 addr_text(&d->own.last_refused, text));
	}
	if (d->meta_dirty && guard_write_meta(&d->g, &d->meta, e))
		return -1;
	d->meta_dirty = 0;
	return 0;
}

static int tick(struct daemon *d, struct err *e)
{
	char line[TELL_LINE];

	if (d->look_again && watch_addrs(&d->w, e))
		return -1;
	d->look_again = 0;
	d->own_dirty |= own_tick(&d->own, guard_now()) > 0;
	for (lim_u32 i = 0; i < d->meta.iface_count; i++)
		if (!d->renewed[i])
			attach(d, &d->meta.iface[i]);
	if (guard_snapshot(&d->g, NULL, NULL, &d->report, NULL, e))
		return -1;
	if (tell_next(&d->tell, &d->report, line))
		log_line(LOG_NOTICE, "%s", line);
	if (d->o->metrics && d->seconds++ % METRICS_EVERY == 0 && metrics_file_write(&d->g, e))
		log_line(LOG_WARNING, "%s", e->text);
	return 0;
}

/* A step an event, since one keeps the kernel busy for half a second. */
static void prepare(struct daemon *d)
{
	struct err e;

	d->prepare = guard_prepare(&d->g, &e);
	if (d->prepare < 0)
		log_line(LOG_ERR, "a tunnel that appears will not be protected: %s", e.text);
	d->prepare = d->prepare > 0;
}

/* --- life --- */

static const struct watch_to watch_to = {on_link,      on_link_gone, on_addr,
					 on_addr_gone, on_addrs,     on_links};

static int check_names(const struct daemon *d, struct err *e)
{
	for (unsigned i = 0; i < d->o->only_count; i++) {
		lim_u32 k = 0;

		while (k < d->meta.iface_count && strcmp(d->meta.iface[k].name, d->o->only[i]))
			k++;
		if (k == d->meta.iface_count)
			return err_set(e, EXIT_SYSTEM, "there is no interface '%s' to protect",
				       d->o->only[i]);
	}
	return 0;
}

/* Own addresses come before interfaces: no packet of ours is to be taken for a forged one. */
static int enforce(struct daemon *d, struct err *e)
{
	if (watch_open(&d->w, &watch_to, d, e) || watch_addrs(&d->w, e) || settle(d, e) ||
	    watch_links(&d->w, e))
		return -1;
	if (d->failed) {
		*e = d->why;
		return -1;
	}
	return check_names(d, e) || settle(d, e) ? -1 : 0;
}

static int start(struct daemon *d, struct err *e)
{
	enum guard_found found;
	struct lim_config c;
	struct err ignored;

	d->starting = 1;
	if (guard_claim(&d->g, d->o->pin, e))
		return -1;
	if (guard_start(&d->g, &d->o->limits, &d->meta, &found, e) ||
	    guard_snapshot(&d->g, NULL, &c, &d->report, NULL, e))
		return -1;
	if (found == GUARD_REPLACED)
		log_line(LOG_WARNING, "the state of another version was found: begun anew");
	d->own.refill = d->meta.own_refill;
	d->own.refused = d->told_refused = d->meta.own_refused;
	d->own.free = found != GUARD_KEPT;
	own_start(&d->own, &c);
	tell_start(&d->tell, &d->report);
	if (d->o->metrics && metrics_file_open(d->o->metrics, e))
		return -1;
	if (enforce(d, e)) {
		if (found != GUARD_KEPT)
			guard_off(&d->g, &ignored);
		return -1;
	}
	d->starting = 0;
	d->prepare = 1;
	return 0;
}

static int signals(struct err *e)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC);
	return fd >= 0 ? fd : err_sys(e, errno, "signalfd");
}

static int every_second(struct err *e)
{
	const struct itimerspec one = {{1, 0}, {1, 0}};
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	if (fd < 0 || timerfd_settime(fd, 0, &one, NULL))
		return err_sys(e, errno, "timerfd");
	return fd;
}

int daemon_run(const struct daemon_options *o, void (*ready)(void *arg), void *arg, struct err *e)
{
	struct daemon *d = &self;
	struct pollfd on[3] = {{.events = POLLIN}, {.events = POLLIN}, {.events = POLLIN}};
	lim_u64 beats;

	d->o = o;
	on[0].fd = signals(e);
	on[1].fd = every_second(e);
	if (on[0].fd < 0 || on[1].fd < 0 || start(d, e))
		return -1;
	on[2].fd = d->w.fd;
	log_line(LOG_INFO, "in force on %u interfaces (%s)", d->meta.iface_count, d->meta.backend);
	ready(arg);
	while (!(on[0].revents & POLLIN)) {
		if (poll(on, 3, d->prepare ? 0 : -1) < 0)
			continue;
		if ((on[2].revents && watch_read(&d->w, e)) ||
		    (read(on[1].fd, &beats, sizeof beats) > 0 && tick(d, e)) || settle(d, e))
			log_line(LOG_ERR, "%s", e->text);
		if (d->prepare)
			prepare(d);
	}
	log_line(LOG_INFO, "the daemon ends; the limits stay in force");
	guard_close(&d->g);
	return 0;
}
