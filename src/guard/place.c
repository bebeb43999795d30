// SPDX-License-Identifier: MIT
#include "guard/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define BPF_FS		    "/sys/fs/bpf"
#define CHANGE		    "change"
#define BPF_FS_MAGIC_NUMBER 0xcafe4a11 /* <linux/magic.h> */

int place_name(struct guard *g, const char *pin, struct err *e)
{
	if (!pin)
		pin = getenv(GUARD_PIN_ENV);
	if (!pin || !*pin)
		pin = GUARD_PIN_DEFAULT;
	if (*pin != '/')
		return err_set(e, EXIT_WRONG_USE, "--pin %s: not an absolute path", pin);
	if (strlen(pin) >= sizeof g->dir)
		return err_set(e, EXIT_WRONG_USE, "--pin: the path is longer than %zu characters",
			       sizeof g->dir - 1);
	strcpy(g->dir, pin);
	return 0;
}

int place_open(struct guard *g, struct err *e)
{
	g->dir_fd = open(g->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (g->dir_fd >= 0)
		return 0;
	if (errno == ENOENT)
		return err_set(e, EXIT_NO, "no guard is in force at %s", g->dir);
	return err_sys(e, errno, "cannot open %s", g->dir);
}

static int on_bpf_fs(const char *path)
{
	struct statfs fs;

	return !statfs(path, &fs) && (unsigned long)fs.f_type == BPF_FS_MAGIC_NUMBER;
}

static int mount_under(const char *point, struct err *e)
{
	if (mkdir(point, 0700) && errno != EEXIST)
		return err_sys(e, errno, "cannot make %s", point);
	if (mount("bpf", point, "bpf", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=0700"))
		return err_sys(e, errno, "cannot mount a BPF file system at %s", point);
	return 0;
}

int place_make(struct guard *g, struct err *e)
{
	int ours = !strncmp(g->dir, BPF_FS "/", sizeof BPF_FS);

	if (ours && !on_bpf_fs(BPF_FS) && mount_under(BPF_FS, e))
		return -1;
	if (mkdir(g->dir, 0700) && errno != EEXIST)
		return err_sys(e, errno, "cannot make the pin directory %s", g->dir);
	if (!on_bpf_fs(g->dir) && mount_under(g->dir, e))
		return -1;
	return place_open(g, e);
}

static void pause_ms(long ms)
{
	const struct timespec t = {.tv_nsec = ms * 1000000};

	nanosleep(&t, NULL);
}

int place_lock(struct guard *g, struct err *e)
{
	for (int tries = 0; tries < 100; tries++) {
		if (!flock(g->dir_fd, LOCK_EX | LOCK_NB))
			return 0;
		if (errno != EWOULDBLOCK)
			return err_sys(e, errno, "cannot lock %s", g->dir);
		/* The second daemon need not wait long to know that there is a first. */
		if (tries >= 10 && !(g->flags & GUARD_PATIENT))
			break;
		pause_ms(50);
	}
	return err_set(e, EXIT_SYSTEM, "another guard is running at %s", g->dir);
}

int place_locked(const struct guard *g)
{
	int fd = open(g->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int locked = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) && errno == EWOULDBLOCK;

	if (fd >= 0)
		close(fd);
	return locked;
}

int place_lock_changes(const struct guard *g, struct err *e)
{
	int fd;

	if (mkdirat(g->dir_fd, CHANGE, 0700) && errno != EEXIST)
		return err_sys(e, errno, "cannot make %s/" CHANGE, g->dir);
	fd = openat(g->dir_fd, CHANGE, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || flock(fd, LOCK_EX)) {
		err_sys(e, errno, "cannot lock %s/" CHANGE, g->dir);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	return fd;
}

int place_used(const struct guard *g)
{
	DIR *d = opendir(g->dir);
	struct dirent *f;
	int used = 0;

	while (d && (f = readdir(d)))
		used |= f->d_name[0] != '.' && strcmp(f->d_name, CHANGE) != 0;
	if (d)
		closedir(d);
	return used;
}

int place_remove(struct guard *g, struct err *e)
{
	if (unlinkat(g->dir_fd, CHANGE, AT_REMOVEDIR) && errno != ENOENT)
		return err_sys(e, errno, "cannot remove %s/" CHANGE, g->dir);
	if (rmdir(g->dir) && errno != EBUSY)
		return err_sys(e, errno, "cannot remove %s", g->dir);
	return 0;
}
