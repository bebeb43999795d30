/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * The way out: may this packet leave?
 */
#ifndef LIM_EGRESS_H
#define LIM_EGRESS_H

#include "bucket.h"
#include "where.h"

/* One packet on its way out, with what was looked up for it. */
struct lim_out {
	struct lim_state *s;
	const struct lim_config *c;
	const struct lim_packet *p;
	lim_u64 now;
	lim_u32 src, dst; /* where they lie: LIM_AT_* */
	lim_u64 hash, flow_hash;
	struct lim_peer *peer;
	struct lim_flow *flow;
	struct lim_prefix *prefix;
	int link;     /* destination is on-link */
	int new_conn; /* a SYN that is not a retransmission */
};

LIM_INLINE int lim_is_icmp(const struct lim_packet *p)
{
	return p->proto == LIM_PROTO_ICMP || p->proto == LIM_PROTO_ICMPV6;
}

LIM_INLINE int lim_is_echo_request(const struct lim_packet *p)
{
	return (p->proto == LIM_PROTO_ICMP && p->icmp_type == 8) ||
	       (p->proto == LIM_PROTO_ICMPV6 && p->icmp_type == 128);
}

LIM_INLINE int lim_is_dns_query(const struct lim_packet *p)
{
	if (!(p->flags & LIM_F_PORTS) || p->dport != 53)
		return 0;
	return p->proto == LIM_PROTO_UDP ||
	       (p->proto == LIM_PROTO_TCP &&
		(p->tcp_flags & (LIM_TCP_SYN | LIM_TCP_ACK)) == LIM_TCP_SYN);
}

/* Asking the same question again is no new failure: it is how a device waits for a resolver. */
LIM_INLINE lim_u32 *lim_asked(struct lim_state *s, lim_u32 question)
{
	return &s->asked[question & (LIM_ASKED - 1)];
}

/* Device-wide budget: takes units if they are there. */
LIM_INLINE int lim_device_take(struct lim_state *s, const struct lim_config *c,
			       enum lim_budget_id id, lim_u64 now, lim_u32 units)
{
	if (!lim_can(s->device[id], &c->budget[id], now, units))
		return 0;
	lim_take(&s->device[id], &c->budget[id], now, units);
	return 1;
}

/* Has the peer answered lately enough for its whole window? A device that has spoken to nobody
 * else for a while is a tunnel's end, and tunnels keep alive more slowly. */
LIM_INLINE int lim_fresh(const struct lim_state *s, const struct lim_config *c,
			 const struct lim_peer *e, lim_u32 tag, lim_u64 now)
{
	lim_u64 age = lim_elapsed(e->answered, now);

	if (!(e->flags & LIM_PEER_STRONG))
		return 0;
	if (age < c->value[LIM_V_CONSENT])
		return 1;
	return (e->flags & LIM_PEER_TUNNEL) && s->last_peer == tag &&
	       lim_elapsed(s->other_peer, now) > c->value[LIM_V_CONSENT] &&
	       age < c->value[LIM_V_CONSENT_TUNNEL];
}

/* Is the packet somebody else's, that we are meant to pass on? */
LIM_INLINE int lim_forwarded(const struct lim_config *c, const struct lim_packet *p)
{
	return c->forward && (p->flags & LIM_F_FORWARDED);
}

/* Only ARP for an address of our own, or asking before we have one (RFC 5227), may leave; or what a
 * bridge passes on. */
LIM_INLINE enum lim_reason lim_out_arp(struct lim_out *o)
{
	lim_u32 at = lim_where4(o->c, o->p->src.w[3]);
	enum lim_budget_id id = o->p->proto == 1 ? LIM_B_LINK_PROBE : LIM_B_LINK_OTHER;

	if (!(at & (LIM_AT_OWN | LIM_AT_NONE)) && !lim_forwarded(o->c, o->p))
		return LIM_DROP_SPOOF;
	if (at & LIM_AT_LOOP)
		return LIM_DROP_SPOOF;
	if (!lim_device_take(o->s, o->c, id, o->now, o->p->segs))
		return id == LIM_B_LINK_PROBE ? LIM_DROP_LINK_PROBE : LIM_DROP_LINK_OTHER;
	return LIM_PASS_LINK;
}

