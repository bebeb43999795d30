// SPDX-License-Identifier: MIT
#include "play/schedule.h"

#include <string.h>

#define COUNT(a)    (sizeof(a) / sizeof((a)[0]))
#define PICK(r, a)  ((a)[rng_below((r), COUNT(a))])
#define MAX_TIME_US 3600000000u

const uint16_t schedule_ports[SCHEDULE_PORTS] = {80, 443, 53, 123, 5000, 7};

/* Numbers that the rules are made of, and their neighbours. */
static const uint32_t times[] = {
    0,	     1,	      100,	1000,	  10000,    16667,    20000,	50000,	  71429,   71500,
    100000,  200000,  250000,	500000,	  714000,   1000000,  2000000,	3000000,  4000000, 5000000,
    6000000, 8000000, 14900000, 15100000, 29000000, 31000000, 59000000, 60000000,
};
static const uint16_t bursts[] = {1,  2,  3,  4,  5,   8,   9,	 10,  11,  16,	20, 21,
				  32, 33, 64, 65, 116, 120, 128, 256, 257, 512, 513};
static const uint32_t sizes[] = {60,   74,   100,  200,	 594,  600,  1000,
				 1500, 1514, 3000, 6000, 9014, 65535};
static const uint8_t segments[] = {1, 1, 1, 1, 2, 4, 10, 11, 20, 44, 64};
static const uint16_t cycles[] = {0, 0, 0, 2, 3, 6, 9, 17, 65, 129, 513, 1025, 4097};
static const uint8_t hops[] = {64, 64, 64, 255, 1};

static uint32_t random_time(struct rng *r)
{
	uint32_t t = PICK(r, times);

	if (rng_once_in(r, 3))
		t = 1u << rng_below(r, 26);
	if (rng_once_in(r, 4))
		t += rng_below(r, t / 8 + 2);
	return t;
}

static void random_gene(struct gene *g, struct rng *r)
{
	memset(g, 0, sizeof(*g));
	g->kind = (uint8_t)rng_below(r, KIND_COUNT);
	g->actor = (uint8_t)rng_below(r, ACTOR_COUNT);
	if (rng_once_in(r, 3))
		g->actor = ACTOR_VICTIM;
	g->v6 = rng_once_in(r, 3);
	g->answer = rng_once_in(r, 2) ? ANSWER_PROPER : (uint8_t)rng_below(r, ANSWER_COUNT);
	g->spread = (uint8_t)rng_below(r, SPREAD_COUNT);
	g->ports = (uint8_t)(rng_below(r, PORT_FLAGS + 1) & rng_below(r, PORT_FLAGS + 1));
	g->service = (uint8_t)rng_below(r, SCHEDULE_PORTS);
	g->segs = PICK(r, segments);
	g->hops = PICK(r, hops);
	g->group = (uint8_t)rng_below(r, 3);
	g->cycle = PICK(r, cycles);
	g->size = PICK(r, sizes);
	g->start = rng_once_in(r, 2) ? 0 : random_time(r);
	g->gap = random_time(r);
	g->pause = random_time(r);
	g->backoff = rng_once_in(r, 2) ? 0 : random_time(r);
	g->rtt = rng_once_in(r, 2) ? 0 : random_time(r);
	g->burst = PICK(r, bursts);
	g->bursts = rng_once_in(r, 2) ? 0 : PICK(r, bursts);
}

void schedule_random(struct schedule *s, struct rng *r)
{
	memset(s, 0, sizeof(*s));
	s->origin = "";
	s->genes = (uint8_t)(1 + rng_below(r, SCHEDULE_GENES));
	s->v6 = (uint8_t)rng_below(r, 2);
	s->from_boot = rng_once_in(r, 5);
	for (unsigned i = 0; i < s->genes; i++)
		random_gene(&s->gene[i], r);
}

static uint32_t nudge(uint32_t v, struct rng *r)
{
	switch (rng_below(r, 5)) {
	case 0:
		return v / 2;
	case 1:
		return v < MAX_TIME_US / 2 ? v * 2 : v;
	case 2:
		return v + 1 + v / 64;
	case 3:
		return v - v / 64 - (v > 0);
	default:
		return random_time(r);
	}
}

static uint16_t nudge_count(uint16_t v, struct rng *r)
{
	uint32_t n = v;

	switch (rng_below(r, 4)) {
	case 0:
		n = n / 2;
		break;
	case 1:
		n = n * 2;
		break;
	case 2:
		n = n + 1;
		break;
	default:
		n = PICK(r, bursts);
	}
	return (uint16_t)(n > 2048 ? 2048 : n);
}

static void mutate_rhythm(struct gene *g, struct rng *r)
{
	switch (rng_below(r, 7)) {
	case 0:
		g->start = nudge(g->start, r);
		break;
	case 1:
		g->gap = nudge(g->gap, r);
		break;
	case 2:
		g->pause = nudge(g->pause, r);
		break;
	case 3:
		g->backoff = rng_once_in(r, 3) ? 0 : nudge(g->backoff, r);
		break;
	case 4:
		g->burst = nudge_count(g->burst, r);
		break;
	case 5:
		g->bursts = rng_once_in(r, 3) ? 0 : nudge_count(g->bursts, r);
		break;
	default:
		g->rtt = nudge(g->rtt, r);
	}
}

