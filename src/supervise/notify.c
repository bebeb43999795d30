// SPDX-License-Identifier: MIT
#include "supervise/notify.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define MESSAGE 4096

int notify_listen(const char *path, struct err *e)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd;

	if (strlen(path) >= sizeof at.sun_path)
		return err_set(e, EXIT_SYSTEM, "%.150s: too long for a socket", path);
	strcpy(at.sun_path, path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_sys(e, errno, "a socket");
	unlink(path);
	if (bind(fd, (struct sockaddr *)&at, sizeof at) || chmod(path, 0666)) {
		err_sys(e, errno, "%.150s", path);
		close(fd);
		return -1;
	}
	return fd;
}

unsigned notify_parse(const char *text, size_t n)
{
	static const struct {
		const char *line;
		enum notify_said said;
	} known[] = {{"READY=1", NOTIFY_READY},
		     {"WATCHDOG=1", NOTIFY_ALIVE},
		     {"WATCHDOG=trigger", NOTIFY_TRIGGER},
		     {"STOPPING=1", NOTIFY_STOPPING}};
	unsigned said = NOTIFY_NOTHING;

	while (n) {
		const char *end = memchr(text, '\n', n);
		size_t len = end ? (size_t)(end - text) : n;

		for (size_t i = 0; i < sizeof known / sizeof *known; i++)
			if (len == strlen(known[i].line) && !memcmp(text, known[i].line, len))
				said |= known[i].said;
		text += len + !!end;
		n -= len + !!end;
	}
	return said;
}

unsigned notify_read(int fd)
{
	char text[MESSAGE];
	ssize_t n = recv(fd, text, sizeof text, MSG_DONTWAIT);

	return n > 0 ? notify_parse(text, (size_t)n) : NOTIFY_NOTHING;
}

void notify_init(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	size_t n = path ? strlen(path) : 0;
	int fd;

	if (n < 2 || n >= sizeof to.sun_path || (*path != '/' && *path != '@'))
		return;
	memcpy(to.sun_path, path, n);
	if (*path == '@')
		to.sun_path[0] = 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return;
	sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&to,
	       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
}

uint64_t notify_init_watchdog(void)
{
	const char *usec = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
	unsigned long long us = usec ? strtoull(usec, NULL, 10) : 0;

	if (pid && strtol(pid, NULL, 10) != getpid())
		return 0;
	return us < 1000000000000ull ? us * 1000 : 0;
}
