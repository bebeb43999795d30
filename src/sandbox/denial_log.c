// SPDX-License-Identifier: MIT
#include "sandbox/denial_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/forget.h"

#define MAGIC	0x4c444648u /* "HFDL" */
#define VERSION 1
#define SECOND	1000000000ull

struct head {
	uint32_t magic, version, slots, slot_size;
	uint64_t at;	    /* of the slot written last */
	uint64_t unwritten; /* by all writers */
	uint8_t pad[224];
};

/* A slot is whole when its check says so: the writer may die in the middle, and readers take no
 * lock. */
struct slot {
	uint64_t at; /* 0: free */
	struct denial d;
	uint32_t check, pad;
};
_Static_assert(sizeof(struct head) == 256 && sizeof(struct slot) == 256, "as in the file");

struct file {
	struct head head;
	struct slot slot[DENIAL_SLOTS];
};

/* Read and written whole or by slot; one thread. On pages of its own, to be let go of. */
static _Alignas(4096) struct file file;

const char *denial_run_dir(void)
{
	const char *dir = getenv(RUN_DIR_ENV);

	return dir && *dir ? dir : RUN_DIR_DEFAULT;
}

/* FNV-1a. */
static uint32_t check(const struct slot *s)
{
	const uint8_t *p = (const uint8_t *)s;
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < offsetof(struct slot, check); i++)
		h = (h ^ p[i]) * 16777619u;
	return h;
}

static bool whole(const struct slot *s)
{
	return s->at && s->check == check(s) && s->d.kind < DENIAL_KINDS &&
	       memchr(s->d.program, 0, sizeof s->d.program) &&
	       memchr(s->d.comm, 0, sizeof s->d.comm) && memchr(s->d.detail, 0, sizeof s->d.detail);
}

static bool same(const struct denial *a, const struct denial *b)
{
	return a->kind == b->kind && a->call == b->call &&
	       !strncmp(a->program, b->program, sizeof a->program) &&
	       !strncmp(a->detail, b->detail, sizeof a->detail);
}

static bool good_head(const struct head *h)
{
	return h->magic == MAGIC && h->version == VERSION && h->slots == DENIAL_SLOTS &&
	       h->slot_size == sizeof(struct slot);
}

/* Frees what was being written when its writer died, or is being written now. Returns how many. */
static unsigned sweep(void)
{
	unsigned torn = 0;

	for (unsigned i = 0; i < DENIAL_SLOTS; i++)
		if (file.slot[i].at && !whole(&file.slot[i])) {
			file.slot[i].at = 0;
			torn++;
		}
	return torn;
}

static int read_file(int fd, unsigned *torn)
{
	if (pread(fd, &file, sizeof file, 0) != (ssize_t)sizeof file || !good_head(&file.head))
		return -1;
	*torn = sweep();
	return 0;
}

static int write_at(int fd, const void *from, size_t n, size_t at)
{
	return pwrite(fd, from, n, (off_t)at) == (ssize_t)n ? 0 : -1;
}

/* Another writer holds the lock for microseconds, unless it is stopped: then this one goes on
 * without. */
static int lock(int fd)
{
	struct flock l = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	const struct timespec a_moment = {0, 200000};

	for (int i = 0; i < 5; i++) {
		if (!fcntl(fd, F_OFD_SETLK, &l))
			return 0;
		nanosleep(&a_moment, NULL);
	}
	return -1;
}

static void unlock(int fd)
{
	struct flock l = {.l_type = F_UNLCK, .l_whence = SEEK_SET};

	fcntl(fd, F_OFD_SETLK, &l);
}

static int path_in(const char *dir, char *to, size_t n, struct err *e)
{
	if (snprintf(to, n, "%s/" DENIAL_LOG_FILE, dir) >= (int)n)
		return err_set(e, EXIT_WRONG_USE, "%.60s...: too long for a folder", dir);
	return 0;
}

/* Under the lock, so that two writers that come first do not undo each other. */
static int make_anew(int fd)
{
	unsigned torn;
	int rc;

	if (lock(fd))
		return -1;
	rc = read_file(fd, &torn);
	if (rc) {
		memset(&file, 0, sizeof file);
		file.head.magic = MAGIC;
		file.head.version = VERSION;
		file.head.slots = DENIAL_SLOTS;
		file.head.slot_size = sizeof(struct slot);
		rc = ftruncate(fd, sizeof file) ? -1 : write_at(fd, &file, sizeof file, 0);
	}
	unlock(fd);
	return rc;
}

/* Nothing of the copy is needed until the next refusal. */
static void let_go(void)
{
	forget_bytes(&file, sizeof file);
}

int denial_log_open(struct denial_log *l, const char *dir, struct err *e)
{
	char path[256];
	unsigned torn;
	int err;

	memset(l, 0, sizeof *l);
	l->fd = -1;
	if (path_in(dir, path, sizeof path, e))
		return -1;
	if (mkdir(dir, 0755) && errno != EEXIST)
		return err_sys(e, errno, "%.200s", dir);
	l->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
	if (l->fd < 0)
		return err_sys(e, errno, "%s", path);
	if (read_file(l->fd, &torn) && make_anew(l->fd)) {
		err = errno;
		close(l->fd);
		l->fd = -1;
		return err_sys(e, err, "%s: cannot be made", path);
	}
	let_go();
	return 0;
}

/* --- adding --- */