/* Without an address yet: DHCP (RFC 2131 4.1), IGMP, ICMP errors (no router forwards a packet from
 * 0.0.0.0, RFC 1812 5.3.7, and real devices send such ones before DHCP has answered), duplicate
 * address detection, router solicitation, multicast listener reports (RFC 4862 5.4.2, 4861 6.3.7,
 * 3590). */
LIM_INLINE int lim_unspecified_ok(const struct lim_packet *p)
{
	if (lim_is4(&p->src))
		return (p->proto == LIM_PROTO_UDP && p->sport == 68 && p->dport == 67 &&
			p->dst.w[3] == 0xffffffffu) ||
		       (p->proto == 2 && p->dst.w[3] >> 8 == 0xe00000) ||
		       p->proto == LIM_PROTO_ICMP;
	return p->proto == LIM_PROTO_ICMPV6 && p->dst.w[0] >> 16 == 0xff02 &&
	       (p->icmp_type == 131 || p->icmp_type == 133 || p->icmp_type == 135 ||
		p->icmp_type == 143);
}

LIM_INLINE enum lim_reason lim_out_cast(struct lim_out *o)
{
	int probe = o->p->proto == LIM_PROTO_ICMPV6 && o->p->icmp_type == 135;
	enum lim_budget_id id = probe ? LIM_B_LINK_PROBE : LIM_B_LINK_CAST;

	if (!lim_device_take(o->s, o->c, id, o->now, o->p->segs))
		return probe ? LIM_DROP_LINK_PROBE : LIM_DROP_LINK_CAST;
	return LIM_PASS_LINK;
}

#define LIM_WINDOW_TRIES 4

/* Room in the peer's window? */
LIM_INLINE int lim_window_take(struct lim_out *o)
{
	struct lim_peer *e = o->peer;
	lim_u64 window = lim_window(e), len = o->p->wire_len, room;

	if (!lim_fresh(o->s, o->c, e, lim_tag(o->hash), o->now) &&
	    window > o->c->value[LIM_V_WINDOW_START])
		window = o->c->value[LIM_V_WINDOW_START];
	/* Others may be charging or refilling it without the lock; whoever loses to them so many
	 * times is refused. */
	for (int i = 0; i < LIM_WINDOW_TRIES; i++) {
		room = LIM_ONCE(e->room);
		if ((lim_u32)room + len > window)
			return 0;
		if (LIM_CAS(&e->room, room, room + len))
			return 1;
	}
	return 0;
}

/* A device that has been answered often is in use, and not a bot that has just booted. */
LIM_INLINE int lim_senior(const struct lim_state *s, const struct lim_config *c)
{
	return s->answers >= c->value[LIM_V_SENIORITY];
}

/* May the device doubt that the peer has refused it? */
LIM_INLINE lim_u32 lim_doubts(const struct lim_state *s, const struct lim_config *c,
			      const struct lim_peer *e)
{
	return lim_senior(s, c) && (e->flags & LIM_PEER_PORT) ? LIM_DOUBT_SENIOR : LIM_DOUBT;
}

/* What a packet to a peer that has refused costs: a second try, not a second burst. */
LIM_INLINE lim_u32 lim_doubt_cost(const struct lim_out *o)
{
	if (!lim_senior(o->s, o->c))
		return LIM_DOUBT_COST;
	return o->peer->flags & LIM_PEER_PORT ? 1 : LIM_DOUBT_COST_OTHER;
}

LIM_INLINE enum lim_reason lim_new_conn_check(struct lim_out *o)
{
	const struct lim_budget *b = o->c->budget;
	/* One bucket, deep enough for a device with standing or a peer that answers. */
	const struct lim_budget *senior = &b[LIM_B_HALF_OPEN_SENIOR];
	int known = lim_senior(o->s, o->c) || (o->peer && (o->peer->flags & LIM_PEER_STRONG));
	lim_u64 hold = known ? 0 : senior->span - b[LIM_B_HALF_OPEN_PREFIX].span;

	if (!lim_can(o->s->device[LIM_B_HALF_OPEN], &b[LIM_B_HALF_OPEN], o->now, 1))
		return LIM_DROP_HALF_OPEN;
	if (lim_bucket_after(o->prefix->half_open, senior, o->now, 1) + hold > o->now)
		return LIM_DROP_HALF_OPEN;
	if (!lim_can(o->prefix->new_conn, &b[LIM_B_NEW_CONN], o->now, 1))
		return LIM_DROP_NEW_CONN;
	return LIM_PASS_TRICKLE;
}

