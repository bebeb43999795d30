// SPDX-License-Identifier: MIT
// holdfast guard: puts the limits in force, and the owner's two ways to lift them.
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/opt.h"
#include "cli/cli.h"
#include "cli/guard.h"
#include "guard/config_file.h"
#include "guard/daemon.h"
#include "guard/guard.h"
#include "guard/log.h"

struct args {
	const char *config, *pin, *metrics;
	struct opt_list ifaces;
	bool daemon, check, forward;
};

static const struct opt options[] = {
    {"config", 'c', OPT_TEXT, offsetof(struct args, config), "FILE",
     "budgets and values (default: " CONFIG_DEFAULT ")"},
    {"pin", 0, OPT_TEXT, offsetof(struct args, pin), "DIR",
     "where the limits live (default: $" GUARD_PIN_ENV " or " GUARD_PIN_DEFAULT ")"},
    {"interface", 'i', OPT_LIST, offsetof(struct args, ifaces), "NAME",
     "only this interface; may be given again (default: all)"},
    {"forward", 0, OPT_FLAG, offsetof(struct args, forward), NULL,
     "this machine routes or bridges for others: limit what it passes on with its own"},
    {"metrics", 0, OPT_TEXT, offsetof(struct args, metrics), "FILE",
     "write figures for Prometheus there every 10 seconds"},
    {"daemon", 'd', OPT_FLAG, offsetof(struct args, daemon), NULL,
     "go on in the background once the limits are in force"},
    {"check", 0, OPT_FLAG, offsetof(struct args, check), NULL,
     "only say whether the configuration is right"},
    {0},
};

const struct opt_use cli_guard_use = {
    "[off | override]",
    "limits the harm that this machine can do to others",
    options,
    0,
    0,
    "Without options: all interfaces, the defaults, in the foreground. The limits outlast the\n"
    "program: `holdfast guard off` takes them away, `holdfast guard override --help` tells\n"
    "how to lift them for a while.\n"
    "Exit status: 0 done, 2 wrong arguments or configuration, 3 the system refused.\n"};

static struct guard_config config;

/* Whoever waits for the daemon waits at this pipe. */
static void ready_daemon(void *arg)
{
	int *pipe_end = arg, null = open("/dev/null", O_RDWR | O_CLOEXEC);

	for (int fd = 0; fd <= 2 && null >= 0; fd++)
		dup2(null, fd);
	if (null > 2)
		close(null);
	log_start(0);
	if (write(*pipe_end, "", 1) < 0)
		return;
	close(*pipe_end);
	*pipe_end = -1;
}

static void ready_foreground(void *arg)
{
}

/* Whoever restarts the daemon is to see how this end differs from others. */
static _Noreturn void end_switched_off(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, GUARD_OFF_SIGNAL);
	raise(GUARD_OFF_SIGNAL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	_exit(EXIT_DONE);
}

/* The daemon's own process, in its own session; its parent's exit code is its fate at start. */
static int background(const struct daemon_options *o, struct err *e)
{
	int ends[2], status;
	char byte;
	pid_t child;
	int rc;

	if (pipe2(ends, O_CLOEXEC))
		return err_set(e, EXIT_SYSTEM, "no pipe");
	child = fork();
	if (child < 0)
		return err_set(e, EXIT_SYSTEM, "no process");
	if (!child) {
		close(ends[0]);
		setsid();
		if (chdir("/"))
			_exit(EXIT_SYSTEM);
		rc = daemon_run(o, ready_daemon, &ends[1], e);
		if (rc > 0)
			end_switched_off();
		if (rc)
			_exit(ends[1] < 0 ? EXIT_SYSTEM : cli_fail(e));
		_exit(EXIT_DONE);
	}
	close(ends[1]);
	if (read(ends[0], &byte, 1) == 1)
		_exit(EXIT_DONE);
	if (waitpid(child, &status, 0) == child && WIFEXITED(status))
		_exit(WEXITSTATUS(status) ? WEXITSTATUS(status) : EXIT_OUR_BUG);
	_exit(EXIT_OUR_BUG);
}

