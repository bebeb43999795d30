// SPDX-License-Identifier: MIT
// Williamson's virus throttle (2002): a working set of 5 hosts is free, every other host waits in a
// queue from which one host a second is let go. Beyond 100 waiting packets the original stops the
// program; here further packets are lost.
#include "adversary/policies.h"

#include <string.h>

#define WORKING_SET 5
#define QUEUE	    100
#define TICK	    LIM_S

struct waiting {
	uint32_t host, packets;
	uint64_t release;
};

struct throttle {
	uint32_t set[WORKING_SET]; /* latest first */
	struct waiting queue[QUEUE];
	unsigned hosts, packets;
	uint64_t next; /* earliest release of the next new host */
	const char *last;
};

static void start(void *mem, const lim_u64 key[2], uint64_t now)
{
	struct throttle *t = mem;

	memset(t, 0, sizeof(*t));
	t->next = now;
}

static void use(struct throttle *t, unsigned from, uint32_t host)
{
	memmove(t->set + 1, t->set, from * sizeof(t->set[0]));
	t->set[0] = host;
}

static int in_working_set(struct throttle *t, uint32_t host)
{
	for (unsigned i = 0; i < WORKING_SET; i++)
		if (t->set[i] == host) {
			use(t, i, host);
			return 1;
		}
	return 0;
}

static void let_go(struct throttle *t, uint64_t now)
{
	unsigned gone = 0;

	while (gone < t->hosts && t->queue[gone].release <= now) {
		use(t, WORKING_SET - 1, t->queue[gone].host);
		t->packets -= t->queue[gone].packets;
		gone++;
	}
	t->hosts -= gone;
	memmove(t->queue, t->queue + gone, t->hosts * sizeof(t->queue[0]));
}

static uint64_t wait_in_queue(struct throttle *t, uint32_t host, uint64_t now)
{
	struct waiting *w;

	if (t->packets >= QUEUE) {
		t->last = "queue-full";
		return POLICY_NEVER;
	}
	t->last = "queued";
	t->packets++;
	for (unsigned i = 0; i < t->hosts; i++)
		if (t->queue[i].host == host) {
			t->queue[i].packets++;
			return t->queue[i].release;
		}
	w = &t->queue[t->hosts++];
	w->host = host;
	w->packets = 1;
	w->release = t->next > now ? t->next : now;
	t->next = w->release + TICK;
	return w->release;
}

static uint64_t egress(void *mem, const struct lim_packet *p, uint64_t now)
{
	struct throttle *t = mem;
	uint32_t host;
	uint64_t release;

	t->last = "working-set";
	if (!policy_sees(p))
		return now;
	host = policy_host(&p->dst);
	let_go(t, now);
	if (in_working_set(t, host))
		return now;
	release = wait_in_queue(t, host, now);
	let_go(t, now);
	return release;
}

static int ingress(void *mem, const struct lim_packet *p, uint64_t now)
{
	return 1;
}

static const char *reason(const void *mem)
{
	return ((const struct throttle *)mem)->last;
}

const struct policy policy_throttle = {
    .key = "throttle",
    .what = "Williamson's virus throttle: 1 new host/s, working set 5, queue 100",
    .size = sizeof(struct throttle),
    .start = start,
    .egress = egress,
    .ingress = ingress,
    .reason = reason,
};