/* Is the peer one of the last that answered? Those keep a trickle through any spray. */
LIM_INLINE int lim_reserved(const struct lim_out *o)
{
	return o->peer &&
	       o->s->reserved[o->peer->reserved_at & (LIM_RESERVED - 1)].tag == lim_tag(o->hash);
}

LIM_INLINE int lim_override_covers(const struct lim_out *o)
{
	const struct lim_config *c = o->c;
	const struct lim_addr *m = &c->override_mask, *a = &c->override_addr, *d = &o->p->dst;

	if (!c->override_until || o->now >= c->override_until + LIM_EPOCH)
		return 0;
	return !(((d->w[0] ^ a->w[0]) & m->w[0]) | ((d->w[1] ^ a->w[1]) & m->w[1]) |
		 ((d->w[2] ^ a->w[2]) & m->w[2]) | ((d->w[3] ^ a->w[3]) & m->w[3]));
}

LIM_INLINE int lim_override(struct lim_out *o)
{
	const struct lim_config *c = o->c;

	if (!lim_override_covers(o))
		return 0;
	if (!lim_can(o->s->device[LIM_B_OVERRIDE_PKTS], &c->budget[LIM_B_OVERRIDE_PKTS], o->now,
		     o->p->segs))
		return 0;
	if (!lim_device_take(o->s, c, LIM_B_OVERRIDE_BYTES, o->now, o->p->wire_len))
		return 0;
	lim_take(&o->s->device[LIM_B_OVERRIDE_PKTS], &c->budget[LIM_B_OVERRIDE_PKTS], o->now,
		 o->p->segs);
	return 1;
}

/* A SYN-ACK or a reset: TCP's ways to answer without opening anything. */
LIM_INLINE int lim_is_reply(const struct lim_packet *p)
{
	return (p->tcp_flags & LIM_TCP_RST) ||
	       (p->tcp_flags & (LIM_TCP_SYN | LIM_TCP_ACK)) == (LIM_TCP_SYN | LIM_TCP_ACK);
}

/* A SYN that is no retransmission, or a segment of a connection never heard of. */
LIM_INLINE int lim_is_new_conn(const struct lim_out *o)
{
	const struct lim_packet *p = o->p;

	if (p->proto != LIM_PROTO_TCP || !(p->flags & LIM_F_PORTS) || lim_is_reply(p))
		return 0;
	if (!o->flow)
		return 1;
	return (p->tcp_flags & LIM_TCP_SYN) &&
	       !((o->flow->flags & LIM_FLOW_HALF) && o->flow->una == p->seq);
}

/* Private addresses (RFC 1918, 4193) lie within somebody's own site; no provider carries them. A
 * device that is set up anew often looks for the network it was on before. */
LIM_INLINE int lim_site(const struct lim_addr *a)
{
	lim_u32 v4 = a->w[3];

	if (!lim_is4(a))
		return a->w[0] >> 25 == 0x7e;
	return v4 >> 24 == 10 || v4 >> 20 == 0xac1 || v4 >> 16 == 0xc0a8;
}

LIM_INLINE enum lim_reason lim_silent_reason(const struct lim_out *o, int vetoed)
{
	if (vetoed)
		return LIM_DROP_VETO;
	return o->peer && (o->peer->flags & LIM_PEER_STRONG) ? LIM_DROP_WINDOW : LIM_DROP_SILENT;
}

/* What a packet to somebody who has not answered needs of the budgets. */
struct lim_silent {
	struct lim_contact *contact;
	lim_u32 tag;  /* of the contact */
	lim_u32 cost; /* packets' worth of the network's budget */
	int first;    /* contact */
	int reserved;
};

/* All budgets are looked at before any is spent, so that what one of them holds back does not drain
 * the others. Changes nothing. */
