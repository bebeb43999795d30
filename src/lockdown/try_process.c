// SPDX-License-Identifier: MIT
// Attempts on processes: the guard's daemon, and others.
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
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

#include "lockdown/files.h"
#include "lockdown/try.h"

/* A child that waits to be looked into; it ends with us. */
static pid_t victim(void)
{
	pid_t pid = fork();

	if (!pid) {
		alarm(30);
		for (;;)
			pause();
	}
	return pid;
}

static int after(pid_t child, int result)
{
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return result;
}

static int attach(const struct try_env *env)
{
	pid_t child = victim();

	return after(child, try_result(ptrace(PTRACE_SEIZE, child, NULL, NULL)));
}

static int trace_me(const struct try_env *env)
{
	pid_t child = fork();
	int status;

	if (!child)
		_exit(ptrace(PTRACE_TRACEME, 0, NULL, NULL) ? errno : 0);
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return TRY_UNKNOWN;
	errno = WEXITSTATUS(status);
	return try_result(errno ? -1 : 0);
}

static int read_memory(const struct try_env *env)
{
	static char here[8];
	struct iovec to = {here, sizeof here}, from = {here, sizeof here};
	pid_t child = victim();

	return after(child, try_result(process_vm_readv(child, &to, 1, &from, 1, 0)));
}

static int open_memory(const struct try_env *env)
{
	pid_t child = victim();
	char path[40];

	snprintf(path, sizeof path, "/proc/%d/mem", (int)child);
	return after(child, try_fd(open(path, O_RDWR | O_CLOEXEC)));
}

static int take_descriptor(const struct try_env *env)
{
	pid_t child = victim();
	int pidfd = (int)syscall(SYS_pidfd_open, child, 0);

	return after(child, try_fd(syscall(438 /* pidfd_getfd */, pidfd, 0, 0)));
}

/* --- the guard's daemon --- */

static int look_at_guard(const struct try_env *env)
{
	char path[40], to[100];

	if (!env->guard)
		return TRY_UNKNOWN;
	snprintf(path, sizeof path, "/proc/%d/fd/0", (int)env->guard);
	return try_result(readlink(path, to, sizeof to));
}

/* It goes on when it is told to go on. */
static int signal_guard(const struct try_env *env)
{
	return env->guard ? try_result(kill(env->guard, SIGCONT)) : TRY_UNKNOWN;
}

static int signal_by_pidfd(const struct try_env *env)
{
	int fd = (int)syscall(SYS_pidfd_open, env->guard, 0);

	if (!env->guard)
		return TRY_UNKNOWN;
	if (fd < 0)
		return try_result(-1);
	return try_result(syscall(SYS_pidfd_send_signal, fd, SIGCONT, NULL, 0));
}

static int limit_guard(const struct try_env *env)
{
	struct rlimit same;

	if (!env->guard || prlimit(env->guard, RLIMIT_CPU, NULL, &same))
		return env->guard ? try_result(-1) : TRY_UNKNOWN;
	return try_result(prlimit(env->guard, RLIMIT_CPU, &same, NULL));
}

static int slow_guard(const struct try_env *env)
{
	const struct sched_param p = {0};
	/* Not by libc: musl has these two as stubs. */
	int policy = env->guard ? (int)syscall(SYS_sched_getscheduler, env->guard) : -1;

	return policy < 0
		   ? TRY_UNKNOWN
		   : try_result((int)syscall(SYS_sched_setscheduler, env->guard, policy, &p));
}

static int cgroup_of(const char *base)
{
	char path[100];

	snprintf(path, sizeof path, "%s/cgroup.procs", base);
	return try_fd(open(path, O_WRONLY | O_CLOEXEC));
}

static int cgroups(const struct try_env *env)
{
	static const char *const base[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified",
					   "/sys/fs/cgroup/memory", "/sys/fs/cgroup/pids"};
	int result = TRY_ABSENT;

	for (size_t i = 0; i < sizeof base / sizeof *base; i++) {
		int one = cgroup_of(base[i]);

		if (one == TRY_OPEN)
			return one;
		if (one != TRY_ABSENT)
			result = one;
	}
	return result;
}

/* --- cores, addresses --- */

static int dump(const struct try_env *env)
{
	const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	int status;
	pid_t child = fork();

	if (!child) {
		setrlimit(RLIMIT_CORE, &all);
		if (chdir(env->dir))
			_exit(1);
		abort();
	}
	if (waitpid(child, &status, 0) != child || !WIFSIGNALED(status))
		return TRY_UNKNOWN;
	return WCOREDUMP(status) ? TRY_OPEN : EPERM;
}

static int become_nobody(void)
{
	return syscall(SYS_setgid, 65534) || syscall(SYS_setuid, 65534) ? -1 : 0;
}

static int symbols(const struct try_env *env)
{
	int result = EPERM;
	char line[200];
	FILE *f;

	if (become_nobody())
		return TRY_UNKNOWN;
	f = fopen("/proc/kallsyms", "re");
	if (!f)
		return try_result(-1);
	while (result && fgets(line, sizeof line, f))
		if (strspn(line, "0") < 8 && line[0] != '\n')
			result = TRY_OPEN;
	fclose(f);
	return result;
}

static int messages(const struct try_env *env)
{
	char text[100];

	if (become_nobody())
		return TRY_UNKNOWN;
	return try_result(syscall(SYS_syslog, 3, text, sizeof text));
}

static int fault_by_user(const struct try_env *env)
{
#ifdef SYS_userfaultfd
	if (become_nobody())
		return TRY_UNKNOWN;
	return try_fd(syscall(SYS_userfaultfd, 0));
#else
	return TRY_ABSENT;
#endif
}

static int layout_is_fixed(const struct try_env *env)
{
	char now[8];

	if (files_read("/proc/sys/kernel/randomize_va_space", now, sizeof now))
		return TRY_UNKNOWN;
	return strcmp(now, "2") ? TRY_OPEN : EPERM;
}

const struct attempt try_process[] = {
    {ROW_PTRACE, "seizing a child", attach},
    {ROW_PTRACE, "a child that asks to be traced", trace_me},
    {ROW_PTRACE, "process_vm_readv of a child", read_memory},
    {ROW_PTRACE, "/proc/PID/mem of a child", open_memory},
    {ROW_PTRACE, "taking a descriptor from a child", take_descriptor},
    {ROW_IO_URING, "userfaultfd by an ordinary user", fault_by_user},
    {ROW_KILL, "a signal to the guard's daemon", signal_guard},
    {ROW_KILL, "the same by pidfd", signal_by_pidfd},
    {ROW_KILL, "a limit for it", limit_guard},
    {ROW_KILL, "its scheduling", slow_guard},
    {ROW_KILL, "what it has open", look_at_guard},
    {ROW_CGROUPS, "moving a process to another group", cgroups},
    {ROW_CORES, "a program that crashes", dump},
    {ROW_ASLR, "a layout that is not random throughout", layout_is_fixed},
    {ROW_ADDRESSES, "addresses in /proc/kallsyms, by an ordinary user", symbols},
    {ROW_ADDRESSES, "the kernel's messages, by an ordinary user", messages},
    {0},
};
