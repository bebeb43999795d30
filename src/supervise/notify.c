// SPDX-License-Identifier: MIT
#include "supervise/notify.h"

#include <errno.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/aside.h"

#define MESSAGE 4096

#ifndef SO_PASSRIGHTS /* since 6.16 */
#define SO_PASSRIGHTS 83
#endif
#define DESCRIPTORS_MOST 253 /* in one datagram */

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
	/* Where the kernel can refuse them it is spared what notify_receive() does. */
	setsockopt(fd, SOL_SOCKET, SO_PASSRIGHTS, &(int){0}, sizeof(int));
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

/* In a process of its own, whose end closes what it gets without waiting. */
static void drop(void *arg)
{
	alignas(struct cmsghdr) char control[CMSG_SPACE(DESCRIPTORS_MOST * sizeof(int))];
	struct msghdr m = {.msg_control = control, .msg_controllen = sizeof control};

	recvmsg(*(int *)arg, &m, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
}

ssize_t notify_receive(int fd, char *to, size_t room)
{
	struct iovec part = {to, room};
	struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
	ssize_t n = recvmsg(fd, &m, MSG_DONTWAIT | MSG_PEEK);

	if (n < 0)
		return -1;
	/* Something came with it that has no room here. */
	if (m.msg_flags & MSG_CTRUNC) {
		aside(drop, &fd, NULL);
		return 0;
	}
	return recv(fd, to, room, MSG_DONTWAIT);
}

int notify_read(int fd)
{
	char text[MESSAGE];
	ssize_t n = notify_receive(fd, text, sizeof text);

	return n < 0 ? -1 : (int)notify_parse(text, (size_t)n);
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
