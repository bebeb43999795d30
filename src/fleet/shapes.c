// SPDX-License-Identifier: MIT
#include "fleet/shapes.h"

#include <string.h>

#define US_PER_S    1000000ull
#define FREE_PER_S  20	  /* packets that a free device plays each second; each stands for many */
#define BUFFER	    40u	  /* segments of a buffer of an upload: 60 kB */
#define BUFFER_SIZE 1514u /* of each */

enum shape_id {
	UDP,
	SYN,
	ACK,
	ECHO,
	GRE,
	CONNECT,
	DNS,
	UPLOAD,
	CARPET,
	NETWORK,
	FRAGMENT,
	ABORT,
	SEARCHED
};

struct shape {
	uint8_t kind, actor, spread, ports, service;
	uint16_t most;	/* bytes of its packets at most, whatever the scenario says; 0: 1514 */
	uint16_t costs; /* bytes of uplink for one action, if more than its first packet */
};

/* In the order of SHAPE_WORDS. service: place in schedule_ports. */
static const struct shape shapes[] = {
    [UDP] = {KIND_UDP, ACTOR_VICTIM, SPREAD_ONE, 0, 4, 0, 0},
    [SYN] = {KIND_SYN, ACTOR_VICTIM, SPREAD_ONE, PORT_SPORT, 0, 74, 0},
    [ACK] = {KIND_DATA, ACTOR_VICTIM, SPREAD_ONE, PORT_SPORT, 0, 0, 0},
    [ECHO] = {KIND_ECHO, ACTOR_VICTIM, SPREAD_ONE, 0, 0, 0, 0},
    [GRE] = {KIND_GRE, ACTOR_VICTIM, SPREAD_ONE, 0, 0, 0, 0},
    [CONNECT] = {KIND_CONNECT_FIN, ACTOR_VICTIM, SPREAD_ONE, PORT_SPORT, 0, 74, 254},
    [DNS] = {KIND_DNS_BAD, ACTOR_RESOLVER, SPREAD_ONE, 0, 2, 90, 0},
    [UPLOAD] = {KIND_DATA, ACTOR_VICTIM, SPREAD_ONE, 0, 0, BUFFER_SIZE, 0},
    [CARPET] = {KIND_UDP, ACTOR_STRANGER, SPREAD_PACKET, 0, 4, 0, 0},
    [NETWORK] = {KIND_UDP, ACTOR_NEIGHBOUR, SPREAD_PACKET, 0, 4, 0, 0},
    [FRAGMENT] = {KIND_FRAGMENT, ACTOR_VICTIM, SPREAD_ONE, 0, 0, 0, 0},
    [ABORT] = {KIND_CONNECT_RST, ACTOR_VICTIM, SPREAD_ONE, PORT_SPORT, 0, 74, 208},
};

static uint64_t size_of(const struct orders *o, unsigned id)
{
	uint64_t most = shapes[id].most ? shapes[id].most : BUFFER_SIZE;

	return id == UPLOAD || o->set->size > most ? most : o->set->size;
}

static uint32_t at_least_1(uint64_t us)
{
	return us < 1 ? 1 : us > UINT32_MAX ? UINT32_MAX : (uint32_t)us;
}

/* Packets (of an upload: buffers) a second that one shape gets. */
static uint64_t per_second_1000(const struct orders *o, uint64_t bytes, unsigned share)
{
	uint64_t fit = o->bits * 1000 / (8 * bytes * share), want = o->set->rate * 1000 / share;

	return want && want < fit ? want : fit;
}

static void rhythm(const struct orders *o, struct gene *g, uint64_t gap_us)
{
	const struct range *p = &o->set->pulse;

	g->start = (uint32_t)o->start;
	g->gap = at_least_1(gap_us);
	g->burst = 1;
	if (p->high) { /* on for the first time, off for the second */
		uint64_t n = p->low / 1000 / g->gap;

		g->burst = n < 1 ? 1 : n > UINT16_MAX ? UINT16_MAX : (uint16_t)n;
		g->pause = (uint32_t)(p->high / 1000);
	}
	if (o->limited)
		g->backoff =
		    at_least_1(g->gap > o->set->attempt / 1000 ? g->gap : o->set->attempt / 1000);
}

/* An upload needs a connection before; it is asked for again until it is there. */
static void connection(const struct orders *o, const struct gene *data, struct gene *g)
{
	*g = *data;
	g->kind = KIND_CONNECT_DATA;
	g->segs = 1;
	g->size = 100;
	g->bursts = g->burst = 1;
	g->start = (uint32_t)o->start;
	g->backoff = US_PER_S;
	g->again = 5;
}

static unsigned one_shape(const struct orders *o, enum shape_id id, unsigned share, unsigned *times,
			  struct gene *gene)
{
	const struct shape *s = &shapes[id];
	uint64_t size = size_of(o, id), bytes = s->costs ? s->costs : size;
	uint64_t rate;
	struct gene *g = gene;

	memset(g, 0, sizeof *g);
	g->kind = s->kind;
	g->actor = s->actor;
	g->spread = s->spread;
	g->ports = s->ports;
	g->service = s->service;
	g->segs = id == UPLOAD ? BUFFER : 1;
	g->hops = 64;
	g->shakes = id == ABORT;
	g->size = (uint32_t)size;
	g->rtt = o->rtt;
	if (id == CARPET)
		g->cycle = (uint16_t)o->set->targets;
	rate = per_second_1000(o, bytes * g->segs, share);
	if (!rate)
		rate = 1;
	rhythm(o, g, US_PER_S * 1000 * *times / rate);
	if (id != UPLOAD)
		return 1;
	connection(o, g, gene + 1);
	g->start += o->rtt + 1000;
	return 2;
}

static unsigned searched(const struct orders *o, struct gene *gene)
{
	for (unsigned i = 0; i < o->searched->genes; i++) {
		gene[i] = o->searched->gene[i];
		gene[i].start += (uint32_t)o->start;
	}
	return o->searched->genes;
}

static uint64_t fastest_1000(const struct orders *o, unsigned share)
{
	uint64_t most = 0;

	for (unsigned id = 0; id < SEARCHED; id++) {
		uint64_t size = size_of(o, id), rate;

		if (!(o->set->shapes >> id & 1))
			continue;
		if (shapes[id].costs)
			size = shapes[id].costs;
		rate = per_second_1000(o, id == UPLOAD ? size * BUFFER : size, share);
		if (rate > most)
			most = rate;
	}
	return most;
}

unsigned shapes_genes(const struct orders *o, struct gene *gene, unsigned *times)
{
	unsigned share = (unsigned)__builtin_popcountll(o->set->shapes), n = 0;

	*times = 1;
	if (!o->limited) {
		uint64_t many = fastest_1000(o, share) / (1000 * FREE_PER_S);

		*times = many < 1 ? 1 : many > 1000000 ? 1000000 : (unsigned)many;
	}
	for (unsigned id = 0; id < SEARCHED; id++)
		if (o->set->shapes >> id & 1 && n + 2 <= SHAPE_GENES)
			n += one_shape(o, id, share, times, gene + n);
	if (o->set->shapes >> SEARCHED & 1 && o->searched && n + SCHEDULE_GENES <= SHAPE_GENES)
		n += searched(o, gene + n);
	return n;
}
