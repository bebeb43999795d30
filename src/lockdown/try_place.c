// SPDX-License-Identifier: MIT
// Attempts on mounts, namespaces and what is pinned.
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/mount.h"
#include "lockdown/try.h"

#define SYS_OPEN_TREE	  428
#define SYS_MOVE_MOUNT	  429
#define SYS_MOUNT_SETATTR 442

static int mount_tmpfs(const struct try_env *env)
{
	int n = mount("none", env->dir, "tmpfs", 0, NULL);

	if (!n)
		umount2(env->dir, MNT_DETACH);
	return try_result(n);
}

static int bind(const struct try_env *env)
{
	int n = mount("/", env->dir, NULL, MS_BIND, NULL);

	if (!n)
		umount2(env->dir, MNT_DETACH);
	return try_result(n);
}

/* The root as it is mounted now. */
static int remount(const struct try_env *env)
{
	struct statfs fs;

	if (statfs("/", &fs))
		return TRY_UNKNOWN;
	return try_result(
	    mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | (fs.f_flags & MS_RDONLY), NULL));
}

static int unmount(const struct try_env *env)
{
	int n = umount2(env->dir, 0); /* nothing is mounted there */

	return n < 0 && errno == EINVAL ? TRY_OPEN : try_result(n);
}

static int unseen_mount(const struct try_env *env)
{
	int fs = (int)syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);

	if (fs < 0)
		return try_result(-1);
	if (syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		return try_result(-1);
	return try_fd(syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0));
}

static int clone_tree(const struct try_env *env)
{
	return try_fd(syscall(SYS_OPEN_TREE, AT_FDCWD, env->dir, 1 /* OPEN_TREE_CLONE */));
}

static int set_attributes(const struct try_env *env)
{
	unsigned long long nothing[4] = {0};

	return try_result(syscall(SYS_MOUNT_SETATTR, AT_FDCWD, "/", 0, nothing, sizeof nothing));
}

static int pivot(const struct try_env *env)
{
	long n = syscall(SYS_pivot_root, env->dir, env->dir); /* no mount: EINVAL at best */

	return n < 0 && (errno == EINVAL || errno == EBUSY) ? TRY_OPEN : try_result(n);
}

static int move(const struct try_env *env)
{
	long n = syscall(SYS_MOVE_MOUNT, AT_FDCWD, env->dir, AT_FDCWD, env->dir, 0);

	return n < 0 && errno == EINVAL ? TRY_OPEN : try_result(n);
}

static int debugfs(const struct try_env *env)
{
	int n = mount("none", env->dir, "debugfs", 0, NULL);

	if (!n)
		umount2(env->dir, MNT_DETACH);
	return try_result(n);
}

/* --- namespaces --- */

static int new_net(const struct try_env *env)
{
	return try_result(unshare(CLONE_NEWNET));
}

static int new_mounts(const struct try_env *env)
{
	return try_result(unshare(CLONE_NEWNS));
}

static int new_user(const struct try_env *env)
{
	return try_result(unshare(CLONE_NEWUSER));
}

static int new_user_net(const struct try_env *env)
{
	return try_result(unshare(CLONE_NEWUSER | CLONE_NEWNET));
}

static int clone_net(const struct try_env *env)
{
	long pid = syscall(SYS_clone, CLONE_NEWNET | 17 /* SIGCHLD */, 0, 0, 0, 0);

	if (!pid)
		_exit(0);
	return try_result(pid);
}

static int enter(const char *which)
{
	char path[40];
	int fd;

	snprintf(path, sizeof path, "/proc/1/ns/%s", which);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? try_result(-1) : try_result(setns(fd, 0));
}

static int enter_net(const struct try_env *env)
{
	return enter("net");
}

static int enter_mounts(const struct try_env *env)
{
	return enter("mnt");
}

/* --- pins, swap --- */

/* A folder of one's own in the BPF file system, made and removed. */
static int own_folder(const struct try_env *env)
{
	const char *path = "/sys/fs/bpf/holdfast-try";
	int n = mkdir(path, 0700);

	if (!n)
		rmdir(path);
	return try_result(n);
}

/* A folder that is not empty is refused by its file system: the lock has to be first. */
static int remove_folder(const char *path)
{
	int n = rmdir(path);

	return n < 0 && (errno == ENOTEMPTY || errno == EBUSY) ? TRY_OPEN : try_result(n);
}

static int guards_folder(const struct try_env *env)
{
	return remove_folder(env->guard_pins);
}

static int locks_folder(const struct try_env *env)
{
	return remove_folder(LOCK_PIN);
}

/* A pin becomes itself. */
static int rename_pin(const struct try_env *env)
{
	const char *path = LOCK_PIN "/bpf";

	return try_result(
	    rename(path, LOCK_PIN "/bpf.away") || rename(LOCK_PIN "/bpf.away", path) ? -1 : 0);
}

/* Something that is no swap area. */
static int swap_on(const struct try_env *env)
{
	int n = swapon("/proc/self/exe", 0);

	return n < 0 && errno != EPERM && errno != ENOSYS ? TRY_OPEN : try_result(n);
}

const struct attempt try_place[] = {
    {ROW_PINS, "a folder of one's own beside the pins", own_folder},
    {ROW_PINS, "removing the guard's folder", guards_folder},
    {ROW_PINS, "removing the lock's folder", locks_folder},
    {ROW_PINS, "renaming a pin of the lock's, and back", rename_pin},
    {ROW_NAMESPACES, "a new network namespace", new_net},
    {ROW_NAMESPACES, "a child in a new network namespace", clone_net},
    {ROW_NAMESPACES, "a new mount namespace", new_mounts},
    {ROW_NAMESPACES, "entering a network namespace", enter_net},
    {ROW_NAMESPACES, "entering a mount namespace", enter_mounts},
    {ROW_USER_NAMESPACES, "a new user namespace", new_user},
    {ROW_USER_NAMESPACES, "a user namespace with a network namespace", new_user_net},
    {ROW_MOUNT, "mounting a tmpfs", mount_tmpfs},
    {ROW_MOUNT, "mounting debugfs", debugfs},
    {ROW_MOUNT, "a bind mount", bind},
    {ROW_MOUNT, "remounting the root as it is", remount},
    {ROW_MOUNT, "unmounting", unmount},
    {ROW_MOUNT, "a mount that nobody sees (fsmount)", unseen_mount},
    {ROW_MOUNT, "a copy of a tree (open_tree)", clone_tree},
    {ROW_MOUNT, "attributes of the root (mount_setattr)", set_attributes},
    {ROW_MOUNT, "another root (pivot_root)", pivot},
    {ROW_MOUNT, "moving a mount", move},
    {ROW_SWAP, "swapon of something that is none", swap_on},
    {0},
};
