// SPDX-License-Identifier: MIT
#include "supervise/loop.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "base/forget.h"
#include "supervise/control.h"
#include "supervise/ends.h"
#include "supervise/notify.h"
#include "supervise/say.h"

#define EVENTS	      16	   /* of epoll, a round */
#define REFUSALS_MOST 32	   /* answered for one program, a round */
#define MESSAGES_MOST 16	   /* of one socket, a round */
#define HEAR_EVERY    (SUP_S / 10) /* and no more of sd_notify's in such a time */
#define LEDGER_EVERY  SUP_S	   /* at most, for figures alone */
#define STOP_MOST     (60 * SUP_S) /* one after the other; then all that are left at once */

uint64_t loop_clock(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * SUP_S + (uint64_t)t.tv_nsec;
}

void loop_watch_fd(struct loop *l, int fd, enum loop_kind k, const struct program *p)
{
	struct epoll_event ev = {.events = EPOLLIN};

	ev.data.u64 = (uint64_t)k << 32 | (p ? (uint32_t)(p - l->program) : 0);
	if (fd >= 0 && epoll_ctl(l->poll, EPOLL_CTL_ADD, fd, &ev) && errno != EEXIST)
		say(SAY_ERR, "epoll: %s", strerror(errno));
}

/* Level-triggered: what is not to be read for a while must not be watched. */
static void listen_to(struct loop *l, int fd, enum loop_kind k, const struct program *p, bool on)
{
	struct epoll_event ev = {.events = on ? EPOLLIN : 0};

	ev.data.u64 = (uint64_t)k << 32 | (uint32_t)(p - l->program);
	epoll_ctl(l->poll, EPOLL_CTL_MOD, fd, &ev);
}

void loop_watch(struct loop *l, struct program *p)
{
	p->muted_output = p->muted_log = p->muted_notify = false;
	if (p->has_output) {
		loop_watch_fd(l, p->out.read, KIND_OUT, p);
		loop_watch_fd(l, p->out.log, KIND_LOG, p);
	}
	loop_watch_fd(l, p->notify, KIND_NOTIFY, p);
}

bool loop_is_still(const struct program *p)
{
	return !p->pid && (p->sup.state == SUP_STOPPED || p->sup.state == SUP_FAILED);
}

/* --- one program --- */

static void say_wait(const struct loop *l, const struct program *p)
{
	say(SAY_NOTICE, "%s: starts again in %llu s", p->profile.name,
	    (unsigned long long)((p->sup.due - l->now + SUP_S - 1) / SUP_S));
}

static enum sup_event start(struct loop *l, struct program *p)
{
	enum sup_event e = program_start(p);

	l->started = true;

	if (e == SUP_STARTED && p->child.notify >= 0)
		loop_watch_fd(l, p->child.notify, KIND_REFUSED, p);
	return e;
}

/* Ends: a start tells one event, and neither of the two begins another start. */
void loop_happen(struct loop *l, struct program *p, enum sup_event e)
{
	uint8_t before = p->sup.state;
	enum sup_do d = sup_event(&p->sup, e, l->now);

	p->dirty = true;
	p->written = 0; /* now, not when figures are */
	if (d == SUP_DO_START)
		d = sup_event(&p->sup, start(l, p), l->now);
	if (d == SUP_DO_SIGNAL)
		program_signal(p);
	if (d == SUP_DO_KILL)
		program_kill(p);
	if (p->sup.state == SUP_WAITING && before != SUP_WAITING)
		say_wait(l, p);
}

/* Reading takes our time, which no limit of the program's counts: who says more has to wait. */
static void hear(struct loop *l, struct program *p, unsigned *said)
{
	int message;

	if (l->now - p->heard_from >= HEAR_EVERY) {
		p->heard_from = l->now;
		p->heard = 0;
	}
	while (p->heard < MESSAGES_MOST && (message = notify_read(p->notify)) >= 0) {
		*said |= (unsigned)message;
		p->heard++;
	}
	p->muted_notify = p->heard == MESSAGES_MOST;
	p->wake_notify = p->heard_from + HEAR_EVERY;
	if (p->muted_notify)
		listen_to(l, p->notify, KIND_NOTIFY, p, false);
}

static void on_notify(struct loop *l, struct program *p)
{
	unsigned said = 0;

	hear(l, p, &said);
	if (said & NOTIFY_READY && !p->ready)
		p->ready = p->dirty = true;
	if (said & NOTIFY_TRIGGER)
		loop_happen(l, p, SUP_WATCHDOG);
	else if (said & (NOTIFY_ALIVE | NOTIFY_READY))
		sup_event(&p->sup, SUP_ALIVE, l->now);
}

