// SPDX-License-Identifier: MIT
#include "fleet/device.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/ordinary.h"
#include "fleet/shapes.h"
#include "play/world.h"

#define NS_PER_US 1000ull
#define MARGIN	  3 /* seconds after the attack in which its last packets arrive */

/* What the witness of one device knows. */
struct watch {
	struct world *world;
	struct flood_sum *sum;
	uint64_t weight, begin, end; /* of the attack */
	uint64_t half;		     /* ns on the way */
	uint64_t bytes;		     /* that arrived of this device alone */
	unsigned times;
	const struct gene *attack; /* streams from here on are the attack's */
	int limited;
};

struct own {
	struct watch watch;
	struct gene gene[WORLD_STREAMS];
};

/* Bounded, skewed: low * (high / low)^(u^k); k = 1 makes each decade as likely. */
uint64_t device_uplink(const struct device_plan *p, double u)
{
	double low = (double)p->set->uplink.low, high = (double)p->set->uplink.high;

	return (uint64_t)(low * pow(high / low, pow(u, p->shape)));
}

static double mean_uplink(const struct device_plan *p)
{
	double sum = 0;

	for (int i = 0; i < 2000; i++)
		sum += (double)device_uplink(p, (i + 0.5) / 2000);
	return sum / 2000;
}

void device_plan(struct device_plan *p, const struct settings *set, uint64_t seed,
		 const struct schedule *searched)
{
	double low = 0.01, high = 100;

	p->set = set;
	p->searched = searched;
	p->seed = seed;
	p->classes = set->sample ? set->sample : set->devices;
	p->shape = 1;
	if (!set->uplink_mean || set->uplink.low == set->uplink.high)
		return;
	for (int i = 0; i < 60; i++) {
		p->shape = (low + high) / 2;
		if (mean_uplink(p) > (double)set->uplink_mean)
			low = p->shape;
		else
			high = p->shape;
	}
}

static unsigned second_of(const struct watch *w, uint64_t at)
{
	uint64_t s = (at + w->half - WORLD_BEGIN) / LIM_S;

	return s < FLOOD_BINS ? (unsigned)s : FLOOD_BINS - 1;
}

static int at_victim(uint8_t actor)
{
	return actor == ACTOR_VICTIM || actor == ACTOR_ALIAS || actor == ACTOR_NEIGHBOUR ||
	       actor == ACTOR_STRANGER || actor == ACTOR_CROWD;
}

static int32_t sent(void *arg, const struct sent *s, uint64_t at)
{
	struct watch *w = arg;
	const struct lim_packet *p = s->p;
	uint64_t n = w->weight * w->times;
	unsigned bin = second_of(w, at);

	if (s->gene < w->attack) {
		if (w->limited)
			w->sum->flow[at >= w->begin][FLOW_PACKETS] += w->weight * p->segs;
		return -1;
	}
	if (p->hop_limit <= 1 || p->kind != LIM_KIND_IP)
		return -1; /* no router forwards it */
	if (s->to.actor == ACTOR_RESOLVER) {
		w->sum->queries[bin] += n;
		return -1;
	}
	if (!at_victim(s->to.actor))
		return -1;
	w->sum->bytes[bin] += n * p->wire_len;
	w->sum->packets[bin] += n * p->segs;
	w->bytes += (uint64_t)w->times * p->wire_len;
	if (p->proto == LIM_PROTO_TCP &&
	    (p->tcp_flags & (LIM_TCP_SYN | LIM_TCP_ACK)) == LIM_TCP_SYN)
		w->sum->conns[bin] += n;
	return -1;
}

static void acted(void *arg, const struct gene *g, unsigned tries, int passed, uint64_t now)
{
	struct watch *w = arg;
	uint64_t *flow = w->sum->flow[now >= w->begin];

	if (!w->limited || g >= w->attack)
		return;
	flow[FLOW_ALL] += w->weight;
	if (!passed)
		flow[FLOW_REFUSED] += w->weight;
	else if (tries > 1)
		flow[FLOW_DELAYED] += w->weight;
}

