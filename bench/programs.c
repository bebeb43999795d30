// SPDX-License-Identifier: MIT
//
// What the guard's programs themselves take, run by the kernel through BPF_PROG_TEST_RUN, less what
// the empty program takes in the same harness. Prints a line a case: name, median, quartiles, ns.
// Usage: bench_programs [DESTINATIONS]
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "bpf/call.h"
#include "guard/load.h"
#include "limiter/limiter.h"

#define ROUNDS 400
#define REPEAT 500
#define SHOT   2 /* TC_ACT_SHOT */

static struct {
	struct lim_state state;
	struct lim_config config;
	int map[PLACE_fact_link], out, in, empty;
	uint8_t packet[1500];
	unsigned len;
	double cost[1 << 17];
} b;

static void die(const char *what)
{
	fprintf(stderr, "bench_programs: %s\n", what);
	exit(3);
}

static void load(void)
{
	static const struct bpf_insn nothing[] = {
	    {.code = 0xb7, .imm = -1}, /* r0 = TC_ACT_UNSPEC */
	    {.code = 0x95},	       /* exit */
	};
	struct err e;
	int type = load_state_type(sizeof b.state, &e);

	if (type < 0)
		die(e.text);
	b.map[PLACE_map_state] =
	    call_map_create(BPF_MAP_TYPE_ARRAY, "state", sizeof b.state, 1, type, LOAD_STATE_TYPE);
	b.map[PLACE_map_report] =
	    call_map_create(BPF_MAP_TYPE_ARRAY, "report", sizeof(struct lim_report), 1, 0, 0);
	b.map[PLACE_map_config] =
	    call_map_create(BPF_MAP_TYPE_ARRAY, "config", sizeof b.config, 2, 0, 0);
	b.map[PLACE_map_active] = call_map_create(BPF_MAP_TYPE_ARRAY, "active", 4, 1, 0, 0);
	b.map[PLACE_map_cpu] =
	    call_map_create(BPF_MAP_TYPE_PERCPU_ARRAY, "cpu", sizeof(struct lim_own_cpu), 1, 0, 0);
	b.out = load_program(1, LIM_ETHERNET, b.map, &e);
	b.in = b.out < 0 ? -1 : load_program(0, LIM_ETHERNET, b.map, &e);
	b.empty = call_prog_load("empty", nothing, 2, NULL, 0);
	if (b.out < 0 || b.in < 0 || b.empty < 0)
		die(b.out < 0 || b.in < 0 ? e.text : "cannot load the empty program");
}

/* Three addresses, as a device has them: IPv4, IPv6, link-local. */
static void fill(void)
{
	static const lim_u64 key[2] = {0x0123456789abcdefull, 0xfedcba9876543210ull};
	const struct lim_addr own[] = {{{0, 0, 0xffff, 0xc000020au}},
				       {{0x20010db8u, 0x10000u, 0, 0x10}},
				       {{0xfe800000u, 0, 0, 0x10}}};
	struct timespec t;

	lim_config_default(&b.config, key);
	lim_config_own(&b.config, &own[0], 24);
	lim_config_own(&b.config, &own[1], 64);
	lim_config_own(&b.config, &own[2], 64);
	clock_gettime(CLOCK_MONOTONIC, &t);
	lim_start(&b.state, &b.config, (uint64_t)t.tv_sec * LIM_S + (uint64_t)t.tv_nsec);
	if (call_update(b.map[PLACE_map_config], 0, &b.config) ||
	    call_update(b.map[PLACE_map_state], 0, &b.state))
		die("cannot fill the maps");
}

/* ns a run; *verdict: the last one. */
static double run(int prog, unsigned repeat, int *verdict)
{
	union bpf_attr a;

	memset(&a, 0, sizeof a);
	a.test.prog_fd = (uint32_t)prog;
	a.test.data_in = (uintptr_t)b.packet;
	a.test.data_size_in = b.len;
	a.test.repeat = repeat;
	if (syscall(__NR_bpf, BPF_PROG_TEST_RUN, &a, sizeof a) < 0)
		die(strerror(errno));
	*verdict = (int)a.test.retval;
	return a.test.duration;
}

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* A UDP datagram of len bytes on the wire between the device and peer. */
static void datagram(int egress, uint32_t peer, unsigned len)
{
	static const uint8_t head[38] = {2, 0, 0, 0, 0, 2, 2, 0,  0,  0, 0, 1,	 8, 0, 0x45,
					 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 10};
	uint8_t *ip = b.packet + 14;

	memcpy(b.packet, head, sizeof head);
	b.len = len;
	ip[2] = (uint8_t)((len - 14) >> 8);
	ip[3] = (uint8_t)(len - 14);
	put32(ip + (egress ? 12 : 16), 0xc000020au);
	put32(ip + (egress ? 16 : 12), peer);
	put32(ip + 20, 0x13891389u); /* port 5001 at both ends */
	put32(ip + 24, (len - 34) << 16);
}

static int by_value(const void *x, const void *y)
{
	double p = *(const double *)x, q = *(const double *)y;

	return p < q ? -1 : p > q;
}

static void print(const char *name, size_t n)
{
	qsort(b.cost, n, sizeof *b.cost, by_value);
	printf("%s %.0f %.0f %.0f\n", name, b.cost[n / 2], b.cost[n / 4], b.cost[3 * n / 4]);
}

/* A flow whose peer answers now and then; prints what one direction takes. */
static void flow(const char *name, int egress, unsigned len)
{
	const uint32_t peer = 0xc6120007u;
	int verdict;

	fill();
	for (int i = 0; i < ROUNDS; i++) {
		double empty;

		datagram(1, peer, 100);
		run(b.out, 1, &verdict);
		datagram(0, peer, 100);
		run(b.in, 1, &verdict);
		datagram(egress, peer, len);
		empty = run(b.empty, REPEAT, &verdict);
		/* Not more than a window, 64 kB at first: the limit must not bite here. */
		b.cost[i] = run(egress ? b.out : b.in, i < 8 ? 40 : REPEAT, &verdict) - empty;
		if (verdict == SHOT)
			die("the limiter holds back a flow that is answered");
	}
	print(name, ROUNDS);
}

/* Another destination for each packet. A single run counts the reading of the clock too, for the
 * empty program as well. */
static void spray(const char *name, unsigned destinations)
{
	unsigned shot = 0, n = 0;
	int verdict;

	fill();
	for (unsigned i = 0; i < 2 * destinations; i++) {
		double empty;

		datagram(1, 0xc6120000u + (i % destinations * 40503u & 0x1ffffu), 82);
		empty = run(b.empty, 1, &verdict);
		b.cost[n] = run(b.out, 1, &verdict) - empty;
		shot += verdict == SHOT;
		n += i >= destinations; /* the first time round warms up */
	}
	if (shot < destinations)
		die("the limiter lets a spray through");
	print(name, n);
}

int main(int argc, char **argv)
{
	unsigned destinations = argc > 1 ? (unsigned)atoi(argv[1]) : 60000;

	if (argc > 2 || destinations < 100 || destinations > 1 << 17)
		return 2;
	load();
	flow("out-300", 1, 300);
	flow("out-1000", 1, 1000);
	flow("in-1000", 0, 1000);
	spray("spray", destinations);
	return 0;
}
