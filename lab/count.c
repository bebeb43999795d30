// SPDX-License-Identifier: MIT
// holdfast-lab-count: what arrives at an interface, by selections, as JSON.
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/addr.h"
#include "base/json.h"
#include "base/opt.h"
#include "frame.h"
#include "ring.h"
#include "tally.h"

struct args {
	const char *interface;
	struct opt_list own;
	uint64_t seconds; /* ns */
};

static const struct opt options[] = {
    {"interface", 'i', OPT_TEXT, offsetof(struct args, interface), "NAME", "where (eth0)"},
    {"seconds", 's', OPT_TIME, offsetof(struct args, seconds), "TIME",
     "how long, at most 240 s (60 s)", .min = 1000000, .max = 240000000000ull},
    {"own", 'o', OPT_LIST, offsetof(struct args, own), "ADDRESS",
     "an own address of the host at the other end; any other source is spoofed"},
    {0},
};
static const struct opt_use use = {
    "NAME[:WORD,...]...",
    "count frames by selections",
    options,
    1,
    32,
    "Words: dst=PREFIX src=PREFIX proto=N sport=N dport=N tcp udp icmp arp ip data other v4 v6 "
    "syn\n"
    "synack fragment echo probe unicast spoofed dnsfail in out. Prints \"ready\" on standard error "
    "when\n"
    "it counts, and the counts when time is over or on SIGINT or SIGTERM.\n",
};

struct counter {
	struct tally *tally[32];
	unsigned count;
	struct own own;
	struct ring ring;
	uint64_t start; /* CLOCK_REALTIME, as the ring's */
};

static volatile sig_atomic_t stop;

static void on_signal(int number)
{
	(void)number;
	stop = 1;
}

static uint64_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static int prepare(struct counter *c, const struct args *a, int n, char **argv, struct err *e)
{
	for (unsigned i = 0; i < a->own.count; i++) {
		if (i == TALLY_OWN)
			return err_set(e, EXIT_WRONG_USE, "more than %d own addresses", TALLY_OWN);
		if (addr_parse(a->own.item[i], &c->own.at[c->own.count++], e))
			return -1;
	}
	for (int i = 0; i < n; i++) {
		c->tally[i] = tally_new(argv[i + 1], e);
		if (!c->tally[i])
			return -1;
		c->count++;
	}
	return ring_open(&c->ring, a->interface, e);
}

static void run(struct counter *c, uint64_t length)
{
	struct captured k;
	struct frame f;

	c->start = now();
	while (!stop && now() - c->start < length) {
		if (!ring_next(&c->ring, &k, 50))
			continue;
		frame_read(&f, k.data, k.len);
		for (unsigned i = 0; i < c->count; i++)
			tally_add(c->tally[i], &c->own, &f, k.sent, k.wire_len, k.segs,
				  k.ns > c->start ? k.ns - c->start : 0);
		ring_release(&c->ring);
	}
}

static void print(struct counter *c)
{
	struct json j;

	json_start(&j, stdout, false);
	json_object(&j, NULL);
	json_num(&j, "seconds", (double)(now() - c->start) / 1e9);
	json_u64(&j, "start_ns", c->start);
	json_u64(&j, "lost", ring_lost(&c->ring));
	for (unsigned i = 0; i < c->count; i++)
		tally_json(c->tally[i], &j);
	json_end(&j);
}

int main(int argc, char **argv)
{
	struct args a = {.interface = "eth0", .seconds = 60000000000ull};
	static struct counter c;
	struct err e = {0};
	struct sigaction quit = {.sa_handler = on_signal};
	int n = opt_parse(&use, argc, argv, &a, &e);

	if (n == OPT_WANTS_HELP) {
		opt_help(&use, "holdfast-lab-count", stdout);
		return EXIT_DONE;
	}
	sigaction(SIGINT, &quit, NULL);
	sigaction(SIGTERM, &quit, NULL);
	if (n < 0 || prepare(&c, &a, n, argv, &e)) {
		fprintf(stderr, "holdfast-lab-count: %s\n", e.text);
		return e.code;
	}
	fputs("ready\n", stderr);
	run(&c, a.seconds);
	print(&c);
	ring_close(&c.ring);
	for (unsigned i = 0; i < c.count; i++)
		tally_free(c.tally[i]);
	return EXIT_DONE;
}
