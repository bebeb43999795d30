// SPDX-License-Identifier: MIT
#include "sandbox/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/cgroup.h"
#include "sandbox/landlock.h"

#ifndef PR_GET_MDWE
#define PR_GET_MDWE 66
#endif
#define LANDLOCK_FULL 6 /* the ABI with scopes */

const char *layer_option(enum layer l)
{
	static const char *const options[] = {
#define LAYER_X(id, name, option, what) option,
	    LAYERS(LAYER_X)
#undef LAYER_X
	};

	return options[l];
}

const char *layer_what(enum layer l)
{
	static const char *const whats[] = {
#define LAYER_X(id, name, option, what) what,
	    LAYERS(LAYER_X)
#undef LAYER_X
	};

	return whats[l];
}

static const struct space {
	enum layer layer;
	int flag;
	const char *file;
} spaces[] = {
    {LAYER_MOUNT, CLONE_NEWNS, "/proc/self/ns/mnt"},
    {LAYER_PID, CLONE_NEWPID, "/proc/self/ns/pid"},
    {LAYER_IPC, CLONE_NEWIPC, "/proc/self/ns/ipc"},
    {LAYER_UTS, CLONE_NEWUTS, "/proc/self/ns/uts"},
    {LAYER_CGROUP_NS, CLONE_NEWCGROUP, "/proc/self/ns/cgroup"},
    {LAYER_NET, CLONE_NEWNET, "/proc/self/ns/net"},
    {LAYER_USER, CLONE_NEWUSER, "/proc/self/ns/user"},
};
#define SPACES (sizeof(spaces) / sizeof(*spaces))

static bool has_notify(void)
{
	uint32_t action = SECCOMP_RET_USER_NOTIF;

	return !syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action);
}

static bool has_filter(void)
{
	uint32_t action = SECCOMP_RET_ERRNO;

	/* Kernels with filters but without this question answer EINVAL; without filters, ENOSYS
	 * or, where only the strict mode is built in, EINVAL to prctl() too. */
	if (!syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action))
		return true;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, NULL, 0, 0) && errno == EFAULT;
}

void probe_quick(struct probe_quick *to, layer_set doubt)
{
	*to = (struct probe_quick){.landlock = landlock_abi(),
				   .mdwe = prctl(PR_GET_MDWE, 0, 0, 0, 0) >= 0,
				   .notify = has_notify()};
	if (!to->landlock)
		to->missing |= LAYER_BIT(LAYER_LANDLOCK);
	if (!to->notify && !has_filter())
		to->missing |= LAYER_BIT(LAYER_SECCOMP) | LAYER_BIT(LAYER_MEMFD);
	if (!to->mdwe && to->missing & LAYER_BIT(LAYER_SECCOMP))
		to->missing |= LAYER_BIT(LAYER_MDWE);
	for (size_t i = 0; i < SPACES; i++)
		if (doubt & LAYER_BIT(spaces[i].layer) && access(spaces[i].file, F_OK))
			to->missing |= LAYER_BIT(spaces[i].layer);
}

__attribute__((format(printf, 4, 5))) static void
found(struct probe *to, enum layer l, enum probe_state state, const char *fmt, ...)
{
	va_list ap;

	to->row[l].state = state;
	va_start(ap, fmt);
	vsnprintf(to->row[l].found, sizeof(to->row[l].found), fmt, ap);
	va_end(ap);
	if (state == PROBE_MISSING)
		to->missing |= LAYER_BIT(l);
}

/* In a child, because a namespace cannot be left. Returns 0 or an errno. */
static int try_space(int flag)
{
	int status;
	pid_t pid = fork();

	if (pid < 0)
		return errno;
	if (!pid)
		_exit(unshare(flag) ? errno : 0);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : EFAULT;
}

static void probe_spaces(struct probe *to)
{
	for (size_t i = 0; i < SPACES; i++) {
		int err = try_space(spaces[i].flag);

		if (err)
			found(to, spaces[i].layer, PROBE_MISSING, "%s", strerror(err));
		else
			found(to, spaces[i].layer, PROBE_FULL, "made one");
	}
}

