// SPDX-License-Identifier: MIT
//
// The sandbox from inside: its first process, which builds everything, starts the program, and then
// waits for it with no power left. The order of the steps is the point; each says why it is there.
#include "sandbox/state.h"

#include <asm/unistd.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/forget.h"
#include "sandbox/tree.h"

#ifndef PR_SET_MDWE
#define PR_SET_MDWE		 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif
#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

#define SOCK 3 /* where the socket to the launcher is */

struct inside {
	struct launch *l;
	const struct launch_io *io;
	int notify;
};

static _Noreturn void give_up(struct launch *l, const struct err *e)
{
	l->shared->e = *e;
	l->shared->failed = 1;
	_exit(127);
}

/* The program's 0, 1 and 2, the socket at 3, and nothing else. */
static int set_descriptors(const struct launch_io *io, int sock, struct err *e)
{
	int want[4] = {io->in, io->out, io->err, sock};

	/* Out of each other's way first. */
	for (int i = 0; i < 4; i++) {
		if (want[i] < 0 || want[i] == i || want[i] > SOCK)
			continue;
		want[i] = fcntl(want[i], F_DUPFD_CLOEXEC, SOCK + 1);
		if (want[i] < 0)
			return err_sys(e, errno, "descriptors");
	}
	for (int i = 0; i < 4; i++) {
		if (want[i] < 0)
			close(i);
		else if (want[i] != i && dup3(want[i], i, i == SOCK ? O_CLOEXEC : 0) < 0)
			return err_sys(e, errno, "descriptors");
	}
	if (syscall(__NR_close_range, SOCK + 1, ~0u, 0))
		return err_sys(e, errno, "descriptors");
	return 0;
}

/* Those that are to lead nowhere; after the tree is there, so that they lead to its /dev/null. */
static int set_null(const struct launch_io *io, struct err *e)
{
	const int want[3] = {io->in, io->out, io->err};

	for (int i = 0; i < 3; i++) {
		int fd;

		if (want[i] >= 0)
			continue;
		fd = open("/dev/null", O_RDWR);
		if (fd < 0 || (fd != i && (dup2(fd, i) < 0 || close(fd))))
			return err_sys(e, errno, "/dev/null");
	}
	return 0;
}

/* The launcher writes the maps: from inside nobody has the right to. */
static int enter_user_namespace(struct launch *l, struct err *e)
{
	char byte = 'm';

	if (!l->creds.as_root)
		return 0;
	if (creds_unshare(&l->creds, e))
		return -1;
	if (write(SOCK, &byte, 1) != 1 || read(SOCK, &byte, 1) != 1 || byte != 'm')
		return err_set(e, EXIT_SYSTEM, "layer user: the ids could not be mapped");
	return 0;
}

static int enter_namespaces(struct launch *l, struct err *e)
{
	/* Not with clone3: the new namespace's root is the group that one is in. */
	if (!(l->missing & LAYER_BIT(LAYER_CGROUP_NS)) && unshare(CLONE_NEWCGROUP))
		return err_sys(e, errno, "layer cgroup-ns");
	/* The host name stays what it was: programs look theirs up, and /etc/hosts has the
	 * machine's. What they set is theirs alone. */
	return 0;
}

static int prepare(struct launch *l, const struct launch_io *io, int sock, struct err *e)
{
	const struct tree_use use = {.place = l->place,
				     .tmp_size = l->limits.tmp_size,
				     .uid = l->creds.uid,
				     .gid = l->creds.gid};
	const char *directory = profile_str(l->p, l->p->directory);

	/* Before anything is open: no terminal of ours, and not to be looked into. */
	setsid();
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (cgroup_join(&l->cgroup, e) || set_descriptors(io, sock, e) || enter_namespaces(l, e) ||
	    tree_enter(&l->view, &use, e) || set_null(io, e))
		return -1;
	if (*directory && chdir(directory))
		return err_sys(e, errno, "directory '%s' is not in what is shown there", directory);
	/* This process is to hold few files too; the rest of what it opens is closed by exec. */
	if (limits_enter(&l->limits, e) || enter_user_namespace(l, e))
		return -1;
	/* Goes over to the program by exec, and there is nothing to execute here any more. */
	if (l->mdwe && prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0))
		return err_sys(e, errno, "layer mdwe");
	return 0;
}

