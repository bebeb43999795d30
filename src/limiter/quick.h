/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The short ways, which leave the state exactly as lim_out_packet() and lim_in_packet() would.
 *
 * Out: one more packet of a flow that is known, to a peer that answers. It says so little that it
 * fits a few cache lines.
 *
 * With LIM_SHARED it needs no lock, and whoever holds the lock need not fear it:
 * - The peer's window is looked at and charged in one step (lim_peer.room). When anything has
 *   charged, refilled or narrowed it in between, the packet goes the long way. Whoever holds the
 *   lock charges or narrows it only from what it saw, too.
 * - TCP's next sequence number changes in one step, too, from the one that was compared with.
 * - The other writes (times, the last reason) are whole words of which the latest is as good as
 * any.
 * - A place in the tables that is given to another meanwhile was nobody's for this packet: only a
 *   peer that has not answered for longer than LIM_V_CONSENT is pushed out, and here it has.
 * So what passes here is what would have passed under the lock a moment earlier, charged in full.
 *
 * In: one answer more from such a peer, on a flow that owes nothing and is owed nothing. The same
 * holds; the acknowledged sequence number and the window each change in one step from what was
 * compared with, in this order, so that whoever is interrupted between the two has only been told
 * of the first.
 *
 * Nowhere: a packet to a stranger for whom there is no credit, as are nearly all of a spray.
 * Nothing of the state changes by its drop, so it takes no lock either, and many processors that
 * spray do not wait for each other. What others change while it is looked at can at most drop what
 * a moment later would have passed.
 */
#ifndef LIM_QUICK_H
#define LIM_QUICK_H

#include "ingress.h"

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

/* One answer more from a peer and on a flow that are known; by value as struct lim_more. */
struct lim_heard {
	lim_u64 now, consent, window_max; /* LIM_V_CONSENT, LIM_V_WINDOW_MAX */
	lim_u32 wire_len;
	lim_u32 ack; /* TCP */
	lim_u32 tag; /* of the peer */
	lim_u32 contact_tag;
	lim_u32 seniority; /* LIM_V_SENIORITY */
	lim_u16 contact;   /* its place */
	lim_u8 proto, link;
};

LIM_INLINE lim_u32 lim_contact_tag(lim_u64 hash)
{
	return lim_tag(hash) & ~1u; /* its credit has not come back */
}

/* Nothing of the flow's is to be given back, and what arrives on it is an answer in full. */
LIM_INLINE int lim_flow_settled(const struct lim_flow *f, int tcp)
{
	const lim_u32 going = LIM_FLOW_OUT | (tcp ? LIM_FLOW_SHOOK | LIM_FLOW_DATA : 0u);
	const lim_u32 open = LIM_FLOW_DNS | LIM_FLOW_HALF | (tcp ? 0u : LIM_FLOW_INBOUND);

	return (f->flags & (going | open)) == going && !f->paid_pkts;
}

/* Nothing changes by one answer more but the peer's times, bytes and window. */
LIM_INLINE int lim_peer_settled(const struct lim_state *s, const struct lim_peer *e,
				const struct lim_heard *m)
{
	const lim_u32 kind = LIM_PEER_STRONG | LIM_PEER_VISITOR | LIM_PEER_TURNED | LIM_PEER_TUNNEL;
	const lim_u32 want = LIM_PEER_STRONG | (m->proto == LIM_PROTO_TCP ? 0u : LIM_PEER_TUNNEL);

	if ((e->flags & kind) != want || e->pause_until || e->vetoes ||
	    lim_elapsed(e->answered, m->now) >= m->consent)
		return 0;
	if (s->answers < m->seniority && lim_elapsed(s->answer_time, m->now) >= LIM_SENIOR_GAP)
		return 0;
	return m->link || (s->reserved[e->reserved_at & (LIM_RESERVED - 1)].tag == m->tag &&
			   s->contact[m->contact & (LIM_CONTACTS - 1)].tag != m->contact_tag);
}

/* Returns 1 when the packet is accounted for, 0 when lim_in_packet() must be asked. */
LIM_INLINE int lim_one_answer(struct lim_state *s, struct lim_peer *e, struct lim_flow *f,
			      const struct lim_heard *m)
{
	lim_u64 room = LIM_ONCE(e->room), window = room >> 32;
	lim_u32 since = (lim_u32)room, una = LIM_ONCE(f->una);
	int tcp = m->proto == LIM_PROTO_TCP;

	if (LIM_UNLIKELY(!lim_flow_settled(f, tcp) || !lim_peer_settled(s, e, m)))
		return 0;
	if (tcp &&
	    (m->ack - una > f->nxt - una || (m->ack != una && !LIM_CAS(&f->una, una, m->ack))))
		return 0;
	if (since) {
		window = 4 * window < m->window_max ? 4 * window : m->window_max;
		if (!LIM_CAS(&e->room, room, window << 32))
			return 0;
		lim_fetch_add(&e->out_bytes, since);
	}
	f->touched = lim_flow_time(m->now);
	e->answered = e->touched = m->now;
	lim_fetch_add(&e->in_bytes, m->wire_len);
	return 1;
}

/* Can the headers be those of such an answer? Not of a service of ours that amplifies. */
LIM_INLINE int lim_may_be_answer(const struct lim_in *i)
{
	const struct lim_packet *p = i->p;

	if (p->kind != LIM_KIND_IP || !(p->flags & LIM_F_PORTS) || !(i->dst & LIM_AT_OWN) ||
	    (i->src & (LIM_AT_OWN | LIM_AT_CAST | LIM_AT_NONE)))
		return 0;
	if (p->proto == LIM_PROTO_UDP)
		return !lim_amplifier(p->dport);
	return p->proto == LIM_PROTO_TCP &&
	       (p->tcp_flags & (LIM_TCP_SYN | LIM_TCP_RST | LIM_TCP_ACK)) == LIM_TCP_ACK;
}

/* After lim_in_begin(). Returns 1 when the packet is accounted for, but for the report; 0 when
 * lim_in_packet() must be asked. */
LIM_INLINE int lim_in_quick(const struct lim_in *i)
{
	struct lim_peer *e;
	struct lim_flow *f;
	struct lim_heard m;
	lim_u64 contact;

	if (!lim_may_be_answer(i))
		return 0;
	e = lim_peer_find(i->s, i->hash);
	if (!e)
		return 0;
	f = lim_flow_find(i->s, i->flow_hash);
	if (!f)
		return 0;
	contact = lim_hash_contact(i->c, &i->p->src);
	m = (struct lim_heard){.now = i->now,
			       .consent = i->c->value[LIM_V_CONSENT],
			       .window_max = i->c->value[LIM_V_WINDOW_MAX],
			       .wire_len = i->p->wire_len,
			       .ack = i->p->ack,
			       .tag = lim_tag(i->hash),
			       .contact_tag = lim_contact_tag(contact),
			       .seniority = (lim_u32)i->c->value[LIM_V_SENIORITY],
			       .contact = (lim_u16)(contact & (LIM_CONTACTS - 1)),
			       .proto = i->p->proto,
			       .link = !!(i->src & LIM_AT_LINK)};
	return lim_one_answer(i->s, e, f, &m);
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
