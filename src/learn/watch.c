// SPDX-License-Identifier: MIT
#include "learn/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "learn/names.h"
#include "learn/watch_args.h"

/* What a call does with the names it is given. */
enum use { USE_OPEN, USE_LOOK, USE_MAKE, USE_CHANGE, USE_EXEC };

#define HERE (-1) /* no descriptor among the arguments: relative to where the thread is */
static const struct row {
	long call;
	enum use use;
	int dir, path;	 /* places of the arguments */
	int dir2, path2; /* of a second name, path2 0: none */
} rows[] = {
    {SYS_openat, USE_OPEN, 0, 1},
    {SYS_openat2, USE_OPEN, 0, 1},
    {SYS_faccessat, USE_LOOK, 0, 1},
    {SYS_faccessat2, USE_LOOK, 0, 1},
    {SYS_newfstatat, USE_LOOK, 0, 1},
    {SYS_statx, USE_LOOK, 0, 1},
    {SYS_readlinkat, USE_LOOK, 0, 1},
    {SYS_statfs, USE_LOOK, HERE, 0},
    {SYS_chdir, USE_LOOK, HERE, 0},
    {SYS_inotify_add_watch, USE_LOOK, HERE, 1},
    {SYS_getxattr, USE_LOOK, HERE, 0},
    {SYS_lgetxattr, USE_LOOK, HERE, 0},
    {SYS_mkdirat, USE_MAKE, 0, 1},
    {SYS_mknodat, USE_MAKE, 0, 1},
    {SYS_unlinkat, USE_MAKE, 0, 1},
    {SYS_symlinkat, USE_MAKE, 1, 2},
    {SYS_linkat, USE_MAKE, 0, 1, 2, 3},
    {SYS_renameat2, USE_MAKE, 0, 1, 2, 3},
    {SYS_fchmodat, USE_CHANGE, 0, 1},
    {SYS_fchownat, USE_CHANGE, 0, 1},
    {SYS_utimensat, USE_CHANGE, 0, 1},
    {SYS_truncate, USE_CHANGE, HERE, 0},
    {SYS_setxattr, USE_CHANGE, HERE, 0},
    {SYS_execve, USE_EXEC, HERE, 0},
    {SYS_execveat, USE_EXEC, 0, 1},
#ifdef SYS_renameat
    {SYS_renameat, USE_MAKE, 0, 1, 2, 3},
#endif
#ifdef SYS_open /* and the other calls that newer machines never had */
    {SYS_open, USE_OPEN, HERE, 0},
    {SYS_creat, USE_OPEN, HERE, 0},
    {SYS_stat, USE_LOOK, HERE, 0},
    {SYS_lstat, USE_LOOK, HERE, 0},
    {SYS_access, USE_LOOK, HERE, 0},
    {SYS_readlink, USE_LOOK, HERE, 0},
    {SYS_mkdir, USE_MAKE, HERE, 0},
    {SYS_rmdir, USE_MAKE, HERE, 0},
    {SYS_unlink, USE_MAKE, HERE, 0},
    {SYS_mknod, USE_MAKE, HERE, 0},
    {SYS_rename, USE_MAKE, HERE, 0, HERE, 1},
    {SYS_link, USE_MAKE, HERE, 0, HERE, 1},
    {SYS_symlink, USE_MAKE, HERE, 1},
    {SYS_chmod, USE_CHANGE, HERE, 0},
    {SYS_chown, USE_CHANGE, HERE, 0},
    {SYS_lchown, USE_CHANGE, HERE, 0},
    {SYS_utimes, USE_CHANGE, HERE, 0},
    {SYS_utime, USE_CHANGE, HERE, 0},
    {SYS_futimesat, USE_CHANGE, 0, 1},
#endif
};

static const struct row *row_of(long call)
{
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (rows[i].call == call)
			return &rows[i];
	return NULL;
}

static void take_path(struct tracee *t, struct facts *f, int dir, int path, char to[PATH_MAX])
{
	char name[PATH_MAX];

	*to = 0;
	if (!tracee_text(t, t->arg[path], name, sizeof name) && *name &&
	    tracee_path(t, dir == HERE ? AT_FDCWD : (int)t->arg[dir], name, to, &f->relative))
		*to = 0;
}

static void unnamed(long call, struct facts *f, double now)
{
	char text[80];

	snprintf(text, sizeof text, "it makes call %ld, which has no name here: not in the list",
		 call);
	facts_add(f, FACT_NOTE, text, now);
}

