// SPDX-License-Identifier: MIT
#include "connect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/addr.h"

void connects_start(struct connects *c)
{
	memset(c, 0, sizeof(*c));
	for (unsigned i = 0; i < CONNECT_SLOTS; i++)
		c->fd[i] = -1;
}

static int begin(const struct lim_addr *to, uint16_t port)
{
	struct sockaddr_in a4 = {.sin_family = AF_INET, .sin_port = htons(port)};
	struct sockaddr_in6 a6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
	bool v4 = addr_is4(to);
	int fd = socket(v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int rc;

	if (fd < 0)
		return -1;
	a4.sin_addr.s_addr = htonl(to->w[3]);
	for (int i = 0; i < 4; i++)
		a6.sin6_addr.s6_addr32[i] = htonl(to->w[i]);
	rc = v4 ? connect(fd, (struct sockaddr *)&a4, sizeof(a4))
		: connect(fd, (struct sockaddr *)&a6, sizeof(a6));
	if (!rc || errno == EINPROGRESS)
		return fd;
	rc = errno;
	close(fd);
	errno = rc;
	return -1;
}

int connects_add(struct connects *c, const struct lim_addr *to, uint16_t port, uint64_t now)
{
	unsigned i = c->next;

	if (c->fd[i] >= 0) {
		errno = EAGAIN;
		return -1;
	}
	c->fd[i] = begin(to, port);
	c->since[i] = now;
	c->next = (i + 1) % CONNECT_SLOTS;
	return c->fd[i] < 0 ? -1 : 0;
}

/* Ends it with a reset where asked, which leaves nothing behind in TIME_WAIT. */
static void drop(struct connects *c, unsigned i)
{
	struct linger now = {1, 0};

	setsockopt(c->fd[i], SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(c->fd[i]);
	c->fd[i] = -1;
}

void connects_tend(struct connects *c, bool chatty, uint64_t now)
{
	struct pollfd p[CONNECT_SLOTS];

	for (unsigned i = 0; i < CONNECT_SLOTS; i++)
		p[i] = (struct pollfd){c->fd[i], POLLOUT, 0};
	poll(p, CONNECT_SLOTS, 0);
	for (unsigned i = 0; i < CONNECT_SLOTS; i++) {
		bool open = p[i].revents & POLLOUT && !(p[i].revents & (POLLERR | POLLHUP));

		if (c->fd[i] < 0)
			continue;
		c->opened += open;
		if (open && chatty &&
		    send(c->fd[i], "GET / HTTP/1.0\r\n\r\n", 18, MSG_NOSIGNAL) < 0)
			open = true; /* closed under our hands: as good as done */
		if (p[i].revents || now - c->since[i] > 3000000000u)
			drop(c, i);
	}
}

void connects_end(struct connects *c)
{
	for (unsigned i = 0; i < CONNECT_SLOTS; i++)
		if (c->fd[i] >= 0)
			drop(c, i);
}
