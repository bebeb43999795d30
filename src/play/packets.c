// SPDX-License-Identifier: MIT
#include <string.h>

#include "play/world.h"

#define SMALL 74 /* bytes on the wire of what a peer sends without a reason for more */

static void addresses(struct lim_packet *p, const struct talk *t, int incoming)
{
	struct lim_addr own, peer;

	actor_addr(t->peer, &peer);
	actor_own(addr_is4(&peer) ? 0 : peer.w[0] >> 16 == 0xfe80 ? 2 : 1, &own);
	p->src = incoming ? peer : own;
	p->dst = incoming ? own : peer;
	p->sport = incoming ? t->theirs : t->ours;
	p->dport = incoming ? t->ours : t->theirs;
	p->kind = LIM_KIND_IP;
	p->flags = LIM_F_PORTS;
	p->segs = 1;
	p->hop_limit = 64;
}

static void icmp(struct lim_packet *p, uint8_t type4, uint8_t type6, uint8_t code)
{
	int four = addr_is4(&p->dst);

	p->proto = four ? LIM_PROTO_ICMP : LIM_PROTO_ICMPV6;
	p->icmp_type = four ? type4 : type6;
	p->icmp_code = code;
}

static void echo(struct lim_packet *p, const struct talk *t, int reply)
{
	icmp(p, reply ? 0 : 8, reply ? 129 : 128, 0);
	p->sport = p->dport = t->ours; /* the identifier */
}

static void set_size(struct lim_packet *p, const struct gene *g)
{
	int offload = p->proto == LIM_PROTO_UDP || p->proto == LIM_PROTO_TCP;
	uint32_t least = offload ? g->segs : 1;
	uint32_t size = offload || g->size < 1514 ? g->size : 1514;

	p->wire_len = size * least;
	if (least < (p->wire_len + 1513) / 1514)
		least = (p->wire_len + 1513) / 1514;
	p->segs = (lim_u16)least;
}

static void tcp_out(struct lim_packet *p, unsigned kind, const struct gene *g, struct tcp *tcp)
{
	uint32_t header = (addr_is4(&p->dst) ? 54 : 74) + (kind == KIND_SYN ? 20 : 0);

	p->proto = LIM_PROTO_TCP;
	p->tcp_flags = LIM_TCP_ACK;
	if (kind == KIND_SYN) {
		tcp->nxt = 1000;
		tcp->peer_nxt = 0;
		tcp->state = TCP_SYN_SENT;
		if (!tcp->held)
			tcp->mark = -1;
		p->tcp_flags = LIM_TCP_SYN;
	} else if (kind == KIND_SYNACK) {
		p->tcp_flags = LIM_TCP_SYN | LIM_TCP_ACK;
	} else if (kind == KIND_RST) {
		p->tcp_flags = LIM_TCP_RST | LIM_TCP_ACK;
	} else if (kind == KIND_CONNECT_FIN) {
		p->tcp_flags = LIM_TCP_FIN | LIM_TCP_ACK;
	}
	if (kind == KIND_DATA)
		set_size(p, g);
	else if (kind != KIND_ACK && kind != KIND_CONNECT_FIN)
		p->wire_len = g->size < 1514 ? g->size : 1514; /* no offload of these */
	p->seq = tcp->nxt;
	p->ack = tcp->peer_nxt;
	if ((kind == KIND_DATA || kind == KIND_SYN) && p->wire_len > header * p->segs)
		p->payload = p->wire_len - header * p->segs;
}

static void spoof(struct lim_packet *p, unsigned kind)
{
	int four = addr_is4(&p->dst);

	if (kind == KIND_SPOOF_LINK)
		p->src = four ? addr4(0xc0a80163) : addr6(0x20010db8, 0x00010000, 0, 0x63);
	else if (kind == KIND_SPOOF_FAR)
		p->src = four ? addr4(0x3c000001) : addr6(0x2c000000, 0, 0, 1);
	else if (kind == KIND_SPOOF_LOOP)
		p->src = four ? addr4(0x7f000001) : addr6(0, 0, 0, 1);
	else
		p->src = four ? addr4(0) : addr6(0, 0, 0, 0);
}

static void probe(struct lim_packet *p)
{
	p->flags = 0;
	p->sport = p->dport = 0;
	if (addr_is4(&p->dst)) {
		p->kind = LIM_KIND_ARP;
		p->proto = 1;
		p->flags = LIM_F_LINKCAST;
		p->wire_len = 60;
	} else {
		icmp(p, 135, 135, 0);
		p->flags = LIM_F_LINKCAST; /* whoever is sought has no known link address */
		p->hop_limit = 255;
	}
}

static void other_protocol(struct lim_packet *p, unsigned kind)
{
	p->proto = kind == KIND_GRE ? 47 : addr_is4(&p->dst) ? 4 : 41;
	p->flags = 0;
	p->sport = p->dport = 0;
}

