// SPDX-License-Identifier: MIT
// What a firewall recipe does: 50 packets a second for the whole device, burst 50.
#include "adversary/policies.h"

#define RATE 50

struct rate {
	uint64_t full_at; /* time at which the bucket is full again */
	int last;
};

static void start(void *mem, const lim_u64 key[2], uint64_t now)
{
	struct rate *r = mem;

	r->full_at = now;
	r->last = 1;
}

static uint64_t egress(void *mem, const struct lim_packet *p, uint64_t now)
{
	struct rate *r = mem;
	uint64_t from = r->full_at > now ? r->full_at : now;
	uint64_t cost = p->segs * LIM_S / RATE;

	r->last = from + cost - now <= LIM_S;
	if (!r->last)
		return POLICY_NEVER;
	r->full_at = from + cost;
	return now;
}

static int ingress(void *mem, const struct lim_packet *p, uint64_t now)
{
	return 1;
}

static const char *reason(const void *mem)
{
	return ((const struct rate *)mem)->last ? "in-rate" : "over-rate";
}

const struct policy policy_rate = {
    .key = "rate",
    .what = "50 packets a second for the device, burst 50",
    .size = sizeof(struct rate),
    .start = start,
    .egress = egress,
    .ingress = ingress,
    .reason = reason,
};
