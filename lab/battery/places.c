// SPDX-License-Identifier: MIT
// Where a program can write.
#include "attack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_writable(const char *folder)
{
	char path[192];
	int fd;

	snprintf(path, sizeof(path), "%s/.battery-%d", folder, getpid());
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	close(fd);
	return !unlink(path);
}

static void add(struct places *p, const char *folder)
{
	if (!folder || folder[0] != '/' || strlen(folder) >= sizeof(p->at[0]) || p->count == PLACES)
		return;
	for (unsigned i = 0; i < p->count; i++) {
		if (!strcmp(p->at[i], folder))
			return;
	}
	if (is_writable(folder))
		snprintf(p->at[p->count++], sizeof(p->at[0]), "%s", folder);
}

/* The mount points, except kernel interfaces, which have attacks of their own. */
static void add_mounts(struct places *p)
{
	static const char *const kernel[] = {"/proc", "/sys"};
	FILE *f = fopen("/proc/self/mountinfo", "re");
	char line[1024], at[256];

	while (f && fgets(line, sizeof(line), f)) {
		bool skip = sscanf(line, "%*s %*s %*s %*s %255s", at) != 1;

		for (unsigned i = 0; i < 2; i++)
			skip |= !strncmp(at, kernel[i], strlen(kernel[i]));
		if (!skip)
			add(p, at);
	}
	if (f)
		fclose(f);
}

void writable_places(struct places *p)
{
	static const char *const usual[] = {
	    "/tmp",	"/dev/shm", "/var/tmp",	   "/run", "/run/lock", "/var/lib",
	    "/var/log", "/var/run", "/dev/mqueue", "/dev", "/root",	"/home",
	    "/mnt",	"/opt",	    "/srv",	   "/etc", "/"};
	char cwd[128];

	p->count = 0;
	add(p, facts.state);
	for (unsigned i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		add(p, usual[i]);
	add(p, getenv("HOME"));
	add(p, getenv("TMPDIR"));
	add(p, getenv("XDG_RUNTIME_DIR"));
	add(p, getcwd(cwd, sizeof(cwd)));
	add_mounts(p);
}

bool scratch(char *path, size_t n, const char *name)
{
	struct places p;

	writable_places(&p);
	if (!p.count) {
		errno = EROFS;
		return false;
	}
	snprintf(path, n, "%s/%s-%d", p.at[0], name, getpid());
	return true;
}
