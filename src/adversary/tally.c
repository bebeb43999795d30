// SPDX-License-Identifier: MIT
#include "adversary/tally.h"

#include <stdlib.h>
#include <string.h>

void tally_begin(struct tally *t, const struct goal *goal, uint64_t now)
{
	t->begin = now;
	t->goal = goal;
	t->in = t->out = t->veto = 0;
	t->asked = t->spoke_first = 0;
	t->marks = t->hosts = 0;
	t->sorted = 1;
	t->generation++;
}

static int32_t mark(struct tally *t, uint64_t now, uint32_t amount)
{
	if (t->marks == t->room)
		return -1;
	if (t->marks && t->mark[t->marks - 1].time > now)
		t->sorted = 0;
	t->mark[t->marks] = (struct mark){now, amount};
	return (int32_t)t->marks++;
}

/* One word that tells hosts apart; an IPv6 /64 is one host. */
static uint32_t host_of(const struct lim_addr *a)
{
	return addr_is4(a) ? a->w[3] : (a->w[0] * 0x9e3779b1u) ^ a->w[1];
}

/* Whether this host is a new one. */
static int reached(struct tally *t, const struct lim_addr *a)
{
	uint32_t host = host_of(a), at = host * 0x85ebca6bu >> 16;
	uint64_t entry = (uint64_t)t->generation << 32 | host;

	while (t->set[at] >> 32 == t->generation) {
		if (t->set[at] == entry)
			return 0;
		at = (at + 1) % TALLY_SET;
	}
	t->set[at] = entry;
	t->hosts++;
	return 1;
}

static int is_victim(uint8_t actor)
{
	return actor == ACTOR_VICTIM || actor == ACTOR_ALIAS;
}

static int is_silent(uint8_t actor)
{
	return is_victim(actor) || actor == ACTOR_NEIGHBOUR || actor == ACTOR_STRANGER ||
	       actor == ACTOR_CROWD;
}

static int is_syn(const struct lim_packet *p)
{
	return p->kind == LIM_KIND_IP && p->proto == LIM_PROTO_TCP &&
	       (p->tcp_flags & (LIM_TCP_SYN | LIM_TCP_ACK)) == LIM_TCP_SYN;
}

static int is_open(const struct lim_packet *p)
{
	return is_syn(p) && p->dport == 80;
}

/* How much of what the goal counts this packet is. */
static uint32_t amount(const struct tally *t, const struct sent *s)
{
	const struct lim_packet *p = s->p;
	uint8_t to = s->to.actor;

	if (p->hop_limit <= 1 && to != ACTOR_LINK && to != ACTOR_CAST && to != ACTOR_SELF)
		return 0; /* the first router discards it */
	if (p->kind != LIM_KIND_IP && to != ACTOR_LINK && to != ACTOR_CAST)
		return 0; /* frames and ARP end at the router */
	switch (t->goal->measure) {
	case MEASURE_VICTIM_PACKETS:
		return is_victim(to) ? p->segs : 0;
	case MEASURE_VICTIM_BYTES:
		return is_victim(to) ? p->wire_len : 0;
	case MEASURE_FADED_BYTES:
		return is_victim(to) && t->veto ? p->wire_len : 0;
	case MEASURE_NET_PACKETS:
		return is_victim(to) || to == ACTOR_NEIGHBOUR ? p->segs : 0;
	case MEASURE_NET_BYTES:
		return is_victim(to) || to == ACTOR_NEIGHBOUR ? p->wire_len : 0;
	case MEASURE_SILENT_PACKETS:
		return is_silent(to) ? p->segs : 0;
	case MEASURE_SILENT_BYTES:
		return is_silent(to) ? p->wire_len : 0;
	case MEASURE_NEW_CONN:
		return is_victim(to) && is_open(p) && !s->held;
	case MEASURE_HALF_OPEN:
		return is_victim(to) && is_open(p) && !s->held;
	case MEASURE_HALF_OPEN_ALL:
		return (is_victim(to) || to == ACTOR_LIVE) && is_open(p) && !s->held;
	case MEASURE_DNS_FAIL:
		return to == ACTOR_RESOLVER &&
		       (s->kind == KIND_DNS_BAD || s->kind == KIND_DNS_DEAD);
	case MEASURE_SPOOFED:
		return s->spoofed && to != ACTOR_LINK && to != ACTOR_CAST && to != ACTOR_SELF;
	case MEASURE_PROBES:
		return s->kind == KIND_PROBE;
	case MEASURE_CAST:
		return to == ACTOR_CAST && s->kind != KIND_PROBE;
	case MEASURE_LINK_BYTES:
		return to == ACTOR_LINK && !s->to.v6 && s->to.index == 0 && p->kind == LIM_KIND_IP
			   ? p->wire_len
			   : 0;
	case MEASURE_FRAMES:
		return p->kind == LIM_KIND_OTHER;
	case MEASURE_SELF_BYTES:
		return to == ACTOR_SELF && !s->to.v6 ? p->wire_len : 0;
	default:
		return 0;
	}
}

