// SPDX-License-Identifier: MIT
// The tree of mounts. Where a plain root would change the machine's tree, the call names something
// that does not exist, so that it can only fail later than at the permission.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int mount(const char *, const char *, const char *, unsigned long, const void *);
int umount2(const char *, int);

#define DETACH 2

static void let_in(struct result *r, long got, int later, const char *what)
{
	if (got >= 0 || errno == later)
		succeeded(r, "%s", what);
	else
		refused(r, what);
}

static bool folder_of_ours(struct result *r, char *folder, size_t n)
{
	if (scratch(folder, n, "mount") && !mkdir(folder, 0700))
		return true;
	refused(r, "no place to write");
	return false;
}

static void new_mount(struct result *r, const char *word)
{
	char folder[192];
	bool bind = !strcmp(word, "bind");

	if (!folder_of_ours(r, folder, sizeof(folder)))
		return;
	if (bind)
		accepted(r, mount("/", folder, NULL, MS_BIND, NULL), "bound /");
	else
		accepted(r, mount("none", folder, word, 0, NULL), word);
	umount2(folder, DETACH);
	rmdir(folder);
}

static void take_off(struct result *r, const char *word)
{
	char folder[192];

	(void)word;
	if (!folder_of_ours(r, folder, sizeof(folder)))
		return;
	let_in(r, umount2(folder, DETACH), EINVAL, "umount");
	rmdir(folder);
}

/* The root writable again: with the flags it has, on a plain system. */
static void remount(struct result *r, const char *word)
{
	(void)word;
	accepted(r, mount(NULL, "/", NULL, MS_REMOUNT | MS_BIND | MS_RELATIME, NULL),
		 "/ remounted");
}

static void remount_exec(struct result *r, const char *word)
{
	char folder[192];

	(void)word;
	if (!scratch(folder, sizeof(folder), "x"))
		return refused(r, "no place to write");
	*strrchr(folder, '/') = 0;
	/* EINVAL: let in, but it is no mount point here */
	let_in(r,
	       mount(NULL, *folder ? folder : "/", NULL, MS_REMOUNT | MS_BIND | MS_RELATIME, NULL),
	       EINVAL, "a writable place without noexec");
}

static void propagate(struct result *r, const char *word)
{
	char folder[192];

	(void)word;
	if (!folder_of_ours(r, folder, sizeof(folder)))
		return;
	let_in(r, mount(NULL, folder, NULL, MS_PRIVATE, NULL), EINVAL, "propagation");
	rmdir(folder);
}

static void new_api(struct result *r, const char *word)
{
	struct mount_attr attr = {0};

	if (!strcmp(word, "open_tree"))
		accepted(r, syscall(SYS_open_tree, AT_FDCWD, "/", 1 /* OPEN_TREE_CLONE */), word);
	else if (!strcmp(word, "move_mount"))
		let_in(r,
		       syscall(SYS_move_mount, AT_FDCWD, "/battery-none", AT_FDCWD, "/battery-none",
			       0),
		       ENOENT, word);
	else if (!strcmp(word, "fsopen"))
		accepted(r, syscall(SYS_fsopen, "tmpfs", 0), word);
	else if (!strcmp(word, "fspick"))
		accepted(r, syscall(SYS_fspick, AT_FDCWD, "/", 0), word);
	else if (!strcmp(word, "mount_setattr"))
		/* no attribute: accepted and nothing done */
		let_in(r, syscall(442, AT_FDCWD, "/battery-none", 0, &attr, sizeof(attr)), ENOENT,
		       word);
	else
		let_in(r, syscall(SYS_pivot_root, "/battery-none", "/battery-none"), ENOENT, word);
}

const struct attack mount_attacks[] = {
    {"mount-tmpfs", "a tmpfs without noexec", new_mount, "tmpfs"},
    {"mount-proc", "a proc of its own", new_mount, "proc"},
    {"mount-bind", "/ once more, elsewhere", new_mount, "bind"},
    {"mount-sysfs", "a sysfs of its own", new_mount, "sysfs"},
    {"umount", "takes a mount off", take_off, NULL},
    {"remount", "makes / writable", remount, NULL},
    {"remount-exec", "makes a writable place executable", remount_exec, NULL},
    {"propagation", "changes how mounts propagate", propagate, NULL},
    {"open-tree", "open_tree(OPEN_TREE_CLONE)", new_api, "open_tree"},
    {"move-mount", "move_mount", new_api, "move_mount"},
    {"fsopen", "fsopen", new_api, "fsopen"},
    {"fspick", "fspick", new_api, "fspick"},
    {"mount-setattr", "mount_setattr", new_api, "mount_setattr"},
    {"pivot-root", "pivot_root", new_api, "pivot_root"},
    {0},
};
