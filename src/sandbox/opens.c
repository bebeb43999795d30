// SPDX-License-Identifier: MIT
#include "sandbox/opens.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool shows_itself(const struct view_entry *n)
{
	return n->kind == VIEW_SEEN || n->kind == VIEW_NODE || n->kind == VIEW_PROC ||
	       n->kind == VIEW_PTS ||
	       ((n->kind == VIEW_BIND || n->kind == VIEW_SAME) && !strcmp(n->from + 1, n->at));
}

enum opens opens_by_view(const struct view *v, const char *path, int flags)
{
	const struct view_entry *n = view_find(v, path);
	bool writes = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);

	if (n && (n->kind == VIEW_PROC || n->kind == VIEW_LINK))
		return OPENS_FINE;
	if (writes && !(n && n->flags & (VIEW_WRITE | VIEW_DEVICE)))
		return OPENS_NOT_WRITABLE;
	return n && shows_itself(n) ? OPENS_FINE : OPENS_LOOK;
}

/* In a folder of ours that is bound elsewhere, as those of /etc and /dev are: one look tells. */
static bool is_bound(const struct view *v, const char *path)
{
	const struct view_entry *n = view_find(v, path);
	char text[PATH_MAX];

	if (!n || n->kind != VIEW_BIND ||
	    snprintf(text, sizeof(text), "%s%s", n->from, path + 1 + strlen(n->at)) >= PATH_MAX)
		return false;
	return !access(text, F_OK);
}

/* As the program would find it: links lead within its own root. */
static bool is_inside(pid_t tid, const char *path)
{
	const struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
	char name[48];
	int root, fd;

	snprintf(name, sizeof(name), "/proc/%ld/root", (long)tid);
	root = openat(AT_FDCWD, name, O_PATH | O_CLOEXEC);
	if (root < 0)
		return true; /* the program is gone */
	fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	close(root);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* As the user himself would find it, outside. The libc's own setfsuid is for this thread alone, as
 * the call is, and takes root's way past the modes of files with it. */
static bool is_outside(const struct opener *by, const char *path, int mode)
{
	bool found;

	if (!by->named)
		return !access(path, F_OK);
	setfsgid(by->gid);
	setfsuid(by->uid);
	found = !faccessat(AT_FDCWD, path, mode, AT_EACCESS);
	setfsuid(0);
	setfsgid(0);
	return found;
}

static bool folder_is_outside(const struct opener *by, const char *path)
{
	const char *end = strrchr(path, '/');
	char folder[DENIAL_DETAIL];
	size_t n = (size_t)(end - path);

	if (!n || n >= sizeof(folder))
		return n == 0 && is_outside(by, "/", W_OK);
	memcpy(folder, path, n);
	folder[n] = 0;
	return is_outside(by, folder, W_OK);
}

bool opens_denied(const struct view *v, const struct opener *by, const char *path, int flags,
		  enum denial_kind *kind)
{
	switch (opens_by_view(v, path, flags)) {
	case OPENS_NOT_WRITABLE:
		*kind = DENIAL_WRITE;
		return is_outside(by, path, W_OK) ||
		       (flags & O_CREAT && access(path, F_OK) && folder_is_outside(by, path));
	case OPENS_LOOK:
		*kind = DENIAL_READ;
		return !is_bound(v, path) && is_outside(by, path, R_OK) &&
		       !is_inside(by->tid, path);
	default:
		return false;
	}
}
