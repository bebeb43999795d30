// SPDX-License-Identifier: MIT
// How an attack ends, and where it looks for secrets.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct facts facts;

void succeeded(struct result *r, const char *fmt, ...)
{
	va_list ap;

	r->outcome = SUCCEEDED;
	va_start(ap, fmt);
	vsnprintf(r->detail, sizeof(r->detail), fmt, ap);
	va_end(ap);
}

void refused(struct result *r, const char *what)
{
	r->error = errno;
	r->outcome = REFUSED;
	snprintf(r->detail, sizeof(r->detail), "%s", what);
}

void absent(struct result *r, const char *why)
{
	r->outcome = ABSENT;
	snprintf(r->detail, sizeof(r->detail), "%s", why);
}

void accepted(struct result *r, long value, const char *what)
{
	if (value < 0)
		refused(r, what);
	else
		succeeded(r, "%s", what);
}

bool found_secret(struct result *r, const char *where, const char *text, size_t n)
{
	const char *at = memmem(text, n, SECRET_MARK, sizeof(SECRET_MARK) - 1);
	size_t left, len = 0;

	if (!at)
		return false;
	left = n - (size_t)(at - text);
	while (len < left && len < 60 && (at[len] > ' ' && at[len] < 127))
		len++;
	succeeded(r, "%.*s in %.80s", (int)len, at, where);
	return true;
}

bool read_secret(struct result *r, const char *path)
{
	static char text[65536];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text));
	if (n < 0) {
		int error = errno;

		close(fd);
		errno = error;
		return false;
	}
	close(fd);
	errno = ENODATA;
	return found_secret(r, path, text, (size_t)n);
}
