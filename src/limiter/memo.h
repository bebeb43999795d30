/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The short ways out and in (quick.h), shorter: what was found of a flow is remembered, so that its
 * next packet need not be parsed whole, placed and hashed. Each processor remembers a few flows for
 * itself, those that leave and those that arrive apart.
 *
 * A memo says nothing that would not be found again: its addresses and ports are compared whole,
 * its places hold only while the tags are there, and a change of the configuration (own addresses,
 * the value of consent, the key) makes it void. What the packet may do is decided as ever.
 *
 * For plain packets: Ethernet, IPv4 without options or fragments, TCP or UDP.
 */
#ifndef LIM_MEMO_H
#define LIM_MEMO_H

#include "parse.h"
#include "quick.h"

LIM_INLINE struct lim_memo *lim_memo_at(struct lim_memo *memos, lim_u32 peer, lim_u32 ports)
{
	lim_u32 h = (peer ^ ports) * 0x9e3779b1u;

	return &memos[h >> 16 & (LIM_MEMOS - 1)];
}

/* The memo of the flow that the packet belongs to, if it is one that may go the short way.
 * h: the first LIM_HEAD bytes; peer: the address that is not ours; generation: of the configuration
 * in force. */
LIM_INLINE struct lim_memo *lim_memo_find(struct lim_memo *memos, const struct lim_head *h,
					  lim_u32 peer, lim_u32 generation)
{
	const struct lim_ip4 *ip = &h->ip4;
	struct lim_memo *m;

	if (h->eth.type != lim_be16(0x0800) || ip->vihl != 0x45 || (ip->frag & lim_be16(0x3fff)) ||
	    ip->ttl <= 1 || (lim_be16(h->eth.dst[0]) & 0x0100u))
		return 0;
	if (ip->proto == LIM_PROTO_TCP ? h->upper.tcp.flags & (LIM_TCP_SYN | LIM_TCP_RST)
				       : ip->proto != LIM_PROTO_UDP)
		return 0;
	m = lim_memo_at(memos, peer, h->upper.words[0]);
	if (m->dst != ip->dst || m->src != ip->src || m->ports != h->upper.words[0] ||
	    m->proto != ip->proto || m->generation != generation)
		return 0;
	return m;
}

/* Where the payload begins and what the buffer is on the wire, as lim_parse_at() has it. */
LIM_INLINE void lim_memo_measure(const struct lim_head *h, lim_u32 len, lim_u32 segs,
				 struct lim_more *more)
{
	lim_u32 at = sizeof h->eth + sizeof h->ip4, end;

	end = lim_end4(&h->ip4, sizeof h->eth, len, segs);
	more->wire_len = len;
	more->end = 0;
	if (h->ip4.proto == LIM_PROTO_TCP) {
		at += (h->upper.tcp.off >> 4) * 4u;
		more->end = lim_be32(h->upper.tcp.seq) + (end > at ? end - at : 0) +
			    (h->upper.tcp.flags & LIM_TCP_FIN);
	} else {
		at += sizeof h->upper.udp;
	}
	if (LIM_UNLIKELY(segs > 1))
		more->wire_len += (segs - 1) * at;
}

/* The peer and the flow, if they still are where they were. */
LIM_INLINE int lim_memo_look(struct lim_state *s, const struct lim_memo *m, struct lim_peer **e,
			     struct lim_flow **f)
{
	struct lim_peer_set *peers = &s->peer[m->peer_set & (LIM_PEER_SETS - 1)];
	struct lim_flow_set *flows = &s->flow[m->flow_set & (LIM_FLOW_SETS - 1)];
	lim_u32 peer = m->peer_way & (LIM_WAYS - 1), flow = m->flow_way & (LIM_WAYS - 1);

	*e = &peers->way[peer];
	*f = &flows->way[flow];
	return LIM_LIKELY(peers->tag[peer] == m->peer_tag && flows->tag[flow] == m->flow_tag);
}