static void held(void *arg, const struct gene *g, const struct lim_packet *p, uint64_t now)
{
	struct watch *w = arg;

	if (w->limited && g < w->attack)
		w->sum->flow[now >= w->begin][FLOW_HELD] += w->weight * p->segs;
}

void *device_open(void *plan)
{
	struct own *o = calloc(1, sizeof *o);

	if (!o)
		return NULL;
	o->watch.world = world_new(policy_holdfast.size);
	if (!o->watch.world) {
		free(o);
		return NULL;
	}
	o->watch.world->witness =
	    (struct witness){.arg = &o->watch, .sent = sent, .acted = acted, .held = held};
	return o;
}

void device_close(void *own)
{
	struct own *o = own;

	world_free(o->watch.world);
	free(o);
}

/* Exactly the share asked for, evenly among the numbers. */
static int share_has(uint64_t i, uint64_t share)
{
	return (i + 1) * share / MILLION > i * share / MILLION;
}

static uint64_t between(struct rng *r, struct range x)
{
	return x.high <= x.low ? x.low : x.low + rng_next(r) % (x.high - x.low + 1);
}

/* Places of the distribution of uplinks, spread evenly over it whatever the number of devices: the
 * multiples of the golden ratio (Weyl). */
static double evenly(uint64_t seed, uint64_t i)
{
	uint64_t place = i * 0x9e3779b97f4a7c15ull + seed * 0xd1342543de82ef95ull;

	return (double)(place >> 11) / 9007199254740992.0;
}

static void add_total(struct flood_sum *s, const struct watch *w)
{
	uint64_t x = w->bytes < UINT32_MAX ? w->bytes : UINT32_MAX, square = x * x;

	s->devices[w->limited]++;
	s->weight[w->limited] += w->weight;
	s->total[w->limited] += x;
	s->square_low[w->limited] += square & UINT32_MAX;
	s->square_high[w->limited] += square >> 32;
}

void device_play(void *plan, uint64_t i, uint64_t *sum, void *own)
{
	const struct device_plan *p = plan;
	const struct settings *set = p->set;
	struct own *o = own;
	struct watch *w = &o->watch;
	struct rng r = {p->seed * 0x9e3779b97f4a7c15ull ^ i * 0xd1342543de82ef95ull};
	struct setting world = {.cap = UINT32_MAX};
	struct orders orders = {.set = set, .searched = p->searched};
	uint64_t ordinary_bits = 0, rtt, bits;
	lim_u64 key[2];
	unsigned n = 0;

	rng_next(&r);
	key[0] = rng_next(&r);
	key[1] = rng_next(&r);
	bits = device_uplink(p, evenly(p->seed, i));
	rtt = between(&r, set->latency);
	w->sum = (struct flood_sum *)(void *)sum;
	w->weight = set->devices / p->classes + (i < set->devices % p->classes);
	w->half = rtt / 2;
	w->bytes = 0;
	w->limited = share_has(i, set->protect);
	w->begin = WORLD_BEGIN + set->before + between(&r, (struct range){0, set->spread});
	w->end = w->begin + set->seconds;
	if (rng_below(&r, MILLION) < set->in_use)
		n = ordinary_genes(&r, (uint32_t)(rtt / NS_PER_US), o->gene, &ordinary_bits);
	orders.limited = w->limited;
	if (!w->limited)
		n = 0; /* nothing would hold it back: only what it takes of the uplink matters */
	orders.bits = bits > 2 * ordinary_bits ? bits - ordinary_bits : bits / 2;
	orders.start = (w->begin - WORLD_BEGIN) / NS_PER_US;
	orders.rtt = (uint32_t)(rtt / NS_PER_US);
	w->attack = o->gene + n;
	n += shapes_genes(&orders, o->gene + n, &w->times);
	world.victim = (enum victim)set->victim;
	world.delay = rtt;
	world.fades = w->begin + WORLD_FADE * LIM_S;
	world.seconds = 0;
	world.stop = w->end;
	world_play(w->world, w->limited ? &policy_holdfast : &policy_free, &world, o->gene, n,
		   (int)set->boot, key);
	w->sum->decisions += w->limited ? w->world->events : 0;
	add_total(w->sum, w);
}
