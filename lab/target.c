// SPDX-License-Identifier: MIT
// holdfast-lab-target: the far ends that attack shapes need, and a client to see that an innocent
// flow still works. Listens on every address of its host, over IPv4 and IPv6.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/addr.h"
#include "base/json.h"
#include "base/opt.h"

enum { LISTENERS = 16, CLIENTS = 256, BUFFER = 65536 };

enum role { ROLE_TCP, ROLE_ECHO, ROLE_AMPLIFY, ROLE_NXDOMAIN };
static const char *const role_names[] = {"tcp", "echo", "amplify", "nxdomain"};

struct listener {
	enum role role;
	unsigned factor; /* amplify: datagrams of 1000 bytes for each that came */
	int fd;
};

struct client {
	int fd;	       /* -1: free */
	uint64_t owed; /* bytes it asked for */
};

static struct listener listener[LISTENERS];
static unsigned listeners;
static struct client client[CLIENTS];
static uint8_t buffer[BUFFER];
static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int open_port(enum role role, unsigned port)
{
	struct sockaddr_in6 a = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	int on = 1, off = 0;
	int fd = socket(AF_INET6, (role == ROLE_TCP ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on));
	if (!bind(fd, (struct sockaddr *)&a, sizeof(a)) && (role != ROLE_TCP || !listen(fd, 4096)))
		return fd;
	close(fd);
	return -1;
}

/* "tcp:80", "echo:7", "amplify:1900:50", "nxdomain:53" */
static int add_listener(const char *text, struct err *e)
{
	struct listener *l = &listener[listeners];
	char word[16];
	unsigned port;

	l->factor = 1;
	if (listeners == LISTENERS || sscanf(text, "%15[a-z]:%u:%u", word, &port, &l->factor) < 2 ||
	    !port || port > 65535 || l->factor > 100)
		return err_set(e, EXIT_WRONG_USE, "'%s' is no service", text);
	for (size_t i = 0; i < sizeof(role_names) / sizeof(role_names[0]); i++) {
		if (strcmp(word, role_names[i]))
			continue;
		l->role = (enum role)i;
		l->fd = open_port(l->role, port);
		if (l->fd < 0)
			return err_sys(e, errno, "port %u", port);
		listeners++;
		return 0;
	}
	return err_set(e, EXIT_WRONG_USE, "'%s' is no service", text);
}

/* Answers from the address that was asked, which is not the host's main one. */
static void answer(const struct listener *l, struct msghdr *m, size_t n)
{
	size_t size = l->role == ROLE_AMPLIFY ? 1000 : n;

	if (l->role == ROLE_NXDOMAIN) {
		if (n < 12 || buffer[2] & 0x80)
			return;
		buffer[2] |= 0x80;
		buffer[3] = 0x83;
	}
	m->msg_iov->iov_len = size;
	for (unsigned i = 0; i < l->factor; i++)
		sendmsg(l->fd, m, MSG_DONTWAIT);
}

static void serve_datagrams(const struct listener *l)
{
	struct sockaddr_in6 from;
	struct iovec io = {buffer, BUFFER};
	char control[128];
	struct msghdr m = {&from, sizeof(from), &io, 1, control, sizeof(control), 0};
	ssize_t n;

	for (int i = 0; i < 64; i++) {
		m.msg_controllen = sizeof(control);
		m.msg_namelen = sizeof(from);
		io.iov_len = BUFFER;
		n = recvmsg(l->fd, &m, 0);
		if (n < 0)
			return;
		answer(l, &m, (size_t)n);
	}
}

static void accept_clients(const struct listener *l)
{
	for (unsigned i = 0; i < CLIENTS; i++) {
		struct client *c = &client[i];

		if (c->fd >= 0)
			continue;
		c->fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK);
		c->owed = 0;
		if (c->fd < 0)
			return;
	}
	close(accept(l->fd, NULL, NULL)); /* no room: turned away */
}

static void serve_client(struct client *c, short events)
{
	unsigned long long want;
	ssize_t n;

	if (events & (POLLIN | POLLERR | POLLHUP)) {
		n = recv(c->fd, buffer, BUFFER - 1, 0);
		if (n == 0 || (n < 0 && errno != EAGAIN)) {
			close(c->fd);
			c->fd = -1;
			return;
		}
		if (n > 0) {
			buffer[n] = 0;
			if (sscanf((char *)buffer, "GIVE %llu", &want) == 1)
				c->owed = want;
		}
	}
	if (!c->owed)
		return;
	n = send(c->fd, buffer, c->owed < BUFFER ? c->owed : BUFFER, MSG_NOSIGNAL);
	if (n > 0)
		c->owed -= (uint64_t)n;
}

