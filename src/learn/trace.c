// SPDX-License-Identifier: MIT
#include "learn/trace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "learn/room.h"
#include "learn/watch.h"

#define TICK	    100000 /* us between two looks at signals and progress */
#define GRACE	    10.0   /* s from asking to end until killing */
#define AGAIN	    0.5	   /* s after which a signal is a second one, not the same sent twice */
#define THREADS_MAX 4096   /* at a time; what more of them do is not seen */
#define OPTIONS                                                                                    \
	(PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK |   \
	 PTRACE_O_TRACEVFORK | PTRACE_O_TRACEEXIT | PTRACE_O_EXITKILL)

#if defined __aarch64__
#define ARCH AUDIT_ARCH_AARCH64
#else
#define ARCH AUDIT_ARCH_X86_64
#endif

struct trace {
	struct tracee *t[THREADS_MAX];
	size_t count;
	struct facts *f;
	const struct trace_ask *ask;
	struct timespec start;
	pid_t first;
	bool executed; /* the program has begun */
	double asked;  /* when it was asked to end, 0: not yet */
	int failed;    /* errno with which the program could not be executed */
};

/* What has been sent to us: the only thing that handlers do. */
static volatile sig_atomic_t signal_sent, signal_typed;

static void on_signal(int sig, siginfo_t *info, void *context)
{
	(void)context;
	signal_sent = sig;
	/* Ctrl-C comes from the kernel and goes to all of our group. */
	signal_typed = info->si_code == SI_KERNEL;
}

static void on_tick(int sig)
{
	(void)sig;
}

static double seconds(const struct trace *r)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - r->start.tv_sec) +
	       (double)(now.tv_nsec - r->start.tv_nsec) / 1e9;
}

static struct tracee *find(struct trace *r, pid_t tid)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->t[i]->tid == tid)
			return r->t[i];
	return NULL;
}

static pid_t process_of(pid_t tid)
{
	char path[64], line[128];
	int pid = tid;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)tid);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "Tgid: %d", &pid) == 1)
			break;
	if (f)
		fclose(f);
	return pid;
}

static struct tracee *add(struct trace *r, pid_t tid, const struct tracee *parent)
{
	struct tracee *t = find(r, tid);

	if (!t && r->count < THREADS_MAX) {
		t = room_or_end(calloc(1, sizeof *t));
		t->tid = tid;
		t->pid = process_of(tid);
		t->executed = r->executed;
		r->t[r->count++] = t;
		if (t->pid == tid)
			r->f->processes++;
		if (r->count > r->f->processes_peak)
			r->f->processes_peak = (unsigned)r->count;
	}
	if (t && parent)
		t->switched = parent->switched;
	return t;
}

static void drop(struct trace *r, pid_t tid)
{
	for (size_t i = 0; i < r->count; i++)
		if (r->t[i]->tid == tid) {
			free(r->t[i]);
			r->t[i] = r->t[--r->count];
			return;
		}
}

static uint64_t resident(pid_t pid)
{
	unsigned long long size = 0, pages = 0, shared = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/statm", (int)pid);
	f = fopen(path, "re");
	if (f) {
		if (fscanf(f, "%llu %llu %llu", &size, &pages, &shared) != 3)
			pages = shared = 0;
		fclose(f);
	}
	return (pages > shared ? pages - shared : 0) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void measure(struct trace *r)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < r->count; i++)
		if (r->t[i]->tid == r->t[i]->pid)
			sum += resident(r->t[i]->pid);
	if (sum > r->f->memory_peak)
		r->f->memory_peak = sum;
}

/* To every process; others_only: to those that have left our group, as daemons do. */
static void pass_on(const struct trace *r, int sig, bool others_only)
{
	for (size_t i = 0; i < r->count; i++) {
		pid_t pid = r->t[i]->pid;

		if (r->t[i]->tid == pid && !(others_only && getpgid(pid) == getpgrp()))
			kill(pid, sig);
	}
}

static void look_at_signals(struct trace *r)
{
	double now = seconds(r);
	int sig = (int)signal_sent;

	if (r->ask->limit > 0 && now >= r->ask->limit && !(r->asked > 0)) {
		r->asked = now;
		pass_on(r, SIGTERM, false);
	}
	signal_sent = 0;
	if (sig && !(r->asked > 0)) {
		r->asked = now;
		pass_on(r, sig, signal_typed);
	} else if (sig && now > r->asked + AGAIN) {
		pass_on(r, SIGKILL, false);
	}
	if (r->asked > 0 && now > r->asked + GRACE)
		pass_on(r, SIGKILL, false);
}

static void on_syscall(struct trace *r, struct tracee *t)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->tid, sizeof info, &info) <= 0)
		return;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY && info.arch != ARCH) {
		/* Its numbers and arguments are others. */
		t->inside = false;
		facts_add(r->f, FACT_NOTE,
			  "it makes calls of another architecture (32-bit code), which no profile "
			  "allows",
			  seconds(r));
	} else if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		t->inside = true;
		t->call = (long)info.entry.nr;
		for (int i = 0; i < 6; i++)
			t->arg[i] = info.entry.args[i];
		watch_entry(t, r->f, seconds(r));
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && t->inside) {
		t->inside = false;
		if (!t->executed && info.exit.is_error)
			r->failed = (int)-info.exit.rval;
		watch_exit(t, r->f, info.exit.rval, seconds(r));
	}
}

/* exec in a thread leaves one thread, with the number of the first. */
static struct tracee *on_exec(struct trace *r, struct tracee *t)
{
	unsigned long former = 0;
	struct tracee *old;

