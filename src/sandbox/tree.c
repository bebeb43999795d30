// SPDX-License-Identifier: MIT
#include "sandbox/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/mount.h"
#include "sandbox/first_root.h"
#include "sandbox/source.h"

#define SYS_OPEN_TREE_ATTR 467 /* the same on all processors but alpha; newer than most headers */

/* Files of /proc that command the machine or tell of its memory. Whoever is not root is refused
 * them anyway; this is for when that is not enough. */
static const char *const hidden[] = {"proc/kallsyms", "proc/kcore", "proc/keys",
				     "proc/sysrq-trigger", "proc/timer_list"};

static int not_there(const struct view_entry *n)
{
	return n->flags & VIEW_OPTIONAL && (errno == ENOENT || errno == ENOTDIR || errno == ENXIO);
}

static int make_tmpfs(const struct view_entry *n, const struct tree_use *use)
{
	char data[96];
	int own = n->flags & VIEW_OWN;

	snprintf(data, sizeof(data), "size=%llu,nr_inodes=4096,mode=%s,uid=%lu,gid=%lu",
		 (unsigned long long)use->tmp_size, own ? "755" : "1777",
		 own ? (unsigned long)use->uid : 0ul, own ? (unsigned long)use->gid : 0ul);
	return mount("tmpfs", n->at, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, data);
}

static int make_proc(const char *at)
{
	const unsigned long flags = MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY;

	if (mount("proc", at, "proc", flags, "hidepid=2"))
		return -1;
	for (size_t i = 0; i < sizeof(hidden) / sizeof(*hidden); i++)
		if (mount("dev/null", hidden[i], NULL, MS_BIND, NULL) && errno != ENOENT)
			return -1;
	return 0;
}

/* Group tty (5 everywhere) and mode as programs expect them that would change them otherwise, which
 * they may not; a user namespace of one id has no such group. max: the kernel's own limit is for
 * all programs together. */
#define PTS "newinstance,ptmxmode=0666,mode=0620,max=64"
static int make_pts(const char *at)
{
	const unsigned long flags = MS_NOSUID | MS_NOEXEC;

	return mount("devpts", at, "devpts", flags, PTS ",gid=5") &&
		       (errno != EINVAL || mount("devpts", at, "devpts", flags, PTS))
		   ? -1
		   : 0;
}

static uint64_t attributes(const struct view_entry *n)
{
	return MOUNT_ATTR_NOSUID | (n->flags & VIEW_WRITE ? 0 : MOUNT_ATTR_RDONLY) |
	       (n->flags & VIEW_EXEC ? 0 : MOUNT_ATTR_NOEXEC) |
	       (n->flags & VIEW_DEVICE ? 0 : MOUNT_ATTR_NODEV);
}

/* open_tree(2), then mount_setattr(2); since 6.15 in one. */
static int copy_mount(int source, const char *path, struct mount_attr *attr)
{
	const unsigned all = AT_EMPTY_PATH | AT_RECURSIVE;
	const unsigned copy = all | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC;
	int fd = (int)syscall(SYS_OPEN_TREE_ATTR, source, path, copy, attr, sizeof(*attr));

	if (fd >= 0 || errno != ENOSYS)
		return fd;
	fd = (int)syscall(SYS_open_tree, source, path, copy);
	if (fd >= 0 && syscall(SYS_mount_setattr, fd, "", all, attr, sizeof(*attr)))
		return -1;
	return fd;
}

/* A copy of the mount, made what it has to be before anybody can reach it. Its descriptor and the
 * source's are closed with all others before the program starts. */
static int attach(const struct view_entry *n, int source, const char *path)
{
	/* The folder of devices that all share lies where the run folder is, mostly without any. */
	const bool shared = n->flags & VIEW_DEVICE && !(n->flags & VIEW_PROFILE);
	struct mount_attr attr = {.attr_set = attributes(n),
				  .attr_clr = shared ? MOUNT_ATTR_NODEV : 0,
				  .propagation = MS_PRIVATE};
	int fd = copy_mount(source, path, &attr);

	if (fd < 0)
		return -1;
	return (int)syscall(SYS_move_mount, fd, "", AT_FDCWD, n->at, MOVE_MOUNT_F_EMPTY_PATH);
}

