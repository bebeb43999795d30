/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The way in: nothing is judged here but strangers' connection attempts; answers are noted.
 */
#ifndef LIM_INGRESS_H
#define LIM_INGRESS_H

#include "answer.h"
#include "bucket.h"
#include "egress.h"

/* Gives back what a flow paid to unanswered budgets: once, and only what it paid. */
LIM_INLINE void lim_refund(struct lim_state *s, const struct lim_config *c, struct lim_prefix *px,
			   struct lim_flow *f, lim_u64 now)
{
	lim_u64 age = lim_age(f->paid_at, now);

	if (!f->paid_pkts)
		return;
	lim_give(&px->pkts, &c->budget[LIM_B_SILENT_PKTS], f->paid_pkts, age);
	lim_give(&px->bytes, &c->budget[LIM_B_SILENT_BYTES], f->paid_bytes, age);
	lim_give(&s->device[LIM_B_DEVICE_PKTS], &c->budget[LIM_B_DEVICE_PKTS], f->paid_pkts, age);
	lim_give(&s->device[LIM_B_DEVICE_BYTES], &c->budget[LIM_B_DEVICE_BYTES], f->paid_bytes,
		 age);
	f->paid_pkts = 0;
	f->paid_bytes = 0;
}

/* The contact's credit comes back, once. */
LIM_INLINE void lim_refund_contact(struct lim_state *s, const struct lim_config *c,
				   const struct lim_addr *a, lim_u64 now)
{
	lim_u64 h = lim_hash_contact(c, a);
	struct lim_contact *known = &s->contact[h & (LIM_CONTACTS - 1)];

	if (known->tag != (lim_tag(h) & ~1u))
		return; /* another's, or returned before */
	known->tag |= 1u;
	lim_give(&s->device[LIM_B_CONTACT], &c->budget[LIM_B_CONTACT], 1,
		 lim_age(known->paid_at, now));
}

LIM_INLINE void lim_refund_half(struct lim_state *s, const struct lim_config *c,
				struct lim_prefix *px, struct lim_flow *f, lim_u64 now)
{
	lim_u64 age = lim_age(f->paid_at, now);

	if (!(f->flags & LIM_FLOW_HALF))
		return;
	f->flags &= (lim_u8)~LIM_FLOW_HALF;
	lim_give(&px->half_open, &c->budget[LIM_B_HALF_OPEN_SENIOR], 1, age);
	lim_give(&s->device[LIM_B_HALF_OPEN], &c->budget[LIM_B_HALF_OPEN], 1, age);
}

/* One outstanding query was answered well. */
LIM_INLINE void lim_refund_dns(struct lim_state *s, const struct lim_config *c, struct lim_flow *f,
			       lim_u64 now)
{
	if (!f->turns)
		return;
	if (--f->turns == 0)
		f->flags &= (lim_u8)~LIM_FLOW_DNS;
	lim_give(&s->device[LIM_B_DNS_FAIL], &c->budget[LIM_B_DNS_FAIL], 1,
		 lim_age(f->paid_at, now));
}

LIM_INLINE void lim_strong(struct lim_state *s, const struct lim_config *c, struct lim_peer *e,
			   lim_u32 tag, const struct lim_packet *p, int turned, int link,
			   lim_u64 now)
{
	/* A proof once given outlasts an answer that proves nothing. */
	lim_u8 turn = turned && (!(e->flags & LIM_PEER_STRONG) || (e->flags & LIM_PEER_TURNED))
			  ? LIM_PEER_TURNED
			  : 0;
	lim_u64 window = lim_window(e), max = c->value[LIM_V_WINDOW_MAX];

	if (!lim_fresh(s, c, e, tag, now))
		window = c->value[LIM_V_WINDOW_START];
	else if (lim_since(e))
		window = 4 * window < max ? 4 * window : max;
	lim_fetch_add(&e->out_bytes, (lim_u32)lim_swap(&e->room, window << 32));
	e->answered = now;
	e->pause_until = 0;
	e->vetoes = 0;
	e->flags =
	    (lim_u8)((e->flags & ~(LIM_PEER_VISITOR | LIM_PEER_TUNNEL | LIM_PEER_TURNED)) |
		     LIM_PEER_STRONG | turn | (p->proto == LIM_PROTO_TCP ? 0 : LIM_PEER_TUNNEL));
	if (lim_elapsed(s->answer_time, now) >= LIM_SENIOR_GAP &&
	    s->answers < c->value[LIM_V_SENIORITY]) {
		s->answer_time = now;
		s->answers++;
	}
	if (link)
		return;
	if (s->reserved[e->reserved_at & (LIM_RESERVED - 1)].tag != tag) {
		e->reserved_at = (lim_u8)(s->reserved_next++ & (LIM_RESERVED - 1));
		s->reserved[e->reserved_at & (LIM_RESERVED - 1)].tag = tag;
	}
}

