// SPDX-License-Identifier: MIT
#include "sandbox/etc.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
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
#define STAMPS "stamps"
#define MINUTE 60

/* Kept beside the copies. The first few are what changes with most changes of the others. */
enum { OF_FOLDER, OF_RESOLV, OF_HOSTS, FEW };
struct stamps {
	int64_t looked; /* CLOCK_BOOTTIME, s: when each was looked at */
	struct stamp few[FEW];
	struct stamp each[NAMES];
};

static void take_stamp(int etc, const char *name, struct stamp *to)
{
	struct stat st;

	*to = (struct stamp){0};
	if (!fstatat(etc, name, &st, 0) && st.st_mode & S_IROTH)
		*to = (struct stamp){st.st_ino, S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0,
				     st.st_ctim.tv_sec, st.st_ctim.tv_nsec};
}

static bool same(const struct stamp *a, const struct stamp *b)
{
	return a->inode == b->inode && a->size == b->size && a->sec == b->sec && a->nsec == b->nsec;
}

static void take_few(struct stamp to[FEW])
{
	take_stamp(AT_FDCWD, "/etc", &to[OF_FOLDER]);
	take_stamp(AT_FDCWD, "/etc/resolv.conf", &to[OF_RESOLV]);
	take_stamp(AT_FDCWD, "/etc/hosts", &to[OF_HOSTS]);
}

static int64_t uptime(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec;
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

static int refresh(int folder, struct stamps *had, struct err *e)
{
	int etc = openat(AT_FDCWD, "/etc", O_PATH | O_DIRECTORY | O_CLOEXEC), changed = 0;

	if (etc < 0)
		return err_sys(e, errno, "/etc");

	for (int i = 0; i < NAMES; i++) {
		const char *name = etc_names[i].name;
		struct stamp now;

		take_stamp(etc, name, &now);
		if (same(&now, &had->each[i]))
			continue;
		if (!now.inode)
			unlinkat(folder, name, 0);
		else if (copy(etc, folder, name)) {
			changed = err_sys(e, errno, "/etc/%s cannot be copied for programs", name);
			break;
		}
		had->each[i] = now;
		changed++;
	}
	close(etc);
	return changed;
}

/* The first time: the folders in it too, one of them the place for a mount. */
static int make_folder(const char *path)
{
	int fd;

	if (mkdir(path, 0755) && errno != EEXIST)
		return -1;
	fd = openat(AT_FDCWD, path, O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -1;
	if ((!mkdirat(fd, "ssl", 0755) && !mkdirat(fd, "ssl/certs", 0755) &&
	     !mkdirat(fd, "alternatives", 0755)) ||
	    errno == EEXIST)
		return fd;
	close(fd);
	return -1;
}

static int look_at_each(int folder, const char *path, struct stamps *had, struct err *e)
{
	int changed = refresh(folder, had, e), stamps;

	if (changed < 0)
		return -1;
	had->looked = uptime();
	stamps = openat(folder, "../" STAMPS, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (stamps < 0 || pwrite(stamps, had, sizeof(*had), 0) != (ssize_t)sizeof(*had))
		changed = err_sys(e, errno, "%s/../" STAMPS, path);
	if (stamps >= 0)
		close(stamps);
	return changed;
}

static bool read_stamps(const char *folder, struct stamps *to)
{
	char path[256];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), "%s/../" STAMPS, folder);
	fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd >= 0) {
		n = read(fd, to, sizeof(*to));
		close(fd);
	}
	if (n != (ssize_t)sizeof(*to))
		*to = (struct stamps){0};
	return n == (ssize_t)sizeof(*to);
}

int etc_refresh(const char *folder, bool quick, struct err *e)
{
	struct stamp few[FEW];
	struct stamps had;
	int to, changed;

	take_few(few);
	if (read_stamps(folder, &had) && quick && !memcmp(few, had.few, sizeof(few)) &&
	    uptime() >= had.looked && uptime() < had.looked + MINUTE)
		return 0;
	to = openat(AT_FDCWD, folder, O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (to < 0)
		to = make_folder(folder);
	if (to < 0)
		return err_sys(e, errno, "%s cannot be made", folder);
	memcpy(had.few, few, sizeof(few));
	changed = look_at_each(to, folder, &had, e);
	close(to);
	return changed;
}

int etc_watch(void)
{
	const uint32_t what = IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_DELETE;
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	char way[PATH_MAX];

	if (fd < 0)
		return -1;
	inotify_add_watch(fd, "/etc", what);
	if (realpath("/etc/resolv.conf", way)) {
		*(strrchr(way, '/') + (strrchr(way, '/') == way)) = 0;
		inotify_add_watch(fd, way, what);
	}
	return fd;
}

void etc_heard(int watch)
{
	char events[4096];

	while (read(watch, events, sizeof(events)) > 0)
		;
}
