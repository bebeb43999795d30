// SPDX-License-Identifier: MIT
// Credit-based connection rate limiting (Schechter, Jung and Berger 2004): 10 credits at the start,
// a first contact costs one, a first contact that succeeds earns two. Above 10 a third is lost each
// second; after 4 s without any, one is given.
#include "adversary/policies.h"

#include <string.h>

#define START	10.0
#define KNOWN	64 /* previously contacted hosts, least recently used goes */
#define STARVED (4 * LIM_S)

struct known {
	uint32_t host;
	int waiting; /* the contact has not succeeded yet */
};

struct credit {
	double balance;
	uint64_t second, empty_since;
	struct known known[KNOWN]; /* latest first */
	const char *last;
};

static void start(void *mem, const lim_u64 key[2], uint64_t now)
{
	struct credit *c = mem;

	memset(c, 0, sizeof(*c));
	c->balance = START;
	c->second = now;
	c->empty_since = now;
}

static void pass_time(struct credit *c, uint64_t now)
{
	while (now >= c->second + LIM_S) {
		c->second += LIM_S;
		if (c->balance <= START) {
			c->second = now - (now - c->second) % LIM_S;
			break;
		}
		c->balance = c->balance * 2 / 3 > START ? c->balance * 2 / 3 : START;
	}
	if (c->balance < 1 && now - c->empty_since >= STARVED) {
		c->balance += 1;
		c->empty_since = now;
	}
}

static struct known *find(struct credit *c, uint32_t host)
{
	for (unsigned i = 0; i < KNOWN; i++)
		if (c->known[i].host == host) {
			struct known k = c->known[i];

			memmove(c->known + 1, c->known, i * sizeof(k));
			c->known[0] = k;
			return c->known;
		}
	return NULL;
}

static uint64_t egress(void *mem, const struct lim_packet *p, uint64_t now)
{
	struct credit *c = mem;
	uint32_t host;

	pass_time(c, now);
	c->last = "known";
	if (!policy_sees(p))
		return now;
	host = policy_host(&p->dst);
	if (find(c, host))
		return now;
	if (c->balance < 1) {
		c->last = "no-credit";
		return POLICY_NEVER;
	}
	c->last = "first-contact";
	c->balance -= 1;
	if (c->balance < 1)
		c->empty_since = now;
	memmove(c->known + 1, c->known, (KNOWN - 1) * sizeof(c->known[0]));
	c->known[0] = (struct known){host, 1};
	return now;
}

static int is_success(const struct lim_packet *p)
{
	if (p->proto == LIM_PROTO_TCP)
		return !(p->tcp_flags & LIM_TCP_RST) && (p->tcp_flags & LIM_TCP_ACK);
	return !(p->flags & LIM_F_QUOTE);
}

static int ingress(void *mem, const struct lim_packet *p, uint64_t now)
{
	struct credit *c = mem;
	struct known *k = policy_sees(p) ? find(c, policy_host(&p->src)) : NULL;

	pass_time(c, now);
	if (k && k->waiting && is_success(p)) {
		k->waiting = 0;
		c->balance += 2;
	}
	return 1;
}

static const char *reason(const void *mem)
{
	return ((const struct credit *)mem)->last;
}

const struct policy policy_credit = {
    .key = "credit",
    .what = "credit-based rate limiting: start 10, -1 first contact, +2 success",
    .size = sizeof(struct credit),
    .start = start,
    .egress = egress,
    .ingress = ingress,
    .reason = reason,
};
