// SPDX-License-Identifier: MIT
// Against whoever holds it: the launcher's file, the supervisor's state, its own restrictions.
#include "attack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* As in 2019's escape from runc: the file of what runs, opened for writing. ETXTBSY: it only has
 * to wait until it ends. */
static void write_file_of(struct result *r, const char *word)
{
	if (!word)
		return absent(r, "not told which");
	if (open(word, O_WRONLY | O_CLOEXEC) >= 0 || errno == ETXTBSY)
		succeeded(r, "%s can be written", word);
	else
		refused(r, word);
}

static void launcher(struct result *r, const char *word)
{
	(void)word;
	write_file_of(r, facts.launcher);
}

static void parent(struct result *r, const char *word)
{
	char path[64];

	(void)word;
	snprintf(path, sizeof(path), "/proc/%d/exe", getppid());
	write_file_of(r, path);
}

/* Reads or changes the supervisor's folder. */
static void run_folder(struct result *r, const char *word)
{
	char path[300];
	DIR *d;

	if (!facts.run)
		return absent(r, "not told which");
	if (!strcmp(word, "write")) {
		snprintf(path, sizeof(path), "%s/.battery", facts.run);
		accepted(r, open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600), path);
		unlink(path);
		return;
	}
	d = opendir(facts.run);
	accepted(r, d && readdir(d) ? 0 : -1, facts.run);
}

/* Looks for the descriptor over which refused calls are reported, in any process in sight. */
static void listener(struct result *r, const char *word)
{
	DIR *proc = opendir("/proc");
	struct dirent *e, *f;

	(void)word;
	errno = ENOENT;
	refused(r, "no such descriptor in sight");
	while (proc && (e = readdir(proc))) {
		char path[300], name[600], to[64];
		DIR *d;

		snprintf(path, sizeof(path), "/proc/%s/fd", e->d_name);
		d = atol(e->d_name) > 0 ? opendir(path) : NULL;
		while (d && (f = readdir(d))) {
			memset(to, 0, sizeof(to));
			snprintf(name, sizeof(name), "%s/%s", path, f->d_name);
			if (readlink(name, to, sizeof(to) - 1) > 0 && strstr(to, "seccomp"))
				return succeeded(r, "%s is %s", name, to);
		}
		if (d)
			closedir(d);
	}
}

/* A process that goes on when the program has ended: the outside part looks for its name. */
static void outlive(struct result *r, const char *word)
{
	pid_t child = fork();

	(void)word;
	if (!child) {
		setsid();
		prctl(PR_SET_NAME, "hf-outlives");
		if (!fork()) {
			for (int fd = 0; fd < 3; fd++) /* nobody waits for their end */
				close(fd);
			sleep(8);
		}
		_exit(0);
	}
	waitpid(child, NULL, 0);
	accepted(r, child, "a process of a session of its own");
}

/* Are there powers left, or a way to get them back? */
static void powers(struct result *r, const char *word)
{
	struct __user_cap_header_struct h = {_LINUX_CAPABILITY_VERSION_3, 0};
	struct __user_cap_data_struct d[2] = {{0}};

	if (syscall(SYS_capget, &h, d))
		return refused(r, "capget");
	errno = EPERM;
	if (!strcmp(word, "have"))
		return accepted(r, d[0].permitted | d[1].permitted ? 0 : -1, "powers");
	for (int cap = 0; cap < 41; cap++) {
		if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1)
			return succeeded(r, "power %d is still in the bounding set", cap);
	}
	refused(r, "the bounding set is empty");
}

static void become(struct result *r, const char *word)
{
	if (!strcmp(word, "root") && !getuid())
		absent(r, "is uid 0 already");
	else if (!strcmp(word, "root"))
		accepted(r, setuid(0), "uid 0");
	else
		accepted(r, setresuid(getuid() + 1, getuid() + 1, getuid() + 1), "another uid");
}

static void groups(struct result *r, const char *word)
{
	gid_t g[2] = {0, 4};

	(void)word;
	accepted(r, syscall(SYS_setgroups, 2, g), "groups of others");
}

