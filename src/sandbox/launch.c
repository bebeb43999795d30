// SPDX-License-Identifier: MIT
#include "sandbox/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/dev.h"
#include "sandbox/etc.h"
#include "sandbox/probe.h"
#include "sandbox/profile_keys.h"
#include "sandbox/source.h"
#include "sandbox/state.h"

#ifndef SECCOMP_IOCTL_NOTIF_SET_FLAGS /* since 6.6 */
#define SECCOMP_IOCTL_NOTIF_SET_FLAGS	   SECCOMP_IOW(4, __u64)
#define SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP (1UL << 0)
#endif

#define RESET_ON_FORK 0x40000000 /* SCHED_RESET_ON_FORK */

/* The folder on which trees are built, each in its own namespace, so that it stays empty. */
static int make_place(struct launch *l, const char *run, struct err *e)
{
	snprintf(l->place, sizeof(l->place), "%s/view", run);
	snprintf(l->etc, sizeof(l->etc), "%s/etc", run);
	snprintf(l->dev, sizeof(l->dev), "%s/dev", run);
	if (!mkdir(l->place, 0755) || errno == EEXIST)
		return 0;
	if (errno == ENOENT && !mkdir(run, 0755) && !mkdir(l->place, 0755))
		return 0;
	return err_sys(e, errno, "%s cannot be made", l->place);
}

static const char *run_folder(void)
{
	const char *run = getenv(RUN_DIR_ENV);

	return run && *run ? run : RUN_DIR_DEFAULT;
}

static int make_folders(struct launch *l, struct err *e)
{
	const char *run = run_folder();

	if (*run != '/' || strlen(run) > RUN_DIR_MAX)
		return err_set(e, EXIT_WRONG_USE, RUN_DIR_ENV ": '%.100s' is not a folder", run);
	if (make_place(l, run, e) || etc_refresh(l->etc, true, e) < 0)
		return -1;
	l->has_dev = !dev_make(l->dev);
	return 0;
}

int launch_watch(void)
{
	return etc_watch();
}

void launch_renew(int watch)
{
	char etc[RUN_DIR_MAX + 8];

	etc_heard(watch);
	snprintf(etc, sizeof(etc), "%.*s/etc", RUN_DIR_MAX, run_folder());
	etc_refresh(etc, false, NULL);
}

static int find_interpreters(struct launch *l, struct err *e)
{
	const struct profile *p = l->p;
	int n = program_needs(profile_str(p, p->arg[0]), l->interpreter, 0, INTERPRETERS,
			      &l->runs_stack, e);

	for (unsigned i = 0; i < p->paths && n >= 0; i++)
		if (p->path[i].access == PROFILE_EXEC &&
		    !(p->path[i].optional && access(profile_str(p, p->path[i].path), F_OK)))
			n = program_needs(profile_str(p, p->path[i].path), l->interpreter, n,
					  INTERPRETERS, &l->runs_stack, e);
	for (int i = 0; i < n; i++)
		l->interpreters[i] = l->interpreter[i];
	return n < 0 ? -1 : 0;
}

static int make_view(struct launch *l, const char *sockets, struct err *e)
{
	const struct view_extra extra = {.etc = l->etc,
					 .dev = l->has_dev ? l->dev : NULL,
					 .sockets = sockets,
					 .interpreters = l->interpreters};

	if (view_make(&l->view, l->p, &extra, e))
		return -1;
	landlock_make(&l->rules, l->p, &l->view, l->abi);
	return 0;
}

/* Both by descriptor: a name could lead elsewhere by now, and we are root. */
static int make_own(const struct launch *l, int folder, const char *name)
{
	int fd, rc;

	if (mkdirat(folder, name, 0750))
		return errno == EEXIST ? 0 : -1;
	fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	rc = fchown(fd, l->creds.uid, l->creds.gid);
	close(fd);
	return rc;
}

/* A folder of the program's state that is not there yet is made the program's own; any other is
 * left as it is. */
