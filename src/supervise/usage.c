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
static int number(const char *folder, const char *file, uint64_t *to)
{
	char path[PATH_MAX + 32], text[32], *end;

	snprintf(path, sizeof path, "%s/%s", folder, file);
	if (slurp(path, text, sizeof text) <= 0)
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

static const struct version {
	const char *top, *controller, *now, *most;
} versions[] = {
    {"/sys/fs/cgroup", "", "memory.current", "memory.max"},
    {"/sys/fs/cgroup/memory", "memory", "memory.usage_in_bytes", "memory.limit_in_bytes"},
};

/* The memory group of process pid: its folder, and what it takes now. NULL: it has none of its own.
 */
static const struct version *group_of(pid_t pid, char folder[static PATH_MAX], uint64_t *now)
{
	char path[64], text[2048], again[2048];

	snprintf(path, sizeof path, "/proc/%d/cgroup", (int)pid);
	if (slurp(path, text, sizeof text) <= 0)
		return NULL;
	for (const struct version *v = versions; v < versions + 2; v++) {
		const char *group = group_in(strcpy(again, text), v->controller);

		if (group && snprintf(folder, PATH_MAX, "%s%s", v->top, group) < PATH_MAX &&
		    !number(folder, v->now, now))
			return v;
	}
	return NULL;
}

int usage_memory(pid_t pid, uint64_t *now, uint64_t *most)
{
	char folder[PATH_MAX];
	const struct version *v = group_of(pid, folder, now);

	return v ? number(folder, v->most, most) : -1;
}

/* --- processors --- */

static int cpu_of_group(const char *folder, uint64_t *ns)
{
	static const char key[] = "usage_usec ";
	char path[PATH_MAX + 16], text[512], *at;

	snprintf(path, sizeof path, "%s/cpu.stat", folder);
	if (slurp(path, text, sizeof text) <= 0 || !(at = strstr(text, key)))
		return -1;
	*ns = strtoull(at + strlen(key), NULL, 10) * 1000;
	return 0;
}

/* utime, stime, cutime and cstime: fields 14 to 17 of proc(5). Field 2, the name, may have blanks
 * and brackets; what follows it has none. 0 when the process has ended meanwhile. */
static uint64_t ticks_of(const char *pid)
{
	char path[64], text[1024], *at;
	uint64_t ticks = 0;

	snprintf(path, sizeof path, "/proc/%.16s/stat", pid);
	if (slurp(path, text, sizeof text) <= 0 || !(at = strrchr(text, ')')))
		return 0;
	for (unsigned field = 2; at && field < 17; field++) {
		at = strchr(at + 1, ' ');
		if (at && field >= 13)
			ticks += strtoull(at + 1, NULL, 10);
	}
	return ticks;
}

static int cpu_of_processes(const char *folder, uint64_t *ns)
{
	char path[PATH_MAX + 16], pid[24];
	uint64_t ticks = 0;
	FILE *f;

	snprintf(path, sizeof path, "%s/cgroup.procs", folder);
	f = fopen(path, "re");
	if (!f)
		return -1;
	while (fgets(pid, sizeof pid, f)) {
		pid[strcspn(pid, "\n")] = 0;
		ticks += ticks_of(pid);
	}
	fclose(f);
	*ns = ticks * (1000000000u / (uint64_t)sysconf(_SC_CLK_TCK));
	return 0;
}

int usage_cpu(pid_t pid, uint64_t *ns)
{
	char folder[PATH_MAX];
	uint64_t memory;

	if (!group_of(pid, folder, &memory))
		return -1;
	return cpu_of_group(folder, ns) && cpu_of_processes(folder, ns) ? -1 : 0;
}