static int options_of(const struct args *a, struct daemon_options *o, struct err *e)
{
	static const char *names[CONFIG_IFACES];

	config_default(&config);
	if (config_read(&config, a->config ? a->config : CONFIG_DEFAULT, !a->config, e))
		return -1;
	*o = (struct daemon_options){.pin = a->pin, .limits = config.limits};
	if (a->forward)
		o->limits.forward = 1;
	for (unsigned i = 0; i < config.iface_count; i++)
		names[i] = config.iface[i];
	o->only = a->ifaces.count ? a->ifaces.item : names;
	o->only_count = a->ifaces.count ? a->ifaces.count : config.iface_count;
	o->metrics = a->metrics ? a->metrics : *config.metrics ? config.metrics : NULL;
	return 0;
}

static int run(const struct args *a)
{
	static struct daemon_options o;
	struct err e;

	if (options_of(a, &o, &e))
		return cli_fail(&e);
	if (a->check) {
		printf("the configuration is right\n");
		return EXIT_DONE;
	}
	log_start(1);
	if (a->daemon ? background(&o, &e) : daemon_run(&o, ready_foreground, NULL, &e) < 0)
		return cli_fail(&e);
	return EXIT_DONE;
}

/* --- holdfast guard off --- */

static const struct opt off_options[] = {
    {"pin", 0, OPT_TEXT, offsetof(struct args, pin), "DIR", "where the limits live"},
    {0},
};
static const struct opt_use off_use = {"", "takes the limits away", off_options, 0, 0, NULL};

static int off(int argc, char **argv)
{
	struct args a = {0};
	struct guard g;
	struct err e;
	int code, bad;

	if (cli_options(&off_use, argc, argv, &a, &code) < 0)
		return code;
	if (guard_open(&g, a.pin, &e))
		return cli_fail(&e);
	bad = guard_off(&g, &e);
	guard_close(&g);
	return bad ? cli_fail(&e) : EXIT_DONE;
}

/* --- holdfast guard override --- */

struct override_args {
	const char *pin, *to;
	uint64_t time;
	bool end;
};

static const struct opt override_options[] = {
    {"for", 0, OPT_TIME, offsetof(struct override_args, time), "TIME",
     "how long, at most 1h: 10m, 90s", .min = LIM_S, .max = GUARD_OVERRIDE_MAX},
    {"to", 0, OPT_TEXT, offsetof(struct override_args, to), "PREFIX",
     "only to this address or network (default: all)"},
    {"end", 0, OPT_FLAG, offsetof(struct override_args, end), NULL, "end it now"},
    {"pin", 0, OPT_TEXT, offsetof(struct override_args, pin), "DIR", "where the limits live"},
    {0},
};
static const struct opt_use override_use = {
    "--for TIME | --end",
    "lets unanswered traffic of your own through for a while, up to a hard ceiling",
    override_options,
    0,
    0,
    "For what only you can tell from an attack: a scan, a one-way stream. `holdfast status`\n"
    "shows it; it ends by itself.\n"};

static int set_override(const struct override_args *a, struct err *e)
{
	struct lim_addr to = {{0}};
	unsigned prefix_len = 0;
	struct guard g;
	int bad;

	if (!a->end == !a->time)
		return err_set(e, EXIT_WRONG_USE, "override: give either --for TIME or --end");
	if (a->to && addr_parse_prefix(a->to, &to, &prefix_len, e))
		return -1;
	if (guard_open(&g, a->pin, e))
		return -1;
	bad = guard_override(&g, a->end ? 0 : a->time, &to, prefix_len, e);
	guard_close(&g);
	return bad;
}

static int override(int argc, char **argv)
{
	struct override_args a = {0};
	struct err e;
	int code;

	if (cli_options(&override_use, argc, argv, &a, &code) < 0)
		return code;
	return set_override(&a, &e) ? cli_fail(&e) : EXIT_DONE;
}

int cli_guard(int argc, char **argv)
{
	struct args a = {0};
	int code;

	if (argc > 1 && !strcmp(argv[1], "off"))
		return off(argc - 1, argv + 1);
	if (argc > 1 && !strcmp(argv[1], "override"))
		return override(argc - 1, argv + 1);
	return cli_options(&cli_guard_use, argc, argv, &a, &code) < 0 ? code : run(&a);
}
