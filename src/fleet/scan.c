// SPDX-License-Identifier: MIT
#include "fleet/scan.h"

#include <string.h>

#include "play/world.h"

#define US_PER_S  1000000ull
#define BACKOFF	  200000u /* us after a drop: five tries a second find every credit within 0.2 s */
#define SCAN_LIST 1

struct watch {
	uint32_t *reached;
	uint32_t total;
};

/* Every target is a new one, so each SYN that leaves is one address more. */
static int32_t sent(void *arg, const struct sent *s, uint64_t at)
{
	struct watch *w = arg;

	if (s->p->proto == LIM_PROTO_TCP && s->p->tcp_flags == LIM_TCP_SYN)
		w->reached[(at - WORLD_BEGIN) / LIM_S + 1]++;
	return -1;
}

static void scanner(struct gene *g, unsigned actor, double per_second)
{
	memset(g, 0, sizeof *g);
	g->kind = KIND_CONNECT_DATA; /* it tries its key in each door that opens, and is answered */
	g->actor = (uint8_t)actor;
	g->spread = SPREAD_PACKET;
	g->ports = PORT_SPORT;
	g->segs = 1;
	g->hops = 64;
	g->size = 120;
	g->burst = 1;
	g->gap = (uint32_t)((double)US_PER_S / per_second);
	g->backoff = g->gap > BACKOFF ? g->gap : BACKOFF;
	g->start = 1;
}

int scan_measure(const struct settings *set, struct scan_curve *c, struct err *e)
{
	struct world *w = world_new(policy_holdfast.size);
	struct setting world = {.victim = VICTIM_SILENT,
				.seconds = SCAN_SECONDS,
				.cap = UINT32_MAX,
				.delay = 100 * LIM_MS};
	struct watch watch = {.reached = c->reached};
	double probes = (double)set->probes, live = (double)set->answering / MILLION;
	const lim_u64 key[2] = {1, 2};
	struct gene gene[2];
	unsigned n = 0;

	if (!w)
		return err_set(e, EXIT_SYSTEM, "out of memory");
	memset(c, 0, sizeof *c);
	if (set->scan == SCAN_LIST)
		live = 1;
	if (live < 1)
		scanner(&gene[n++], ACTOR_STRANGER, probes * (1 - live));
	if (live > 0)
		scanner(&gene[n++], ACTOR_LIVE, probes * live);
	w->witness = (struct witness){.arg = &watch, .sent = sent};
	world_play(w, &policy_holdfast, &world, gene, n, 0, key);
	world_free(w);
	for (unsigned i = 1; i <= SCAN_SECONDS; i++)
		c->reached[i] += c->reached[i - 1];
	c->steady = (double)(c->reached[SCAN_SECONDS] - c->reached[SCAN_SECONDS / 2]) /
		    (SCAN_SECONDS - SCAN_SECONDS / 2);
	return 0;
}

double scan_reached(const struct scan_curve *c, double age)
{
	unsigned at = (unsigned)age;

	if (age <= 0)
		return 0;
	if (age >= SCAN_SECONDS)
		return c->reached[SCAN_SECONDS] + (age - SCAN_SECONDS) * c->steady;
	return c->reached[at] + (age - at) * (double)(c->reached[at + 1] - c->reached[at]);
}