/* Doubled so many times; eleven pass any ceiling. A shift: a loop without a number in sight is more
 * than the BPF verifier will follow. */
LIM_INLINE lim_u64 lim_pause(const struct lim_config *c, lim_u32 times)
{
	lim_u64 pause = c->value[LIM_V_PAUSE_FIRST] << (times < 11 ? times : 11);

	return pause < c->value[LIM_V_PAUSE_MAX] ? pause : c->value[LIM_V_PAUSE_MAX];
}

/* The peer, or somebody on its behalf, says no. A peer that is answering on other flows is not
 * cut off by one refusal, but has to answer again before it is sent more than a trickle. */
LIM_INLINE void lim_veto(struct lim_state *s, const struct lim_config *c, struct lim_peer *e,
			 lim_u32 tag, int port, lim_u64 now)
{
	lim_u32 doubted;

	if (lim_fresh(s, c, e, tag, now) && !(e->flags & LIM_PEER_TURNED)) {
		lim_u64 room = LIM_ONCE(e->room), start = c->value[LIM_V_WINDOW_START];

		/* Where it is being charged or refilled, it counts as full. */
		if (room >> 32 > start && !LIM_CAS(&e->room, room, start << 32 | (lim_u32)room))
			lim_swap(&e->room, start << 32 | start);
		return;
	}
	if (e->pause_until > now && lim_age(e->veto_at, now) < LIM_VETO_GAP)
		return;
	e->veto_at = lim_flow_time(now);
	e->flags = (lim_u8)(port ? e->flags | LIM_PEER_PORT : e->flags & ~LIM_PEER_PORT);
	e->vetoes += e->vetoes < 0xff;
	doubted = lim_doubts(s, c, e);
	e->pause_until = now + lim_pause(c, e->vetoes > doubted ? e->vetoes - doubted : 0u);
	e->flags &= (lim_u8)~LIM_PEER_STRONG;
}

/* For us, or for somebody to whom we pass it on? */
LIM_INLINE int lim_in_ours(const struct lim_config *c, lim_u32 at)
{
	return (at & LIM_AT_OWN) || (c->forward && !(at & (LIM_AT_CAST | LIM_AT_NONE)));
}

LIM_INLINE void lim_in_error(struct lim_state *s, const struct lim_config *c,
			     const struct lim_packet *p, lim_u64 now)
{
	lim_u64 hash, fh;
	struct lim_flow *f;
	struct lim_peer *e;

	lim_u32 from = lim_where(c, &p->q_src);

	if (!lim_error_is_veto(p) || !lim_in_ours(c, from) ||
	    (lim_where(c, &p->q_dst) & LIM_AT_LINK))
		return;
	hash = lim_hash_peer(c, &p->q_dst);
	fh = lim_hash_flow(hash, p->q_proto, p->q_sport, p->q_dport);
	if (!(from & LIM_AT_OWN))
		fh = lim_hash_other(c, fh, &p->q_src);
	f = lim_flow_find(s, fh);
	if (!f || !(f->flags & LIM_FLOW_OUT))
		return; /* quotes nothing that we sent */
	if (p->q_proto == LIM_PROTO_TCP &&
	    ((f->flags & LIM_FLOW_DATA) || !lim_ack_inside(f, p->q_seq)))
		return;
	e = lim_peer_find(s, hash);
	if (!e)
		e = lim_peer_claim(s, c, hash, &p->q_dst, now);
	if (e)
		lim_veto(s, c, e, lim_tag(hash), lim_error_is_port(p), now);
}