/* As lim_out_quick(). now: monotonic ns. */
LIM_INLINE int lim_memo_pass(struct lim_state *s, const struct lim_memo *m, struct lim_more *more,
			     lim_u64 now)
{
	struct lim_peer *e;
	struct lim_flow *f;

	if (!lim_memo_look(s, m, &e, &f) ||
	    LIM_UNLIKELY((e->flags & (LIM_PEER_STRONG | LIM_PEER_TURNED)) != LIM_PEER_STRONG))
		return 0;
	more->now = now + LIM_EPOCH;
	more->consent = m->consent;
	more->tag = m->peer_tag;
	more->proto = m->proto;
	more->link = m->link;
	return lim_one_more(s, e, f, more);
}

/* As lim_in_quick(). heard: wire_len is known. */
LIM_INLINE int lim_memo_hear(struct lim_state *s, const struct lim_memo *m,
			     const struct lim_head *h, struct lim_heard *heard, lim_u64 now)
{
	struct lim_peer *e;
	struct lim_flow *f;

	if (!lim_memo_look(s, m, &e, &f) ||
	    (m->proto == LIM_PROTO_TCP && !(h->upper.tcp.flags & LIM_TCP_ACK)))
		return 0;
	heard->now = now + LIM_EPOCH;
	heard->consent = m->consent;
	heard->window_max = m->window_max;
	heard->ack = lim_be32(h->upper.tcp.ack);
	heard->tag = m->peer_tag;
	heard->contact_tag = m->contact_tag;
	heard->contact = m->contact;
	heard->seniority = m->seniority;
	heard->proto = m->proto;
	heard->link = m->link;
	return lim_one_answer(s, e, f, heard);
}

/* Where a flow lies that has just gone a short way. h: its first bytes, which need not be plain: a
 * memo of what is never found only costs the place. Returns NULL for nothing to remember. */
LIM_INLINE struct lim_memo *lim_memo_place(struct lim_memo *memos, const struct lim_head *h,
					   lim_u32 peer, const struct lim_state *s, lim_u64 hash,
					   lim_u64 flow_hash)
{
	lim_u32 peer_set = (lim_u32)hash & (LIM_PEER_SETS - 1);
	lim_u32 flow_set = (lim_u32)flow_hash & (LIM_FLOW_SETS - 1);
	struct lim_memo *m;

	if (h->eth.type != lim_be16(0x0800) || h->ip4.vihl != 0x45)
		return 0;
	m = lim_memo_at(memos, peer, h->upper.words[0]);
	m->src = h->ip4.src;
	m->dst = h->ip4.dst;
	m->ports = h->upper.words[0];
	m->proto = h->ip4.proto;
	m->peer_tag = lim_tag(hash);
	m->flow_tag = lim_tag(flow_hash);
	m->peer_set = (lim_u16)peer_set;
	m->flow_set = (lim_u16)flow_set;
	m->peer_way = (lim_u8)lim_way(s->peer[peer_set].tag, hash);
	m->flow_way = (lim_u8)lim_way(s->flow[flow_set].tag, flow_hash);
	return m;
}

/* After lim_out_quick() has let the packet pass. */
LIM_INLINE void lim_memo_set(struct lim_memo *memos, const struct lim_head *h,
			     const struct lim_out *o, lim_u32 generation)
{
	struct lim_memo *m = lim_memo_place(memos, h, h->ip4.dst, o->s, o->hash, o->flow_hash);

	if (!m)
		return;
	m->generation = generation;
	m->link = !!o->dst;
	m->consent = o->c->value[LIM_V_CONSENT];
}

/* After lim_in_quick() has let it pass. */
LIM_INLINE void lim_memo_set_in(struct lim_memo *memos, const struct lim_head *h,
				const struct lim_in *i, lim_u32 generation)
{
	struct lim_memo *m = lim_memo_place(memos, h, h->ip4.src, i->s, i->hash, i->flow_hash);
	lim_u64 contact = lim_hash_contact(i->c, &i->p->src);

	if (!m)
		return;
	m->generation = generation;
	m->link = !!(i->src & LIM_AT_LINK);
	m->consent = i->c->value[LIM_V_CONSENT];
	m->seniority = (lim_u32)i->c->value[LIM_V_SENIORITY];
	m->window_max = i->c->value[LIM_V_WINDOW_MAX];
	m->contact_tag = lim_contact_tag(contact);
	m->contact = (lim_u16)(contact & (LIM_CONTACTS - 1));
}

#endif
