// SPDX-License-Identifier: MIT
#include "learn/tracee.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

int tracee_read(const struct tracee *t, uint64_t at, void *to, size_t n)
{
	struct iovec here = {to, n}, there = {(void *)(uintptr_t)at, n};

	return process_vm_readv(t->tid, &here, 1, &there, 1, 0) == (ssize_t)n ? 0 : -1;
}

int tracee_text(const struct tracee *t, uint64_t at, char *to, size_t n)
{
	size_t have = 0;

	/* Page by page: what lies behind the string may not be there. */
	while (at && have < n) {
		size_t left = 4096 - ((at + have) & 4095), want = n - have < left ? n - have : left;

		if (tracee_read(t, at + have, to + have, want))
			return -1;
		if (memchr(to + have, 0, want))
			return 0;
		have += want;
	}
	return -1;
}

void path_plain(char *path)
{
	char *to = path;

	for (const char *s = path; *s;) {
		const char *next = s + strspn(s, "/");
		size_t n = strcspn(next, "/");

		if (n == 2 && !memcmp(next, "..", 2)) {
			while (to > path && *--to != '/')
				;
		} else if (n && !(n == 1 && *next == '.')) {
			*to++ = '/';
			memmove(to, next, n);
			to += n;
		}
		s = next + n;
	}
	if (to == path)
		*to++ = '/';
	*to = 0;
}

static int link_of(const struct tracee *t, const char *what, char to[static PATH_MAX])
{
	char from[64];
	ssize_t n;

	snprintf(from, sizeof from, "/proc/%d/%s", (int)t->tid, what);
	n = readlink(from, to, PATH_MAX - 1);
	if (n <= 0)
		return -1;
	to[n] = 0;
	return 0;
}

int tracee_fd(const struct tracee *t, int fd, char to[static PATH_MAX])
{
	char what[32];
	size_t n;

	snprintf(what, sizeof what, "fd/%d", fd);
	if (fd < 0 || link_of(t, what, to) || *to != '/')
		return -1;
	n = strlen(to);
	if ((n > 10 && !strcmp(to + n - 10, " (deleted)")) || !strncmp(to, "/memfd:", 7))
		return -1;
	return 0;
}

int tracee_path(const struct tracee *t, int dirfd, const char *name, char to[static PATH_MAX],
		bool *relative)
{
	char base[PATH_MAX];
	size_t n;

	if (*name == '/') {
		if (link_of(t, "root", base) || !strcmp(base, "/"))
			*base = 0;
	} else {
		if (dirfd == AT_FDCWD ? link_of(t, "cwd", base) : tracee_fd(t, dirfd, base))
			return -1;
		*relative |= dirfd == AT_FDCWD;
	}
	n = strlen(base);
	if (n + strlen(name) + 2 > PATH_MAX)
		return -1;
	memcpy(to, base, n);
	to[n] = '/';
	strcpy(to + n + 1, name);
	path_plain(to);
	return 0;
}
