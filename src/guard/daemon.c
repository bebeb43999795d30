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
#include "guard/ifaces.h"
#include "guard/link_watch.h"
#include "guard/log.h"
#include "guard/metrics_file.h"
#include "guard/own.h"
#include "guard/slim.h"
#include "guard/tell.h"
#include "limiter/limiter.h"

#define METRICS_EVERY 10 /* seconds */

/* All memory of the daemon; nothing is allocated. */
static struct daemon {
	const struct daemon_options *o;
	struct guard g;
	struct watch w;
	struct own own;
	struct ifaces i;
	struct lim_report report;
	struct tell tell;
	int prepare; /* a step is left */
	int own_dirty;
	int looking;	   /* at all links: not to be disturbed */
	int look_at_addrs; /* is due */
	lim_u64 told_refused;
	unsigned seconds; /* since the start */
} self;

/* --- interfaces --- */

static int is_asked_for(const struct daemon *d, const char *name)
{
	for (unsigned i = 0; i < d->o->only_count; i++)
		if (!strcmp(d->o->only[i], name))
			return 1;
	return !d->o->only_count;
}

/* What its packets come from is to be known before the first of them is judged. */
static void learn_addrs(struct daemon *d)
{
	struct err e;

	if (d->looking)
		return; /* they have been, just before */
	if (watch_addrs(&d->w, &e))
		log_line(LOG_ERR, "%s", e.text);
}

static void on_link(void *arg, const struct seen_link *l)
{
	struct daemon *d = arg;
	struct guard_iface *i = ifaces_find(&d->i, l->index);
	enum lim_link carries;
	struct iface_place *p;

	if (!link_wanted(l, &carries) || !(i || is_asked_for(d, l->name)) ||
	    (d->i.starting && !is_asked_for(d, l->name)))
		return; /* one that was asked for by a name it no longer has stays protected */
	if (!i) {
		/* What takes long comes first: an address that comes meanwhile is not missed. */
		if (carries == LIM_RAW_IP)
			guard_prepared(&d->g, NULL);
		learn_addrs(d);
		i = ifaces_add(&d->i, l, carries);
	}
	if (!i)
		return;
	p = ifaces_place(&d->i, i);
	p->seen = 1;
	if (strcmp(i->name, l->name)) {
		memcpy(i->name, l->name, sizeof i->name);
		d->i.meta_dirty = 1;
	}
	if (i->link != carries) {
		i->link = (lim_u8)carries;
		p->renewed = p->tries = 0;
	}
	if (!p->renewed && !p->tries)
		ifaces_attach(&d->i, &d->g, i);
}

static void on_link_gone(void *arg, lim_u32 index)
{
	struct daemon *d = arg;
	struct guard_iface *i = ifaces_find(&d->i, index);

	if (i)
		ifaces_drop(&d->i, &d->g, i);
	else
		d->i.look_at_links |= d->i.meta.left_out; /* perhaps it was the last of those */
}

static void on_links(void *arg, enum watch_look look)
{
	struct daemon *d = arg;

	d->looking = look == WATCH_BEGINS;
	d->i.look_at_links = look == WATCH_GIVEN_UP;
	if (look == WATCH_BEGINS)
		for (lim_u32 i = 0; i < d->i.meta.iface_count; i++)
			d->i.place[i].seen = 0;
	for (lim_u32 i = d->i.meta.iface_count; look == WATCH_DONE && i-- > 0;)
		if (!d->i.place[i].seen)
			ifaces_drop(&d->i, &d->g, &d->i.meta.iface[i]);
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
	((struct daemon *)arg)->look_at_addrs = 1;
}

static int fill_own(struct lim_config *c, void *arg, struct err *e)
{
	return own_fill(arg, c) ? 0 : 1;
}

static int settle_own(struct daemon *d, struct err *e)
{
	if (d->own_dirty && guard_change(&d->g, fill_own, &d->own, e))
		return -1;
	d->own_dirty = 0;
	return 0;
}

/* A failure here is met again, and told, by settle(). */
static void on_addrs(void *arg, enum watch_look look)
{
	struct daemon *d = arg;

	d->look_at_addrs = look == WATCH_GIVEN_UP;
	d->own_dirty = 1;
	if (look == WATCH_BEGINS)
		own_begin(&d->own);
	if (look == WATCH_DONE)
		own_end(&d->own);
	if (look != WATCH_BEGINS)
		settle_own(d, NULL);
}

/* --- what has changed goes to the pins --- */

static int settle(struct daemon *d, struct err *e)
{
	char text[ADDR_TEXT];

	if (settle_own(d, e))
		return -1;
	if (d->i.meta.own_refill != d->own.refill || d->i.meta.own_refused != d->own.refused) {
		d->i.meta.own_refill = d->own.refill;
		d->i.meta.own_refused = d->own.refused;
		d->i.meta_dirty = 1;
	}
	if (d->own.refused != d->told_refused) {
		d->told_refused = d->own.refused;
		log_line(LOG_WARNING, "own-addresses: too many new ones; %s has to wait",
			 addr_text(&d->own.last_refused, text));
	}
	if (d->i.meta_dirty && guard_write_meta(&d->g, &d->i.meta, e))
		return -1;
	d->i.meta_dirty = 0;
	return 0;
}

