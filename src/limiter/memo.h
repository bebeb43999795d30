/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The short way (quick.h), shorter: what was found of a flow is remembered, so that its next packet
 * need not be parsed whole, placed and hashed. Each processor remembers a few flows for itself.
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

LIM_INLINE struct lim_memo *lim_memo_at(struct lim_memo *memos, lim_u32 dst, lim_u32 ports)
{
	lim_u32 h = (dst ^ ports) * 0x9e3779b1u;

	return &memos[h >> 16 & (LIM_MEMOS - 1)];
}

/* The memo of the flow that the packet belongs to, if it is one that may go the short way.
 * h: the first LIM_HEAD bytes; generation: of the configuration in force. */
LIM_INLINE struct lim_memo *lim_memo_find(struct lim_memo *memos, const struct lim_head *h,
					  lim_u32 generation)
{
	const struct lim_ip4 *ip = &h->ip4;
	struct lim_memo *m;

	if (h->eth.type != lim_be16(0x0800) || ip->vihl != 0x45 || (ip->frag & lim_be16(0x3fff)) ||
	    ip->ttl <= 1 || (lim_be16(h->eth.dst[0]) & 0x0100u))
		return 0;
	if (ip->proto == LIM_PROTO_TCP ? h->upper.tcp.flags & (LIM_TCP_SYN | LIM_TCP_RST)
				       : ip->proto != LIM_PROTO_UDP)
		return 0;
	m = lim_memo_at(memos, ip->dst, h->upper.words[0]);
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

/* As lim_out_quick(). now: monotonic ns. */
LIM_INLINE int lim_memo_pass(struct lim_state *s, const struct lim_memo *m, struct lim_more *more,
			     lim_u64 now)
{
	struct lim_peer_set *peers = &s->peer[m->peer_set & (LIM_PEER_SETS - 1)];
	struct lim_flow_set *flows = &s->flow[m->flow_set & (LIM_FLOW_SETS - 1)];
	lim_u32 peer = m->peer_way & (LIM_WAYS - 1), flow = m->flow_way & (LIM_WAYS - 1);
	struct lim_peer *e = &peers->way[peer];

	if (LIM_UNLIKELY(peers->tag[peer] != m->peer_tag || flows->tag[flow] != m->flow_tag ||
			 (e->flags & (LIM_PEER_STRONG | LIM_PEER_TURNED)) != LIM_PEER_STRONG))
		return 0;
	more->now = now + LIM_EPOCH;
	more->consent = m->consent;
	more->tag = m->peer_tag;
	more->proto = m->proto;
	more->link = m->link;
	return lim_one_more(s, e, &flows->way[flow], more);
}

/* After lim_out_quick() has let the packet pass. h: its first bytes, which need not be plain: a
 * memo of what is never found only costs the place. */
LIM_INLINE void lim_memo_set(struct lim_memo *memos, const struct lim_head *h,
			     const struct lim_out *o, lim_u32 generation)
{
	lim_u32 peer_set = (lim_u32)o->hash & (LIM_PEER_SETS - 1);
	lim_u32 flow_set = (lim_u32)o->flow_hash & (LIM_FLOW_SETS - 1);
	struct lim_memo *m;

	if (h->eth.type != lim_be16(0x0800) || h->ip4.vihl != 0x45)
		return;
	m = lim_memo_at(memos, h->ip4.dst, h->upper.words[0]);
	m->generation = generation;
	m->src = h->ip4.src;
	m->dst = h->ip4.dst;
	m->ports = h->upper.words[0];
	m->proto = h->ip4.proto;
	m->link = !!o->dst;
	m->consent = o->c->value[LIM_V_CONSENT];
	m->peer_tag = lim_tag(o->hash);
	m->flow_tag = lim_tag(o->flow_hash);
	m->peer_set = (lim_u16)peer_set;
	m->flow_set = (lim_u16)flow_set;
	m->peer_way = (lim_u8)lim_way(o->s->peer[peer_set].tag, o->hash);
	m->flow_way = (lim_u8)lim_way(o->s->flow[flow_set].tag, o->flow_hash);
}

#endif
