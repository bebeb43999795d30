// SPDX-License-Identifier: MIT
// Namespaces: a new one brings powers inside and kernel code to attack.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

static const struct {
	const char *name;
	int flag;
} kinds[] = {{"user", CLONE_NEWUSER},	  {"mnt", CLONE_NEWNS},	  {"net", CLONE_NEWNET},
	     {"pid", CLONE_NEWPID},	  {"ipc", CLONE_NEWIPC},  {"uts", CLONE_NEWUTS},
	     {"cgroup", CLONE_NEWCGROUP}, {"time", CLONE_NEWTIME}};

static int flag_of(const char *name)
{
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!strcmp(kinds[i].name, name))
			return kinds[i].flag;
	}
	abort();
}

static void new_space(struct result *r, const char *word)
{
	accepted(r, unshare(flag_of(word)), word);
}

/* Any kind, behind a new user namespace. */
static void nested(struct result *r, const char *word)
{
	(void)word;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET))
		return refused(r, "unshare(user, mount, net)");
	succeeded(r, "root in a user namespace of its own");
}

static void reap_made(struct result *r, long pid, const char *what)
{
	if (!pid)
		_exit(0);
	accepted(r, pid, what);
	if (pid > 0)
		waitpid((pid_t)pid, NULL, 0);
}

static void by_clone(struct result *r, const char *word)
{
	(void)word;
	reap_made(r, syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0),
		  "clone(CLONE_NEWUSER)");
}

static void by_clone3(struct result *r, const char *word)
{
	uint64_t args[8] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD};

	(void)word;
	reap_made(r, syscall(SYS_clone3, args, sizeof(args)), "clone3(CLONE_NEWUSER)");
}

/* Pid 1's, the parent's, those of a process outside: whichever lets us. A namespace that is ours
 * already does not count. */
static void enter(struct result *r, const char *word)
{
	char path[64], own[64] = "", other[64];
	long pid[] = {1, getppid(), (long)facts.mate, (long)facts.stranger};
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", word);
	n = readlink(path, own, sizeof(own) - 1);
	errno = ENOENT;
	refused(r, "no other in sight");
	for (unsigned i = 0; i < 4; i++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/%ld/ns/%s", pid[i], word);
		fd = pid[i] ? open(path, O_RDONLY | O_CLOEXEC) : -1;
		if (fd < 0)
			continue;
		memset(other, 0, sizeof(other));
		if (setns(fd, flag_of(word)))
			refused(r, path);
		else if (readlink(path, other, sizeof(other) - 1) == n)
			succeeded(r, "setns to %s%s", path, strcmp(own, other) ? "" : ", its own");
		close(fd);
	}
}

static void by_pidfd(struct result *r, const char *word)
{
	int fd = (int)syscall(SYS_pidfd_open, facts.mate ? (pid_t)facts.mate : 1, 0);

	(void)word;
	if (fd < 0)
		return refused(r, "pidfd_open");
	accepted(r, setns(fd, CLONE_NEWNS | CLONE_NEWUTS), "setns to mount and uts by pidfd");
}

static void map_users(struct result *r, const char *word)
{
	int fd;

	(void)word;
	if (unshare(CLONE_NEWUSER))
		return refused(r, "unshare(user)");
	fd = open("/proc/self/setgroups", O_WRONLY | O_CLOEXEC);
	if (fd >= 0)
		accepted(r, write(fd, "deny", 4), "setgroups denied, ids can be mapped");
	else
		refused(r, "/proc/self/setgroups");
}

const struct attack space_attacks[] = {
    {"new-user", "unshare a user namespace", new_space, "user"},
    {"new-mount", "unshare a mount namespace", new_space, "mnt"},
    {"new-net", "unshare a network namespace", new_space, "net"},
    {"new-pid", "unshare a pid namespace", new_space, "pid"},
    {"new-ipc", "unshare an ipc namespace", new_space, "ipc"},
    {"new-uts", "unshare a uts namespace", new_space, "uts"},
    {"new-cgroup", "unshare a cgroup namespace", new_space, "cgroup"},
    {"new-time", "unshare a time namespace", new_space, "time"},
    {"new-nested", "the others behind a user namespace", nested, NULL},
    {"new-mapped", "maps ids in a user namespace", map_users, NULL},
    {"clone-user", "clone(CLONE_NEWUSER)", by_clone, NULL},
    {"clone3-user", "clone3(CLONE_NEWUSER)", by_clone3, NULL},
    {"enter-mount", "setns to another mount namespace", enter, "mnt"},
    {"enter-net", "setns to another network namespace", enter, "net"},
    {"enter-pid", "setns to another pid namespace", enter, "pid"},
    {"enter-ipc", "setns to another ipc namespace", enter, "ipc"},
    {"enter-uts", "setns to another uts namespace", enter, "uts"},
    {"enter-cgroup", "setns to another cgroup namespace", enter, "cgroup"},
    {"enter-pidfd", "setns by a pidfd", by_pidfd, NULL},
    {0},
};
