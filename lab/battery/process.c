// SPDX-License-Identifier: MIT
// Other processes: what they hold, and what can be done to them. Tried on the first process in
// sight, the parent, and the two that the outside part has started.
#include "attack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

/* Calls one(pid) for each process that is neither this attack nor the battery; true ends it. */
static bool each_other(struct result *r, bool (*one)(struct result *r, long pid))
{
	DIR *d = opendir("/proc");
	struct dirent *e;
	bool done = false;

	refused(r, "/proc");
	while (d && !done && (e = readdir(d))) {
		long pid = atol(e->d_name);

		if (pid > 0 && pid != getpid() && pid != getppid())
			done = one(r, pid);
	}
	if (d)
		closedir(d);
	return done;
}

/* Only processes of the outside part have a secret in their command line or environment. */
static bool secret_of(struct result *r, long pid, const char *file)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%ld/%s", pid, file);
	return read_secret(r, path);
}

static bool command_line(struct result *r, long pid)
{
	return secret_of(r, pid, "cmdline");
}

static bool environment(struct result *r, long pid)
{
	return secret_of(r, pid, "environ");
}

static void see(struct result *r, const char *word)
{
	(void)word;
	if (!each_other(r, command_line))
		refused(r, "no outside process in sight");
}

static void environ_of(struct result *r, const char *word)
{
	(void)word;
	if (!each_other(r, environment))
		refused(r, "no outside environment in sight");
}

static const long *targets(void)
{
	static long pid[4];
	unsigned n = 0;

	if (facts.mate)
		pid[n++] = (long)facts.mate;
	if (facts.stranger)
		pid[n++] = (long)facts.stranger;
	if (getppid() != 1 || getpid() != 2)
		pid[n++] = 1;
	pid[n] = 0;
	return pid;
}

/* Opens /proc/PID/word of a target. */
static void open_of(struct result *r, const char *word)
{
	char path[96];
	int flags = !strcmp(word, "mem") ? O_RDWR : O_RDONLY;

	for (const long *pid = targets(); *pid; pid++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/%ld/%s", *pid, word);
		fd = open(path, flags | O_CLOEXEC);
		if (fd >= 0) {
			char text[16];
			ssize_t n = strcmp(word, "maps") ? 1 : read(fd, text, sizeof(text));

			if (n > 0)
				return succeeded(r, "%s", path);
			errno = EACCES;
		}
		refused(r, path);
	}
}

/* Through the root of another process, to the secret. */
static void root_of(struct result *r, const char *word)
{
	char path[320];

	errno = ENOENT;
	refused(r, word);
	for (const long *pid = targets(); *pid; pid++) {
		snprintf(path, sizeof(path), "/proc/%ld/%s%s", *pid, word,
			 facts.readable ? facts.readable : "");
		if (read_secret(r, path))
			return;
		refused(r, path);
	}
}

/* Descriptors that another process holds. */
static bool descriptors(struct result *r, long pid)
{
	char path[64], name[352];
	struct dirent *e;
	bool done = false;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%ld/fd", pid);
	d = opendir(path);
	while (d && !done && (e = readdir(d))) {
		char to[256] = "";

		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		/* plain files only: reading a pipe would disturb somebody */
		if (readlink(name, to, sizeof(to) - 1) > 0 && to[0] == '/' &&
		    strncmp(to, "/dev/", 5))
			done = read_secret(r, name);
	}
	if (d)
		closedir(d);
	return done;
}

static void files_of(struct result *r, const char *word)
{
	(void)word;
	if (!each_other(r, descriptors))
		refused(r, "no outside descriptor in sight");
}

static void trace(struct result *r, const char *word)
{
	int how = strcmp(word, "seize") ? PTRACE_ATTACH : PTRACE_SEIZE;

	for (const long *pid = targets(); *pid; pid++) {
		if (*pid != 1 && !ptrace(how, *pid, NULL, NULL)) {
			waitpid((pid_t)*pid, NULL, how == PTRACE_ATTACH ? __WALL : WNOHANG);
			ptrace(PTRACE_DETACH, *pid, NULL, NULL);
			return succeeded(r, "process %ld was traced", *pid);
		}
		refused(r, "ptrace");
	}
}

