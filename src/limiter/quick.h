/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The two short ways, which leave the state exactly as lim_out_packet() would.
 *
 * Out: one more packet of a flow that is known, to a peer that answers. It says so little that it
 * fits a few cache lines.
 *
 * With LIM_SHARED it needs no lock, and whoever holds the lock need not fear it:
 * - The peer's window is looked at and charged in one step (lim_peer.room). When anything has
 *   charged, refilled or narrowed it in between, the packet goes the long way.
 * - TCP's next sequence number changes in one step, too, from the one that was compared with.
 * - The other writes (times, the last reason) are whole words of which the latest is as good as
 * any.
 * - A place in the tables that is given to another meanwhile was nobody's for this packet: only a
 *   peer that has not answered for longer than LIM_V_CONSENT is pushed out, and here it has.
 * So what passes here is what would have passed under the lock a moment earlier, charged in full.
 *
 * Nowhere: a packet to a stranger for whom there is no credit, as are nearly all of a spray.
 * Nothing of the state changes by its drop, so it takes no lock either, and many processors that
 * spray do not wait for each other. What others change while it is looked at can at most drop what
 * a moment later would have passed.
 */
#ifndef LIM_QUICK_H
#define LIM_QUICK_H

#include "egress.h"

#define LIM_FLOW_GOING (LIM_FLOW_OUT | LIM_FLOW_SPOKE)

/* Can the headers be those of a flow that goes on? Not a query, which is counted; not the start or
 * the end by force of a connection; nothing that dies at the first router. */
LIM_INLINE int lim_may_be_quick(const struct lim_out *o)
{
	const struct lim_packet *p = o->p;

	if (!(p->flags & LIM_F_PORTS) || p->dport == 53 || (o->dst & ~LIM_AT_LINK) ||
	    (o->src & (LIM_AT_OWN | LIM_AT_LOOP | LIM_AT_NONE)) != LIM_AT_OWN)
		return 0;
	if (o->dst ? p->flags & LIM_F_LINKCAST : p->hop_limit <= 1)
		return 0;
	return p->proto == LIM_PROTO_UDP ||
	       (p->proto == LIM_PROTO_TCP && !(p->tcp_flags & (LIM_TCP_SYN | LIM_TCP_RST)));
}

/* One packet more for a peer and a flow that are known; what is said of it comes by value, so that
 * whoever knows it (memo.h) need not have looked it up. */
struct lim_more {
	lim_u64 now, consent; /* consent: LIM_V_CONSENT */
	lim_u32 wire_len;
	lim_u32 end; /* TCP: the sequence number behind the segment */
	lim_u32 tag; /* of the peer */
	lim_u8 proto, link;
};

/* Returns 1 when the packet has passed and is accounted for, 0 when nothing has changed. */
LIM_INLINE int lim_one_more(struct lim_state *s, struct lim_peer *e, struct lim_flow *f,
			    const struct lim_more *m)
{
	lim_u64 room = LIM_ONCE(e->room), window = room >> 32;
	lim_u32 nxt;

	if (LIM_UNLIKELY(lim_elapsed(e->answered, m->now) >= m->consent ||
			 (lim_u32)room + (lim_u64)m->wire_len > window))
		return 0;
	if (LIM_UNLIKELY((f->flags & LIM_FLOW_GOING) != LIM_FLOW_GOING))
		return 0;
	nxt = LIM_ONCE(f->nxt);
	if (m->proto == LIM_PROTO_TCP && m->end != nxt && m->end - nxt < 0x40000000u &&
	    !LIM_CAS(&f->nxt, nxt, m->end))
		return 0;
	if (LIM_UNLIKELY(!LIM_CAS(&e->room, room, room + m->wire_len)))
		return 0;
	f->touched = lim_flow_time(m->now);
	e->touched = m->now;
	e->last_reason = LIM_PASS_CONSENT;
	if (!m->link && s->last_peer != m->tag) {
		s->last_peer = m->tag;
		s->other_peer = m->now;
	}
	return 1;
}

/* After lim_out_begin(). Returns 1 when the packet has passed (LIM_PASS_CONSENT) and is accounted
 * for, but for the report; 0 when lim_out_packet() must be asked. */
LIM_INLINE int lim_out_quick(struct lim_out *o)
{
	const struct lim_packet *p = o->p;
	struct lim_peer *e;
	struct lim_flow *f;
	struct lim_more m;

	if (LIM_UNLIKELY(p->kind != LIM_KIND_IP || !lim_may_be_quick(o)))
		return 0;
	e = lim_peer_find(o->s, o->hash);
	if (LIM_UNLIKELY(!e || !(e->flags & LIM_PEER_STRONG) || !lim_proven(p, e)))
		return 0;
	f = lim_flow_find(o->s, o->flow_hash);
	if (LIM_UNLIKELY(!f))
		return 0;
	m = (struct lim_more){.now = o->now,
			      .consent = o->c->value[LIM_V_CONSENT],
			      .wire_len = p->wire_len,
			      .end = lim_seq_end(p),
			      .tag = lim_tag(o->hash),
			      .proto = p->proto,
			      .link = !!o->dst};
	return lim_one_more(o->s, e, f, &m);
}

/* To somebody off the link, by plain means: no query, which has budgets of its own, nothing that
 * dies at the first router, nobody whom the owner's override is for. */
LIM_INLINE int lim_may_be_refused(const struct lim_out *o)
{
	const struct lim_packet *p = o->p;

	return p->kind == LIM_KIND_IP && !o->dst && p->hop_limit > 1 && !lim_is_dns_query(p) &&
	       (o->src & (LIM_AT_OWN | LIM_AT_LOOP | LIM_AT_NONE)) == LIM_AT_OWN &&
	       !lim_override_covers(o);
}

/* After lim_out_begin(). Returns why lim_out_packet() would drop the packet, and nothing has
 * changed; or a reason below LIM_FIRST_DROP when it must be asked. */
LIM_INLINE enum lim_reason lim_out_refused(struct lim_out *o)
{
	const struct lim_packet *p = o->p;
	enum lim_reason why = LIM_PASS_TRICKLE;
	struct lim_silent q;

	if (!lim_may_be_refused(o) || lim_peer_find(o->s, o->hash))
		return why;
	o->peer = 0;
	o->flow = 0;
	if (p->proto == LIM_PROTO_TCP && lim_flow_find(o->s, o->flow_hash))
		return why;
	o->prefix = &o->s->prefix[lim_prefix_index(o->c, &p->dst, 0)];
	if (lim_is_new_conn(o))
		why = lim_new_conn_check(o);
	LIM_FORGET(why, o->now, 31);
	if (why < LIM_FIRST_DROP)
		why = lim_to_visitor(o) ? LIM_DROP_REFLECT : lim_silent_look(o, 0, &q);
	LIM_FORGET(why, o->now, 31);
	return why;
}

#endif
