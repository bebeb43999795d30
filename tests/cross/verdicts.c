// SPDX-License-Identifier: MIT
//
// Prints what the limiter decides about a deterministic stream of packets, as counts and hashes:
// two machines agree exactly when their output is the same text.
// Usage: verdicts [SEED [PACKETS]]
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "traffic.h"

#define FNV_START 0xcbf29ce484222325ull

struct run {
	struct lim_config config;
	struct lim_state state;
	struct lim_report report;
	struct traffic traffic;
	uint64_t verdicts, parsed;
	uint64_t out[LIM_REASONS], in[LIM_REASONS];
};

static void mix(uint64_t *h, uint64_t v, int bytes)
{
	while (bytes--) {
		*h = (*h ^ (v & 255)) * 0x100000001b3ull;
		v >>= 8;
	}
}

static void mix_addr(uint64_t *h, const struct lim_addr *a)
{
	for (int i = 0; i < 4; i++)
		mix(h, a->w[i], 4);
}

/* Field by field: padding and byte order must not count. */
static void mix_packet(uint64_t *h, const struct lim_packet *p)
{
	mix_addr(h, &p->src);
	mix_addr(h, &p->dst);
	mix(h, p->wire_len, 4);
	mix(h, (uint64_t)p->seq << 32 | p->ack, 8);
	mix(h, p->payload, 4);
	mix(h, (uint64_t)p->sport << 48 | (uint64_t)p->dport << 32 | (uint32_t)p->segs << 16, 8);
	mix(h, p->dns_flags, 2);
	mix(h, (uint32_t)p->kind << 24 | p->proto << 16 | p->flags << 8 | p->tcp_flags, 4);
	mix(h, (uint32_t)p->icmp_type << 24 | p->icmp_code << 16 | p->hop_limit, 4);
	if (!(p->flags & LIM_F_QUOTE))
		return;
	mix(h, (uint64_t)p->q_proto << 32 | (uint32_t)p->q_sport << 16 | p->q_dport, 8);
	mix(h, p->q_seq, 4);
	mix_addr(h, &p->q_src);
	mix_addr(h, &p->q_dst);
}

static void step(struct run *r)
{
	const struct traffic_packet *t = traffic_next(&r->traffic);
	struct lim_packet p;
	enum lim_reason why;

	lim_parse(&p, t->link, t->data, t->len, t->wire_len);
	mix_packet(&r->parsed, &p);
	if (t->egress)
		why = lim_egress(&r->state, &r->config, &r->report, &p, t->now);
	else
		why = lim_ingress(&r->state, &r->config, &r->report, &p, t->now);
	mix(&r->verdicts, why, 1);
	if (why < LIM_REASONS)
		(t->egress ? r->out : r->in)[why]++;
}

int main(int argc, char **argv)
{
	uint64_t seed = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
	uint64_t packets = argc > 2 ? strtoull(argv[2], NULL, 0) : 200000;
	struct run *r = calloc(1, sizeof *r);

	if (!r)
		return 3;
	r->verdicts = r->parsed = FNV_START;
	traffic_config(&r->config);
	traffic_start(&r->traffic, seed, 0);
	lim_start(&r->state, &r->config, r->traffic.now);
	for (uint64_t i = 0; i < packets; i++)
		step(r);
	printf("seed %" PRIu64 " packets %" PRIu64 "\n", seed, packets);
	for (unsigned i = 0; i < LIM_REASONS; i++)
		if (i != LIM_FIRST_DROP || r->out[i] || r->in[i])
			printf("%-20s %10" PRIu64 " out %10" PRIu64 " in\n", lim_reason_key(i),
			       r->out[i], r->in[i]);
	printf("parsed %016" PRIx64 " verdicts %016" PRIx64 "\n", r->parsed, r->verdicts);
	free(r);
	return 0;
}