void watch_entry(struct tracee *t, struct facts *f, double now)
{
	const struct row *r = row_of(t->call);
	const char *name = names_call(names_native(), t->call);
	struct stat st;

	t->path[0][0] = t->path[1][0] = 0;
	if (!t->executed)
		return;
	f->calls++;
	if (name)
		facts_add(f, FACT_CALL, name, now);
	else if (t->call >= 0)
		unnamed(t->call, f, now);
	if (!r)
		return;
	take_path(t, f, r->dir, r->path, t->path[0]);
	if (r->path2)
		take_path(t, f, r->dir2, r->path2, t->path[1]);
	t->existed = t->path[0][0] && !lstat(t->path[0], &st);
}

static void opened(struct tracee *t, struct facts *f, int fd, double now)
{
	char at[64], path[PATH_MAX];
	uint64_t flags = t->call == SYS_openat ? t->arg[2] : t->arg[1];
	struct open_how how = {0};
	struct stat st;

	if (t->call == SYS_openat2) {
		tracee_read(t, t->arg[2], &how, sizeof how);
		flags = how.flags;
	}
#ifdef SYS_creat
	if (t->call == SYS_creat)
		flags = O_CREAT | O_WRONLY | O_TRUNC;
#endif
	snprintf(at, sizeof at, "/proc/%d/fd/%d", (int)t->tid, fd);
	if (tracee_fd(t, fd, path) || stat(at, &st))
		return;
	if (!t->path[0][0])
		strcpy(t->path[0], path);
	if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)) {
		facts_add(f, FACT_DEVICE, t->path[0], now);
		if (strcmp(path, t->path[0]))
			facts_add(f, FACT_DEVICE, path, now);
	} else if (S_ISDIR(st.st_mode)) {
		facts_add(f, FACT_LOOK_DIR, t->path[0], now);
	} else {
		bool writes = (flags & O_ACCMODE) != O_RDONLY || flags & O_TRUNC;
		enum fact_kind kind = writes ? FACT_WRITE : FACT_READ;
		struct stat named;

		/* It may not be there the next time: after its log was turned over, say. */
		if (flags & O_CREAT)
			facts_add(f, t->existed ? FACT_REMAKE : FACT_MAKE, path, now);
		/* By the name that was used, where it leads there ("link/.." may not), and by the
		 * one without links: both have to be in the sandbox. */
		if (strcmp(path, t->path[0]) && !stat(t->path[0], &named) &&
		    named.st_dev == st.st_dev && named.st_ino == st.st_ino)
			facts_add(f, kind, t->path[0], now);
		facts_add(f, kind, path, now);
	}
}

static void looked(struct tracee *t, struct facts *f, double now)
{
	struct stat st;

	if (!t->path[0][0] || stat(t->path[0], &st))
		return;
	if (S_ISDIR(st.st_mode))
		facts_add(f, FACT_LOOK_DIR, t->path[0], now);
	else if (!S_ISCHR(st.st_mode) && !S_ISBLK(st.st_mode))
		facts_add(f, FACT_LOOK, t->path[0], now);
}

/* The folder without links, the name as it is. */
static void made(struct facts *f, const char *path, double now)
{
	char folder[PATH_MAX], real[PATH_MAX + NAME_MAX + 2];
	const char *slash = strrchr(path, '/');

	if (!slash || !slash[1])
		return;
	snprintf(folder, sizeof folder, "%.*s", slash == path ? 1 : (int)(slash - path), path);
	if (!realpath(folder, real))
		return;
	if (strlen(real) + strlen(slash) < PATH_MAX) {
		if (!strcmp(real, "/"))
			*real = 0;
		strcat(real, slash);
		facts_add(f, FACT_MAKE, real, now);
	}
}

static void changed(const char *path, struct facts *f, double now)
{
	char real[PATH_MAX];

	if (!*path)
		return;
	facts_add(f, FACT_WRITE, path, now);
	if (realpath(path, real) && strcmp(real, path))
		facts_add(f, FACT_WRITE, real, now);
}