/* A filter that answers "go on" to everything: a tracer without one can let the traced one off. */
static void suspend(struct result *r, const char *word)
{
	pid_t child = fork();
	int status;

	(void)word;
	while (!child)
		pause();
	if (child < 0 ||
	    ptrace(PTRACE_SEIZE, child, NULL, (void *)(1UL << 21 /* SUSPEND_SECCOMP */)))
		return refused(r, "PTRACE_O_SUSPEND_SECCOMP");
	waitpid(child, &status, WNOHANG);
	succeeded(r, "a filter can be suspended");
}

/* A filter of its own whose answers it gives itself. */
static void own_filter(struct result *r, const char *word)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog p = {1, &allow};

	(void)word;
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	accepted(
	    r, syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &p),
	    "answers refused calls itself");
}

static void core_dump(struct result *r, const char *word)
{
	struct rlimit l = {RLIM_INFINITY, RLIM_INFINITY};
	char folder[192];
	int status = 0;
	pid_t child;

	(void)word;
	if (!scratch(folder, sizeof(folder), "core") || mkdir(folder, 0700) || chdir(folder))
		return refused(r, "no place to write");
	if (setrlimit(RLIMIT_CORE, &l)) {
		refused(r, "setrlimit(RLIMIT_CORE)");
	} else {
		child = fork();
		if (!child)
			abort();
		waitpid(child, &status, 0);
		errno = EPERM;
		accepted(r, WCOREDUMP(status) ? 0 : -1, "a core dump");
	}
	unlink("core");
	if (chdir("/") == 0)
		rmdir(folder);
}

/* A core_pattern that begins with '|' is a program that the kernel runs as root, outside, for who
 * crashes, and hands its memory: whatever the limit is, but 1. */
static void dump_handler(struct result *r, const char *word)
{
	struct rlimit none = {0, 0}, now = {0, 0};

	(void)word;
	setrlimit(RLIMIT_CORE, &none);
	if (getrlimit(RLIMIT_CORE, &now))
		return refused(r, "getrlimit");
	errno = EPERM;
	accepted(r, now.rlim_cur != 1 && prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) == 1 ? 0 : -1,
		 "core_pattern's program would be run");
}

static void new_privileges(struct result *r, const char *word)
{
	(void)word;
	errno = EPERM;
	accepted(r, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? -1 : 0,
		 "setuid programs would still gain");
}

static void filterless(struct result *r, const char *word)
{
	FILE *f = fopen("/proc/self/status", "re");
	char line[256];
	int mode = -1;

	(void)word;
	if (!f)
		return refused(r, "/proc/self/status");
	while (fgets(line, sizeof(line), f))
		sscanf(line, "Seccomp: %d", &mode);
	fclose(f);
	errno = EPERM;
	accepted(r, mode == 0 ? 0 : -1, "no filter at all");
}

const struct attack own_attacks[] = {
    {"exe-own", "writes its own program file", write_file_of, "/proc/self/exe"},
    {"exe-first", "writes the file of process 1", write_file_of, "/proc/1/exe"},
    {"exe-parent", "writes its parent's file", parent, NULL},
    {"exe-launcher", "writes the launcher's file", launcher, NULL},
    {"run-read", "reads the supervisor's state", run_folder, "read"},
    {"run-write", "writes the supervisor's state", run_folder, "write"},
    {"listener", "the descriptor that reports refusals", listener, NULL},
    {"outlive", "outlives the program", outlive, NULL},
    {"powers", "has powers", powers, "have"},
    {"bounding", "could get powers back", powers, "bounding"},
    {"become-root", "becomes root", become, "root"},
    {"become-other", "becomes another user", become, "other"},
    {"groups", "joins groups", groups, NULL},
    {"suspend-filter", "suspends a filter by ptrace", suspend, NULL},
    {"own-filter", "a filter that it answers itself", own_filter, NULL},
    {"core-dump", "a core dump of its memory", core_dump, NULL},
    {"dump-handler", "has the machine's program for dumps run", dump_handler, NULL},
    {"new-privileges", "no_new_privs is not set", new_privileges, NULL},
    {"no-filter", "no filter of calls", filterless, NULL},
    {0},
};