static unsigned count_of(const char *program, unsigned *oldest)
{
	unsigned n = 0;

	*oldest = DENIAL_SLOTS;
	for (unsigned i = 0; i < DENIAL_SLOTS; i++) {
		const struct slot *s = &file.slot[i];

		if (!s->at || strncmp(s->d.program, program, sizeof s->d.program))
			continue;
		n++;
		if (*oldest == DENIAL_SLOTS || s->at < file.slot[*oldest].at)
			*oldest = i;
	}
	return n;
}

/* Whose oldest record goes: the program's own once it has its share and no slot is free, else that
 * of the program with the most. */
static unsigned take_slot(const char *program)
{
	unsigned oldest, most = 0, from = 0, n;

	for (unsigned i = 0; i < DENIAL_SLOTS; i++)
		if (!file.slot[i].at)
			return i;
	if (count_of(program, &oldest) >= DENIAL_SHARE)
		return oldest;
	for (unsigned i = 0; i < DENIAL_SLOTS; i++) {
		n = count_of(file.slot[i].d.program, &oldest);
		if (n > most) {
			most = n;
			from = oldest;
		}
	}
	return from;
}

static unsigned slot_for(const struct denial *d)
{
	for (unsigned i = 0; i < DENIAL_SLOTS; i++)
		if (file.slot[i].at && same(&file.slot[i].d, d))
			return i;
	return DENIAL_SLOTS;
}

/* Adds times occurrences of d to its record, and unwritten to the sum of those without one. */
static int store(struct denial_log *l, const struct denial *d, uint64_t times)
{
	struct slot *s;
	uint64_t before = 0;
	unsigned i, torn;
	int rc = -1;

	if (lock(l->fd))
		return -1;
	if (read_file(l->fd, &torn))
		goto out;
	i = slot_for(d);
	if (i < DENIAL_SLOTS)
		before = file.slot[i].d.count;
	else
		i = take_slot(d->program);
	s = &file.slot[i];
	*s = (struct slot){.at = ++file.head.at, .d = *d};
	s->d.count = before + times;
	s->check = check(s);
	file.head.unwritten += l->unwritten;
	rc = write_at(l->fd, s, sizeof *s, offsetof(struct file, slot) + i * sizeof *s);
	if (!rc)
		rc = write_at(l->fd, &file.head, sizeof file.head, 0);
	if (!rc)
		l->unwritten = 0;
out:
	unlock(l->fd);
	let_go();
	return rc;
}

static struct denial_source *source_of(struct denial_log *l, const char *program)
{
	struct denial_source *s = l->source;

	for (; s < l->source + DENIAL_PROGRAMS - 1 && *s->program; s++)
		if (!strncmp(s->program, program, sizeof s->program))
			return s;
	snprintf(s->program, sizeof s->program, "%.*s", PROFILE_NAME - 1, program);
	return s;
}

/* A bucket of DENIAL_BURST that fills with DENIAL_RATE a second, kept as the time when it is full.
 */
static bool may_write(struct denial_source *s, uint64_t now)
{
	const uint64_t each = SECOND / DENIAL_RATE;
	uint64_t full = s->full_at > now ? s->full_at : now;

	if (full + each > now + DENIAL_BURST * each)
		return false;
	s->full_at = full + each;
	return true;
}

static void flush(struct denial_log *l, struct denial_source *s)
{
	if (s->pending && !store(l, &s->last, s->pending))
		s->pending = 0;
}

void denial_log_add(struct denial_log *l, const struct denial *d, uint64_t now)
{
	struct denial_source *s;

	if (l->fd < 0)
		return;
	s = source_of(l, d->program);
	if (!same(&s->last, d)) {
		if (s->pending && may_write(s, now))
			flush(l, s);
		l->unwritten += s->pending;
		s->pending = 0;
		s->last = *d;
	}
	s->last.time = d->time;
	s->last.pid = d->pid;
	s->pending++;
	if (may_write(s, now))
		flush(l, s);
}

static void flush_unwritten(struct denial_log *l)
{
	unsigned torn;

	if (!l->unwritten || lock(l->fd))
		return;
	if (!read_file(l->fd, &torn)) {
		file.head.unwritten += l->unwritten;
		if (!write_at(l->fd, &file.head, sizeof file.head, 0))
			l->unwritten = 0;
	}
	unlock(l->fd);
}

void denial_log_close(struct denial_log *l)
{
	if (l->fd < 0)
		return;
	for (unsigned i = 0; i < DENIAL_PROGRAMS; i++)
		flush(l, &l->source[i]);
	flush_unwritten(l);
	close(l->fd);
	l->fd = -1;
}

/* --- reading --- */

static int by_time(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

int denial_log_read(struct denial_view *v, const char *dir, struct err *e)
{
	char path[256];
	unsigned torn = 0;
	int fd, rc;

	v->count = 0;
	v->unwritten = 0;
	if (path_in(dir, path, sizeof path, e))
		return -1;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return 0;
	if (fd < 0)
		return err_sys(e, errno, "%s", path);
	/* A slot that is being written is whole a moment later; one whose writer died never is. */
	for (int i = 0; (rc = read_file(fd, &torn)) == 0 && torn && i < 3; i++)
		;
	close(fd);
	if (rc)
		return err_set(e, EXIT_WRONG_USE, "%.150s: not a log of refusals of this version",
			       path);
	qsort(file.slot, DENIAL_SLOTS, sizeof file.slot[0], by_time);
	for (unsigned i = 0; i < DENIAL_SLOTS; i++)
		if (file.slot[i].at) {
			v->at[v->count] = file.slot[i].at;
			v->d[v->count++] = file.slot[i].d;
		}
	v->unwritten = file.head.unwritten;
	return 0;
}