static void on_refused(struct loop *l, struct program *p)
{
	struct denial d;

	for (int i = 0; i < REFUSALS_MOST && p->child.notify >= 0; i++) {
		int what = launch_refusal(p->launch, &p->child, &d);

		if (what < 0) {
			epoll_ctl(l->poll, EPOLL_CTL_DEL, p->child.notify, NULL);
			close(p->child.notify);
			p->child.notify = -1;
		}
		if (what <= 0)
			return;
		denial_log_add(&l->denials, &d, l->now);
	}
}

static void on_output(struct loop *l, struct program *p)
{
	uint64_t wait = output_read(&p->out, l->now);

	p->dirty = true;
	p->wake_output = l->now + wait;
	p->muted_output = wait;
	if (wait)
		listen_to(l, p->out.read, KIND_OUT, p, false);
}

static void on_log(struct loop *l, struct program *p)
{
	uint64_t wait = 0;

	for (int i = 0; i < MESSAGES_MOST && !wait; i++)
		wait = output_read_log(&p->out, l->now);
	p->dirty = true;
	p->wake_log = l->now + wait;
	p->muted_log = wait;
	if (wait)
		listen_to(l, p->out.log, KIND_LOG, p, false);
}

/* --- words from outside --- */

static void begin_stop(struct loop *l, int sig)
{
	if (l->stopping)
		return;
	say(SAY_INFO, "signal %d: stopping all programs", sig);
	notify_init("STOPPING=1");
	l->stopping = true;
	l->stop_signal = sig;
	l->stop_from = l->now;
}

static void read_folder_again(struct loop *l)
{
	struct err e;

	if (l->stopping)
		return;
	say(SAY_INFO, "reading %s again", l->o->folder);
	notify_init("RELOADING=1");
	if (set_read(l, &e))
		say(SAY_ERR, "%s", e.text);
	notify_init("READY=1");
}

static void on_signal(struct loop *l)
{
	struct signalfd_siginfo s;

	while (read(l->signals, &s, sizeof s) == sizeof s)
		if (s.ssi_signo == SIGCHLD)
			ends_reap(l);
		else if (s.ssi_signo == SIGHUP)
			read_folder_again(l);
		else
			begin_stop(l, (int)s.ssi_signo);
}

static void on_control(struct loop *l)
{
	char name[PROFILE_NAME];
	enum control_word w = control_read(l->control, name);

	if (w == CONTROL_NONE || l->stopping)
		return;
	for (unsigned i = 0; i < l->top; i++) {
		struct program *p = &l->program[i];

		if (!p->used || !p->loaded || strcmp(p->profile.name, name))
			continue;
		say(SAY_INFO, "%s: %s by the owner", name,
		    w == CONTROL_STOP	 ? "stopped"
		    : w == CONTROL_START ? "started"
					 : "restarted");
		if (w != CONTROL_START)
			loop_happen(l, p, SUP_STOP);
		if (w != CONTROL_STOP)
			loop_happen(l, p, SUP_START);
	}
}

/* --- time --- */

static void earlier(uint64_t *at, uint64_t t)
{
	if (t && t < *at)
		*at = t;
}

static void arm(struct loop *l)
{
	struct itimerspec t = {0};
	uint64_t at = UINT64_MAX;

	for (unsigned i = 0; i < l->top; i++) {
		const struct program *p = &l->program[i];

		if (!p->used)
			continue;
		earlier(&at, p->sup.due);
		earlier(&at, p->muted_output ? p->wake_output : 0);
		earlier(&at, p->muted_log ? p->wake_log : 0);
		earlier(&at, p->muted_notify ? p->wake_notify : 0);
		earlier(&at, p->dirty ? p->written + LEDGER_EVERY : 0);
	}
	earlier(&at, l->hardware.fd >= 0 ? l->fed + l->hardware.every : 0);
	earlier(&at, l->init_every ? l->init_told + l->init_every : 0);
	earlier(&at, l->stopping ? l->stop_from + STOP_MOST : 0);
	earlier(&at, l->more_to_reap ? 1 : 0);
	if (at != UINT64_MAX) {
		t.it_value.tv_sec = (time_t)(at / SUP_S);
		t.it_value.tv_nsec = (long)(at % SUP_S) + !at;
	}
	timerfd_settime(l->timer, TFD_TIMER_ABSTIME, &t, NULL);
}

