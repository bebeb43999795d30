// SPDX-License-Identifier: MIT
#include "sandbox/behalf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/creds.h"

static int open_link(pid_t tid, const char *name)
{
	char path[48];

	snprintf(path, sizeof(path), "/proc/%ld/%s", (long)tid, name);
	return open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int behalf_status(pid_t tid, char text[BEHALF_STATUS])
{
	char path[48];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%ld/status", (long)tid);
	fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = read(fd, text, BEHALF_STATUS - 1);
	close(fd);
	text[n > 0 ? n : 0] = 0;
	return 0;
}

/* The numbers are the launcher's own, whatever user namespace the thread is in. */
static int read_status(struct behalf *to, pid_t tid)
{
	char text[BEHALF_STATUS];
	const char *uid, *gid, *mask;
	unsigned long u, g;
	unsigned m;

	if (behalf_status(tid, text))
		return -1;
	/* The name comes first, with its line ends escaped. */
	mask = strstr(text, "\nUmask:");
	uid = strstr(text, "\nUid:");
	gid = strstr(text, "\nGid:");
	if (!mask || !uid || !gid || sscanf(mask, "\nUmask: %o", &m) != 1 ||
	    sscanf(uid, "\nUid: %*u %lu", &u) != 1 || sscanf(gid, "\nGid: %*u %lu", &g) != 1)
		return -1;
	to->uid = (uid_t)u;
	to->gid = (gid_t)g;
	to->umask = (mode_t)m;
	return 0;
}

int behalf_open(struct behalf *to, pid_t tid)
{
	*to = (struct behalf){.root = open_link(tid, "root"), .folder = open_link(tid, "cwd")};
	return to->root >= 0 && to->folder >= 0 && !read_status(to, tid) ? 0 : -1;
}

/* The socket keeps the address as it is written, and others answer to that: so the path cannot be
 * another one to the same place, and this process goes where the thread is. */
int behalf_bind(const struct behalf *b, int sock, const struct sockaddr *at, socklen_t n)
{
	umask(b->umask);
	if (fchdir(b->root) || chroot(".") || fchdir(b->folder) || creds_act_as(b->uid, b->gid))
		return -1;
	return bind(sock, at, n);
}

/* Who listens on a unix socket is who has called this: clients are told. */
int behalf_listen(const struct behalf *b, int sock, int backlog)
{
	return creds_act_as(b->uid, b->gid) ? -1 : listen(sock, backlog);
}