LIM_INLINE enum lim_reason lim_silent_look(const struct lim_out *o, int vetoed,
					   struct lim_silent *q)
{
	const struct lim_budget *b = o->c->budget;
	struct lim_state *s = o->s;
	lim_u64 contact = lim_hash_contact(o->c, &o->p->dst);
	lim_u32 segs = o->p->segs, len = o->p->wire_len;
	/* One bucket, deep enough for a device with standing; others see only its top. */
	const struct lim_budget *pkts = &b[LIM_B_SENIOR_PKTS];
	lim_u64 hold = lim_senior(s, o->c) || lim_site(&o->p->dst)
			   ? 0
			   : pkts->span - b[LIM_B_SILENT_PKTS].span;
	int closed = vetoed && o->peer->vetoes > lim_doubts(s, o->c, o->peer);

	q->contact = &s->contact[contact & (LIM_CONTACTS - 1)];
	q->tag = lim_tag(contact) & ~1u;
	q->first = (q->contact->tag & ~1u) != q->tag || !q->contact->tag;
	q->reserved = lim_reserved(o);
	q->cost = vetoed ? segs * lim_doubt_cost(o) : segs;
	LIM_FORGET(q->first, o->now, 1);
	LIM_FORGET(q->reserved, o->now, 1);
	LIM_FORGET(vetoed, o->now, 1);
	LIM_FORGET(closed, o->now, 1);
	if (closed || lim_bucket_after(o->prefix->pkts, pkts, o->now, q->cost) + hold > o->now ||
	    !lim_can(o->prefix->bytes, &b[LIM_B_SILENT_BYTES], o->now, len))
		return lim_silent_reason(o, vetoed);
	if (q->reserved)
		return LIM_PASS_RESERVED;
	if (q->first && !lim_can(s->device[LIM_B_CONTACT], &b[LIM_B_CONTACT], o->now, 1))
		return LIM_DROP_CONTACTS;
	if (q->first && !lim_can(s->device[LIM_B_CONTACT_ANY], &b[LIM_B_CONTACT_ANY], o->now, 1))
		return LIM_DROP_CONTACTS_ANY;
	if (!lim_can(s->device[LIM_B_DEVICE_PKTS], &b[LIM_B_DEVICE_PKTS], o->now, segs) ||
	    !lim_can(s->device[LIM_B_DEVICE_BYTES], &b[LIM_B_DEVICE_BYTES], o->now, len))
		return LIM_DROP_DEVICE;
	return LIM_PASS_TRICKLE;
}

/* To somebody who has not answered. */
LIM_INLINE enum lim_reason lim_out_silent(struct lim_out *o, int vetoed)
{
	const struct lim_budget *b = o->c->budget;
	lim_u32 segs = o->p->segs, len = o->p->wire_len;
	struct lim_state *s = o->s;
	struct lim_silent q;
	enum lim_reason why = lim_silent_look(o, vetoed, &q);

	LIM_FORGET(why, o->now, 31);
	if (why >= LIM_FIRST_DROP)
		return why;
	if (q.first) {
		lim_take(&s->device[LIM_B_CONTACT], &b[LIM_B_CONTACT], o->now, 1);
		lim_take(&s->device[LIM_B_CONTACT_ANY], &b[LIM_B_CONTACT_ANY], o->now, 1);
		q.contact->tag = q.tag;
		q.contact->paid_at = lim_flow_time(o->now);
	}
	/* A reserved trickle is lent by the device's budget: what it overdraws, others wait for. */
	lim_take(&s->device[LIM_B_DEVICE_PKTS], &b[LIM_B_DEVICE_PKTS], o->now, segs);
	lim_take(&s->device[LIM_B_DEVICE_BYTES], &b[LIM_B_DEVICE_BYTES], o->now, len);
	lim_take(&o->prefix->bytes, &b[LIM_B_SILENT_BYTES], o->now, len);
	lim_take(&o->prefix->pkts, &b[LIM_B_SENIOR_PKTS], o->now, q.cost);
	return why;
}

/* On-link and silent: the link's own, wider budget. */
LIM_INLINE enum lim_reason lim_out_link(struct lim_out *o)
{
	const struct lim_budget *b = &o->c->budget[LIM_B_LINK_BYTES];

	if (!lim_can(o->prefix->bytes, b, o->now, o->p->wire_len))
		return LIM_DROP_LINK_BYTES;
	lim_take(&o->prefix->bytes, b, o->now, o->p->wire_len);
	return LIM_PASS_LINK;
}

