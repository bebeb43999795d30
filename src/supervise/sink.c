// SPDX-License-Identifier: MIT
#include "supervise/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "supervise/say.h"

/* Nobody but root, and whoever we are, can change what a name in this folder leads to. */
static bool is_ours(int folder)
{
	struct stat st;

	return !fstat(folder, &st) && (!st.st_uid || st.st_uid == geteuid()) &&
	       !(st.st_mode & (S_IWGRP | S_IWOTH));
}

/* Where a folder is not ours, as a sticky /tmp, no link is followed out of it. */
static int step(int at, const char *name)
{
	int flags = O_PATH | O_DIRECTORY | O_CLOEXEC | (is_ours(at) ? 0 : O_NOFOLLOW);

	return openat(at, name, flags);
}

/* The folder of path, name by name; *name is what is left. */
static int open_folder(const char *path, const char **name)
{
	int at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	char part[NAME_MAX + 1];

	for (*name = path + 1; at >= 0; *name = strchr(*name, '/') + 1) {
		size_t n = strcspn(*name, "/");
		int next;

		if (!(*name)[n])
			return at;
		if (n > NAME_MAX)
			break;
		memcpy(part, *name, n);
		part[n] = 0;
		next = step(at, part);
		close(at);
		at = next;
	}
	return at;
}

static int open_file(struct sink *s)
{
	struct stat st;

	s->file = openat(s->folder, s->name,
			 O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0640);
	if (s->file < 0)
		return -1;
	if (fstat(s->file, &st) || !S_ISREG(st.st_mode)) {
		close(s->file);
		s->file = -1;
		errno = ENOTSUP;
		return -1;
	}
	s->size = (uint64_t)st.st_size;
	return 0;
}

int sink_open(struct sink *s, const char *path, uint64_t most, struct err *e)
{
	const char *name;

	s->folder = s->file = -1;
	s->most = most ? most : SINK_SIZE;
	s->losing = false;
	if (!path)
		return 0;
	s->folder = open_folder(path, &name);
	if (s->folder < 0)
		return err_sys(e, errno, "log = %.150s: its folder", path);
	if (!is_ours(s->folder) || strlen(name) + sizeof ".1" > sizeof s->name) {
		sink_close(s);
		return err_set(
		    e, EXIT_SYSTEM,
		    "log = %.150s: its folder has to be root's and no one else's to write", path);
	}
	strcpy(s->name, name);
	if (open_file(s)) {
		err_sys(e, errno, "log = %.150s", path);
		sink_close(s);
		return -1;
	}
	return 0;
}

void sink_close(struct sink *s)
{
	if (s->file >= 0)
		close(s->file);
	if (s->folder >= 0)
		close(s->folder);
	s->file = s->folder = -1;
}

/* Where it cannot be put aside it is emptied: the bound holds. */
static void turn_over(struct sink *s)
{
	char old[NAME_MAX + 4];

	snprintf(old, sizeof old, "%s.1", s->name);
	if (renameat(s->folder, s->name, s->folder, old)) {
		s->size = ftruncate(s->file, 0) ? s->size : 0;
		return;
	}
	close(s->file);
	open_file(s);
}

static int to_file(struct sink *s, const char *text, size_t n)
{
	char when[SAY_TIME];
	struct iovec part[3] = {{when, say_time_utc(when)}, {(void *)text, n}, {(void *)"\n", 1}};
	uint64_t len = part[0].iov_len + n + 1;
	ssize_t done;

	if (s->size && s->size + len > s->most)
		turn_over(s);
	if (s->file < 0 && open_file(s))
		return -1;
	if (s->size && s->size + len > s->most)
		return errno = EFBIG, -1; /* it could neither be put aside nor emptied */
	done = writev(s->file, part, 3);
	if (done > 0)
		s->size += (uint64_t)done;
	if (done >= 0 && done < (ssize_t)len)
		errno = ENOSPC; /* a part found room */
	return done == (ssize_t)len ? 0 : -1;
}

void sink_line(struct sink *s, const char *tag, int pid, int priority, const char *text, size_t n)
{
	bool lost = s->folder < 0 ? say_syslog(priority, tag, pid, text, n) : to_file(s, text, n);

	s->lines += !lost;
	s->lost += lost;
	if (lost && !s->losing && s->folder >= 0)
		say(SAY_WARNING, "%s: its log cannot be written: %s; lines are lost", tag,
		    strerror(errno));
	if (!lost && s->losing && s->folder >= 0)
		say(SAY_NOTICE, "%s: its log is written again, %" PRIu64 " lines were lost", tag,
		    s->lost);
	s->losing = lost;
}
