// SPDX-License-Identifier: MIT
#include "supervise/usage.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static ssize_t slurp(const char *path, char *to, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, to, room - 1) : -1;

	if (fd >= 0)
		close(fd);
	if (n >= 0)
		to[n] = 0;
	return n;
}

/* "max", and the page-aligned highest number that version 1 writes instead, are no bound. */
static int number(const char *folder, const char *group, const char *file, uint64_t *to)
{
	char path[PATH_MAX], text[32], *end;

	if (snprintf(path, sizeof path, "%s%s/%s", folder, group, file) >= (int)sizeof path ||
	    slurp(path, text, sizeof text) <= 0)
		return -1;
	*to = strtoull(text, &end, 10);
	if (end == text || *to > INT64_MAX - 65536)
		*to = 0;
	return 0;
}

/* The path behind "0::" or "4:memory:"; NULL when there is none or it is the root. */
static const char *group_in(char *text, const char *controller)
{
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		char *name = strchr(line, ':'), *path = name ? strchr(name + 1, ':') : NULL;

		if (!path || (size_t)(path - name - 1) != strlen(controller) ||
		    strncmp(name + 1, controller, strlen(controller)))
			continue;
		return path[1] && path[2] ? path + 1 : NULL;
	}
	return NULL;
}

int usage_memory(pid_t pid, uint64_t *now, uint64_t *most)
{
	char path[64], text[2048], again[2048];
	const char *group;

	snprintf(path, sizeof path, "/proc/%d/cgroup", (int)pid);
	if (slurp(path, text, sizeof text) <= 0)
		return -1;
	strcpy(again, text);
	group = group_in(text, "");
	if (group && !number("/sys/fs/cgroup", group, "memory.current", now))
		return number("/sys/fs/cgroup", group, "memory.max", most);
	group = group_in(again, "memory");
	if (group && !number("/sys/fs/cgroup/memory", group, "memory.usage_in_bytes", now))
		return number("/sys/fs/cgroup/memory", group, "memory.limit_in_bytes", most);
	return -1;
}