/* A packet that the first router must discard reaches nobody beyond the link (traceroute). It costs
 * the router's attention, so the link's budget; it is no contact, and nothing answers it. */
LIM_INLINE enum lim_reason lim_out_first_hop(struct lim_out *o)
{
	o->prefix = &o->s->prefix[lim_prefix_index(o->c, &o->p->src, 1)];
	return lim_out_link(o);
}

/* The sequence number behind the segment (RFC 9293 3.4). */
LIM_INLINE lim_u32 lim_seq_end(const struct lim_packet *p)
{
	return p->seq + p->payload + !!(p->tcp_flags & (LIM_TCP_SYN | LIM_TCP_FIN));
}

/* Remembers what was sent, so that an answer can be told from a coincidence. */
LIM_INLINE void lim_flow_sent(struct lim_out *o, enum lim_reason why, int dns)
{
	const struct lim_packet *p = o->p;
	struct lim_flow *f = o->flow;
	lim_u32 end = lim_seq_end(p);
	int pays = why == LIM_PASS_TRICKLE || why == LIM_PASS_RESERVED;

	if (!f) {
		f = lim_flow_claim(o->s, o->flow_hash, o->now);
		f->una = p->seq;
		f->nxt = end;
		if (why == LIM_PASS_VISITOR)
			f->flags = LIM_FLOW_INBOUND;
	}
	if ((pays || dns || o->new_conn) && !f->paid_pkts &&
	    !(f->flags & (LIM_FLOW_HALF | LIM_FLOW_DNS)))
		f->paid_at = lim_flow_time(o->now);
	f->flags |= LIM_FLOW_OUT | LIM_FLOW_SPOKE;
	f->touched = lim_flow_time(o->now);
	if (p->proto == LIM_PROTO_TCP) {
		if (p->tcp_flags & LIM_TCP_SYN) {
			if (!(f->flags & LIM_FLOW_SYN) || f->una != p->seq) {
				f->una = p->seq;
				f->nxt = end;
				f->shake_bytes = 0;
				f->flags &= (lim_u8) ~(LIM_FLOW_SHOOK | LIM_FLOW_DATA);
			}
			f->flags |= LIM_FLOW_SYN;
		} else if (p->tcp_flags & LIM_TCP_RST) {
			f->flags &= (lim_u8)~LIM_FLOW_HALF; /* answered with RST: a failure */
		} else if (end - f->nxt < 0x40000000u) {
			f->nxt = end;
		}
	}
	if (pays) {
		f->paid_pkts += p->segs;
		f->paid_bytes += p->wire_len;
	} else if (why == LIM_PASS_HANDSHAKE) {
		f->shake_bytes += p->wire_len;
	}
	if (o->new_conn) {
		lim_take(&o->prefix->new_conn, &o->c->budget[LIM_B_NEW_CONN], o->now, 1);
		lim_take(&o->prefix->half_open, &o->c->budget[LIM_B_HALF_OPEN_SENIOR], o->now, 1);
		lim_take(&o->s->device[LIM_B_HALF_OPEN], &o->c->budget[LIM_B_HALF_OPEN], o->now, 1);
		f->flags |= LIM_FLOW_HALF;
	}
	if (dns) {
		f->turns += (f->flags & LIM_FLOW_DNS) ? f->turns < 255 : 1 - f->turns;
		f->flags |= LIM_FLOW_DNS;
	}
}

/* Is the packet what one of our services says to whoever came? */
LIM_INLINE int lim_to_visitor(const struct lim_out *o)
{
	const struct lim_peer *e = o->peer;

	if (lim_is_icmp(o->p))
		return !lim_is_echo_request(o->p);
	if (o->p->proto == LIM_PROTO_TCP)
		return e && (e->flags & LIM_PEER_VISITOR) && lim_is_reply(o->p);
	return e && (e->flags & (LIM_PEER_VISITOR | LIM_PEER_TURNED)) &&
	       lim_elapsed(e->touched, o->now) < 60 * LIM_S &&
	       (!o->flow || (o->flow->flags & LIM_FLOW_INBOUND));
}

/* A peer that only answers in turn has not shown that its address is its own: what services that
 * are known to amplify say to it stays within three times what it sent. */
