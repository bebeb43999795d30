// SPDX-License-Identifier: MIT
#include "sandbox/profile_load.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sandbox/calls.h"
#include "sandbox/profile_ini.h"
#include "sandbox/record.h"

/* A file without a name (a memfd, a file already removed) has no one else who could write to it by
 * its name. */
static int acceptable(const struct stat *st, const char *path, struct err *e)
{
	if (!S_ISREG(st->st_mode))
		return err_set(e, EXIT_WRONG_USE, "%.200s: not a file", path);
	if (st->st_size > PROFILE_FILE_MAX)
		return err_set(e, EXIT_WRONG_USE, "%.180s: more than %u bytes is no profile", path,
			       PROFILE_FILE_MAX);
	if (st->st_nlink && st->st_mode & S_IWOTH)
		return err_set(e, EXIT_WRONG_USE,
			       "%.120s: anybody may write to this file, and so decide what the "
			       "program may do: chmod o-w",
			       path);
	return 0;
}

static int read_all(struct profile_file *f, int fd, const char *path, struct err *e)
{
	ssize_t n;

	while (f->len <= PROFILE_FILE_MAX) {
		n = read(fd, f->bytes + f->len, PROFILE_FILE_MAX + 1 - f->len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, errno, "%.200s", path);
		if (!n)
			return 0;
		f->len += (size_t)n;
	}
	return err_set(e, EXIT_WRONG_USE, "%.200s: grows while it is read", path);
}

/* Mapped and not allocated, so that nothing of it stays in a supervisor that runs for years. */
int profile_file_read(struct profile_file *f, const char *path, struct err *e)
{
	int fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK), rc = -1;
	struct stat st;

	f->bytes = NULL;
	f->len = 0;
	if (fd < 0)
		return err_sys(e, errno, "%.200s", path);
	if (fstat(fd, &st)) {
		err_sys(e, errno, "%.200s", path);
		goto out;
	}
	if (acceptable(&st, path, e))
		goto out;
	f->bytes = mmap(NULL, PROFILE_FILE_MAX + 1, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (f->bytes == MAP_FAILED) {
		f->bytes = NULL;
		err_sys(e, errno, "%.200s", path);
		goto out;
	}
	rc = read_all(f, fd, path, e);
	if (rc)
		profile_file_free(f);
out:
	close(fd);
	return rc;
}

void profile_file_free(struct profile_file *f)
{
	if (f->bytes)
		munmap(f->bytes, PROFILE_FILE_MAX + 1);
	f->bytes = NULL;
	f->len = 0;
}

static int from_record(struct profile *p, const struct profile_file *f, const char *path,
		       struct err *e)
{
	struct err why;
	uint32_t arch;

	if (record_decode(p, &arch, f->bytes, f->len, &why))
		return err_set(e, why.code, "%.80s: %.170s", path, why.text);
	if (arch && arch != call_native.audit)
		return err_set(e, EXIT_WRONG_USE, "%.120s: made for %s, and this machine is %s",
			       path, call_arch_name(arch), call_native.name);
	return 0;
}

int profile_load(struct profile *p, const char *path, struct err *e)
{
	struct profile_file f;
	int rc;

	if (profile_file_read(&f, path, e))
		return -1;
	if (record_is(f.bytes, f.len))
		rc = from_record(p, &f, path, e);
	else
		rc = profile_ini(p, &(struct profile_source){f.bytes, f.len, path, NULL}, e);
	profile_file_free(&f);
	return rc;
}