	ptrace(PTRACE_GETEVENTMSG, t->tid, 0, &former);
	old = former && (pid_t)former != t->tid ? find(r, (pid_t)former) : NULL;
	if (old) {
		pid_t tid = t->tid;

		*t = *old;
		t->tid = t->pid = tid;
		drop(r, (pid_t)former);
	}
	watch_exec(t, r->f, !r->executed, seconds(r));
	r->executed = true;
	return t;
}

static void on_event(struct trace *r, struct tracee *t, int event)
{
	unsigned long other = 0;

	switch (event) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		if (!ptrace(PTRACE_GETEVENTMSG, t->tid, 0, &other))
			add(r, (pid_t)other, t);
		break;
	case PTRACE_EVENT_EXEC:
		on_exec(r, t);
		break;
	case PTRACE_EVENT_EXIT:
		if (t->executed && t->tid == t->pid)
			measure(r);
		break;
	default:
		break;
	}
}

static void on_stop(struct trace *r, pid_t tid, int status)
{
	struct tracee *t = add(r, tid, NULL);
	int sig = WSTOPSIG(status), event = status >> 16, deliver = 0;

	if (!t)
		facts_add(r->f, FACT_NOTE,
			  "it has more threads than are watched at a time: some of what they do is "
			  "missing",
			  seconds(r));
	if (event == PTRACE_EVENT_STOP &&
	    (sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU)) {
		ptrace(PTRACE_LISTEN, tid, 0, 0); /* truly stopped until SIGCONT */
		return;
	}
	if (sig != (SIGTRAP | 0x80) && !event)
		deliver = sig;
	else if (t && event)
		on_event(r, t, event);
	else if (t)
		on_syscall(r, t);
	ptrace(PTRACE_SYSCALL, tid, 0, deliver);
}

static void loop(struct trace *r)
{
	double told = 0, measured = 0;

	for (;;) {
		int status;
		pid_t tid = waitpid(-1, &status, __WALL);
		double now = seconds(r);

		if (tid < 0 && errno == ECHILD)
			return;
		if (tid > 0 && WIFSTOPPED(status)) {
			on_stop(r, tid, status);
		} else if (tid > 0) {
			if (tid == r->first)
				r->f->status = status;
			drop(r, tid);
		}
		look_at_signals(r);
		if (now - told > 0.1) {
			told = now;
			if (r->ask->progress)
				r->ask->progress(r->ask->arg, r->f, now);
		}
		if (now - measured > 1) { /* what is killed does not come by its exit */
			measured = now;
			measure(r);
		}
	}
}

static void child(const struct trace_ask *ask, const int go[2])
{
	char c;

	close(go[1]);
	if (read(go[0], &c, 1) != 1)
		_exit(127);
	if (ask->out >= 0)
		dup2(ask->out, 1);
	execv(ask->argv[0], ask->argv);
	_exit(127);
}

/* Takes hold of the child, which waits to begin. */
static int seize(struct trace *r, struct err *e)
{
	struct __ptrace_syscall_info info;
	int status;

	if (ptrace(PTRACE_SEIZE, r->first, 0, OPTIONS) || ptrace(PTRACE_INTERRUPT, r->first, 0, 0))
		return err_sys(e, errno, "ptrace is not allowed here (is another watching?)");
	while (waitpid(r->first, &status, __WALL) < 0 && errno == EINTR)
		;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, r->first, sizeof info, &info) <= 0)
		return err_sys(e, errno, "this kernel does not tell about calls (Linux 5.3 does)");
	add(r, r->first, NULL);
	ptrace(PTRACE_SYSCALL, r->first, 0, 0);
	return 0;
}

static int start(struct trace *r, struct err *e)
{
	int go[2], status, result;

	if (pipe2(go, O_CLOEXEC))
		return err_sys(e, errno, "pipe");
	r->first = fork();
	if (!r->first)
		child(r->ask, go);
	result = r->first < 0 ? err_sys(e, errno, "fork") : seize(r, e);
	if (!result && write(go[1], "g", 1) != 1)
		result = err_sys(e, errno, "pipe");
	close(go[0]);
	close(go[1]);
	if (result && r->first > 0) {
		kill(r->first, SIGKILL);
		while (waitpid(r->first, &status, __WALL) < 0 && errno == EINTR)
			;
	}
	return result;
}

static void handlers(bool on, struct sigaction *old)
{
	static const int sigs[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction a = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
	struct sigaction tick = {.sa_handler = on_tick};
	struct itimerval every = {{0, on ? TICK : 0}, {0, on ? TICK : 0}};

	signal_sent = 0;
	for (int i = 0; i < 3; i++)
		sigaction(sigs[i], on ? &a : &old[i], on ? &old[i] : NULL);
	if (on)
		sigaction(SIGALRM, &tick, &old[3]);
	setitimer(ITIMER_REAL, &every, NULL);
	if (!on)
		sigaction(SIGALRM, &old[3], NULL);
}

int trace_run(const struct trace_ask *ask, struct facts *f, struct err *e)
{
	struct trace *r = room_or_end(calloc(1, sizeof *r));
	struct sigaction old[4];
	int result = -1;

	r->ask = ask;
	r->f = f;
	clock_gettime(CLOCK_MONOTONIC, &r->start);
	if (start(r, e)) {
		drop(r, r->first);
		free(r);
		return -1;
	}
	handlers(true, old);
	loop(r);
	handlers(false, old);
	f->seconds = seconds(r);
	if (r->executed)
		result = 0;
	else if (r->failed)
		err_sys(e, r->failed, "%s", ask->argv[0]);
	else
		err_set(e, EXIT_SYSTEM, "%s: ended before it began", ask->argv[0]);
	free(r);
	return result;
}
