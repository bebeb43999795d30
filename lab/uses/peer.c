// SPDX-License-Identifier: MIT
/* Both ends of the uses that Debian has no program for.
 *
 *   peer sink PORT                 receives UDP; at the end (SIGTERM) prints packets, bytes, first
 *   peer game-server ADDR PORT     60 times a second answers every player heard of in the last
 * second peer game ADDR PORT SECONDS    a player: 60 packets a second; prints packets received and
 * first peer strangers FILE SECONDS HEXPACKET PORT ADDR from each address of FILE in turn sends the
 * packet to ADDR and waits for the answer; prints answers and first
 *   peer upnp ADDR URL             the network side of a UPnP device: answers searches (SSDP)
 *
 * Printed as `packets N bytes N first SECONDS`; first is -1 when nothing came. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PLAYERS	 64
#define TICK_NS	 16666667ll
#define UPDATE	 220 /* bytes the server sends a player each tick */
#define INPUT	 60  /* bytes a player sends each tick */
#define PATIENCE 300 /* ms that a stranger waits */

static volatile sig_atomic_t over;

struct score {
	unsigned long packets, bytes;
	int64_t begin, first;
};

static void stop(int sig)
{
	over = 1;
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void tell(const struct score *s)
{
	printf("packets %lu bytes %lu first %.3f\n", s->packets, s->bytes,
	       s->packets ? (double)(s->first - s->begin) / 1e9 : -1.0);
}

static void count(struct score *s, size_t len)
{
	if (!s->packets++)
		s->first = now_ns();
	s->bytes += len;
}

static int fail(const char *what)
{
	fprintf(stderr, "peer: %s: %s\n", what, strerror(errno));
	return 3;
}

static struct addrinfo *lookup(const char *addr, const char *port)
{
	struct addrinfo hint = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
				.ai_socktype = SOCK_DGRAM},
			*r;

	if (getaddrinfo(addr, port, &hint, &r)) {
		fprintf(stderr, "peer: '%s' is no address\n", addr);
		exit(2);
	}
	return r;
}

static int bound(const char *addr, const char *port)
{
	const struct addrinfo *a = lookup(addr, port);
	const int fd = socket(a->ai_family, SOCK_DGRAM, 0);

	if (fd < 0 || bind(fd, a->ai_addr, a->ai_addrlen) < 0)
		exit(fail(addr));
	return fd;
}

static int sink(const char *port)
{
	struct score s = {.begin = now_ns()};
	const int fd = bound("::", port);
	char data[65536];

	while (!over) {
		const ssize_t n = recv(fd, data, sizeof(data), 0);

		if (n >= 0)
			count(&s, n);
	}
	tell(&s);
	return 0;
}

/* UPnP Device Architecture 2.0, 1.3.3: an answer repeats what was searched for. */
static int upnp(const char *addr, const char *url)
{
	const struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(1900)};
	struct ip_mreqn group = {.imr_multiaddr.s_addr = inet_addr("239.255.255.250"),
				 .imr_address.s_addr = inet_addr(addr)};
	const int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
	char question[2048], answer[4096];

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (void *)&at, sizeof(at)) < 0 ||
	    setsockopt(fd, SOL_IP, IP_ADD_MEMBERSHIP, &group, sizeof(group)) < 0)
		return fail(addr);
	while (!over) {
		struct sockaddr_in from;
		socklen_t len = sizeof(from);
		const ssize_t n =
		    recvfrom(fd, question, sizeof(question) - 1, 0, (void *)&from, &len);

		if (n <= 0)
			continue;
		question[n] = 0;
		const char *what = strstr(question, "\r\nST:");

		if (strncmp(question, "M-SEARCH", 8) || !what)
			continue;
		what += 5 + strspn(what + 5, " ");
		snprintf(answer, sizeof(answer),
			 "HTTP/1.1 200 OK\r\nST: %.*s\r\nUSN: uuid:%s::%.*s\r\nLOCATION: %s\r\n"
			 "EXT:\r\nSERVER: lab UPnP/1.1 lab/1\r\nCACHE-CONTROL: max-age=60\r\n\r\n",
			 (int)strcspn(what, "\r"), what, addr, (int)strcspn(what, "\r"), what, url);
		sendto(fd, answer, strlen(answer), 0, (void *)&from, len);
	}
	return 0;
}

struct player {
	struct sockaddr_in6 at;
	int64_t heard;
};

static void greet(struct player *players, const struct sockaddr_in6 *from)
{
	const int64_t now = now_ns();

	for (int i = 0; i < PLAYERS; i++)
		if (!memcmp(&players[i].at, from, sizeof(*from)) ||
		    players[i].heard + 1000000000ll < now) {
			players[i].at = *from;
			players[i].heard = now;
			return;
		}
}

