/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * What an arriving packet is worth: nothing, a weak answer, a strong answer, a veto.
 */
#ifndef LIM_ANSWER_H
#define LIM_ANSWER_H

#include "where.h"

enum lim_answer {
	LIM_ANSWER_NONE,
	LIM_ANSWER_WEAK,   /* what any host must give: SYN-ACK, bare handshake ACK, echo reply */
	LIM_ANSWER_STRONG, /* what only a willing peer gives */
	LIM_ANSWER_VETO,
};

#define LIM_TURNS 1 /* alternations after which a UDP peer that came to us counts as answering */

/* ack in [una, nxt], modulo 2^32 (RFC 9293 3.4). */
LIM_INLINE int lim_ack_inside(const struct lim_flow *f, lim_u32 ack)
{
	return ack - f->una <= f->nxt - f->una;
}

LIM_INLINE enum lim_answer lim_answer_tcp(struct lim_flow *f, const struct lim_packet *p)
{
	int fresh_syn = (f->flags & LIM_FLOW_SYN) && !(f->flags & LIM_FLOW_SHOOK);

	if (!(p->tcp_flags & LIM_TCP_ACK) || !lim_ack_inside(f, p->ack))
		return LIM_ANSWER_NONE;
	if (p->tcp_flags & LIM_TCP_RST)
		return f->flags & LIM_FLOW_DATA ? LIM_ANSWER_NONE : LIM_ANSWER_VETO;
	if (fresh_syn && p->ack == f->una)
		return LIM_ANSWER_NONE; /* does not acknowledge our SYN */
	if (p->payload && !(p->tcp_flags & LIM_TCP_SYN))
		goto strong; /* data, by someone who holds our sequence number */
	if (fresh_syn && p->ack == f->una + 1) {
		f->una = p->ack;
		f->flags |= LIM_FLOW_SHOOK;
		return LIM_ANSWER_WEAK;
	}
	if (p->ack == f->una && !(f->flags & LIM_FLOW_DATA))
		return LIM_ANSWER_NONE;
strong:
	f->una = p->ack;
	f->flags |= LIM_FLOW_SHOOK | LIM_FLOW_DATA;
	return LIM_ANSWER_STRONG;
}

/* A connection older than the guard: the other side acknowledges what we have not seen ourselves
 * send. It may go on as after a handshake. */
LIM_INLINE int lim_midstream(const struct lim_packet *p)
{
	return p->proto == LIM_PROTO_TCP && (p->flags & LIM_F_PORTS) &&
	       (p->tcp_flags & (LIM_TCP_SYN | LIM_TCP_RST | LIM_TCP_ACK)) == LIM_TCP_ACK;
}

LIM_INLINE enum lim_answer lim_answer_of(struct lim_flow *f, const struct lim_packet *p)
{
	if (!(f->flags & LIM_FLOW_OUT))
		return LIM_ANSWER_NONE;
	if (p->proto == LIM_PROTO_TCP)
		return lim_answer_tcp(f, p);
	if (p->proto == LIM_PROTO_ICMP || p->proto == LIM_PROTO_ICMPV6)
		return p->icmp_type == 0 || p->icmp_type == 129 ? LIM_ANSWER_WEAK : LIM_ANSWER_NONE;
	/* From the port of a service that amplifies, even a question of ours proves nothing: the
	 * service may be made to ask. */
	if (p->proto == LIM_PROTO_UDP && lim_amplifier(p->dport))
		return f->flags & LIM_FLOW_INBOUND ? LIM_ANSWER_NONE : LIM_ANSWER_WEAK;
	if (f->flags & LIM_FLOW_INBOUND) {
		if (f->flags & LIM_FLOW_SPOKE) {
			f->flags &= (lim_u8)~LIM_FLOW_SPOKE;
			f->turns += f->turns < LIM_TURNS;
		}
		if (f->turns < LIM_TURNS)
			return LIM_ANSWER_NONE;
	}
	return LIM_ANSWER_STRONG;
}

/* An error that says no, as opposed to one that says "not now" or "not this way". */
LIM_INLINE int lim_error_is_veto(const struct lim_packet *p)
{
	if (p->proto == LIM_PROTO_ICMP && p->icmp_type == 3)
		return p->icmp_code == 2 || p->icmp_code == 3 || p->icmp_code == 9 ||
		       p->icmp_code == 10 || p->icmp_code == 13;
	if (p->proto == LIM_PROTO_ICMPV6 && p->icmp_type == 1)
		return p->icmp_code == 1 || p->icmp_code == 4 || p->icmp_code == 5 ||
		       p->icmp_code == 6;
	return 0;
}

LIM_INLINE int lim_error_is_port(const struct lim_packet *p)
{
	return p->icmp_code == (p->proto == LIM_PROTO_ICMP ? 3 : 4);
}

#endif