/* The highest descriptor that the call has made; -1: it makes none. */
static int64_t made_fd(const struct tracee *t, int64_t result)
{
	static const long calls[] = {
	    SYS_openat,		SYS_openat2,	   SYS_socket,
	    SYS_accept,		SYS_accept4,	   SYS_dup,
	    SYS_dup3,		SYS_eventfd2,	   SYS_epoll_create1,
	    SYS_timerfd_create, SYS_inotify_init1, SYS_memfd_create,
	    SYS_signalfd4,
#ifdef SYS_open
	    SYS_open,		SYS_creat,	   SYS_dup2,
	    SYS_eventfd,	SYS_epoll_create,  SYS_inotify_init,
#endif
	};
	int pair[2];

	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		if (calls[i] == t->call)
			return result;
	if (t->call == SYS_fcntl && (t->arg[1] == F_DUPFD || t->arg[1] == F_DUPFD_CLOEXEC))
		return result;
#ifdef SYS_pipe
	if (t->call == SYS_pipe && !tracee_read(t, t->arg[0], pair, sizeof pair))
		return pair[1];
#endif
	if ((t->call == SYS_pipe2 && !tracee_read(t, t->arg[0], pair, sizeof pair)) ||
	    (t->call == SYS_socketpair && !tracee_read(t, t->arg[3], pair, sizeof pair)))
		return pair[1];
	return -1;
}

/* Code of a file is mapped: a library, whether it is closed again or not. */
static void loaded(const struct tracee *t, struct facts *f, double now)
{
	char exe[PATH_MAX], path[PATH_MAX], from[64], text[PATH_MAX * 2];
	ssize_t n;

	snprintf(from, sizeof from, "/proc/%d/exe", (int)t->tid);
	n = readlink(from, exe, sizeof exe - 1);
	if (n <= 0 || tracee_fd(t, (int)t->arg[4], path))
		return;
	exe[n] = 0;
	snprintf(text, sizeof text, "%s\t%s", exe, path);
	facts_add(f, FACT_LOAD, text, now);
}

static void used(struct tracee *t, struct facts *f, const struct row *r, int64_t result, double now)
{
	switch (r->use) {
	case USE_OPEN:
		opened(t, f, (int)result, now);
		break;
	case USE_LOOK:
		looked(t, f, now);
		break;
	case USE_MAKE:
		for (int i = 0; i < TRACEE_PATHS; i++)
			if (t->path[i][0])
				made(f, t->path[i], now);
		break;
	case USE_CHANGE:
		changed(t->path[0], f, now);
		break;
	case USE_EXEC:
		break; /* watch_exec() */
	}
}

/* What is told where it was started goes on from there by itself, with whole paths. */
static void asked_where(const struct tracee *t, struct facts *f)
{
	char told[PATH_MAX], start[PATH_MAX];

	if (!tracee_text(t, t->arg[0], told, sizeof told) && getcwd(start, sizeof start))
		f->relative |= !strcmp(told, start);
}

void watch_exit(struct tracee *t, struct facts *f, int64_t result, double now)
{
	const struct row *r = row_of(t->call);
	char path[PATH_MAX];

	if (!t->executed || result < 0)
		return;
	if (made_fd(t, result) >= f->files_peak)
		f->files_peak = (unsigned)made_fd(t, result) + 1;
	if (r)
		used(t, f, r, result, now);
	if (t->call == SYS_mmap && t->arg[2] & PROT_EXEC && !(t->arg[3] & MAP_ANONYMOUS))
		loaded(t, f, now);
	if (t->call == SYS_getcwd)
		asked_where(t, f);
	if (t->call == SYS_getdents64 && !tracee_fd(t, (int)t->arg[0], path))
		facts_add(f, FACT_LIST, path, now);
	watch_args(t, f, result, now);
}

void watch_exec(struct tracee *t, struct facts *f, bool first, double now)
{
	char path[PATH_MAX], from[64];
	ssize_t n;

	snprintf(from, sizeof from, "/proc/%d/exe", (int)t->tid);
	n = readlink(from, path, sizeof path - 1);
	if (n > 0 && !first) {
		path[n] = 0;
		facts_add(f, FACT_EXEC, path, now);
		/* A link to it (as BusyBox has them), or a script. */
		if (t->path[0][0] && strcmp(t->path[0], path))
			facts_add(f, FACT_EXEC, t->path[0], now);
	}
	if (t->switched && !first) {
		facts_add(f, FACT_POWER, "switch-user", now);
		facts_add(f, FACT_NOTE, "it starts programs under other users (a login service)",
			  now);
	}
	t->executed = true;
}