static int make_state(const struct launch *l, const char *path, struct err *e)
{
	const char *name = strrchr(path, '/') + 1;
	char above[PATH_MAX];
	struct stat st;
	int folder, rc;

	if (!lstat(path, &st))
		return 0;
	snprintf(above, sizeof(above), "%.*s", (int)(name - path), path);
	folder = source_open(above);
	rc = folder < 0 ? -1 : make_own(l, folder, name);
	if (rc)
		err_sys(e, errno, "[allow] write = %s", path);
	if (folder >= 0)
		close(folder);
	return rc;
}

/* Where the run folder is one of the environment's: what profile_check() cannot know. */
static int keep_run_folder(const char *path, const char *run, struct err *e)
{
	if (!profile_path_in(path, run) && !profile_path_in(run, path))
		return 0;
	return err_set(e, EXIT_WRONG_USE,
		       "[allow] write = %.80s: never: the run folder %.60s lies there; give it a "
		       "folder of its own, e.g. /var/lib/NAME",
		       path, run);
}

static int make_states(const struct launch *l, struct err *e)
{
	for (unsigned i = 0; i < l->p->paths; i++) {
		const struct profile_path *path = &l->p->path[i];
		const char *text = profile_str(l->p, path->path);

		if (path->access == PROFILE_WRITE && (keep_run_folder(text, run_folder(), e) ||
						      (!path->optional && make_state(l, text, e))))
			return -1;
	}
	return 0;
}

static int make_filter(struct launch *l, struct err *e)
{
	const struct filter_exec own = {l->exec.folder, (uintptr_t)l->exec.path,
					(uintptr_t)l->exec.argv, (uintptr_t)l->exec.envp};
	bool report = l->policy.notify && l->p->report != REPORT_NONE;

	return filter_build(&l->filter, &l->policy, &own,
			    report ? SECCOMP_RET_USER_NOTIF : SECCOMP_RET_ERRNO | EPERM, e);
}

/* The kernel makes such a stack at the exec, past PR_SET_MDWE; on 32 bits it may make all memory so
 * that it can be executed, which PR_SET_MDWE would refuse the program altogether. */
static int check_stack(const struct launch *l, layer_set *lacks, struct err *e)
{
	const struct profile *p = l->p;

	if (!l->runs_stack || p->powers & POWER_BIT(POWER_JIT))
		return 0;
	*lacks |= LAYER_BIT(LAYER_MDWE);
	if (p->accept_missing & LAYER_BIT(LAYER_MDWE))
		return 0;
	return err_set(
	    e, EXIT_WRONG_USE,
	    "layer mdwe: '%s', or what it runs, wants a stack that is written and "
	    "executed: link it with -z noexecstack; or `accept-missing = mdwe` lives with it",
	    profile_str(p, p->arg[0]));
}

/* What the kernel must have for this profile and has not: named unless accepted. */
static int check_layers(struct launch *l, layer_set *missing, struct err *e)
{
	const layer_set grouped =
	    LAYER_BIT(LAYER_MEMORY) | LAYER_BIT(LAYER_PIDS) | LAYER_BIT(LAYER_CPU);
	struct probe_quick quick;
	layer_set lacks;

	probe_quick(&quick, l->p->accept_missing);
	l->abi = quick.landlock;
	lacks = quick.missing | (grouped & ~l->cgroup.has);
	if (check_stack(l, &lacks, e))
		return -1;
	l->mdwe = quick.mdwe && !(lacks & LAYER_BIT(LAYER_MDWE)) &&
		  !(l->p->powers & POWER_BIT(POWER_JIT));
	for (int i = 0; i < LAYER_COUNT; i++)
		if (lacks & ~l->p->accept_missing & LAYER_BIT(i))
			return err_set(e, EXIT_SYSTEM,
				       "layer %s is missing: this kernel lacks %s; `accept-missing "
				       "= %s` does without",
				       layer_name((enum layer)i), layer_option((enum layer)i),
				       layer_name((enum layer)i));
	l->missing = lacks;
	if (missing)
		*missing = lacks;
	policy_make(&l->policy, l->p, l->mdwe, quick.notify);
	return 0;
}

