// SPDX-License-Identifier: MIT
#include "supervise/ledger.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/denial.h"
#include "supervise/state.h"

const char *ledger_run(void)
{
	const char *run = getenv(RUN_DIR_ENV);

	return run && *run ? run : RUN_DIR_DEFAULT;
}

int ledger_make_folder(const char *run, struct err *e)
{
	char path[PATH_MAX];

	if (mkdir(run, 0755) && errno != EEXIST)
		return err_sys(e, errno, "%.150s", run);
	snprintf(path, sizeof path, "%s/" LEDGER_FOLDER, run);
	if (mkdir(path, 0755) && errno != EEXIST)
		return err_sys(e, errno, "%.150s", path);
	return 0;
}

int ledger_write(const char *run, const struct ledger *l, struct err *e)
{
	char path[PATH_MAX], fresh[PATH_MAX];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "%s/" LEDGER_FOLDER "/%s", run, l->name);
	snprintf(fresh, sizeof fresh, "%s/" LEDGER_FOLDER "/.new", run);
	fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return err_sys(e, errno, "%.150s", fresh);
	n = write(fd, l, sizeof *l);
	close(fd);
	if (n != sizeof *l)
		return err_sys(e, n < 0 ? errno : ENOSPC, "%.150s", fresh);
	return rename(fresh, path) ? err_sys(e, errno, "%.150s", path) : 0;
}

static bool is_right(const struct ledger *l)
{
	return l->magic == LEDGER_MAGIC && l->version == LEDGER_VERSION && l->size == sizeof *l &&
	       memchr(l->name, 0, sizeof l->name) && memchr(l->file, 0, sizeof l->file) &&
	       memchr(l->why, 0, sizeof l->why) && l->state < SUP_STATES &&
	       l->level <= SUP_LEVELS && l->restart <= SUP_NEVER;
}

int ledger_read(const char *run, const char *name, struct ledger *l)
{
	char path[PATH_MAX];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "%s/" LEDGER_FOLDER "/%s", run, name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return -1;
	n = read(fd, l, sizeof *l);
	close(fd);
	return n == sizeof *l && is_right(l) && !strcmp(l->name, name) ? 0 : -1;
}

void ledger_remove(const char *run, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/" LEDGER_FOLDER "/%s", run, name);
	unlink(path);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct ledger *)a)->name, ((const struct ledger *)b)->name);
}

unsigned ledger_read_all(const char *run, struct ledger *to)
{
	char path[PATH_MAX];
	struct dirent *d;
	unsigned n = 0;
	DIR *folder;

	snprintf(path, sizeof path, "%s/" LEDGER_FOLDER, run);
	folder = opendir(path);
	while (folder && n < LEDGER_MOST && (d = readdir(folder)))
		if (*d->d_name != '.' && strlen(d->d_name) < PROFILE_NAME)
			n += !ledger_read(run, d->d_name, &to[n]);
	if (folder)
		closedir(folder);
	qsort(to, n, sizeof *to, by_name);
	return n;
}

static int open_lock(const char *run, int flags)
{
	char path[PATH_MAX];

	snprintf(path, sizeof path, "%s/supervise.lock", run);
	return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0644);
}

/* Not flock(2): these locks are not inherited, so that no program keeps one that outlives us. */
int ledger_lock(const char *run, struct err *e)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = open_lock(run, O_RDWR | O_CREAT);

	if (fd < 0)
		return err_sys(e, errno, "%.150s/supervise.lock", run);
	if (!fcntl(fd, F_SETLK, &l))
		return fd;
	close(fd);
	return err_set(e, EXIT_SYSTEM, "another supervisor is running at %.150s (process %d)", run,
		       ledger_holder(run));
}

int ledger_holder(const char *run)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	int fd = open_lock(run, O_RDWR);
	int pid = 0;

	if (fd < 0)
		return 0;
	if (!fcntl(fd, F_GETLK, &l) && l.l_type != F_UNLCK)
		pid = l.l_pid > 0 ? l.l_pid : -1;
	close(fd);
	return pid;
}

const char *ledger_end(int status, char to[static LEDGER_END])
{
	static const struct {
		int sig;
		const char *name;
	} names[] = {{SIGSEGV, " (SIGSEGV)"}, {SIGILL, " (SIGILL)"},   {SIGBUS, " (SIGBUS)"},
		     {SIGABRT, " (SIGABRT)"}, {SIGSYS, " (SIGSYS)"},   {SIGTRAP, " (SIGTRAP)"},
		     {SIGFPE, " (SIGFPE)"},   {SIGKILL, " (SIGKILL)"}, {SIGTERM, " (SIGTERM)"},
		     {SIGHUP, " (SIGHUP)"},   {SIGINT, " (SIGINT)"},   {SIGPIPE, " (SIGPIPE)"}};
	const char *name = "";

	if (!WIFSIGNALED(status)) {
		snprintf(to, LEDGER_END, "ended with status %d", WEXITSTATUS(status));
		return to;
	}
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].sig == WTERMSIG(status))
			name = names[i].name;
	snprintf(to, LEDGER_END, "ended by signal %d%s", WTERMSIG(status), name);
	return to;
}