static void unmute(struct loop *l, struct program *p)
{
	if (p->muted_output && p->wake_output <= l->now) {
		p->muted_output = false;
		listen_to(l, p->out.read, KIND_OUT, p, true);
	}
	if (p->muted_log && p->wake_log <= l->now) {
		p->muted_log = false;
		listen_to(l, p->out.log, KIND_LOG, p, true);
	}
	if (p->muted_notify && p->wake_notify <= l->now) {
		p->muted_notify = false;
		listen_to(l, p->notify, KIND_NOTIFY, p, true);
	}
}

static void write_ledger(struct loop *l, struct program *p)
{
	struct ledger entry;
	struct err e;

	if (!p->dirty || !*p->profile.name || (p->written && l->now - p->written < LEDGER_EVERY))
		return;
	p->dirty = false;
	p->written = l->now;
	program_tell(p, &entry, l->crashes.fd >= 0);
	if (!ledger_write(l->run, &entry, &e))
		l->ledger_failed = false;
	else if (!l->ledger_failed) {
		l->ledger_failed = true;
		say(SAY_ERR, "status: %s", e.text);
	}
}

/* Only a loop that gets here, round after round, is healthy; a dog is fed nowhere else. */
static void feed(struct loop *l)
{
	if (l->hardware.fd >= 0 && l->now - l->fed >= l->hardware.every) {
		hardware_feed(&l->hardware);
		l->fed = l->now;
	}
	if (l->init_every && l->now - l->init_told >= l->init_every) {
		notify_init("WATCHDOG=1");
		l->init_told = l->now;
	}
}

static void each_round(struct loop *l)
{
	if (l->more_to_reap)
		ends_reap(l);
	for (unsigned i = 0; i < l->top; i++) {
		struct program *p = &l->program[i];

		if (!p->used)
			continue;
		if (p->sup.due && p->sup.due <= l->now)
			loop_happen(l, p, SUP_TIMER);
		unmute(l, p);
	}
	set_settle(l);
}

static void write_ledgers(struct loop *l)
{
	for (unsigned i = 0; i < l->top; i++)
		if (l->program[i].used)
			write_ledger(l, &l->program[i]);
}

/* --- life --- */

/* The last started first, each when the one before is gone. True when all are. */
static bool stop_on(struct loop *l)
{
	bool at_once = l->now - l->stop_from >= STOP_MOST;
	struct program *last;

	for (;;) {
		last = NULL;
		for (unsigned i = 0; i < l->top; i++) {
			struct program *p = &l->program[i];

			if (p->used && !loop_is_still(p) &&
			    (!at_once || p->sup.state != SUP_STOPPING || p->sup.again) &&
			    (!last || p->order > last->order))
				last = p;
		}
		if (!last)
			break;
		if (last->sup.state == SUP_STOPPING && !last->sup.again)
			return false;
		loop_happen(l, last, SUP_STOP);
	}
	for (unsigned i = 0; i < l->top; i++)
		if (l->program[i].used && !loop_is_still(&l->program[i]))
			return false;
	return true;
}

static void hand_out(struct loop *l, const struct epoll_event *ev)
{
	struct program *p = &l->program[(uint32_t)ev->data.u64];
	uint64_t beats;

	switch ((enum loop_kind)(ev->data.u64 >> 32)) {
	case KIND_SIGNAL:
		on_signal(l);
		break;
	case KIND_TIMER:
		if (read(l->timer, &beats, sizeof beats) < 0)
			break;
		break;
	case KIND_CONTROL:
		on_control(l);
		break;
	case KIND_CRASHES:
		ends_look(l);
		break;
	case KIND_OUT:
		if (p->has_output)
			on_output(l, p);
		break;
	case KIND_LOG:
		if (p->has_output)
			on_log(l, p);
		break;
	case KIND_NOTIFY:
		if (p->notify >= 0)
			on_notify(l, p);
		break;
	case KIND_REFUSED:
		if (p->pid)
			on_refused(l, p);
		break;
	case KIND_ETC:
		launch_renew(l->etc);
		break;
	}
}

void loop_stay(struct loop *l)
{
	struct epoll_event ev[EVENTS];

	for (;;) {
		int n;

		l->now = loop_clock();
		each_round(l);
		if (l->stopping && stop_on(l))
			break;
		write_ledgers(l);
		feed(l);
		arm(l);
		if (l->started) /* as deep as the stack ever is */
			forget_stack();
		l->started = false;
		n = epoll_wait(l->poll, ev, EVENTS, -1);
		l->now = loop_clock();
		for (int i = 0; i < n; i++)
			hand_out(l, &ev[i]);
	}
	write_ledgers(l);
}
