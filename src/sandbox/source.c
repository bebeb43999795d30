// SPDX-License-Identifier: MIT
#include "sandbox/source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LINKS_MAX 16 /* on one way */

/* Where the walk is: a folder, and what is left of the way. */
struct walk {
	int at;
	char left[PATH_MAX];
	unsigned links;
};

static int move_to(struct walk *w, int fd)
{
	if (fd < 0)
		return -1;
	close(w->at);
	w->at = fd;
	return 0;
}

static bool only_root_writes(int folder)
{
	struct stat st;

	return !fstat(folder, &st) && st.st_uid == 0 && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* The link's text takes the place of its name in the way. */
static int follow(struct walk *w, int link, const char *rest)
{
	char way[PATH_MAX];
	size_t had = strlen(rest);
	ssize_t n;

	errno = ELOOP;
	if (w->links++ == LINKS_MAX || !only_root_writes(w->at))
		return -1;
	n = readlinkat(link, "", way, sizeof(way));
	errno = ENAMETOOLONG;
	if (n <= 0 || (size_t)n + had + 2 > sizeof(way))
		return -1;
	way[n] = '/';
	memcpy(way + n + 1, rest, had + 1);
	memcpy(w->left, way, (size_t)n + had + 2);
	return way[0] == '/' ? move_to(w, openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC))
			     : 0;
}

/* One component. ".." in a link's text is harmless: the folder above is the folder above. */
static int step(struct walk *w)
{
	char *name = w->left + strspn(w->left, "/");
	size_t n = strcspn(name, "/");
	char one[NAME_MAX + 1], *rest = name + n + strspn(name + n, "/");
	struct stat st;
	int fd, rc;

	if (n > NAME_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(one, name, n);
	one[n] = 0;
	fd = openat(w->at, n ? one : ".", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -1;
	if (!fstat(fd, &st) && S_ISLNK(st.st_mode)) {
		rc = follow(w, fd, rest);
		close(fd);
		return rc;
	}
	memmove(w->left, rest, strlen(rest) + 1);
	return move_to(w, fd);
}

static int walk(const char *path)
{
	struct walk w = {.at = openat(AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC)};
	int saved;

	if (w.at < 0)
		return -1;
	if (strlen(path) >= sizeof(w.left)) {
		close(w.at);
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(w.left, path);
	while (*w.left) {
		if (!step(&w))
			continue;
		saved = errno;
		close(w.at);
		errno = saved;
		return -1;
	}
	return w.at;
}

static int open_plain(const char *path)
{
	const struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_NO_SYMLINKS};

	return (int)syscall(SYS_openat2, AT_FDCWD, path, &how, sizeof(how));
}

/* /bin/x where /bin is a link: "/" is root's, so its links are the system's. Puts the way that it
 * stands for into to. */
static int without_first_link(const char *path, char to[PATH_MAX])
{
	size_t n = strcspn(path + 1, "/") + 1;
	char first[NAME_MAX + 2], way[NAME_MAX];
	ssize_t len;
	int all;

	if (n > NAME_MAX)
		return -1;
	memcpy(first, path, n);
	first[n] = 0;
	len = readlink(first, way, sizeof(way));
	if (len <= 0 || len == (ssize_t)sizeof(way))
		return -1;
	all = snprintf(to, PATH_MAX, "%s%.*s%s", way[0] == '/' ? "" : "/", (int)len, way, path + n);
	return all < PATH_MAX ? 0 : -1;
}

int source_open(const char *path)
{
	char other[PATH_MAX];
	int fd = open_plain(path);

	/* Most ways have no link in them, or one at the root, and then few calls will do. */
	if (fd >= 0 || (errno != ELOOP && errno != ENOSYS && errno != EPERM))
		return fd;
	if (errno == ELOOP && !without_first_link(path, other)) {
		fd = open_plain(other);
		if (fd >= 0)
			return fd;
	}
	return walk(path);
}