static int from_known_service(const struct lim_packet *p)
{
	return p->proto == LIM_PROTO_UDP && (p->flags & LIM_F_PORTS) && p->sport < 1024 &&
	       p->sport != 443;
}

/* A device that speaks first, or from another port, does not reflect: it sends, and an accomplice
 * forges answers, which is another row. */
static void count_reflected(struct tally *t, const struct lim_packet *p)
{
	if (t->goal->measure == MEASURE_REFLECT_KNOWN && (!t->asked || !from_known_service(p)))
		t->spoke_first = 1;
	t->out += p->wire_len;
}

int32_t tally_sent(struct tally *t, const struct sent *s, uint64_t now)
{
	uint32_t n;

	if (s->spoofed && t->goal->measure != MEASURE_SPOOFED)
		return -1;
	if (t->goal->measure == MEASURE_CONTACTS) {
		if (s->p->kind == LIM_KIND_IP && s->p->hop_limit > 1 &&
		    (is_silent(s->to.actor) || s->to.actor == ACTOR_LIVE))
			reached(t, &s->p->dst);
		return -1;
	}
	if (is_victim(s->to.actor) && s->p->hop_limit > 1)
		count_reflected(t, s->p);
	if (t->goal->measure == MEASURE_AFTER_VETO) {
		if (t->veto && now > t->veto && now - t->veto < TALLY_WINDOW &&
		    s->to.actor == ACTOR_VICTIM && s->p->kind == LIM_KIND_IP && s->p->hop_limit > 1)
			t->hosts += s->p->segs;
		return -1;
	}
	if (t->goal->victim == VICTIM_FADES && now >= t->begin + WORLD_FADE * 1000000000ull)
		t->veto = now;
	n = amount(t, s);
	/* The same resolver, asked again, answers from memory (RFC 2308, RFC 9520). */
	if (n && t->goal->measure == MEASURE_DNS_FAIL && s->p->question == 1)
		n = (uint32_t)reached(t, &s->p->dst);
	return n ? mark(t, now, n) : -1;
}

void tally_arrived(struct tally *t, const struct lim_packet *p, struct target from, unsigned kind,
		   int let_in, uint64_t now)
{
	if (from.actor != ACTOR_VICTIM)
		return;
	t->in += p->wire_len;
	t->asked |= p->proto == LIM_PROTO_UDP && (p->flags & LIM_F_PORTS) && p->dport < 1024;
	if (t->goal->victim == VICTIM_VETO && !t->veto)
		t->veto = now;
	if (t->goal->measure == MEASURE_VISITORS && let_in && is_syn(p))
		mark(t, now, 1);
}

void tally_take_back(struct tally *t, int32_t at)
{
	if (at >= 0 &&
	    (t->goal->measure == MEASURE_HALF_OPEN || t->goal->measure == MEASURE_HALF_OPEN_ALL))
		t->mark[at].amount = 0;
}

static int by_time(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	return (x->time > y->time) - (x->time < y->time);
}

static uint64_t most_in_window(struct tally *t)
{
	uint64_t sum = 0, best = 0;
	uint32_t from = 0;

	if (!t->sorted)
		qsort(t->mark, t->marks, sizeof(t->mark[0]), by_time);
	for (uint32_t i = 0; i < t->marks; i++) {
		sum += t->mark[i].amount;
		while (t->mark[i].time - t->mark[from].time >= TALLY_WINDOW)
			sum -= t->mark[from++].amount;
		if (sum > best)
			best = sum;
	}
	return best;
}

uint64_t tally_score(struct tally *t)
{
	switch (t->goal->measure) {
	case MEASURE_CONTACTS:
	case MEASURE_AFTER_VETO:
		return t->hosts;
	case MEASURE_REFLECT:
	case MEASURE_REFLECT_KNOWN: /* the trickle to anybody needs no reflection; a token request
				     * is none
				     */
		if (t->spoke_first || t->in < 10000 || t->out < t->goal->free_bytes)
			return 0;
		return (t->out - t->goal->free_bytes) * 1000 / t->in;
	default:
		return most_in_window(t);
	}
}