/* Programs do not have their launcher's real-time priority: no limit of the processor would hold
 * for them, and a control group with such a limit does not let them in. (By the calls themselves:
 * musl has stubs for these.) */
static int keep_real_time(struct err *e)
{
	int policy = (int)syscall(SYS_sched_getscheduler, 0);
	struct sched_param p = {0};

	if (policy <= 0) /* an ordinary one */
		return 0;
	if (syscall(SYS_sched_getparam, 0, &p) ||
	    syscall(SYS_sched_setscheduler, 0, policy | RESET_ON_FORK, &p))
		return err_sys(e, errno, "the launcher's real-time priority");
	return 0;
}

static int prepare(struct launch *l, char *const extra[], layer_set *missing, struct err *e)
{
	struct sysinfo machine;
	cpu_set_t processors;

	if (sysinfo(&machine) || sched_getaffinity(0, sizeof(processors), &processors))
		return err_sys(e, errno, "this machine's memory and processors");
	limits_make(&l->limits, l->p, (uint64_t)machine.totalram * machine.mem_unit,
		    (unsigned)CPU_COUNT(&processors));
	if (keep_real_time(e) || creds_make(&l->creds, l->p, e) || creds_prepare(e) ||
	    make_folders(l, e) || find_interpreters(l, e) || make_states(l, e) ||
	    cgroup_make(&l->cgroup, l->p->name, &l->limits, e) || check_layers(l, missing, e) ||
	    make_view(l, NULL, e) || exec_area_make(l, extra, e) || make_filter(l, e))
		return -1;
	l->shared = mmap(NULL, sizeof(*l->shared), PROT_READ | PROT_WRITE,
			 MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (l->shared == MAP_FAILED) {
		l->shared = NULL;
		return err_sys(e, errno, "memory for the sandbox");
	}
	return 0;
}

int launch_prepare(struct launch **to, const struct profile *p, char *const extra[],
		   layer_set *missing, struct err *e)
{
	/* Mapped, so that what is not used of it costs nothing. */
	struct launch *l =
	    mmap(NULL, sizeof(*l), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*to = NULL;
	if (l == MAP_FAILED)
		return err_sys(e, errno, "memory for the sandbox");
	l->p = p;
	for (int i = 0; i < 3; i++)
		l->cgroup.join[i] = -1;
	if (prepare(l, extra, missing, e)) {
		launch_free(l);
		return -1;
	}
	*to = l;
	return 0;
}

void launch_free(struct launch *l)
{
	if (!l)
		return;
	cgroup_remove(&l->cgroup);
	exec_area_free(&l->exec);
	if (l->shared)
		munmap(l->shared, sizeof(*l->shared));
	munmap(l, sizeof(*l));
}

uid_t launch_uid(const struct launch *l, uint32_t *count)
{
	*count = l->creds.range;
	return l->creds.uid;
}

static uint64_t clone_flags(const struct launch *l)
{
	static const struct {
		enum layer layer;
		uint64_t flag;
	} spaces[] = {{LAYER_MOUNT, CLONE_NEWNS},
		      {LAYER_PID, CLONE_NEWPID},
		      {LAYER_IPC, CLONE_NEWIPC},
		      {LAYER_UTS, CLONE_NEWUTS}};
	uint64_t flags = CLONE_PIDFD | CLONE_CLEAR_SIGHAND;

	for (size_t i = 0; i < sizeof(spaces) / sizeof(*spaces); i++)
		if (!(l->missing & LAYER_BIT(spaces[i].layer)))
			flags |= spaces[i].flag;
	if (l->p->network == NETWORK_NONE)
		flags |= CLONE_NEWNET;
	return flags;
}

static int start_first(struct launch *l, const struct launch_io *io, struct launch_child *c,
		       int sock, struct err *e)
{
	struct clone_args args = {
	    .flags = clone_flags(l), .pidfd = (uintptr_t)&c->pidfd, .exit_signal = SIGCHLD};

	if (l->cgroup.version == 2) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)l->cgroup.join[0];
	}
	c->pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (c->pid < 0)
		return err_sys(e, errno, "no sandbox can be made (`holdfast probe` says why)");
	if (c->pid == 0)
		inside_run(l, io, sock);
	return 0;
}

