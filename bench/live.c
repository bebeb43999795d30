// SPDX-License-Identifier: MIT
//
// What a packet costs live, in several network namespaces side by side: the same sender, on one
// processor, takes them in turn for slices of less than a millisecond, so that whatever else the
// machine does hits all of them alike. The first namespace is what the others are compared with.
// Usage: bench_live flow BYTES | in BYTES | spray DESTINATIONS | tcp   SLICES NS...
// The far end of namespace NS is namespace NS-far; from there a flow is answered before each slice,
// and from there comes what arrives (in).
// Prints for each NS: median, quartiles and the same of the difference to the first, in ns a
// packet (tcp: Mbit/s and the ratio in thousandths).
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "ring.h"

#define NS_MAX	   8
#define SLICES_MAX 20000
#define DEVICE	   "192.0.2.10"
#define FRIEND	   "198.18.0.7" /* on the far end's loopback */
#define PORT	   5000
#define TCP_SLICE  100000000ull /* ns */

static struct {
	int count, slices, dests, size, inward;
	const char *name[NS_MAX];
	int sock[NS_MAX], far[NS_MAX];
	double *cost[NS_MAX]; /* one a slice */
	uint32_t next;	      /* destination of the spray */
} b;

static void die(const char *what)
{
	fprintf(stderr, "bench_live: %s: %s\n", what, strerror(errno));
	exit(3);
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void enter(const char *name, const char *suffix)
{
	char path[128];
	int fd;

	snprintf(path, sizeof path, "/run/netns/%s%s", name, suffix);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, 0))
		die(path);
	close(fd);
}

static void pin_to(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof set, &set); /* one processor is all there may be */
}

static struct sockaddr_in address(const char *text, unsigned port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	inet_pton(AF_INET, text, &a.sin_addr);
	return a;
}

static int open_udp(const char *from, const char *to)
{
	struct sockaddr_in a = address(from, PORT), z = address(to ? to : from, PORT);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), size = 4 << 20;

	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) ||
	    (to && connect(fd, (struct sockaddr *)&z, sizeof z)))
		die("socket");
	return fd;
}

/* 198.18.0.0/15, set aside for benchmarks (RFC 2544 C.2.2), in no order that a table likes. */
static void aim(struct sockaddr_in *to)
{
	uint32_t i = b.next++ % (uint32_t)b.dests;

	to->sin_family = AF_INET;
	to->sin_port = htons(9);
	to->sin_addr.s_addr = htonl(0xc6120000u + (i * 40503u & 0x1ffffu));
}

static void drain(int fd)
{
	char byte;

	while (recv(fd, &byte, 1, MSG_DONTWAIT) >= 0)
		;
}

/* One slice: ns a packet. The peer of a flow answers just before, on this processor: an answer that
 * came late, for another's sake, would have the limiter drop what is to be measured. */
static double slice_udp(int fd, int far)
{
	static uint8_t payload[2048];
	static struct sockaddr_in to[RING_SIZE];
	static struct msghdr msg[RING_SIZE];
	struct iovec v = {payload, (size_t)b.size};
	uint64_t from;

	for (int i = 0; i < RING_SIZE; i++) {
		msg[i].msg_iov = &v;
		msg[i].msg_iovlen = 1;
		if (b.dests) {
			aim(&to[i]);
			msg[i].msg_name = &to[i];
			msg[i].msg_namelen = sizeof to[i];
		}
	}
	if (!b.dests && send(b.inward ? fd : far, payload, 1, MSG_DONTWAIT) != 1)
		die("answer");
	from = now();
	ring_send(b.inward ? far : fd, msg);
	from = now() - from;
	if (!b.dests)
		drain(fd);
	return (double)from / RING_SIZE;
}

static void *swallow(void *arg)
{
	static uint8_t sink[1 << 20];
	int fd = accept(*(int *)arg, NULL, NULL);

	pin_to(1);
	while (fd >= 0 && recv(fd, sink, sizeof sink, 0) > 0)
		;
	return NULL;
}