static int make_place(const struct view_entry *n, bool folder)
{
	int rc;

	if (n->flags & VIEW_INSIDE)
		return 0;
	rc = folder ? mkdir(n->at, 0755) : mknod(n->at, S_IFREG | 0444, 0);
	return rc && errno != EEXIST ? -1 : 0;
}

/* Folders of the system itself: root's, and no link on the way is anybody else's. */
static int make_system(const struct view_entry *n)
{
	return make_place(n, true) ? -1 : attach(n, AT_FDCWD, n->from);
}

static int make_bind(const struct view_entry *n)
{
	struct stat st;
	int source;

	if (!(n->flags & (VIEW_PROFILE | VIEW_START)))
		return make_system(n);
	source = source_open(n->from);
	if (source < 0 || fstat(source, &st) || make_place(n, S_ISDIR(st.st_mode)))
		return -1;
	return attach(n, source, "");
}

static int make_same(const struct view_entry *n)
{
	char to[PATH_MAX];
	ssize_t len = readlink(n->from, to, sizeof(to) - 1);

	if (len < 0)
		return errno == EINVAL ? make_bind(n) : -1;
	to[len] = 0;
	return symlink(to, n->at);
}

static int make(const struct view_entry *n, const struct tree_use *use)
{
	switch (n->kind) {
	case VIEW_DIR:
		return mkdir(n->at, 0755);
	case VIEW_LINK:
		return symlink(n->from, n->at);
	case VIEW_NODE:
		return mknod(n->at, S_IFCHR | 0666, makedev(n->dev_major, n->dev_minor));
	case VIEW_TMPFS:
		return mkdir(n->at, 0755) || make_tmpfs(n, use) ? -1 : 0;
	case VIEW_PROC:
		return mkdir(n->at, 0555) || make_proc(n->at) ? -1 : 0;
	case VIEW_PTS:
		return mkdir(n->at, 0755) || make_pts(n->at) ? -1 : 0;
	case VIEW_BIND:
		return make_bind(n);
	case VIEW_SAME:
		return make_same(n);
	default:
		return 0;
	}
}

static int build(const struct view *v, const struct tree_use *use, struct err *e)
{
	for (unsigned i = 0; i < v->count; i++) {
		const struct view_entry *n = &v->entry[i];

		if (!make(n, use) || not_there(n))
			continue;
		return errno == ELOOP
			   ? err_set(e, EXIT_SYSTEM,
				     "'/%s' goes through a link in a folder that others can write",
				     n->at)
			   : err_sys(e, errno, "'/%s' cannot be shown to the program", n->at);
	}
	return 0;
}

static int enter_place(const struct tree_use *use, struct err *e)
{
	/* Nodes must be usable here: no MS_NODEV. Nobody but root could make one, and it ends
	 * read-only. */
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", use->place, "tmpfs", MS_NOSUID | MS_NOEXEC,
		  "size=128k,nr_inodes=2048,mode=755") ||
	    chdir(use->place))
		return err_sys(e, errno, "layer mount: no tree of its own on %s", use->place);
	return 0;
}

/* Once mounted over "/", the old root can be let go of without a name for it anywhere. */
static int turn_root(struct err *e)
{
	int rc = syscall(SYS_pivot_root, ".", ".") ? -1 : umount2(".", MNT_DETACH) || chdir("/");

	if (rc < 0 && errno == EINVAL)
		rc = first_root_cover();
	if (rc ||
	    mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NOEXEC, NULL))
		return err_sys(e, errno, "layer mount: the new root cannot be entered");
	return 0;
}

int tree_enter(const struct view *v, const struct tree_use *use, struct err *e)
{
	int rc;

	umask(0);
	rc = enter_place(use, e) || build(v, use, e) || turn_root(e) ? -1 : 0;
	umask(S_IWGRP | S_IWOTH); /* the program's: not whatever an init left us */
	return rc;
}