LIM_INLINE int lim_proven(const struct lim_packet *p, const struct lim_peer *e)
{
	if (!(e->flags & LIM_PEER_TURNED) || p->proto != LIM_PROTO_UDP)
		return e->flags & LIM_PEER_STRONG;
	return !lim_amplifier(p->sport);
}

/* "Port unreachable" speaks of UDP (or of the protocol, which a port no longer is); a host that
 * says so at the end of a traceroute may still be pinged. */
LIM_INLINE int lim_veto_covers(const struct lim_peer *e, const struct lim_packet *p)
{
	return !(e->flags & LIM_PEER_PORT) || p->proto == LIM_PROTO_UDP ||
	       (p->flags & LIM_F_FRAGMENT);
}

/* May a unicast packet go to this peer? */
LIM_INLINE enum lim_reason lim_out_judge(struct lim_out *o)
{
	const struct lim_packet *p = o->p;
	struct lim_peer *e = o->peer;
	lim_u32 len = p->wire_len;
	int vetoed = e && e->pause_until > o->now && lim_veto_covers(e, p);

	if (e && lim_proven(p, e)) {
		if (lim_window_take(o))
			return LIM_PASS_CONSENT;
	} else if (o->flow && (o->flow->flags & LIM_FLOW_SHOOK) && p->proto == LIM_PROTO_TCP &&
		   o->flow->shake_bytes + len <= o->c->value[LIM_V_WINDOW_SHAKE] && !vetoed) {
		return LIM_PASS_HANDSHAKE;
	}
	if (e && e->credit >= len) {
		e->credit -= len;
		return LIM_PASS_VISITOR;
	}
	if (o->link)
		return lim_out_link(o);
	if (lim_to_visitor(o))
		return LIM_DROP_REFLECT;
	return lim_out_silent(o, vetoed);
}

LIM_INLINE enum lim_reason lim_out_unicast(struct lim_out *o)
{
	const struct lim_packet *p = o->p;
	struct lim_peer *e;
	enum lim_reason why = LIM_PASS_TRICKLE;
	int dns = lim_is_dns_query(p);
	lim_u32 question;
	int again;

	question = p->question ^ (lim_u32)o->hash; /* the same at another resolver is another */
	again = dns && p->question && *lim_asked(o->s, question) == question;
	LIM_FORGET(dns, o->now, 1);
	LIM_FORGET(again, o->now, 1);
	o->peer = e = lim_peer_find(o->s, o->hash);
	o->flow = lim_flow_find(o->s, o->flow_hash);
	o->prefix = &o->s->prefix[lim_prefix_index(o->c, &p->dst, o->link)];
	o->new_conn = !o->link && lim_is_new_conn(o);
	/* What our own resolver says to whoever asked from port 53 is no query. */
	if (dns && e && (e->flags & LIM_PEER_VISITOR) && e->credit >= p->wire_len)
		dns = 0;
	LIM_FORGET(o->new_conn, o->now, 1);
	if (dns) {
		if (!lim_can(o->s->device[LIM_B_DNS], &o->c->budget[LIM_B_DNS], o->now, p->segs))
			why = LIM_DROP_DNS;
		else if (!again && !lim_can(o->s->device[LIM_B_DNS_FAIL],
					    &o->c->budget[LIM_B_DNS_FAIL], o->now, p->segs))
			why = LIM_DROP_DNS_FAIL;
	}
	LIM_FORGET(dns, o->now, 1);
	LIM_FORGET(again, o->now, 1);
	LIM_FORGET(why, o->now, 31);
	if (why < LIM_FIRST_DROP && o->new_conn)
		why = lim_new_conn_check(o);
	LIM_FORGET(why, o->now, 31);
	LIM_FORGET(o->new_conn, o->now, 1);
	if (why < LIM_FIRST_DROP)
		why = lim_out_judge(o);
	LIM_FORGET(why, o->now, 31);
	if (why >= LIM_FIRST_DROP && why != LIM_DROP_VETO && lim_override(o))
		why = LIM_PASS_OVERRIDE;
	LIM_FORGET(why, o->now, 31);
	if (why >= LIM_FIRST_DROP) {
		if (e) {
			e->held += p->segs;
			e->last_reason = (lim_u8)why;
		}
		return why;
	}
	if (dns) {
		lim_take(&o->s->device[LIM_B_DNS], &o->c->budget[LIM_B_DNS], o->now, p->segs);
		if (!again)
			lim_take(&o->s->device[LIM_B_DNS_FAIL], &o->c->budget[LIM_B_DNS_FAIL],
				 o->now, p->segs);
		*lim_asked(o->s, question) = question;
	}
	/* What costs nothing returns nothing: its good answer must not pay for another's bad one.
	 */
	if (again && o->flow) {
		o->flow->turns = 0;
		o->flow->flags &= (lim_u8)~LIM_FLOW_DNS;
	}
	if (!e && why != LIM_PASS_LINK)
		o->peer = e = lim_peer_claim(o->s, o->c, o->hash, &p->dst, o->now);
	if (e) {
		if (why == LIM_PASS_TRICKLE)
			e->flags &= (lim_u8)~LIM_PEER_VISITOR;
		e->touched = o->now;
		if (why != LIM_PASS_CONSENT)
			lim_fetch_add(&e->out_bytes, p->wire_len);
		e->last_reason = (lim_u8)why;
	}
	if (!o->link && o->s->last_peer != lim_tag(o->hash)) {
		o->s->last_peer = lim_tag(o->hash);
		o->s->other_peer = o->now;
	}
	lim_flow_sent(o, why, dns && !again);
	return why;
}