static int install_filter(struct inside *in, struct err *e)
{
	struct launch *l = in->l;
	struct sock_fprog prog = {(unsigned short)l->filter.len, filter_start(&l->filter)};
	unsigned flags = l->policy.notify ? SECCOMP_FILTER_FLAG_NEW_LISTENER |
						SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
					  : 0;
	int rc;

	if (l->missing & LAYER_BIT(LAYER_SECCOMP))
		return 0;
	rc = (int)syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
	if (rc < 0 && errno == EINVAL && flags) {
		flags = SECCOMP_FILTER_FLAG_NEW_LISTENER;
		rc = (int)syscall(__NR_seccomp, SECCOMP_SET_MODE_FILTER, flags, &prog);
	}
	if (rc < 0)
		return err_sys(e, errno, "layer seccomp");
	in->notify = l->policy.notify ? rc : -1;
	return 0;
}

/* Shares the memory of the first process, which stands still until this one executes: so what is
 * written here is known there. */
static int start_program(void *arg)
{
	struct inside *in = arg;
	struct launch *l = in->l;
	const struct launch_also *also = in->io->also;
	struct creds creds = l->creds;
	struct err e;
	sigset_t none;

	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Ids before Landlock (its rules look paths up as the program will), the filter last: it
	 * refuses what the others need. */
	if (also)
		creds.keep &= also->keep;
	if ((also && also->enter(&e)) || creds_enter(&creds, &e) ||
	    (!(l->missing & LAYER_BIT(LAYER_LANDLOCK)) && landlock_enter(&l->rules, &e)) ||
	    install_filter(in, &e))
		give_up(l, &e);
	syscall(__NR_execveat, l->exec.folder, l->exec.path, l->exec.argv, l->exec.envp, 0);
	err_sys(&e, errno, "'%s' cannot be executed", l->exec.path);
	give_up(l, &e);
}

/* The launcher gets the descriptor on which refused calls wait, or one byte without. */
static int hand_over(int notify, struct err *e)
{
	alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {0};
	char byte = 's';
	struct iovec iov = {&byte, 1};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (notify >= 0) {
		struct cmsghdr *c;

		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &notify, sizeof(int));
	}
	return sendmsg(SOCK, &msg, MSG_NOSIGNAL) == 1 ? 0
						      : err_sys(e, errno, "the launcher is gone");
}

static struct {
	void *at;
	size_t size;
} idle;

void launch_idle(void *at, size_t n)
{
	idle.at = at;
	idle.size = n;
}

/* Where the program's first steps run. */
static alignas(4096) char first_stack[32768];

/* What this process still has of the launcher's memory (all profiles, the stacks) it needs no more:
 * a supervisor has many of it. Not all zeroed data, as a static program's libc has its own there.
 */
static void forget(void)
{
	forget_bytes(idle.at, idle.size);
	forget_bytes(first_stack, sizeof(first_stack));
	forget_stack();
}

static int reap(struct launch *l, pid_t program)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != program)
			continue;
		l->shared->ended = status;
		l->shared->is_ended = 1;
		return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	}
	return -1;
}

/* Signals from outside go on to the program: their sender has no number here. Without a pid
 * namespace it has one, but then too nobody from inside may send any: this process has another uid.
 */
static _Noreturn void wait_for(struct launch *l, pid_t program, const sigset_t *all)
{
	bool numbered = l->missing & LAYER_BIT(LAYER_PID);

	for (;;) {
		siginfo_t info;
		int code, sig = sigwaitinfo(all, &info);

		code = reap(l, program);
		if (code >= 0)
			_exit(code);
		if (sig > 0 && sig != SIGCHLD && (info.si_pid == 0 || numbered))
			kill(program, sig);
	}
}

_Noreturn void inside_run(struct launch *l, const struct launch_io *io, int sock)
{
	struct inside in = {.l = l, .io = io, .notify = -1};
	struct err e;
	sigset_t all;
	pid_t pid;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	if (prepare(l, io, sock, &e))
		give_up(l, &e);
	pid = clone(start_program, first_stack + sizeof(first_stack),
		    CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD, &in);
	if (pid < 0) {
		err_sys(&e, errno, "no process for the program");
		give_up(l, &e);
	}
	if (l->shared->failed)
		_exit(127);
	l->shared->pid = pid;
	if (hand_over(in.notify, &e) || creds_shed(&e))
		give_up(l, &e);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0); /* a change of ids takes it off */
	syscall(__NR_close_range, 0, ~0u, 0);
	forget();
	wait_for(l, pid, &all);
}
