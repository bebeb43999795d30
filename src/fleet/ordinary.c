// SPDX-License-Identifier: MIT
#include "fleet/ordinary.h"

#include <string.h>

#define S     1000000u /* microseconds */
#define GROUP 3	       /* hosts of its own: those of a searched schedule are others */

struct habit {
	const char *what;
	unsigned percent; /* of devices that have it */
	uint8_t kind, actor, spread, service, segs, connects;
	uint16_t size, cycle;
	uint32_t every; /* us, on average */
};

/* service: place in schedule_ports (80, 443, 53, 123, 5000, 7). Hosts that "answer properly" are
 * ACTOR_COOP; ACTOR_STRANGER never answers: the peers that are off, or behind somebody's router. */
static const struct habit habits[] = {
    {"telemetry, a TLS message in a long connection", 90, KIND_DATA, ACTOR_COOP, SPREAD_ONE, 1, 1,
     1, 400, 0, 10 * S},
    {"names, found", 100, KIND_DNS_GOOD, ACTOR_RESOLVER, SPREAD_ONE, 2, 1, 0, 90, 0, 20 * S},
    {"names, not found", 30, KIND_DNS_BAD, ACTOR_RESOLVER, SPREAD_ONE, 2, 1, 0, 90, 0, 60 * S},
    {"time", 80, KIND_UDP, ACTOR_COOP, SPREAD_ONE, 3, 1, 0, 90, 0, 64 * S},
    {"short HTTPS connections to many servers", 60, KIND_CONNECT_FIN, ACTOR_COOP, SPREAD_PACKET, 1,
     1, 0, 600, 40, 15 * S},
    {"a peer that does not answer", 20, KIND_SYN, ACTOR_STRANGER, SPREAD_PACKET, 1, 1, 0, 74, 9,
     60 * S},
    {"a camera's upload, about 0.5 Mbit/s", 30, KIND_DATA, ACTOR_COOP, SPREAD_ONE, 0, 10, 1, 1514,
     0, S / 4},
    {"media over UDP, answered, 0.4 Mbit/s", 10, KIND_UDP, ACTOR_COOP, SPREAD_ONE, 4, 4, 0, 1214, 0,
     S / 10},
    {"services announced on the link", 70, KIND_LINKCAST, ACTOR_CAST, SPREAD_ONE, 4, 1, 0, 200, 0,
     30 * S},
    {"neighbours looked for", 100, KIND_PROBE, ACTOR_LINK, SPREAD_PACKET, 0, 1, 0, 60, 20, 20 * S},
};
#define HABITS (sizeof habits / sizeof *habits)

const char *ordinary_what(unsigned i, unsigned *percent, double *every)
{
	if (i >= HABITS)
		return NULL;
	*percent = habits[i].percent;
	*every = habits[i].every / 1e6;
	return habits[i].what;
}

static void stream(const struct habit *h, struct rng *r, uint32_t rtt, struct gene *g)
{
	memset(g, 0, sizeof *g);
	g->kind = h->kind;
	g->actor = h->actor;
	g->spread = h->spread;
	g->service = h->service;
	g->segs = h->segs;
	g->hops = 64;
	g->group = GROUP;
	g->size = h->size;
	g->cycle = h->cycle;
	g->burst = 1;
	g->rtt = rtt;
	g->answer = ANSWER_PROPER;
	g->start = 1 + rng_below(r, h->every);
	g->gap = h->every / 2 + rng_below(r, h->every);
	if (h->connects && g->gap < rtt)
		g->gap = rtt; /* TCP waits for its acknowledgement */
	if (h->kind == KIND_CONNECT_FIN || h->kind == KIND_SYN)
		g->ports = PORT_SPORT;
	g->again = 3; /* as a resolver's client or TCP does */
	g->backoff = S;
}

unsigned ordinary_genes(struct rng *r, uint32_t rtt, struct gene *gene, uint64_t *bits)
{
	unsigned n = 0;

	*bits = 0;
	for (unsigned i = 0; i < HABITS; i++) {
		const struct habit *h = &habits[i];
		int has = rng_below(r, 100) < h->percent;

		if (!has || n + 2 > ORDINARY_GENES)
			continue;
		stream(h, r, rtt, &gene[n]);
		*bits += 8ull * h->size * h->segs * S / gene[n].gap;
		if (h->connects) {
			gene[n + 1] = gene[n];
			gene[n + 1].kind = KIND_CONNECT_DATA;
			gene[n + 1].size = 300;
			gene[n + 1].segs = 1;
			gene[n + 1].bursts = 1;
			gene[n].start += S;
			n++;
		}
		n++;
	}
	return n;
}