LIM_INLINE int lim_dns_ok(const struct lim_packet *p)
{
	lim_u32 rcode = p->dns_flags & 15u;

	return (p->flags & LIM_F_DNS) && (p->dns_flags & 0x8000u) && rcode != 2 && rcode != 3;
}

LIM_INLINE void lim_in_answer(struct lim_state *s, const struct lim_config *c,
			      const struct lim_packet *p, lim_u64 hash, struct lim_peer **peer,
			      struct lim_flow *f, int link, lim_u64 now)
{
	struct lim_prefix *px = &s->prefix[lim_prefix_index(c, &p->src, link)];
	enum lim_answer a = lim_answer_of(f, p);
	struct lim_peer *e = *peer;

	f->touched = lim_flow_time(now);
	if ((f->flags & LIM_FLOW_DNS) &&
	    (lim_dns_ok(p) || (p->proto == LIM_PROTO_TCP && a == LIM_ANSWER_STRONG)))
		lim_refund_dns(s, c, f, now);
	if (a == LIM_ANSWER_NONE)
		return;
	if (!e)
		*peer = e = lim_peer_claim(s, c, hash, &p->src, now);
	if (a == LIM_ANSWER_VETO) {
		if (e && !link)
			lim_veto(s, c, e, lim_tag(hash), 0, now);
		lim_refund_half(s, c, px, f, now);
		/* What the refused attempt paid is spent; the next one is dated by itself. */
		f->paid_pkts = 0;
		f->paid_bytes = 0;
		return;
	}
	if (a == LIM_ANSWER_WEAK) {
		if (e) {
			e->flags |= LIM_PEER_WEAK;
			if (p->proto == LIM_PROTO_TCP)
				e->pause_until = 0; /* it takes this connection */
		}
		if (link)
			return;
		if (p->proto == LIM_PROTO_TCP) {
			lim_refund(s, c, px, f, now);
			return;
		}
		/* As many as are given back: one reply may come for ten requests under way. */
		if (!lim_can(px->weak, &c->budget[LIM_B_WEAK], now, f->paid_pkts))
			return;
		lim_take(&px->weak, &c->budget[LIM_B_WEAK], now, f->paid_pkts);
	}
	if (!link) {
		lim_refund(s, c, px, f, now);
		lim_refund_contact(s, c, &p->src, now);
		lim_refund_half(s, c, px, f, now);
	}
	if (e && a == LIM_ANSWER_STRONG)
		lim_strong(s, c, e, lim_tag(hash), p,
			   p->proto != LIM_PROTO_TCP && (f->flags & LIM_FLOW_INBOUND), link, now);
}

/* A stranger: what it sends is what our services may answer with, three times over. */
LIM_INLINE void lim_in_stranger(const struct lim_config *c, const struct lim_packet *p,
				struct lim_peer *e)
{
	lim_u64 credit = e->credit + (lim_u64)p->wire_len * c->value[LIM_V_REFLECT];

	e->credit = credit > 65536 ? 65536 : (lim_u32)credit;
}

/* One packet that has arrived. */
struct lim_in {
	struct lim_state *s;
	const struct lim_config *c;
	const struct lim_packet *p;
	lim_u64 now;
	lim_u32 src, dst; /* where they lie: LIM_AT_* */
	lim_u64 hash, flow_hash;
};