int packet_out(struct lim_packet *p, unsigned kind, const struct talk *t, const struct gene *g,
	       struct tcp *tcp)
{
	memset(p, 0, sizeof(*p));
	addresses(p, t, 0);
	p->hop_limit = g->hops;
	p->proto = LIM_PROTO_UDP;
	p->wire_len = 60;
	switch (kind) {
	case KIND_SYN:
	case KIND_DATA:
	case KIND_ACK:
	case KIND_RST:
	case KIND_SYNACK:
	case KIND_CONNECT_FIN:
		tcp_out(p, kind, g, tcp);
		return 0;
	default:
		break;
	}
	switch (kind) {
	case KIND_ECHO:
	case KIND_ECHO_REPLY:
		echo(p, t, kind == KIND_ECHO_REPLY);
		break;
	case KIND_ICMP_ERROR:
		icmp(p, 3, 1, addr_is4(&p->dst) ? 3 : 4);
		p->flags = LIM_F_QUOTE;
		p->q_src = p->dst;
		p->q_dst = p->src;
		p->q_proto = LIM_PROTO_UDP;
		p->q_sport = t->theirs;
		p->q_dport = t->ours;
		break;
	case KIND_GRE:
	case KIND_IPIP:
		other_protocol(p, kind);
		break;
	case KIND_FIRSTFRAG:
		p->flags |= LIM_F_FIRSTFRAG;
		break;
	case KIND_FRAGMENT:
		p->flags = LIM_F_FRAGMENT;
		p->sport = p->dport = 0;
		break;
	case KIND_PROBE:
		probe(p);
		break;
	case KIND_FRAME:
		p->kind = LIM_KIND_OTHER;
		p->flags = 0;
		break;
	case KIND_LINKCAST:
		p->flags |= LIM_F_LINKCAST;
		break;
	case KIND_SPOOF_LINK:
	case KIND_SPOOF_FAR:
	case KIND_SPOOF_NONE:
	case KIND_SPOOF_LOOP:
		spoof(p, kind);
		set_size(p, g);
		return 1;
	default:
		break;
	}
	if (kind != KIND_PROBE || p->kind == LIM_KIND_IP)
		set_size(p, g);
	if (t->peer.actor == ACTOR_CAST)
		p->flags |= LIM_F_LINKCAST;
	return 0;
}

static void quote_victim(struct lim_packet *p, const struct talk *t)
{
	struct target victim = {ACTOR_VICTIM, t->peer.v6, 0};
	struct lim_addr to;

	actor_addr(victim, &to);
	icmp(p, 3, 1, 3);
	p->flags = LIM_F_QUOTE;
	p->q_src = p->dst;
	p->q_dst = to;
	p->q_proto = LIM_PROTO_UDP;
	p->q_sport = t->ours;
	p->q_dport = t->theirs;
}

void packet_in(struct lim_packet *p, unsigned kind, const struct talk *t, const struct gene *g,
	       const struct tcp *tcp)
{
	memset(p, 0, sizeof(*p));
	addresses(p, t, 1);
	p->wire_len = g->size < 1514 ? g->size : 1514;
	p->proto = LIM_PROTO_UDP;
	switch (kind) {
	case KIND_IN_SYN:
	case KIND_IN_ACK:
		p->proto = LIM_PROTO_TCP;
		p->tcp_flags = kind == KIND_IN_SYN ? LIM_TCP_SYN : LIM_TCP_ACK;
		p->seq = tcp->peer_nxt;
		p->ack = tcp->nxt;
		p->wire_len = 60;
		break;
	case KIND_IN_ECHO:
	case KIND_IN_ECHO_REPLY:
		echo(p, t, kind == KIND_IN_ECHO_REPLY);
		break;
	case KIND_IN_ERROR:
		quote_victim(p, t);
		p->wire_len = SMALL;
		break;
	default:
		break;
	}
}

void packet_error(struct lim_packet *p, const struct talk *t, const struct lim_packet *q,
		  uint8_t type4, uint8_t code4, uint8_t type6, uint8_t code6)
{
	memset(p, 0, sizeof(*p));
	addresses(p, t, 1);
	icmp(p, type4, type6, 0);
	p->icmp_code = addr_is4(&p->dst) ? code4 : code6;
	p->wire_len = SMALL;
	p->flags = LIM_F_QUOTE;
	p->q_src = q->src;
	p->q_dst = q->dst;
	p->q_proto = q->proto;
	if (q->proto == LIM_PROTO_TCP || q->proto == LIM_PROTO_UDP) {
		p->q_sport = q->sport;
		p->q_dport = q->dport;
		p->q_seq = q->seq;
	} else if (q->flags & LIM_F_PORTS) { /* echo; other protocols are quoted without ports */
		p->q_sport = p->q_dport = q->sport;
	}
}