static int look_at_links(struct daemon *d, struct err *e)
{
	if (!d->i.look_at_links)
		return 0;
	d->i.meta_dirty |= d->i.meta.left_out;
	d->i.meta.left_out = 0; /* unless it shows again */
	return watch_links(&d->w, e);
}

static int tick(struct daemon *d, struct err *e)
{
	char line[TELL_LINE];

	d->seconds++;
	if ((d->look_at_addrs && watch_addrs(&d->w, e)) || look_at_links(d, e))
		return -1;
	d->own_dirty |= own_tick(&d->own, guard_now()) > 0;
	ifaces_attach_again(&d->i, &d->g, d->seconds);
	if (guard_snapshot(&d->g, NULL, NULL, &d->report, NULL, e))
		return -1;
	if (tell_next(&d->tell, &d->report, line))
		log_line(LOG_NOTICE, "%s", line);
	if (d->o->metrics && d->seconds % METRICS_EVERY == 1 && metrics_file_write(&d->g, e))
		log_line(LOG_WARNING, "%s", e->text);
	return 0;
}

static int prepare(struct daemon *d)
{
	struct err e;
	int fd = guard_prepare(&d->g, &e);

	if (fd < 0 && e.code)
		log_line(LOG_WARNING, "the first tunnel will have to wait: %s", e.text);
	return fd;
}

static void prepared(struct daemon *d)
{
	struct err e;

	if (guard_prepared(&d->g, &e))
		log_line(LOG_ERR, "a tunnel that appears may not be protected: %s", e.text);
}

/* --- life --- */

static const struct watch_to watch_to = {on_link,      on_link_gone, on_addr,
					 on_addr_gone, on_addrs,     on_links};

static int check_names(const struct daemon *d, struct err *e)
{
	for (unsigned i = 0; i < d->o->only_count; i++) {
		lim_u32 k = 0;

		while (k < d->i.meta.iface_count && strcmp(d->i.meta.iface[k].name, d->o->only[i]))
			k++;
		if (k == d->i.meta.iface_count)
			return err_set(e, EXIT_SYSTEM, "there is no interface '%s' to protect",
				       d->o->only[i]);
	}
	return 0;
}

/* Own addresses come before interfaces: no packet of ours is to be taken for a forged one. */
static int enforce(struct daemon *d, struct err *e)
{
	if (watch_open(&d->w, &watch_to, d, e) || watch_addrs(&d->w, e) || settle(d, e))
		return -1;
	d->i.look_at_links = 1;
	if (look_at_links(d, e))
		return -1;
	if (d->i.failed && (d->o->only_count || !ifaces_protected(&d->i))) {
		*e = d->i.why;
		return -1;
	}
	if (d->i.failed) /* the others are better protected without it than not at all */
		ifaces_name_failed(&d->i, &d->g);
	return check_names(d, e) || settle(d, e) ? -1 : 0;
}

static int start(struct daemon *d, struct err *e)
{
	enum guard_found found;
	struct lim_config c;
	struct err ignored;

	d->i.starting = 1;
	if (guard_claim(&d->g, d->o->pin, e))
		return -1;
	if (guard_start(&d->g, &d->o->limits, &d->i.meta, &found, e) ||
	    guard_snapshot(&d->g, NULL, &c, &d->report, NULL, e))
		return -1;
	if (found == GUARD_REPLACED)
		log_line(LOG_WARNING, "the state of another version was found: begun anew");
	d->own.refill = d->i.meta.own_refill;
	d->own.refused = d->told_refused = d->i.meta.own_refused;
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
	d->i.starting = 0;
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
	sigaddset(&set, GUARD_OFF_SIGNAL);
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
	struct pollfd on[4] = {
	    {.events = POLLIN}, {.events = POLLIN}, {.events = POLLIN}, {.events = POLLIN}};
	struct signalfd_siginfo s;
	lim_u64 beats;
	int off;

	d->o = o;
	on[0].fd = signals(e);
	on[1].fd = every_second(e);
	if (on[0].fd < 0 || on[1].fd < 0 || start(d, e))
		return -1;
	on[2].fd = d->w.fd;
	log_line(LOG_INFO, "in force on %u interfaces (%s)", ifaces_protected(&d->i),
		 d->i.meta.backend);
	ready(arg);
	on[3].fd = prepare(d);
	slim();
	while (!(on[0].revents & POLLIN)) {
		if (poll(on, 4, -1) < 0)
			continue;
		if ((on[2].revents && watch_read(&d->w, e)) ||
		    (read(on[1].fd, &beats, sizeof beats) > 0 && tick(d, e)) || settle(d, e))
			log_line(LOG_ERR, "%s", e->text);
		if (on[3].revents) {
			on[3].fd = -1;
			prepared(d);
		}
	}
	off = read(on[0].fd, &s, sizeof s) == sizeof s && s.ssi_signo == GUARD_OFF_SIGNAL;
	log_line(LOG_INFO, off ? "switched off" : "the daemon ends; the limits stay in force");
	guard_close(&d->g);
	return off;
}