/* What can be said of the packet without looking at the state. now: as in lim_ingress(). */
LIM_INLINE void lim_in_begin(struct lim_in *i, struct lim_state *s, const struct lim_config *c,
			     const struct lim_packet *p, lim_u64 now)
{
	*i = (struct lim_in){.s = s, .c = c, .p = p, .now = now + LIM_EPOCH};
	if (p->kind != LIM_KIND_IP)
		return;
	i->dst = lim_where(c, &p->dst);
	i->src = lim_where(c, &p->src);
	i->hash = lim_hash_peer(c, &p->src);
	i->flow_hash = lim_hash_flow(i->hash, p->proto, p->dport, p->sport);
	if (LIM_UNLIKELY(c->forward) && !(i->dst & LIM_AT_OWN))
		i->flow_hash = lim_hash_other(c, i->flow_hash, &p->dst);
}

/* After lim_in_begin(), under the lock. */
LIM_INLINE enum lim_reason lim_in_packet(const struct lim_in *i)
{
	const struct lim_packet *p = i->p;
	const struct lim_config *c = i->c;
	struct lim_state *s = i->s;
	lim_u64 now = i->now, hash = i->hash, flow_hash = i->flow_hash;
	struct lim_peer *e;
	struct lim_flow *f;
	int link = !!(i->src & LIM_AT_LINK), syn;

	if (p->kind != LIM_KIND_IP || !lim_in_ours(c, i->dst) ||
	    (i->src & (LIM_AT_OWN | LIM_AT_CAST | LIM_AT_NONE)))
		return LIM_PASS_INBOUND;
	if (p->flags & LIM_F_QUOTE)
		lim_in_error(s, c, p, now);
	e = lim_peer_find(s, hash);
	f = lim_flow_find(s, flow_hash);
	syn = p->proto == LIM_PROTO_TCP &&
	      (p->tcp_flags & (LIM_TCP_SYN | LIM_TCP_ACK)) == LIM_TCP_SYN;
	if (syn && !link && !(e && lim_fresh(s, c, e, lim_tag(hash), now))) {
		lim_u64 *v = &s->visitor[(hash >> 20) & (LIM_VISITORS - 1)];

		if (!lim_can(*v, &c->budget[LIM_B_VISITOR_SYN], now, 1))
			return LIM_DROP_VISITOR_SYN;
		lim_take(v, &c->budget[LIM_B_VISITOR_SYN], now, 1);
	}
	if (f) {
		lim_in_answer(s, c, p, hash, &e, f, link, now);
	} else if (p->proto == LIM_PROTO_UDP && e && !(e->flags & LIM_PEER_VISITOR)) {
		/* A peer that we know begins a flow of its own: what we say on it is no question.
		 */
		f = lim_flow_claim(s, flow_hash, now);
		f->flags = LIM_FLOW_INBOUND;
		f->touched = lim_flow_time(now);
	} else if (lim_midstream(p)) {
		f = lim_flow_claim(s, flow_hash, now);
		f->una = f->nxt = p->ack;
		f->flags = LIM_FLOW_OUT | LIM_FLOW_SHOOK | LIM_FLOW_INBOUND;
		f->touched = lim_flow_time(now);
	}
	if (!e) {
		e = lim_peer_claim(s, c, hash, &p->src, now);
		if (e)
			e->flags = (lim_u8)((lim_midstream(p) ? 0 : LIM_PEER_VISITOR) |
					    (link ? LIM_PEER_LINK : 0));
	}
	if (!e)
		return LIM_PASS_INBOUND;
	e->touched = now;
	lim_fetch_add(&e->in_bytes, p->wire_len);
	/* Errors and resets never pay. */
	if ((!(e->flags & LIM_PEER_STRONG) || (e->flags & LIM_PEER_TURNED)) &&
	    (!f || (f->flags & LIM_FLOW_INBOUND) ||
	     (p->proto == LIM_PROTO_UDP && lim_amplifier(p->dport))) &&
	    !(p->flags & LIM_F_QUOTE) && !(p->tcp_flags & LIM_TCP_RST))
		lim_in_stranger(c, p, e);
	return LIM_PASS_INBOUND;
}

#endif
