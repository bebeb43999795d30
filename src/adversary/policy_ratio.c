// SPDX-License-Identifier: MIT
// A ratio rule in the manner of D-WARD (Mirkovic and Reiher 2005): packets sent over packets
// received for each destination, judged once a second; a destination that fails is cut to a floor,
// which doubles back when it behaves. TCP fails above 3, ICMP above 1.1; UDP, which has no ratio
// there, above a number of unanswered flows and a rate.
#include "adversary/policies.h"

#include <string.h>

#define HOSTS	   4096 /* direct-mapped: a newcomer takes the place */
#define GRACE	   10	/* packets a second that are never judged */
#define FLOOR	   2.0	/* packets a second to a destination that failed */
#define FREE	   1e9	/* packets a second: not limited */
#define TCP_RATIO  3.0
#define ICMP_RATIO 1.1
#define UDP_FLOWS  100

struct host {
	uint32_t host, tcp_out, tcp_in, icmp_out, icmp_in, udp_out, udp_in;
	uint64_t since;
	double limit, tokens; /* packets a second; left in this second */
};

struct ratio {
	const char *last;
	struct host host[HOSTS];
};

static void start(void *mem, const lim_u64 key[2], uint64_t now)
{
	memset(mem, 0, sizeof(struct ratio));
}

static int misbehaves(const struct host *h)
{
	if (h->tcp_out > GRACE && h->tcp_out > TCP_RATIO * h->tcp_in)
		return 1;
	if (h->icmp_out > GRACE && h->icmp_out > ICMP_RATIO * h->icmp_in)
		return 1;
	return h->udp_out > UDP_FLOWS && h->udp_in == 0;
}

static void judge(struct host *h, uint64_t now)
{
	uint32_t name = h->host;
	double limit = h->limit;

	if (now - h->since < LIM_S)
		return;
	if (misbehaves(h))
		limit = FLOOR;
	else if (limit < FREE)
		limit = limit * 2 > 1000 ? FREE : limit * 2;
	memset(h, 0, sizeof(*h));
	h->host = name;
	h->limit = h->tokens = limit;
	h->since = now;
}

static struct host *find(struct ratio *r, const struct lim_addr *a, uint64_t now)
{
	uint32_t name = policy_host(a);
	struct host *h = &r->host[name % HOSTS];

	if (h->host != name) {
		memset(h, 0, sizeof(*h));
		h->host = name;
		h->limit = h->tokens = FREE;
		h->since = now;
	}
	judge(h, now);
	return h;
}

static uint64_t egress(void *mem, const struct lim_packet *p, uint64_t now)
{
	struct ratio *r = mem;
	struct host *h;

	r->last = "in-ratio";
	if (!policy_sees(p))
		return now;
	h = find(r, &p->dst, now);
	if (p->proto == LIM_PROTO_TCP)
		h->tcp_out += p->segs;
	else if (p->proto == LIM_PROTO_UDP)
		h->udp_out += p->segs;
	else
		h->icmp_out += p->segs;
	if (h->tokens < p->segs) {
		r->last = "limited";
		return POLICY_NEVER;
	}
	h->tokens -= p->segs;
	return now;
}

static int ingress(void *mem, const struct lim_packet *p, uint64_t now)
{
	struct host *h;

	if (!policy_sees(p))
		return 1;
	h = find(mem, &p->src, now);
	if (p->proto == LIM_PROTO_TCP)
		h->tcp_in++;
	else if (p->proto == LIM_PROTO_UDP)
		h->udp_in++;
	else
		h->icmp_in++;
	return 1;
}

static const char *reason(const void *mem)
{
	return ((const struct ratio *)mem)->last;
}

const struct policy policy_ratio = {
    .key = "ratio",
    .what = "D-WARD-like: sent/received per destination, TCP 3, ICMP 1.1, UDP limit",
    .size = sizeof(struct ratio),
    .start = start,
    .egress = egress,
    .ingress = ingress,
    .reason = reason,
};