static void serve_once(void)
{
	struct pollfd p[LISTENERS + CLIENTS];

	for (unsigned i = 0; i < listeners; i++)
		p[i] = (struct pollfd){listener[i].fd, POLLIN, 0};
	for (unsigned i = 0; i < CLIENTS; i++) {
		short out = client[i].owed ? POLLOUT : 0;

		p[listeners + i] = (struct pollfd){client[i].fd, (short)(POLLIN | out), 0};
	}
	if (poll(p, listeners + CLIENTS, 200) <= 0)
		return;
	for (unsigned i = 0; i < CLIENTS; i++)
		if (client[i].fd >= 0 && p[listeners + i].revents)
			serve_client(&client[i], p[listeners + i].revents);
	for (unsigned i = 0; i < listeners; i++) {
		if (!p[i].revents)
			continue;
		if (listener[i].role == ROLE_TCP)
			accept_clients(&listener[i]);
		else
			serve_datagrams(&listener[i]);
	}
}

static int serve(int n, char **service, double seconds, struct err *e)
{
	double end = now() + seconds;

	for (unsigned i = 0; i < CLIENTS; i++)
		client[i].fd = -1;
	for (int i = 0; i < n; i++)
		if (add_listener(service[i], e))
			return -1;
	fputs("ready\n", stderr);
	while (!stop && now() < end)
		serve_once();
	return 0;
}

static int dial(const struct lim_addr *a, unsigned port, double seconds)
{
	struct sockaddr_in6 to = {.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port)};
	struct timeval limit = {(time_t)seconds, 0};
	int fd = socket(AF_INET6, SOCK_STREAM, 0);

	for (int i = 0; i < 4; i++) /* an IPv4 address is held mapped already */
		to.sin6_addr.s6_addr32[i] = htonl(a->w[i]);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (!connect(fd, (struct sockaddr *)&to, sizeof(to)))
		return fd;
	close(fd);
	return -1;
}

/* Asks for bytes and prints how long they took; the answer is no when not all came in time. */
static int fetch(char **operand, double seconds, struct err *e)
{
	double start = now(), connected = -1;
	uint64_t want, got = 0;
	struct lim_addr a;
	struct json j;
	ssize_t n;
	int fd;

	if (addr_parse(operand[0], &a, e))
		return -1;
	want = strtoull(operand[2], NULL, 10);
	fd = dial(&a, (unsigned)atoi(operand[1]), seconds);
	if (fd >= 0) {
		connected = now() - start;
		dprintf(fd, "GIVE %llu\n", (unsigned long long)want);
		while (got < want && now() - start < seconds &&
		       (n = recv(fd, buffer, BUFFER, 0)) > 0)
			got += (uint64_t)n;
		close(fd);
	}
	json_start(&j, stdout, false);
	json_object(&j, NULL);
	json_u64(&j, "bytes", got);
	json_num(&j, "connected", connected);
	json_num(&j, "seconds", now() - start);
	json_end(&j);
	return got == want ? 0
			   : err_set(e, EXIT_NO, "%llu of %llu bytes came", (unsigned long long)got,
				     (unsigned long long)want);
}

struct args {
	uint64_t seconds;
};

static const struct opt options[] = {
    {"seconds", 's', OPT_TIME, offsetof(struct args, seconds), "TIME", "at most so long (150 s)",
     1000000000, 600000000000ull},
    {0},
};
static const struct opt_use use = {
    "serve SERVICE... | fetch ADDRESS PORT BYTES",
    "the far end of a shape, or an innocent client",
    options,
    2,
    LISTENERS + 1,
    "Services: tcp:PORT echo:PORT amplify:PORT:TIMES nxdomain:PORT\n"};

int main(int argc, char **argv)
{
	struct args a = {150000000000ull};
	struct sigaction quit = {.sa_handler = on_signal};
	struct err e = {0};
	int n = opt_parse(&use, argc, argv, &a, &e), rc = n < 0 ? -1 : 0;
	double seconds;

	if (n == OPT_WANTS_HELP) {
		opt_help(&use, "holdfast-lab-target", stdout);
		return EXIT_DONE;
	}
	sigaction(SIGINT, &quit, NULL);
	sigaction(SIGTERM, &quit, NULL);
	seconds = (double)a.seconds / 1e9;
	if (!rc && !strcmp(argv[1], "serve"))
		rc = serve(n - 1, argv + 2, seconds, &e);
	else if (!rc && !strcmp(argv[1], "fetch") && n == 4)
		rc = fetch(argv + 2, seconds, &e);
	else if (!rc)
		rc = err_set(&e, EXIT_WRONG_USE, "'%s': neither serve nor fetch with its arguments",
			     argv[1]);
	if (rc)
		fprintf(stderr, "holdfast-lab-target: %s\n", e.text);
	return rc ? (int)e.code : EXIT_DONE;
}