/* What can be said of the packet without looking at the state. now: as in lim_egress(). */
LIM_INLINE void lim_out_begin(struct lim_out *o, struct lim_state *s, const struct lim_config *c,
			      const struct lim_packet *p, lim_u64 now)
{
	*o = (struct lim_out){.s = s, .c = c, .p = p, .now = now + LIM_EPOCH};
	if (p->kind != LIM_KIND_IP)
		return;
	o->src = lim_where(c, &p->src);
	o->dst = lim_where(c, &p->dst);
	o->hash = lim_hash_peer(c, &p->dst);
	o->flow_hash = lim_hash_flow(o->hash, p->proto, p->sport, p->dport);
	if (LIM_UNLIKELY(lim_forwarded(c, p)) && !(o->src & LIM_AT_OWN))
		o->flow_hash = lim_hash_other(c, o->flow_hash, &p->src);
}

/* One of our own addresses, none where there is none yet, or a host's whose packets we forward. */
LIM_INLINE int lim_source_ok(const struct lim_out *o)
{
	if (o->src & LIM_AT_NONE)
		return lim_unspecified_ok(o->p);
	return (o->src & LIM_AT_OWN) || (lim_forwarded(o->c, o->p) && !(o->src & LIM_AT_CAST));
}

/* After lim_out_begin(), under the lock. */
LIM_INLINE enum lim_reason lim_out_packet(struct lim_out *o)
{
	const struct lim_packet *p = o->p;
	lim_u32 src = o->src, dst = o->dst;

	if (p->kind == LIM_KIND_BROKEN)
		return LIM_DROP_BROKEN;
	if (p->kind == LIM_KIND_ARP)
		return lim_out_arp(o);
	if (p->kind == LIM_KIND_OTHER)
		return lim_device_take(o->s, o->c, LIM_B_LINK_OTHER, o->now, p->segs)
			   ? LIM_PASS_LINK
			   : LIM_DROP_LINK_OTHER;
	if (!lim_source_ok(o))
		return LIM_DROP_SPOOF;
	if ((src & LIM_AT_LOOP) && !(dst & LIM_AT_LOOP))
		return LIM_DROP_SPOOF;
	if (dst & LIM_AT_NONE)
		return LIM_DROP_BROKEN;
	/* One to ourselves that is on its way out reaches whoever the frame is for. */
	o->link = !!(dst & (LIM_AT_LINK | LIM_AT_OWN));
	/* A multicast frame does not make a stranger's address link scope: a router may forward it.
	 */
	if ((dst & LIM_AT_CAST) || (o->link && (p->flags & LIM_F_LINKCAST)))
		return lim_out_cast(o);
	if (!o->link && p->hop_limit <= 1)
		return lim_out_first_hop(o);
	return lim_out_unicast(o);
}

#endif
