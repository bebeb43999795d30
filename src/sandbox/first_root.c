// SPDX-License-Identifier: MIT
#include "sandbox/first_root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <linux/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/mount.h"

#define TABLE (32 << 10) /* of mounts; what is beyond is not let go of, only out of reach */
#ifndef UMOUNT_NOFOLLOW
#define UMOUNT_NOFOLLOW 8
#endif
#define ROOT_OF_MOUNT 0x2000 /* STATX_ATTR_MOUNT_ROOT, younger than some headers */

static bool is_mount(const char *path)
{
	struct statx st;

	return !syscall(SYS_statx, AT_FDCWD, path, 0, 0, &st) && st.stx_attributes & ROOT_OF_MOUNT;
}

static int read_table(char text[static TABLE])
{
	int fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t n = 0;

	while (fd >= 0 && used < TABLE - 1 && (n = read(fd, text + used, TABLE - 1 - used)) > 0)
		used += (size_t)n;
	text[used] = 0;
	if (fd >= 0)
		close(fd);
	return fd < 0 || n < 0 ? -1 : 0;
}

/* From line to line; the fifth word of each is where it is mounted. */
static char *next_place(char **at)
{
	char *line = *at, *end = strchr(line, '\n'), *place = line;

	if (!end)
		return NULL;
	*end = 0;
	*at = end + 1;
	for (int word = 1; word < 5 && place; word++) {
		place = strchr(place, ' ');
		place = place ? place + 1 : NULL;
	}
	end = place ? strchr(place, ' ') : NULL;
	if (!end)
		return NULL;
	*end = 0;
	return place;
}

/* With the old root as working directory: each goes with all that is below it. */
static void let_go(char *table)
{
	char *place;

	while ((place = next_place(&table)))
		if (place[1])
			umount2(place + 1, MNT_DETACH | UMOUNT_NOFOLLOW);
}

int first_root_cover(void)
{
	static char table[TABLE];
	int old, rc;

	if (!is_mount("/")) {
		errno = EINVAL;
		return -1;
	}
	old = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (old < 0)
		return -1;
	rc =
	    read_table(table) || mount(".", "/", NULL, MS_MOVE, NULL) || chroot(".") || fchdir(old);
	if (!rc)
		let_go(table);
	close(old);
	return rc || chdir("/") ? -1 : 0;
}
