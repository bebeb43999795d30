// SPDX-License-Identifier: MIT
#include "supervise/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

struct entry { /* getdents64(2) */
	uint64_t inode, next;
	unsigned short size;
	unsigned char type;
	char name[];
};

static bool is_profile(const char *name)
{
	const char *end = strrchr(name, '.');

	return *name != '.' && end && strlen(name) < PROGRAM_FILE &&
	       (!strcmp(end, ".conf") || !strcmp(end, ".hfp"));
}

static void add(struct folder *f, const char *name)
{
	unsigned at = f->count;

	if (!is_profile(name))
		return;
	if (at == LEDGER_MOST) {
		f->beyond++;
		return;
	}
	for (; at && strcmp(f->name[at - 1], name) > 0; at--)
		memcpy(f->name[at], f->name[at - 1], PROGRAM_FILE);
	strcpy(f->name[at], name);
	f->count++;
}

int folder_list(struct folder *f, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_Alignas(struct entry) char some[2048];
	long n;

	*f = (struct folder){0};
	if (fd < 0)
		return err_sys(e, errno, "%.200s", path);
	while ((n = syscall(SYS_getdents64, fd, some, sizeof some)) > 0)
		for (long at = 0; at < n;) {
			const struct entry *d = (const void *)(some + at);

			add(f, d->name);
			at += d->size;
		}
	close(fd);
	return n < 0 ? err_sys(e, errno, "%.200s", path) : 0;
}
