// SPDX-License-Identifier: MIT
#include "lockdown/files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SECURITY "/sys/kernel/security"

static int read_fd(int fd, char *buf, size_t size)
{
	ssize_t n;
	int kept;

	if (fd < 0)
		return -1;
	n = read(fd, buf, size - 1);
	kept = errno;
	close(fd);
	errno = kept;
	if (n < 0)
		return -1;
	while (n > 0 && buf[n - 1] == '\n')
		n--;
	buf[n] = 0;
	return 0;
}

static int write_fd(int fd, const char *value)
{
	ssize_t n;
	int kept;

	if (fd < 0)
		return -1;
	n = write(fd, value, strlen(value));
	kept = errno;
	close(fd);
	errno = kept;
	return n < 0 ? -1 : 0;
}

int files_read(const char *path, char *buf, size_t size)
{
	return read_fd(open(path, O_RDONLY | O_CLOEXEC), buf, size);
}

int files_write(const char *path, const char *value)
{
	return write_fd(open(path, O_WRONLY | O_CLOEXEC), value);
}

static int mount_unseen(const char *type)
{
	int fs = (int)syscall(SYS_fsopen, type, FSOPEN_CLOEXEC), at = -1;

	if (fs < 0)
		return -1;
	if (!syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0))
		at = (int)syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	close(fs);
	return at;
}

static int open_security(const char *name, int flags)
{
	int dir = open(SECURITY, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1;

	if (dir >= 0) {
		fd = openat(dir, name, flags | O_CLOEXEC);
		close(dir);
	}
	if (fd >= 0 || (dir = mount_unseen("securityfs")) < 0)
		return fd;
	fd = openat(dir, name, flags | O_CLOEXEC);
	close(dir);
	return fd;
}

int files_read_security(const char *name, char *buf, size_t size)
{
	return read_fd(open_security(name, O_RDONLY), buf, size);
}

int files_lsm_list(char *buf, size_t size)
{
	return files_read_security("lsm", buf, size);
}

int files_write_security(const char *name, const char *value)
{
	return write_fd(open_security(name, O_WRONLY), value);
}