static void open_tcp(int i)
{
	struct sockaddr_in a = address(FRIEND, PORT + 1);
	int on = 1;
	pthread_t t;

	enter(b.name[i], "-far");
	b.far[i] = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(b.far[i], SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (bind(b.far[i], (struct sockaddr *)&a, sizeof a) || listen(b.far[i], 1) ||
	    pthread_create(&t, NULL, swallow, &b.far[i]))
		die("listen");
	enter(b.name[i], "");
	b.sock[i] = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(b.sock[i], (struct sockaddr *)&a, sizeof a))
		die("connect");
}

/* One slice: Mbit/s. */
static double slice_tcp(int fd)
{
	static uint8_t data[128 << 10];
	uint64_t from = now(), bytes = 0;
	ssize_t n;

	while (now() - from < TCP_SLICE) {
		n = send(fd, data, sizeof data, 0);
		if (n < 0)
			die("send");
		bytes += (uint64_t)n;
	}
	return (double)bytes * 8e3 / (double)(now() - from);
}

static int by_value(const void *x, const void *y)
{
	double a = *(const double *)x, c = *(const double *)y;

	return a < c ? -1 : a > c;
}

static void quartiles(const double *v, double out[3])
{
	double *sorted = malloc(sizeof *sorted * (size_t)b.slices);

	if (!sorted)
		die("memory");
	memcpy(sorted, v, sizeof *v * (size_t)b.slices);
	qsort(sorted, (size_t)b.slices, sizeof *sorted, by_value);
	for (int q = 0; q < 3; q++)
		out[q] = sorted[b.slices * (q + 1) / 4];
	free(sorted);
}

static void report(int tcp)
{
	double *diff = malloc(sizeof *diff * (size_t)b.slices);

	if (!diff)
		die("memory");
	for (int i = 0; i < b.count; i++) {
		double own[3], added[3];

		for (int s = 0; s < b.slices; s++)
			diff[s] =
			    tcp ? 1000 * b.cost[i][s] / b.cost[0][s] : b.cost[i][s] - b.cost[0][s];
		quartiles(b.cost[i], own);
		quartiles(diff, added);
		printf("%s %.0f %.0f %.0f %.0f %.0f %.0f\n", b.name[i], own[1], own[0], own[2],
		       added[1], added[0], added[2]);
	}
	free(diff);
}

static void prepare(int tcp)
{
	for (int i = 0; i < b.count; i++) {
		b.cost[i] = calloc((size_t)b.slices, sizeof(double));
		if (!b.cost[i])
			die("memory");
		if (tcp) {
			open_tcp(i);
			continue;
		}
		enter(b.name[i], "-far");
		b.far[i] = open_udp(FRIEND, DEVICE);
		enter(b.name[i], "");
		b.sock[i] = open_udp(DEVICE, b.dests ? NULL : FRIEND);
		if (!b.dests && send(b.sock[i], "", 1, 0) != 1) /* the device speaks first */
			die("send");
	}
}

int main(int argc, char **argv)
{
	int tcp = argc > 1 && !strcmp(argv[1], "tcp"), at = tcp ? 2 : 3;

	if (argc < at + 2 || argc > at + 1 + NS_MAX)
		return 2;
	b.inward = !strcmp(argv[1], "in");
	b.size = strcmp(argv[1], "flow") && !b.inward ? 40 : atoi(argv[2]);
	b.dests = strcmp(argv[1], "spray") ? 0 : atoi(argv[2]);
	b.slices = atoi(argv[at]);
	b.count = argc - at - 1;
	if (b.size < 1 || b.size > 1400 || b.dests < 0 || b.slices < 4 || b.slices > SLICES_MAX)
		return 2;
	for (int i = 0; i < b.count; i++)
		b.name[i] = argv[at + 1 + i];
	pin_to(0);
	if (!tcp && ring_open())
		fprintf(stderr, "bench_live: no io_uring here: a system call for each packet\n");
	prepare(tcp);
	for (int s = -4; s < b.slices; s++) /* the first few warm up */
		for (int k = 0; k < b.count; k++) {
			int i = (s + 4 + k) % b.count; /* none is always behind the same other */
			double c = tcp ? slice_tcp(b.sock[i]) : slice_udp(b.sock[i], b.far[i]);

			b.cost[i][s < 0 ? 0 : s] = c;
		}
	report(tcp);
	return 0;
}
