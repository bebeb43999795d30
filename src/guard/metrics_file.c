// SPDX-License-Identifier: MIT
#include "guard/metrics_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guard/metrics.h"

static char text[65536]; /* touched only as far as it is filled */
static char buffer[BUFSIZ];
static struct lim_state state;
static struct {
	FILE *to; /* into text */
	const char *path;
	char fresh[512];
} self;

int metrics_file_open(const char *path, struct err *e)
{
	int fd;

	if (snprintf(self.fresh, sizeof self.fresh, "%s.new", path) >= (int)sizeof self.fresh)
		return err_set(e, EXIT_WRONG_USE, "--metrics: the path is too long");
	self.path = path;
	fd = open(self.fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_sys(e, errno, "--metrics %s", path);
	close(fd);
	unlink(self.fresh);
	self.to = fmemopen(text, sizeof text, "w");
	if (!self.to || setvbuf(self.to, buffer, _IOFBF, sizeof buffer))
		return err_sys(e, errno, "--metrics %s", path);
	return 0;
}

static int put(const char *data, size_t len)
{
	int fd = open(self.fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644), bad;

	if (fd < 0)
		return -1;
	bad = write(fd, data, len) != (ssize_t)len || fsync(fd);
	close(fd);
	return bad || rename(self.fresh, self.path) ? -1 : 0;
}

int metrics_file_write(struct guard *g, struct err *e)
{
	struct lim_config c;
	struct lim_report r;

	if (guard_snapshot(g, &state, &c, &r, NULL, e))
		return -1;
	rewind(self.to);
	if (metrics_write(self.to, &state, &c, &r, guard_now()) || fflush(self.to) ||
	    ftell(self.to) < 0 || put(text, (size_t)ftell(self.to)))
		return err_sys(e, errno, "--metrics %s", self.path);
	return 0;
}
