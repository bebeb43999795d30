// SPDX-License-Identifier: MIT
// Changes what a call is given while somebody else looks at it: who decides by a first look, and
// lets the kernel take a second one, has decided about something else. Each for a few seconds.
#include "attack.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { SECONDS = 4, FREE_PORT = 0 };

/* What the two threads share. */
static struct {
	int harmless, wanted; /* two sockets, and the number under which they change places */
	int number;
	volatile struct sockaddr_in at;
	volatile bool over;
} race;

static void *swap_sockets(void *arg)
{
	while (!race.over) {
		dup2(race.harmless, race.number);
		dup2(race.wanted, race.number);
	}
	return arg;
}

static void *swap_ports(void *arg)
{
	while (!race.over) {
		race.at.sin_port = htons(FREE_PORT);
		race.at.sin_port = htons(PORT_NOT_GIVEN);
	}
	return arg;
}

static void *swap_families(void *arg)
{
	while (!race.over) {
		race.at.sin_family = AF_UNIX;
		race.at.sin_family = AF_INET;
	}
	return arg;
}

static bool has_port(int fd, unsigned port)
{
	struct sockaddr_in a = {0};
	socklen_t n = sizeof(a);

	return !getsockname(fd, (struct sockaddr *)&a, &n) && a.sin_family == AF_INET &&
	       (port ? ntohs(a.sin_port) == port : a.sin_port);
}

static bool listens(int fd)
{
	int v = 0;
	socklen_t n = sizeof(v);

	return !getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &v, &n) && v;
}

static bool start(int type, void *(*swapper)(void *))
{
	pthread_t t;

	race.harmless = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	race.wanted = socket(AF_INET, type | SOCK_CLOEXEC, 0);
	race.number = dup(race.wanted);
	race.at.sin_family = AF_INET;
	race.at.sin_port = htons(PORT_NOT_GIVEN);
	return race.harmless >= 0 && race.wanted >= 0 &&
	       !(errno = pthread_create(&t, NULL, swapper, NULL));
}

static bool time_left(time_t began)
{
	return time(NULL) - began < SECONDS;
}

/* The port is looked at only where the socket is one of the network. */
static void swap_bound(struct result *r, const char *word)
{
	time_t began = time(NULL);
	pthread_t t;

	if (!start(SOCK_DGRAM, swap_sockets))
		return refused(r, "two sockets");
	if (!strcmp(word, "family") && (errno = pthread_create(&t, NULL, swap_families, NULL)))
		return refused(r, "a thread");
	do {
		bind(race.number, (struct sockaddr *)&race.at, sizeof(race.at));
	} while (!has_port(race.wanted, PORT_NOT_GIVEN) && time_left(began));
	race.over = true;
	errno = EACCES;
	accepted(r, has_port(race.wanted, PORT_NOT_GIVEN) ? 0 : -1, "a port that was not given");
}

/* Any port that the kernel picks is fine, this one is not. */
static void swap_address(struct result *r, const char *word)
{
	time_t began = time(NULL);
	bool won = false;

	(void)word;
	if (!start(SOCK_DGRAM, swap_ports))
		return refused(r, "two sockets");
	while (!won && time_left(began)) {
		int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

		bind(fd, (struct sockaddr *)&race.at, sizeof(race.at));
		won = has_port(fd, PORT_NOT_GIVEN);
		close(fd);
	}
	race.over = true;
	errno = EACCES;
	accepted(r, won ? 0 : -1, "a port that was not given");
}

static void swap_listening(struct result *r, const char *word)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX};
	time_t began = time(NULL);

	(void)word;
	if (!start(SOCK_STREAM, swap_sockets))
		return refused(r, "two sockets");
	/* The kernel finds a name for it; without one it cannot listen. */
	if (bind(race.harmless, (struct sockaddr *)&name, sizeof(sa_family_t)))
		return refused(r, "a unix socket");
	do {
		listen(race.number, 1);
	} while (!listens(race.wanted) && time_left(began));
	race.over = true;
	errno = EACCES;
	accepted(r, listens(race.wanted) ? 0 : -1, "listens on a port of the kernel's choice");
}

const struct attack race_attacks[] = {
    {"bind-socket", "binds a port not given: the socket changes meanwhile", swap_bound, "socket"},
    {"bind-family", "the same, and the address's family", swap_bound, "family"},
    {"bind-address", "the same: the port changes meanwhile", swap_address, NULL},
    {"listen-socket", "listens: the socket changes meanwhile", swap_listening, NULL},
    {0},
};
