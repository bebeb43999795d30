// SPDX-License-Identifier: MIT
// holdfast supervise: starts every program of a folder, and restarts it.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/opt.h"
#include "cli/cli.h"
#include "cli/supervise.h"
#include "supervise/say.h"
#include "supervise/supervise.h"

struct args {
	const char *watchdog;
	bool check, daemon;
};

static const struct opt options[] = {
    {"check", 0, OPT_FLAG, offsetof(struct args, check), NULL,
     "only say whether the profiles are right"},
    {"daemon", 'd', OPT_FLAG, offsetof(struct args, daemon), NULL,
     "go on in the background once the programs have been started"},
    {"watchdog", 'w', OPT_TEXT, offsetof(struct args, watchdog), "DEVICE",
     "feed this hardware watchdog"},
    {0},
};

const struct opt_use cli_supervise_use = {
    "DIR | start NAME | stop NAME | restart NAME",
    "runs the programs of a folder in their sandboxes, and restarts them",
    options,
    1,
    2,
    "Each DIR/NAME.conf or NAME.hfp is the profile of one program, started in this order.\n"
    "SIGHUP reads the folder again, SIGTERM stops all in reverse order. A program that crashes\n"
    "waits for 1 s, then 2 s, up to 5 min; `holdfast status` shows it.\n"
    "Exit status: 0 done, 1 a profile is broken or there is no such program, 2 wrong use,\n"
    "3 the system refused.\n"};

/* --- --check --- */

static void print_fault(void *arg, const struct err *e)
{
	fprintf(stderr, "holdfast: %s\n", e->text);
}

static int check(const char *folder)
{
	unsigned right;
	struct err e;
	int bad = supervise_check(folder, &right, print_fault, NULL, &e);

	if (bad < 0)
		return cli_fail(&e);
	printf("%u profile%s right, %d not\n", right, right == 1 ? " is" : "s are", bad);
	return bad ? EXIT_WRONG_USE : EXIT_DONE;
}

/* --- in the foreground and in the background --- */

static void ready_foreground(void *arg, unsigned broken)
{
}

/* Whoever waits for the daemon waits at this pipe. */
static void ready_daemon(void *arg, unsigned broken)
{
	int *pipe_end = arg, null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char code = broken ? EXIT_NO : EXIT_DONE;

	for (int fd = 0; fd <= 2 && null >= 0; fd++)
		dup2(null, fd);
	if (null > 2)
		close(null);
	say_open(false);
	if (write(*pipe_end, &code, 1) < 0)
		return;
	close(*pipe_end);
	*pipe_end = -1;
}

static int run(const struct supervise_options *o)
{
	struct err e;
	int rc;

	say_open(true);
	rc = supervise_run(o, ready_foreground, NULL, &e);
	return rc < 0 ? cli_fail(&e) : rc ? EXIT_NO : EXIT_DONE;
}

static int run_daemon(const struct supervise_options *o, int pipe_end)
{
	struct err e;
	int rc;

	say_open(true);
	setsid();
	rc = supervise_run(o, ready_daemon, &pipe_end, &e);
	if (rc < 0)
		return pipe_end < 0 ? EXIT_SYSTEM : cli_fail(&e);
	return rc ? EXIT_NO : EXIT_DONE;
}

/* The parent's exit code is the daemon's fate at start. */
static int background(const struct supervise_options *o)
{
	int ends[2], status;
	char code;
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return cli_fail(&(struct err){EXIT_SYSTEM, "no pipe"});
	child = fork();
	if (child < 0)
		return cli_fail(&(struct err){EXIT_SYSTEM, "no process"});
	if (!child) {
		close(ends[0]);
		_exit(run_daemon(o, ends[1]));
	}
	close(ends[1]);
	if (read(ends[0], &code, 1) == 1)
		return code;
	if (waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status))
		return WEXITSTATUS(status);
	return EXIT_OUR_BUG;
}

/* --- the owner's words --- */

static bool is_word(const char *w)
{
	return !strcmp(w, "start") || !strcmp(w, "stop") || !strcmp(w, "restart");
}

static int ask(const char *what, const char *name)
{
	struct err e;

	return supervise_ask(NULL, what, name, &e) ? cli_fail(&e) : EXIT_DONE;
}

int cli_supervise(int argc, char **argv)
{
	static char folder[PATH_MAX];
	struct args a = {0};
	struct supervise_options o;
	struct err e;
	int code, n = cli_options(&cli_supervise_use, argc, argv, &a, &code);

	if (n < 0)
		return code;
	if (is_word(argv[1]) && n == 2)
		return ask(argv[1], argv[2]);
	if (n == 2) {
		err_set(&e, EXIT_WRONG_USE, "'%.100s' is one argument too many", argv[2]);
		return cli_fail(&e);
	}
	if (a.check)
		return check(argv[1]);
	if (!realpath(argv[1], folder) &&
	    (*argv[1] != '/' || snprintf(folder, sizeof(folder), "%s", argv[1]) < 0)) {
		err_sys(&e, errno, "%.200s", argv[1]);
		return cli_fail(&e);
	}
	o = (struct supervise_options){.folder = folder, .watchdog = a.watchdog};
	if (chdir("/"))
		return EXIT_SYSTEM;
	return a.daemon ? background(&o) : run(&o);
}
