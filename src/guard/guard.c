// SPDX-License-Identifier: MIT
#include "guard/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/addr.h"
#include "guard/bpf.h"
#include "guard/place.h"
#include "limiter/limiter.h"

/* In order of preference. */
static const struct guard_backend *const backends[] = {&guard_bpf};
#define BACKENDS (sizeof backends / sizeof backends[0])

static int begin(struct guard *g, const char *pin, struct err *e)
{
	memset(g, 0, sizeof *g);
	g->dir_fd = -1;
	for (int i = 0; i < GUARD_FDS; i++)
		g->fd[i] = -1;
	return place_name(g, pin, e);
}

void guard_close(struct guard *g)
{
	if (g->backend)
		g->backend->close(g);
	if (g->dir_fd >= 0)
		close(g->dir_fd);
	g->backend = NULL;
	g->dir_fd = -1;
}

static int open_any(struct guard *g, struct err *e)
{
	for (size_t i = 0; i < BACKENDS; i++) {
		if (!backends[i]->open(g, e)) {
			g->backend = backends[i];
			return 0;
		}
	}
	return -1;
}

int guard_open(struct guard *g, const char *pin, struct err *e)
{
	if (begin(g, pin, e))
		return -1;
	if (place_open(g, e) || open_any(g, e)) {
		guard_close(g);
		return -1;
	}
	return 0;
}

int guard_snapshot(struct guard *g, struct lim_state *s, struct lim_config *c, struct lim_report *r,
		   struct guard_meta *m, struct err *e)
{
	void *const to[GUARD_PARTS] = {s, c, r, m};

	for (int part = 0; part < GUARD_PARTS; part++)
		if (to[part] && g->backend->read(g, (enum guard_part)part, to[part], e))
			return -1;
	return 0;
}

int guard_daemon(const struct guard *g)
{
	struct guard view = *g;
	struct guard_meta m;

	if (!place_locked(g) || view.backend->read(&view, GUARD_META, &m, NULL))
		return 0;
	return m.pid;
}

lim_u64 guard_memory(const struct guard *g)
{
	return g->backend->memory(g);
}

lim_u64 guard_now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (lim_u64)t.tv_sec * LIM_S + (lim_u64)t.tv_nsec;
}

int guard_claim(struct guard *g, const char *pin, struct err *e)
{
	if (begin(g, pin, e))
		return -1;
	for (size_t i = 0; i < BACKENDS; i++) {
		if (!backends[i]->probe(e)) {
			g->backend = backends[i];
			break;
		}
	}
	if (!g->backend)
		return -1;
	if (place_make(g, e) || place_lock(g, e)) {
		guard_close(g);
		return -1;
	}
	return 0;
}

/* Early in a boot the kernel may not be sure of its entropy yet; protection does not wait. */
static int new_key(lim_u64 key[2], struct err *e)
{
	if (getrandom(key, 16, GRND_NONBLOCK) == 16 || getrandom(key, 16, GRND_INSECURE) == 16)
		return 0;
	return err_sys(e, errno, "no random numbers for the key");
}

static int start_fresh(struct guard *g, const struct lim_config *want, struct guard_meta *m,
		       struct err *e)
{
	struct lim_state *s =
	    mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct lim_config c = *want;
	int bad;

	if (s == MAP_FAILED)
		return err_sys(e, errno, "no memory");
	c.own4_count = c.own6_count = 0;
	c.override_until = 0;
	bad = new_key(c.key, e);
	if (!bad) {
		lim_start(s, &c, m->adopted);
		m->started = m->adopted;
		bad = g->backend->start(g, s, &c, m, e);
	}
	munmap(s, sizeof *s);
	return bad;
}

/* Budgets and values are the new ones; the key, the addresses and the override go on. */
static int start_kept(struct guard *g, const struct lim_config *want, struct guard_meta *m,
		      struct err *e)
{
	struct lim_config c;
	struct guard_meta old;