/* Takes one field over from a gene drawn by chance. */
static void mutate_field(struct gene *g, struct rng *r)
{
	struct gene fresh;

	random_gene(&fresh, r);
	switch (rng_below(r, 10)) {
	case 0:
		g->kind = fresh.kind;
		break;
	case 1:
		g->actor = fresh.actor;
		break;
	case 2:
		g->v6 = fresh.v6;
		break;
	case 3:
		g->answer = fresh.answer;
		break;
	case 4:
		g->spread = fresh.spread;
		g->cycle = fresh.cycle;
		break;
	case 5:
		g->ports = fresh.ports;
		break;
	case 6:
		g->service = fresh.service;
		g->hops = fresh.hops;
		break;
	case 7:
		g->segs = fresh.segs;
		break;
	case 8:
		g->group = fresh.group;
		break;
	default:
		g->size = fresh.size;
	}
}

static void mutate_shape(struct schedule *s, struct rng *r)
{
	unsigned at = rng_below(r, s->genes);

	switch (rng_below(r, 5)) {
	case 0:
		s->v6 ^= 1;
		break;
	case 1:
		s->from_boot ^= 1;
		break;
	case 2:
		if (s->genes > 1)
			s->gene[at] = s->gene[--s->genes];
		break;
	case 3:
		if (s->genes < SCHEDULE_GENES)
			random_gene(&s->gene[s->genes++], r);
		break;
	default:
		if (s->genes < SCHEDULE_GENES)
			s->gene[s->genes++] = s->gene[at];
	}
}

void schedule_mutate(struct schedule *s, struct rng *r)
{
	unsigned times_over = 1 + rng_below(r, 3);

	while (times_over--) {
		struct gene *g = &s->gene[rng_below(r, s->genes)];
		unsigned what = rng_below(r, 10);

		if (what < 5)
			mutate_rhythm(g, r);
		else if (what < 8)
			mutate_field(g, r);
		else
			mutate_shape(s, r);
	}
}

void schedule_cross(struct schedule *s, const struct schedule *other, struct rng *r)
{
	unsigned from = rng_below(r, other->genes), n = 1 + rng_below(r, other->genes - from);

	for (unsigned i = 0; i < n; i++) {
		unsigned at = s->genes < SCHEDULE_GENES ? s->genes++ : rng_below(r, s->genes);

		s->gene[at] = other->gene[from + i];
	}
}

static int cooperates(uint8_t actor)
{
	return actor == ACTOR_COOP || actor == ACTOR_COOP_NEAR;
}

static void legal_gene(struct gene *g, unsigned may)
{
	if (g->kind == KIND_REBOOT && !(may & MAY_REBOOT))
		g->kind = KIND_UDP;
	if (g->kind == KIND_LINKCAST && !(may & MAY_CAST))
		g->kind = KIND_UDP;
	if (g->kind == KIND_PROBE && !(may & MAY_CAST))
		g->actor = ACTOR_LINK; /* sought with a multicast frame */
	if (g->actor == ACTOR_ALIAS && !(may & MAY_ALIAS))
		g->actor = ACTOR_VICTIM;
	if (g->actor == ACTOR_RESOLVER && !(may & (MAY_LIVE | MAY_COOP)))
		g->actor = ACTOR_STRANGER; /* nobody answers */
	if (g->actor == ACTOR_LIVE && !(may & MAY_LIVE))
		g->actor = ACTOR_STRANGER;
	if (cooperates(g->actor) && !(may & MAY_COOP))
		g->actor = g->actor == ACTOR_COOP ? ACTOR_STRANGER : ACTOR_NEIGHBOUR;
	if (g->kind >= KIND_FIRST_IN && !cooperates(g->actor)) {
		if (may & MAY_FORGE)
			g->actor = ACTOR_VICTIM;
		else if (may & MAY_COOP)
			g->actor = ACTOR_COOP;
		else
			g->kind = KIND_UDP;
	}
	if (!(may & MAY_CONNECT) && (g->actor == ACTOR_VICTIM || g->actor == ACTOR_LIVE) &&
	    (g->kind == KIND_CONNECT_DATA || g->kind == KIND_CONNECT_FIN))
		g->kind = KIND_CONNECT;
	if (!(may & MAY_CONNECT) && (g->actor == ACTOR_VICTIM || g->actor == ACTOR_LIVE) &&
	    g->kind == KIND_DATA)
		g->kind = KIND_ACK;
	if (!g->burst)
		g->burst = 1;
	if (!g->segs)
		g->segs = 1;
	if (!g->hops)
		g->hops = 64;
	if (g->size < 60)
		g->size = 60;
}

void schedule_legal(struct schedule *s, unsigned may)
{
	for (unsigned i = 0; i < s->genes; i++) {
		legal_gene(&s->gene[i], may);
		if (s->gene[i].actor == ACTOR_ALIAS)
			s->v6 = 0;
	}
	for (unsigned i = 0; i < s->genes; i++) {
		struct gene *g = &s->gene[i];

		if (g->actor == ACTOR_VICTIM || g->actor == ACTOR_NEIGHBOUR ||
		    g->actor == ACTOR_COOP_NEAR)
			g->v6 = s->v6;
	}
}