static void vm_read(struct result *r, const char *word)
{
	static char text[16];
	struct iovec to = {text, sizeof(text)}, from = {text, sizeof(text)};

	(void)word;
	/* EFAULT: it was let in, and there is nothing at this address */
	for (const long *pid = targets(); *pid; pid++) {
		if (process_vm_readv((pid_t)*pid, &to, 1, &from, 1, 0) >= 0 || errno == EFAULT)
			return succeeded(r, "memory of %ld is open", *pid);
		refused(r, "process_vm_readv");
	}
}

static void compare(struct result *r, const char *word)
{
	(void)word;
	refused(r, "kcmp");
	for (const long *pid = targets(); *pid; pid++) {
		long got = syscall(SYS_kcmp, getpid(), *pid, 1 /* KCMP_VM */, 0, 0);

		if (got >= 0)
			return succeeded(r, "kcmp with %ld", *pid);
		refused(r, "kcmp");
	}
}

static void take_descriptor(struct result *r, const char *word)
{
	(void)word;
	refused(r, "pidfd_getfd");
	for (const long *pid = targets(); *pid; pid++) {
		int fd = (int)syscall(SYS_pidfd_open, (pid_t)*pid, 0);

		if (fd < 0) {
			refused(r, "pidfd_open");
			continue;
		}
		if (syscall(SYS_pidfd_getfd, fd, 0, 0) >= 0)
			return succeeded(r, "descriptor 0 of %ld", *pid);
		refused(r, "pidfd_getfd");
	}
}

static void limits_of(struct result *r, const char *word)
{
	struct rlimit have;

	(void)word;
	errno = ESRCH;
	refused(r, "prlimit");
	for (const long *pid = targets(); *pid; pid++) {
		if (*pid == 1)
			continue;
		if (!prlimit((pid_t)*pid, RLIMIT_CORE, NULL, &have) &&
		    !prlimit((pid_t)*pid, RLIMIT_CORE, &have, NULL))
			return succeeded(r, "limits of %ld", *pid);
		refused(r, "prlimit");
	}
}

static void victim_of_oom(struct result *r, const char *word)
{
	char path[64];

	(void)word;
	errno = ENOENT;
	refused(r, "oom_score_adj");
	for (const long *pid = targets(); *pid; pid++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/%ld/oom_score_adj", *pid);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0 && *pid != 1) {
			char old[16] = "0";
			ssize_t n = read(fd, old, sizeof(old));

			if (n > 0 && write(fd, old, (size_t)n) == n)
				return succeeded(r, "%s", path);
		}
		refused(r, path);
	}
}

static void move_pages_of(struct result *r, const char *word)
{
	unsigned long none = 0;

	(void)word;
	refused(r, "migrate_pages");
	for (const long *pid = targets(); *pid; pid++) {
		if (*pid != 1 && syscall(SYS_migrate_pages, (pid_t)*pid, 1UL, &none, &none) >= 0)
			return succeeded(r, "migrate_pages of %ld", *pid);
		refused(r, "migrate_pages");
	}
}

static void priority_of(struct result *r, const char *word)
{
	(void)word;
	errno = ESRCH;
	refused(r, "setpriority");
	for (const long *pid = targets(); *pid; pid++) {
		if (*pid != 1 &&
		    !setpriority(PRIO_PROCESS, (id_t)*pid, getpriority(PRIO_PROCESS, (id_t)*pid)))
			return succeeded(r, "priority of %ld", *pid);
		refused(r, "setpriority");
	}
}

const struct attack process_attacks[] = {
    {"see", "sees an outside process", see, NULL},
    {"environ", "reads an outside process's environment", environ_of, NULL},
    {"maps", "reads another's address space layout", open_of, "maps"},
    {"mem", "opens another's memory", open_of, "mem"},
    {"root", "through another's root to its files", root_of, "root"},
    {"cwd", "through another's working directory", root_of, "cwd/../../../../../.."},
    {"fd", "reads a file that another holds open", files_of, NULL},
    {"ptrace-attach", "attaches to another", trace, "attach"},
    {"ptrace-seize", "seizes another", trace, "seize"},
    {"vm-read", "process_vm_readv of another", vm_read, NULL},
    {"kcmp", "compares kernel objects with another's", compare, NULL},
    {"getfd", "takes a descriptor by pidfd_getfd", take_descriptor, NULL},
    {"prlimit", "changes another's limits", limits_of, NULL},
    {"oom-other", "makes another the one to be killed", victim_of_oom, NULL},
    {"migrate", "moves another's memory", move_pages_of, NULL},
    {"renice-other", "changes another's priority", priority_of, NULL},
    {0},
};
