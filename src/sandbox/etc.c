// SPDX-License-Identifier: MIT
#include "sandbox/etc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME(n)                                                                                    \
	{                                                                                          \
		n, "etc/" n, ETC_ASIDE "/" n                                                       \
	}

const struct etc_name etc_names[] = {
    NAME("ld.so.cache"),
    NAME("ld-musl-x86_64.path"),
    NAME("ld-musl-aarch64.path"),
    NAME("ld-musl-armhf.path"),
    NAME("nsswitch.conf"),
    NAME("host.conf"),
    NAME("hostname"),
    NAME("hosts"),
    NAME("resolv.conf"),
    NAME("gai.conf"),
    NAME("localtime"),
    NAME("timezone"),
    NAME("passwd"),
    NAME("group"),
    NAME("protocols"),
    NAME("services"),
    NAME("mime.types"),
    NAME("os-release"),
    NAME("ssl/openssl.cnf"),
    {0},
};
#define NAMES ((int)(sizeof(etc_names) / sizeof(*etc_names)) - 1)

/* Of an original when it was copied; a change of any kind gives another. All 0: there was none. */
struct stamp {
	uint64_t inode, size;
	int64_t sec, nsec;
};
#define STAMPS ".stamps"

static void take_stamp(int etc, const char *name, struct stamp *to)
{
	struct stat st;

	*to = (struct stamp){0};
	if (!fstatat(etc, name, &st, 0) && S_ISREG(st.st_mode) && st.st_mode & S_IROTH)
		*to = (struct stamp){st.st_ino, (uint64_t)st.st_size, st.st_ctim.tv_sec,
				     st.st_ctim.tv_nsec};
}

static bool same(const struct stamp *a, const struct stamp *b)
{
	return a->inode == b->inode && a->size == b->size && a->sec == b->sec && a->nsec == b->nsec;
}

static int copy_content(int from, int to)
{
	ssize_t n;

	do {
		n = sendfile(to, from, NULL, 1 << 20);
	} while (n > 0);
	return n < 0 ? -1 : 0;
}

/* Written aside and renamed: a reader sees the old or the new one. */
static int copy(int etc, int folder, const char *name)
{
	char aside[32];
	int from = openat(etc, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK), to, rc = -1;

	if (from < 0)
		return -1;
	snprintf(aside, sizeof(aside), ".new.%ld", (long)getpid());
	to = openat(folder, aside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (to >= 0) {
		if (!fchmod(to, 0444) && !copy_content(from, to) &&
		    !renameat(folder, aside, folder, name))
			rc = 0;
		else
			unlinkat(folder, aside, 0);
		close(to);
	}
	close(from);
	return rc;
}

static int refresh(int etc, int folder, struct stamp *had, struct err *e)
{
	int changed = 0;

	for (int i = 0; i < NAMES; i++) {
		const char *name = etc_names[i].name;
		struct stamp now;

		take_stamp(etc, name, &now);
		if (same(&now, &had[i]))
			continue;
		if (!now.inode)
			unlinkat(folder, name, 0);
		else if (copy(etc, folder, name))
			return err_sys(e, errno, "/etc/%s cannot be copied for programs", name);
		had[i] = now;
		changed++;
	}
	return changed;
}

static int open_stamps(int folder, struct stamp *had)
{
	int fd = openat(folder, STAMPS, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd >= 0 && pread(fd, had, NAMES * sizeof(*had), 0) != (ssize_t)(NAMES * sizeof(*had)))
		memset(had, 0, NAMES * sizeof(*had));
	return fd;
}

/* The first time: the folders in it too, one of them the place for a mount. */
static int make_folder(const char *path)
{
	int fd;

	if (mkdir(path, 0755) && errno != EEXIST)
		return -1;
	fd = open(path, O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -1;
	if ((!mkdirat(fd, "ssl", 0755) && !mkdirat(fd, "ssl/certs", 0755) &&
	     !mkdirat(fd, "alternatives", 0755)) ||
	    errno == EEXIST)
		return fd;
	close(fd);
	return -1;
}

int etc_refresh(const char *folder, struct err *e)
{
	struct stamp had[NAMES];
	int etc, to, stamps, changed;

	to = open(folder, O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (to < 0)
		to = make_folder(folder);
	if (to < 0)
		return err_sys(e, errno, "%s cannot be made", folder);
	etc = open("/etc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	stamps = open_stamps(to, had);
	changed = stamps < 0 || etc < 0 ? err_sys(e, errno, "%s/" STAMPS, folder)
					: refresh(etc, to, had, e);
	if (changed > 0 &&
	    pwrite(stamps, had, NAMES * sizeof(*had), 0) != (ssize_t)(NAMES * sizeof(*had)))
		changed = err_sys(e, errno, "%s/" STAMPS, folder);
	if (stamps >= 0)
		close(stamps);
	if (etc >= 0)
		close(etc);
	close(to);
	return changed;
}
