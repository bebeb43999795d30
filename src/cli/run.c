// SPDX-License-Identifier: MIT
// holdfast run PROFILE [ARGUMENT...]: one program in its sandbox, in the foreground.
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/commands.h"
#include "sandbox/calls.h"
#include "sandbox/denial_log.h"
#include "sandbox/launch.h"
#include "sandbox/profile_load.h"

struct run_args {
	bool check;
};

static const struct opt options[] = {
    {"check", 'c', OPT_FLAG, offsetof(struct run_args, check), NULL,
     "only say whether the profile is sound and this machine has what it needs"},
    {0},
};

const struct opt_use run_use = {
    "PROFILE [ARGUMENT...]",
    "a program in its sandbox, in the foreground",
    options,
    1,
    -1,
    "PROFILE is a file as in holdfast-profile(5), or the record compiled from one; arguments are\n"
    "appended to the profile's command.\n\n"
    "Exit status: the program's own, or 128+n when signal n ended it; 2 wrong use, 3 the sandbox\n"
    "cannot be made.\n"};

/* Everything that has to reach the program instead of ending us. */
static int take_signals(struct err *e)
{
	static const int passed_on[] = {SIGHUP,	 SIGINT,  SIGQUIT, SIGTERM,  SIGUSR1,
					SIGUSR2, SIGALRM, SIGCONT, SIGWINCH, SIGCHLD};
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(passed_on) / sizeof(*passed_on); i++)
		sigaddset(&set, passed_on[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? err_sys(e, errno, "signals") : fd;
}

static void pass_on(struct launch *l, const struct launch_child *c, int signals)
{
	struct signalfd_siginfo s;

	while (read(signals, &s, sizeof(s)) == (ssize_t)sizeof(s))
		if (s.ssi_signo != SIGCHLD)
			launch_signal(l, c, (int)s.ssi_signo);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* The log is opened with the first refusal; a run that has none need not touch it, and one that
 * cannot open it still refuses. */
static void answer(struct launch *l, struct launch_child *c, struct denial_log *log)
{
	struct denial d;
	int rc = launch_refusal(l, c, &d);

	if (rc < 0) {
		close(c->notify);
		c->notify = -1;
	}
	if (rc <= 0)
		return;
	if (log->fd < 0)
		denial_log_open(log, denial_run_dir(), NULL);
	denial_log_add(log, &d, now());
}

/* The watch of /etc takes a while to set up, and longer to take down: a program that is done at
 * once goes without. */
#define UNWATCHED_MS 200

struct watch {
	int fd;
	bool on;
	uint64_t began; /* ns */
};

/* How long poll(2) may wait, ms; starts the watch when it is time. */
static int next_wait(struct watch *w)
{
	uint64_t ms = w->on ? 0 : (now() - w->began) / 1000000;

	if (!w->on && ms < UNWATCHED_MS)
		return (int)(UNWATCHED_MS - ms);
	if (!w->on) {
		w->on = true;
		w->fd = launch_watch();
		if (w->fd >= 0)
			launch_renew(w->fd); /* what was changed until now */
	}
	return -1;
}

static int until_end(struct launch *l, struct launch_child *c, int signals)
{
	static struct denial_log log = {.fd = -1};
	struct watch etc = {.fd = -1, .began = now()};
	int status = 0;

	for (;;) {
		int ms = next_wait(&etc);
		struct pollfd wait[] = {{.fd = c->pidfd, .events = POLLIN},
					{.fd = signals, .events = POLLIN},
					{.fd = c->notify, .events = POLLIN},
					{.fd = etc.fd, .events = POLLIN}};

		if (poll(wait, 4, ms) < 0 && errno != EINTR)
			break;
		if (wait[3].revents)
			launch_renew(etc.fd);
		if (wait[2].revents)
			answer(l, c, &log);
		if (wait[1].revents)
			pass_on(l, c, signals);
		if (wait[0].revents)
			break;
	}
	while (waitpid(c->pid, &status, 0) < 0 && errno == EINTR)
		;
	status = launch_ended(l, status);
	if (log.fd >= 0)
		denial_log_close(&log);
	launch_kill(l, c);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static void warn(const struct profile *p, layer_set missing)
{
	if (p->unlisted)
		fprintf(stderr, "holdfast: no call list for %s: the default level\n",
			call_native.name);
	for (int i = 0; i < LAYER_COUNT; i++)
		if (missing & LAYER_BIT(i))
			fprintf(stderr, "holdfast: without layer %s, as the profile accepts\n",
				layer_name((enum layer)i));
}

static int run(struct launch *l, struct err *e)
{
	const struct launch_io io = {.in = 0, .out = 1, .err = 2};
	struct launch_child c;
	int signals = take_signals(e);

	if (signals < 0 || launch_start(l, &io, &c, e))
		return cli_fail(e);
	return until_end(l, &c, signals);
}

/* What stands behind the profile is the program's, dashes or not. */
static int own_words(int argc, char **argv)
{
	int i = 1;

	while (i < argc && argv[i][0] == '-')
		i++;
	return i < argc ? i + 1 : argc;
}

int run_run(int argc, char **argv)
{
	static struct profile p;
	struct run_args args = {0};
	struct launch *l;
	layer_set missing;
	struct err e;
	int code, own = own_words(argc, argv);
	char **rest = argv + own;

	if (cli_options(&run_use, own, argv, &args, &code) < 0)
		return code;
	if (profile_load(&p, argv[1], &e) || launch_prepare(&l, &p, rest, &missing, &e))
		return cli_fail(&e);
	warn(&p, missing);
	if (args.check)
		printf("%s: '%s' can be started\n", argv[1], p.name);
	code = args.check ? EXIT_DONE : run(l, &e);
	launch_free(l);
	return code;
}
