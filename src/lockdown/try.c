// SPDX-License-Identifier: MIT
#include "lockdown/try.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE 20 /* seconds for one attempt */

int try_result(long n)
{
	if (n >= 0)
		return TRY_OPEN;
	switch (errno) {
	case ENOSYS:
	case ENOENT:
	case ENXIO:
	case ENODEV:
	case EAFNOSUPPORT:
	case EPROTONOSUPPORT:
	case ESOCKTNOSUPPORT:
	case EOPNOTSUPP:
		return TRY_ABSENT;
	}
	return errno;
}

int try_fd(long fd)
{
	int result = try_result(fd);

	if (fd >= 0)
		close((int)fd);
	return result;
}

const char *try_text(int result, char buf[static 64])
{
	switch (result) {
	case TRY_OPEN:
		return "OPEN";
	case TRY_ABSENT:
		return "nothing of the kind here";
	case TRY_DIED:
		return "refused (ended)";
	case TRY_UNKNOWN:
		return "UNKNOWN: it could not be tried";
	}
	snprintf(buf, 64, "refused (%.40s)", strerror(result));
	return buf;
}

static int how_it_ended(int status)
{
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	switch (WTERMSIG(status)) {
	case SIGSYS:
	case SIGSEGV: /* a port that may not be touched */
	case SIGKILL:
		return TRY_DIED;
	}
	return TRY_UNKNOWN;
}

/* What an attempt left in its folder (a core, where one could be made) goes with it. */
static void remove_dir(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *f;

	while (d && (f = readdir(d)))
		unlinkat(dirfd(d), f->d_name, 0);
	if (d)
		closedir(d);
	rmdir(path);
}

static int try_one(const struct attempt *a, struct try_env *env)
{
	int status;
	pid_t pid;

	strcpy(env->dir, "/tmp/holdfast-verify-XXXXXX");
	if (!mkdtemp(env->dir)) {
		strcpy(env->dir, "/run/holdfast-verify-XXXXXX");
		if (!mkdtemp(env->dir))
			return TRY_UNKNOWN;
	}
	pid = fork();
	if (!pid) {
		alarm(PATIENCE);
		_exit(a->run(env));
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		status = SIGALRM; /* unknown */
	remove_dir(env->dir);
	return how_it_ended(status);
}

unsigned try_all(const char *pins, pid_t guard,
		 void (*each)(const struct attempt *a, int result, void *arg), void *arg)
{
	static const struct attempt *const tables[] = {try_kernel, try_net, try_place, try_process};
	struct try_env env = {.guard_pins = pins, .guard = guard};
	unsigned open = 0;

	for (int row = 0; row < LOCK_ROW_COUNT; row++) {
		for (size_t t = 0; t < sizeof tables / sizeof *tables; t++) {
			for (const struct attempt *a = tables[t]; a->what; a++) {
				int result;

				if ((int)a->row != row)
					continue;
				result = try_one(a, &env);
				open += (unsigned)try_is_open(result);
				each(a, result, arg);
			}
		}
	}
	return open;
}
