// SPDX-License-Identifier: MIT
#include "sandbox/dev.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "sandbox/view.h"

#define PATH 256

static int make(int folder, const struct view_entry *n)
{
	const char *name = strrchr(n->at, '/') + 1;

	if (n->kind == VIEW_LINK)
		return symlinkat(n->from, folder, name);
	return mknodat(folder, name, S_IFCHR | 0666, makedev(n->dev_major, n->dev_minor)) ||
	       fchmodat(folder, name, 0666, 0);
}

static int fill(const char *path)
{
	int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), rc = -1;
	size_t i = 0;

	while (folder >= 0 && i < VIEW_DEVICES && !make(folder, &view_devices[i]))
		i++;
	if (folder >= 0 && i == VIEW_DEVICES)
		rc = fchmod(folder, 0755);
	if (folder >= 0)
		close(folder);
	return rc;
}

static void take_away(const char *path)
{
	char file[PATH + 32];

	for (size_t i = 0; i < VIEW_DEVICES; i++) {
		snprintf(file, sizeof(file), "%s/%s", path, strrchr(view_devices[i].at, '/') + 1);
		unlink(file);
	}
	rmdir(path);
}

/* Made aside and renamed: whoever sees the folder sees all of it. Where two do so at once, the
 * first one's stays. */
int dev_make(const char *folder)
{
	char aside[PATH];
	struct stat st;

	if (!lstat(folder, &st))
		return S_ISDIR(st.st_mode) ? 0 : -1;
	snprintf(aside, sizeof(aside), "%s.new.%ld", folder, (long)getpid());
	take_away(aside);
	if (mkdir(aside, 0700))
		return -1;
	if (!fill(aside) && !rename(aside, folder))
		return 0;
	take_away(aside);
	return lstat(folder, &st);
}
