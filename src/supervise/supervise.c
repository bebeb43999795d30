// SPDX-License-Identifier: MIT
#include "supervise/supervise.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include "sandbox/launch.h"
#include "supervise/control.h"
#include "supervise/init.h"
#include "supervise/loop.h"
#include "supervise/notify.h"
#include "supervise/say.h"

static struct loop self; /* nothing else is allocated */

static int open_signals(struct loop *l, struct err *e)
{
	static const int wanted[] = {SIGCHLD, SIGHUP, SIGTERM, SIGINT};
	sigset_t set;

	sigemptyset(&set);
	for (unsigned i = 0; i < sizeof wanted / sizeof *wanted; i++)
		sigaddset(&set, wanted[i]);
	if (init_is_first()) {
		sigaddset(&set, SIGUSR1);
		sigaddset(&set, SIGUSR2);
	}
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	l->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return l->signals < 0 ? err_sys(e, errno, "signalfd") : 0;
}

static int open_rest(struct loop *l, struct err *e)
{
	struct err why;

	l->poll = epoll_create1(EPOLL_CLOEXEC);
	l->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (l->poll < 0 || l->timer < 0)
		return err_sys(e, errno, "epoll and timerfd");
	l->control = control_open(l->run, e);
	if (l->control < 0 || open_signals(l, e))
		return -1;
	if (crashes_open(&l->crashes, &why))
		say(SAY_WARNING, "crashes of children are not seen, only a program's own: %s",
		    why.text);
	loop_watch_fd(l, l->signals, KIND_SIGNAL, NULL);
	loop_watch_fd(l, l->timer, KIND_TIMER, NULL);
	loop_watch_fd(l, l->control, KIND_CONTROL, NULL);
	loop_watch_fd(l, l->crashes.fd, KIND_CRASHES, NULL);
	launch_settle();
	l->etc = launch_watch();
	loop_watch_fd(l, l->etc, KIND_ETC, NULL);
	return 0;
}

/* A machine that has nothing else to run goes on without: it would only start again and again. */
static int open_watchdog(struct loop *l, struct err *e)
{
	if (!l->o->watchdog || !hardware_open(&l->hardware, l->o->watchdog, e))
		return 0;
	if (!init_is_machine())
		return -1;
	say(SAY_ERR, "%s: goes on without a watchdog", e->text);
	return 0;
}

static int begin(struct loop *l, struct err *e)
{
	struct err why;

	l->hardware.fd = l->crashes.fd = l->denials.fd = -1;
	l->run = l->o->run ? l->o->run : ledger_run();
	if (strlen(l->run) > PROGRAM_RUN)
		return err_set(e, EXIT_WRONG_USE, "%.150s: too long for sockets in it", l->run);
	if (init_is_first())
		init_prepare();
	if (ledger_make_folder(l->run, e))
		return -1;
	l->lock = ledger_lock(l->run, e);
	if (l->lock < 0 || open_rest(l, e) || open_watchdog(l, e))
		return -1;
	if (denial_log_open(&l->denials, l->run, &why))
		say(SAY_WARNING, "refusals are not noted: %s", why.text);
	l->init_every = notify_init_watchdog() / 2;
	l->now = l->fed = loop_clock();
	return set_read(l, e);
}

static unsigned count_broken(const struct loop *l)
{
	unsigned n = 0;

	for (unsigned i = 0; i < l->top; i++)
		n += l->program[i].used && l->program[i].broken;
	return n;
}

int supervise_run(const struct supervise_options *o, void (*ready)(void *arg, unsigned broken),
		  void *arg, struct err *e)
{
	struct loop *l = &self;
	unsigned broken;
	int sig;

	l->o = o;
	launch_idle(&self, sizeof(self));
	if (begin(l, e)) {
		if (init_is_machine())
			init_give_up(e);
		return -1;
	}
	ready(arg, count_broken(l));
	notify_init("READY=1");
	loop_stay(l);
	say(SAY_INFO, "all programs have stopped");
	sig = l->stop_signal;
	broken = count_broken(l);
	for (unsigned i = 0; i < l->top; i++)
		if (l->program[i].used)
			program_drop(&l->program[i]);
	denial_log_close(&l->denials);
	hardware_close(&l->hardware, !init_is_machine());
	if (init_is_first())
		init_finish(sig);
	return broken != 0;
}