static int game_server(const char *addr, const char *port)
{
	static struct player players[PLAYERS];
	static const char update[UPDATE];
	const int fd = bound(addr, port);
	int64_t tick = now_ns();

	while (!over) {
		struct sockaddr_in6 from = {0};
		socklen_t len = sizeof(from);
		struct pollfd p = {fd, POLLIN, 0};
		const int64_t wait = tick - now_ns();
		char input[2048];

		if (poll(&p, 1, wait > 0 ? (int)(wait / 1000000) + 1 : 0) > 0 &&
		    recvfrom(fd, input, sizeof(input), 0, (void *)&from, &len) >= 0)
			greet(players, &from);
		for (; tick <= now_ns(); tick += TICK_NS)
			for (int i = 0; i < PLAYERS; i++)
				if (players[i].heard + 1000000000ll > tick)
					sendto(fd, update, sizeof(update), 0,
					       (void *)&players[i].at, sizeof(from));
	}
	return 0;
}

static int game(const char *addr, const char *port, double seconds)
{
	struct addrinfo *to = lookup(addr, port);
	const int fd = socket(to->ai_family, SOCK_DGRAM, 0);
	struct score s = {.begin = now_ns()};
	const int64_t end = s.begin + (int64_t)(seconds * 1e9);
	char data[2048] = {0};

	if (fd < 0 || connect(fd, to->ai_addr, to->ai_addrlen) < 0)
		return fail(addr);
	for (int64_t tick = s.begin; now_ns() < end && !over;) {
		struct pollfd p = {fd, POLLIN, 0};
		const int64_t wait = tick - now_ns();

		if (poll(&p, 1, wait > 0 ? (int)(wait / 1000000) + 1 : 0) > 0) {
			const ssize_t n = recv(fd, data, sizeof(data), 0);

			if (n >= 0)
				count(&s, n);
		}
		for (; tick <= now_ns(); tick += TICK_NS)
			(void)!send(fd, data, INPUT, 0);
	}
	tell(&s);
	return 0;
}

static size_t unhex(const char *hex, unsigned char *out, size_t room)
{
	size_t n = 0;

	for (; n < room && sscanf(hex + 2 * n, "%2hhx", out + n) == 1; n++)
		;
	return n;
}

/* One question from one address. Returns the length of the answer, or -1. */
static ssize_t ask(const char *from, const struct addrinfo *to, const unsigned char *question,
		   size_t len)
{
	struct addrinfo *self = lookup(from, "0");
	const int fd = socket(self->ai_family, SOCK_DGRAM, 0), on = 1;
	struct pollfd p = {fd, POLLIN, 0};
	unsigned char answer[4096];
	ssize_t n = -1;

	setsockopt(fd, SOL_IP, IP_FREEBIND, &on, sizeof(on));
	if (bind(fd, self->ai_addr, self->ai_addrlen) < 0 ||
	    connect(fd, to->ai_addr, to->ai_addrlen) < 0)
		exit(fail(from));
	if (send(fd, question, len, 0) >= 0 && poll(&p, 1, PATIENCE) > 0)
		n = recv(fd, answer, sizeof(answer), 0);
	close(fd);
	freeaddrinfo(self);
	return n;
}

static int strangers(const char *file, double seconds, const char *hex, const char *port,
		     const char *addr)
{
	struct addrinfo *to = lookup(addr, port);
	struct score s = {.begin = now_ns()};
	unsigned char question[2048];
	const size_t len = unhex(hex, question, sizeof(question));
	char from[64];
	unsigned asked = 0, lines = 0;
	FILE *f = fopen(file, "r");

	if (!f)
		return fail(file);
	while (fgets(from, sizeof(from), f))
		lines++;
	rewind(f);
	while (!over && fgets(from, sizeof(from), f)) {
		from[strcspn(from, "\n")] = 0;
		const ssize_t n = ask(from, to, question, len);

		if (n >= 0)
			count(&s, n);
		const int64_t due = s.begin + (int64_t)(seconds * 1e9 * ++asked / lines);
		const int64_t wait = due - now_ns();

		if (wait > 0)
			usleep(wait / 1000);
	}
	fclose(f);
	tell(&s);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	struct sigaction sa = {.sa_handler = stop};

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	if (!strcmp(what, "sink") && argc == 3)
		return sink(argv[2]);
	if (!strcmp(what, "game-server") && argc == 4)
		return game_server(argv[2], argv[3]);
	if (!strcmp(what, "game") && argc == 5)
		return game(argv[2], argv[3], atof(argv[4]));
	if (!strcmp(what, "upnp") && argc == 4)
		return upnp(argv[2], argv[3]);
	if (!strcmp(what, "strangers") && argc == 7)
		return strangers(argv[2], atof(argv[3]), argv[4], argv[5], argv[6]);
	fprintf(stderr,
		"usage: peer sink|game-server|game|upnp|strangers ... (see lab/uses/peer.c)\n");
	return 2;
}