static bool has_call(long number)
{
	return syscall(number, -1, NULL, 0, NULL, 0) == 0 || errno != ENOSYS;
}

/* The tree is built with calls of Linux 5.12. */
static void probe_tree(struct probe *to)
{
	if (!(to->missing & LAYER_BIT(LAYER_MOUNT)) &&
	    !(has_call(SYS_open_tree) && has_call(SYS_move_mount) && has_call(SYS_mount_setattr)))
		found(to, LAYER_MOUNT, PROBE_MISSING, "no mount_setattr(2)");
	if (!has_call(SYS_pidfd_send_signal) || !has_call(SYS_clone3))
		found(to, LAYER_PID, PROBE_MISSING, "no clone3(2)");
}

static void probe_caps(struct probe *to)
{
	if (geteuid())
		found(to, LAYER_CAPS, PROBE_MISSING, "not root: cannot give a uid of its own");
	else if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) < 0)
		found(to, LAYER_CAPS, PROBE_MISSING, "no no_new_privs");
	else
		found(to, LAYER_CAPS, PROBE_FULL, "root, no_new_privs");
}

static void probe_landlock(struct probe *to)
{
	int abi = landlock_abi();

	if (!abi)
		found(to, LAYER_LANDLOCK, PROBE_MISSING, "%s", strerror(errno));
	else if (abi < LANDLOCK_FULL)
		found(to, LAYER_LANDLOCK, PROBE_PARTLY, "ABI %d: no %s", abi,
		      abi < 4 ? "ports, no scopes" : "scopes");
	else
		found(to, LAYER_LANDLOCK, PROBE_FULL, "ABI %d", abi);
}

static void probe_seccomp(struct probe *to)
{
	bool mdwe = prctl(PR_GET_MDWE, 0, 0, 0, 0) >= 0;

	if (!has_filter()) {
		found(to, LAYER_SECCOMP, PROBE_MISSING, "no filters");
		found(to, LAYER_MEMFD, PROBE_MISSING, "no filters");
	} else {
		if (has_notify())
			found(to, LAYER_SECCOMP, PROBE_FULL, "filters and notifications");
		else
			found(to, LAYER_SECCOMP, PROBE_PARTLY,
			      "no notifications: no reports, no single ports");
		found(to, LAYER_MEMFD, PROBE_FULL, "refused by the filter");
	}
	if (mdwe)
		found(to, LAYER_MDWE, PROBE_FULL, "PR_SET_MDWE");
	else if (!(to->missing & LAYER_BIT(LAYER_SECCOMP)))
		found(to, LAYER_MDWE, PROBE_PARTLY, "rules on arguments instead");
	else
		found(to, LAYER_MDWE, PROBE_MISSING, "no PR_SET_MDWE, no filters");
}

static void probe_cgroup(struct probe *to)
{
	static const enum layer layers[] = {LAYER_MEMORY, LAYER_PIDS, LAYER_CPU};
	int version;
	layer_set has = cgroup_offered(&version);

	for (size_t i = 0; i < sizeof(layers) / sizeof(*layers); i++)
		if (has & LAYER_BIT(layers[i]))
			found(to, layers[i], PROBE_FULL, "control groups, version %d", version);
		else
			found(to, layers[i], PROBE_MISSING,
			      version ? "version %d has no such controller" : "no control groups",
			      version);
}

static enum probe_tier tier(const struct probe *p)
{
	const layer_set needed = LAYER_BIT(LAYER_MOUNT) | LAYER_BIT(LAYER_PID) |
				 LAYER_BIT(LAYER_CAPS) | LAYER_BIT(LAYER_SECCOMP);

	if (p->missing & needed)
		return TIER_NONE;
	for (int i = 0; i < LAYER_COUNT; i++)
		if (p->row[i].state != PROBE_FULL)
			return TIER_REDUCED;
	return TIER_FULL;
}

void probe_all(struct probe *to)
{
	*to = (struct probe){0};
	probe_spaces(to);
	probe_tree(to);
	probe_caps(to);
	probe_landlock(to);
	probe_seccomp(to);
	probe_cgroup(to);
	to->tier = tier(to);
}
