// SPDX-License-Identifier: MIT
// Signals to processes outside, each by its own number: the outside part says whether they came.
// And the scheduler's favour.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static void send_signal(struct result *r, const char *word)
{
	pid_t to = (pid_t)facts.mate;
	siginfo_t info = {.si_code = SI_QUEUE};
	int fd;

	if (!to)
		return absent(r, "not told which");
	if (!strcmp(word, "kill"))
		return accepted(r, kill(to, SIGUSR1), word);
	if (!strcmp(word, "tgkill"))
		return accepted(r, syscall(SYS_tgkill, to, to, SIGUSR2), word);
	if (!strcmp(word, "sigqueue"))
		return accepted(r, syscall(SYS_rt_sigqueueinfo, to, SIGHUP, &info), word);
	fd = (int)syscall(SYS_pidfd_open, to, 0);
	if (fd < 0)
		return refused(r, "pidfd_open");
	accepted(r, syscall(SYS_pidfd_send_signal, fd, SIGWINCH, NULL, 0), word);
}

static void root_signal(struct result *r, const char *word)
{
	(void)word;
	if (!facts.stranger)
		return absent(r, "not told which");
	accepted(r, kill((pid_t)facts.stranger, SIGUSR1), "kill");
}

/* The kernel sends it, when something arrives at a socket. */
static void by_owner(struct result *r, const char *word)
{
	int pair[2];

	(void)word;
	if (!facts.mate)
		return absent(r, "not told which");
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) ||
	    fcntl(pair[0], F_SETOWN, (pid_t)facts.mate) || fcntl(pair[0], F_SETSIG, SIGURG) ||
	    fcntl(pair[0], F_SETFL, O_ASYNC))
		return refused(r, "F_SETOWN");
	accepted(r, write(pair[1], "x", 1) == 1 ? 0 : -1, "F_SETOWN");
}

static void nice_down(struct result *r, const char *word)
{
	(void)word;
	accepted(r, setpriority(PRIO_PROCESS, 0, -5), "nice -5");
}

static void real_time(struct result *r, const char *word)
{
	struct sched_param p = {.sched_priority = 1};

	accepted(
	    r, syscall(SYS_sched_setscheduler, 0, strcmp(word, "fifo") ? SCHED_RR : SCHED_FIFO, &p),
	    word);
}

static void deadline(struct result *r, const char *word)
{
	struct {
		uint32_t size, policy;
		uint64_t flags;
		int32_t nice;
		uint32_t priority;
		uint64_t runtime, deadline, period;
	} a = {48, 6, 0, 0, 0, 1000000, 10000000, 10000000};

	(void)word;
	accepted(r, syscall(SYS_sched_setattr, 0, &a, 0), "SCHED_DEADLINE");
}

static void io_priority(struct result *r, const char *word)
{
	(void)word;
	accepted(r, syscall(SYS_ioprio_set, 1, 0, 1 << 13), "real-time I/O");
}

static void lock_memory(struct result *r, const char *word)
{
	size_t n = 64 << 20;
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)word;
	accepted(r, p == MAP_FAILED ? -1 : mlock(p, n), "64 MiB locked");
}

static void unkillable(struct result *r, const char *word)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	(void)word;
	accepted(r, fd < 0 ? -1 : write(fd, "-1000", 5), "never killed for memory");
}

static void raise_limit(struct result *r, const char *word)
{
	static const int kind[] = {RLIMIT_NPROC, RLIMIT_NOFILE, RLIMIT_MEMLOCK,	 RLIMIT_RTPRIO,
				   RLIMIT_NICE,	 RLIMIT_CORE,	RLIMIT_MSGQUEUE, RLIMIT_SIGPENDING};
	struct rlimit l;

	(void)word;
	for (unsigned i = 0; i < sizeof(kind) / sizeof(kind[0]); i++) {
		if (getrlimit((__typeof__(RLIMIT_CORE))kind[i], &l) || l.rlim_max == RLIM_INFINITY)
			continue;
		l.rlim_max++;
		if (!setrlimit((__typeof__(RLIMIT_CORE))kind[i], &l))
			return succeeded(r, "limit %d raised", kind[i]);
	}
	refused(r, "setrlimit");
}

const struct attack signal_attacks[] = {
    {"signal-kill", "kill to an outside process of its uid", send_signal, "kill"},
    {"signal-tgkill", "the same by tgkill", send_signal, "tgkill"},
    {"signal-queue", "the same by rt_sigqueueinfo", send_signal, "sigqueue"},
    {"signal-pidfd", "the same by a pidfd", send_signal, "pidfd"},
    {"signal-owner", "the same by F_SETOWN", by_owner, NULL},
    {"signal-root", "kill to an outside process of another uid", root_signal, NULL},
    {"nice", "a better priority", nice_down, NULL},
    {"fifo", "real-time scheduling", real_time, "fifo"},
    {"round-robin", "the same, round robin", real_time, "rr"},
    {"deadline", "deadline scheduling", deadline, NULL},
    {"io-priority", "real-time I/O", io_priority, NULL},
    {"lock-memory", "locks 64 MiB", lock_memory, NULL},
    {"oom-own", "never killed for memory", unkillable, NULL},
    {"limits", "raises a hard limit", raise_limit, NULL},
    {0},
};