	if (g->backend->read(g, GUARD_CONFIG, &c, e) || g->backend->read(g, GUARD_META, &old, e))
		return -1;
	memcpy(c.budget, want->budget, sizeof c.budget);
	memcpy(c.value, want->value, sizeof c.value);
	c.forward = want->forward;
	old.adopted = m->adopted;
	old.pid = m->pid;
	old.restarts++;
	memcpy(old.program, m->program, sizeof old.program);
	*m = old;
	if (g->backend->start(g, NULL, NULL, NULL, e) || g->backend->write(g, GUARD_CONFIG, &c, e))
		return -1;
	return guard_write_meta(g, m, e);
}

int guard_start(struct guard *g, const struct lim_config *want, struct guard_meta *m,
		enum guard_found *found, struct err *e)
{
	const struct guard_backend *preferred = g->backend;
	struct err why;

	memset(m, 0, sizeof *m);
	m->magic = GUARD_META_MAGIC;
	m->version = LIM_VERSION;
	snprintf(m->program, sizeof m->program, "%s", HOLDFAST_VERSION);
	m->adopted = guard_now();
	m->pid = getpid();
	if (!open_any(g, &why)) {
		*found = GUARD_KEPT;
		return start_kept(g, want, m, e);
	}
	if (why.code != EXIT_NO) {
		if (e)
			*e = why;
		return -1;
	}
	g->backend = preferred;
	*found = place_used(g) ? GUARD_REPLACED : GUARD_FRESH;
	if (start_fresh(g, want, m, e))
		return -1;
	return g->backend->read(g, GUARD_META, m, e);
}

int guard_attach(struct guard *g, struct guard_iface *i, struct err *e)
{
	i->attached = !g->backend->attach(g, i, e);
	return i->attached ? 0 : -1;
}

int guard_prepare(struct guard *g, struct err *e)
{
	*e = (struct err){0};
	return g->backend->prepare(g, e);
}

int guard_prepared(struct guard *g, struct err *e)
{
	return g->backend->prepared(g, e);
}

int guard_detach(struct guard *g, const struct guard_iface *i, struct err *e)
{
	return g->backend->detach(g, i, e);
}

int guard_write_meta(struct guard *g, const struct guard_meta *m, struct err *e)
{
	return g->backend->write(g, GUARD_META, m, e);
}

int guard_change(struct guard *g, int (*change)(struct lim_config *c, void *arg, struct err *e),
		 void *arg, struct err *e)
{
	int lock = place_lock_changes(g, e), bad;
	struct lim_config c;

	if (lock < 0)
		return -1;
	bad = g->backend->read(g, GUARD_CONFIG, &c, e);
	if (!bad)
		bad = change(&c, arg, e);
	if (!bad)
		bad = g->backend->write(g, GUARD_CONFIG, &c, e);
	close(lock);
	return bad < 0 ? -1 : 0;
}

struct override {
	lim_u64 until;
	struct lim_addr addr, mask;
};

static int set_override(struct lim_config *c, void *arg, struct err *e)
{
	const struct override *o = arg;

	c->override_until = o->until;
	c->override_addr = o->addr;
	c->override_mask = o->mask;
	return 0;
}

int guard_override(struct guard *g, lim_u64 ns, const struct lim_addr *addr, unsigned prefix_len,
		   struct err *e)
{
	struct override o = {.until = ns ? guard_now() + ns : 0, .addr = *addr};

	if (ns > GUARD_OVERRIDE_MAX)
		return err_set(e, EXIT_WRONG_USE, "an override lasts at most %llu minutes",
			       GUARD_OVERRIDE_MAX / (60 * LIM_S));
	o.mask = prefix_len ? addr_mask(addr_is4(addr), prefix_len) : (struct lim_addr){{0}};
	return guard_change(g, set_override, &o, e);
}

int guard_off(struct guard *g, struct err *e)
{
	int pid = guard_daemon(g);

	/* Not a signal that a service manager would send: it is to know that this end is meant. */
	if (pid > 0 && pid != getpid() && kill(pid, GUARD_OFF_SIGNAL) && errno == EPERM)
		return err_set(e, EXIT_SYSTEM,
			       "not allowed to stop the daemon, process %d: this machine is locked "
			       "until its next start (holdfast-lock(8)), or this is not root",
			       pid);
	g->flags |= GUARD_PATIENT;
	if (place_lock(g, e) || g->backend->off(g, e))
		return -1;
	return place_remove(g, e);
}