static int take_notify(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	int fd = -1;

	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS)
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
	/* Who asks waits for the answer: so we may run where it ran. Older kernels have it not. */
	if (fd >= 0)
		ioctl(fd, SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
	return fd;
}

/* 's' and it runs; 'm' and it wants its ids mapped; nothing and it failed. */
static int wait_for_start(struct launch *l, struct launch_child *c, int sock, struct err *e)
{
	for (;;) {
		alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))];
		char byte = 0;
		struct iovec iov = {&byte, 1};
		struct msghdr msg = {.msg_iov = &iov,
				     .msg_iovlen = 1,
				     .msg_control = control,
				     .msg_controllen = sizeof(control)};
		ssize_t n = recvmsg(sock, &msg, MSG_CMSG_CLOEXEC);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 1 && byte == 's') {
			c->notify = take_notify(&msg);
			return 0;
		}
		if (n != 1)
			break;
		if (creds_map(&l->creds, c->pid, e) || send(sock, "m", 1, MSG_NOSIGNAL) != 1)
			return -1;
	}
	if (!l->shared->failed)
		return err_set(e, EXIT_SYSTEM, "the sandbox ended before the program began");
	*e = l->shared->e;
	return -1;
}

static void set_sockets(struct launch *l, const char *sockets)
{
	bool watched = sockets && l->p->watchdog;

	for (unsigned i = 0; i < 2; i++)
		l->exec.envp[l->envs + i] = watched ? l->env_sockets[i] : NULL;
}

int launch_start(struct launch *l, const struct launch_io *io, struct launch_child *c,
		 struct err *e)
{
	const char *sockets = io->sockets ? io->sockets : "";
	int pair[2], rc;

	*c = (struct launch_child){.pid = -1, .pidfd = -1, .notify = -1};
	if (strlen(sockets) >= sizeof(l->sockets))
		return err_set(e, EXIT_OUR_BUG, "'%s' is too long", sockets);
	if (strcmp(sockets, l->sockets)) {
		strcpy(l->sockets, sockets);
		if (make_view(l, *sockets ? l->sockets : NULL, e))
			return -1;
	}
	set_sockets(l, io->sockets);
	*l->shared = (struct shared){0};
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return err_sys(e, errno, "no sandbox can be made");
	rc = start_first(l, io, c, pair[1], e);
	close(pair[1]);
	if (!rc)
		rc = wait_for_start(l, c, pair[0], e);
	close(pair[0]);
	if (rc && c->pid > 0) {
		launch_kill(l, c);
		while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	return rc;
}

int launch_signal(struct launch *l, const struct launch_child *c, int sig)
{
	return (int)syscall(SYS_pidfd_send_signal, c->pidfd, sig, NULL, 0);
}

int launch_ended(const struct launch *l, int status)
{
	return l->shared->is_ended && WIFEXITED(status) ? l->shared->ended : status;
}

/* Without a pid namespace: all of the control group, or of the program's process group where there
 * is no such either. */
static void kill_all(const struct launch *l)
{
	if (cgroup_kill(&l->cgroup) && l->shared->pid > 0)
		kill(-l->shared->pid, SIGKILL);
}

void launch_kill(struct launch *l, struct launch_child *c)
{
	/* The end of a pid namespace's first process is the end of all others. */
	if (c->pidfd >= 0) {
		launch_signal(l, c, SIGKILL);
		close(c->pidfd);
		if (l->missing & LAYER_BIT(LAYER_PID))
			kill_all(l);
	}
	if (c->notify >= 0)
		close(c->notify);
	c->pidfd = c->notify = -1;
}

void launch_settle(void)
{
	cgroup_settle();
	cgroup_sweep();
}
