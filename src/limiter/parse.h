/* SPDX-License-Identifier: MIT OR GPL-2.0
 *
 * From bytes to struct lim_packet. Headers are fetched piece by piece into small local structs
 * through one hook, so that the same code reads an skb in BPF and a buffer on the host, and no
 * pointer into the packet exists that could run past its end:
 *
 *     LIM_READ(ctx, off, buf, n)   copies n (constant) bytes at off to buf; 0 when they are there
 *
 * Sources: RFC 791, 792, 768, 826, 1035 4.1.1, 4443, 4861, 8200, 9293; IEEE 802.1Q.
 */
#ifndef LIM_PARSE_H
#define LIM_PARSE_H

#include "packet.h"

#ifndef LIM_READ
#error "define LIM_CTX and LIM_READ before including parse.h"
#endif

/* The first LIM_HEAD bytes, to behind the pad: for whoever has a faster way than LIM_READ. */
#ifndef LIM_READ_HEAD
#define LIM_READ_HEAD(ctx, h) LIM_READ(ctx, 0, (lim_u8 *)(h) + 2, LIM_HEAD)
#endif

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define lim_be16(x) ((lim_u16)__builtin_bswap16(x))
#define lim_be32(x) __builtin_bswap32(x)
#else
#define lim_be16(x) ((lim_u16)(x))
#define lim_be32(x) ((lim_u32)(x))
#endif

#define LIM_MAX_EXT 6 /* IPv6 extension headers followed; beyond it the chain is "a protocol" */

struct lim_eth {
	lim_u16 dst[3], src[3], type;
};
struct lim_vlan {
	lim_u16 tci, type;
};
struct lim_ip4 {
	lim_u8 vihl, tos;
	lim_u16 len, id, frag;
	lim_u8 ttl, proto;
	lim_u16 sum;
	lim_u32 src, dst;
};
struct lim_ip6 {
	lim_u32 flow;
	lim_u16 len;
	lim_u8 next, hops;
	lim_u32 src[4], dst[4];
};
struct lim_ext {
	lim_u8 next, len;
	lim_u16 frag;
};
struct lim_tcp {
	lim_u16 sport, dport;
	lim_u32 seq, ack;
	lim_u8 off, flags;
	lim_u16 window;
};
struct lim_udp {
	lim_u16 sport, dport, len, sum;
};
struct lim_icmp {
	lim_u8 type, code;
	lim_u16 sum, id, seq;
};
struct lim_arp {
	lim_u16 htype, ptype;
	lim_u8 hlen, plen;
	lim_u16 op;
	lim_u16 sha[3], spa[2], tha[3], tpa[2];
};
struct lim_l4head {
	lim_u16 sport, dport;
	lim_u32 seq;
};

/* The headers of most packets, read at once: each LIM_READ is a call in BPF, and four calls take as
 * long as the decision. pad aligns what follows the link header. */
union lim_upper {
	struct lim_tcp tcp;
	struct lim_udp udp;
	struct lim_icmp icmp;
	lim_u32 words[5];
};
struct lim_head {
	lim_u16 pad;
	struct lim_eth eth;
	union {
		struct {
			struct lim_ip4 ip4;
			union lim_upper upper; /* if the IPv4 header has no options */
		};
		struct lim_ip6 ip6;
	};
};
#define LIM_HEAD (sizeof(struct lim_head) - 2)
_Static_assert(LIM_HEAD == 54, "no gaps");

LIM_INLINE lim_u16 lim_segs(lim_u32 segs)
{
	return segs > 0xffff ? 0xffff : segs ? (lim_u16)segs : 1;
}

LIM_INLINE void lim_addr4(struct lim_addr *a, lim_u32 host_order)
{
	a->w[0] = 0;
	a->w[1] = 0;
	a->w[2] = 0xffff;
	a->w[3] = host_order;
}

LIM_INLINE void lim_addr6(struct lim_addr *a, const lim_u32 *net_order)
{
	a->w[0] = lim_be32(net_order[0]);
	a->w[1] = lim_be32(net_order[1]);
	a->w[2] = lim_be32(net_order[2]);
	a->w[3] = lim_be32(net_order[3]);
}

/* Walks the IPv6 extension headers from *off; leaves the upper protocol in *next. */
LIM_INLINE void lim_skip_ext(struct lim_packet *p, LIM_CTX ctx, lim_u32 *off, lim_u8 *next)
{
	for (int i = 0; i < LIM_MAX_EXT; i++) {
		struct lim_ext e;
		lim_u8 n = *next;

		LIM_FORGET(*off, n, 0xffff);
		if (n != 0 && n != 43 && n != 44 && n != 51 && n != 60 && n != 135)
			return;
		if (LIM_READ(ctx, *off, &e, sizeof e))
			return;
		*next = e.next;
		if (n == 44) {
			if (lim_be16(e.frag) & 0xfff8u)
				p->flags |= LIM_F_FRAGMENT;
			else
				p->flags |= LIM_F_FIRSTFRAG;
			*off += 8;
			if (p->flags & LIM_F_FRAGMENT)
				return;
		} else if (n == 51) {
			*off += (e.len + 2u) * 4;
		} else {
			*off += (e.len + 1u) * 8;
		}
	}
}

/* The packet that an ICMP error at off quotes: whose was it? */
LIM_INLINE void lim_parse_quote(struct lim_packet *p, LIM_CTX ctx, lim_u32 off, int v6)
{
	struct lim_l4head l4;
	lim_u32 at;

	p->q_sport = p->q_dport = 0;
	if (v6) {
		struct lim_ip6 ip;

		if (LIM_READ(ctx, off, &ip, sizeof ip))
			return;
		lim_addr6(&p->q_src, ip.src);
		lim_addr6(&p->q_dst, ip.dst);
		/* A mapped address would reach IPv4 state. */
		if ((p->q_dst.w[0] | p->q_dst.w[1]) == 0 && p->q_dst.w[2] == 0xffff)
			return;
		p->q_proto = ip.next;
		at = off + sizeof ip;
	} else {
		struct lim_ip4 ip;

		if (LIM_READ(ctx, off, &ip, sizeof ip) || (ip.vihl >> 4) != 4 || (ip.vihl & 15) < 5)
			return;
		lim_addr4(&p->q_src, lim_be32(ip.src));
		lim_addr4(&p->q_dst, lim_be32(ip.dst));
		p->q_proto = ip.proto;
		at = off + (ip.vihl & 15u) * 4;
	}
	if (LIM_READ(ctx, at, &l4, sizeof l4))
		return;
	p->q_seq = lim_be32(l4.seq);
	if (p->q_proto == LIM_PROTO_TCP || p->q_proto == LIM_PROTO_UDP) {
		p->q_sport = lim_be16(l4.sport);
		p->q_dport = lim_be16(l4.dport);
	} else if (p->q_proto == LIM_PROTO_ICMP || p->q_proto == LIM_PROTO_ICMPV6) {
		p->q_sport = p->q_dport = (lim_u16)(p->q_seq >> 16); /* echo identifier */
	}
	p->flags |= LIM_F_QUOTE;
}

LIM_INLINE void lim_parse_icmp(struct lim_packet *p, LIM_CTX ctx, lim_u32 off,
			       const struct lim_icmp *h, int v6)
{
	p->icmp_type = h->type;
	p->icmp_code = h->code;
	if (v6 ? h->type == 128 || h->type == 129 : h->type == 8 || h->type == 0) {
		p->sport = p->dport = lim_be16(h->id);
		p->flags |= LIM_F_PORTS;
	} else if (v6 ? h->type >= 1 && h->type <= 4
		      : h->type == 3 || h->type == 11 || h->type == 12) {
		lim_parse_quote(p, ctx, off + sizeof *h, v6);
	}
}

/* A DNS question as one number: everything behind the identifier (RFC 1035 4.1.1). Two words at a
 * time as long as they are there, then byte by byte; longer than LIM_QUESTION it is no question
 * that anybody asks twice. */
#define LIM_QUESTION 160
LIM_INLINE lim_u32 lim_parse_question(LIM_CTX ctx, lim_u32 off)
{
	lim_u32 h = 0x811c9dc5u, word[2];
	lim_u8 byte;
	int i;

	for (i = 0; i < LIM_QUESTION / 8; i++, off += 8) {
		if (LIM_READ(ctx, off, word, sizeof word))
			break;
		h = (h ^ lim_be32(word[0])) * 0x9e3779b1u;
		h ^= h >> 15;
		h = (h ^ lim_be32(word[1])) * 0x85ebca77u;
		h ^= h >> 13;
	}
	LIM_FORGET(i, h, 63);
	if (i == LIM_QUESTION / 8)
		return 0;
	for (i = 0; i < 7; i++, off++) {
		if (LIM_READ(ctx, off, &byte, 1))
			break;
		h = (h ^ byte) * 0x01000193u;
	}
	h ^= h >> 16;
	return h ? h : 1;
}

/* off: of the upper-layer header, which is in u if have; end: of the packet. Returns the offset of
 * the payload. */
LIM_INLINE lim_u32 lim_parse_upper(struct lim_packet *p, LIM_CTX ctx, lim_u32 off, lim_u32 end,
				   union lim_upper *u, int have, int v6)
{
	if (LIM_UNLIKELY(p->flags & LIM_F_FRAGMENT))
		return off;
	if (p->proto == LIM_PROTO_TCP) {
		if (LIM_UNLIKELY(!have) && LIM_READ(ctx, off, u, sizeof u->tcp))
			return off;
		p->sport = lim_be16(u->tcp.sport);
		p->dport = lim_be16(u->tcp.dport);
		p->seq = lim_be32(u->tcp.seq);
		p->ack = lim_be32(u->tcp.ack);
		p->tcp_flags = u->tcp.flags;
		p->flags |= LIM_F_PORTS;
		off += (u->tcp.off >> 4) * 4u;
		p->payload = end > off ? end - off : 0;
	} else if (p->proto == LIM_PROTO_UDP) {
		lim_u16 dns;

		if (LIM_UNLIKELY(!have) && LIM_READ(ctx, off, u, sizeof u->udp))
			return off;
		p->sport = lim_be16(u->udp.sport);
		p->dport = lim_be16(u->udp.dport);
		p->flags |= LIM_F_PORTS;
		off += sizeof u->udp;
		if (LIM_UNLIKELY(p->sport == 53) && !LIM_READ(ctx, off + 2, &dns, sizeof dns)) {
			p->dns_flags = lim_be16(dns);
			p->flags |= LIM_F_DNS;
		}
		if (LIM_UNLIKELY(p->dport == 53))
			p->question = lim_parse_question(ctx, off + 2);
	} else if (p->proto == (v6 ? LIM_PROTO_ICMPV6 : LIM_PROTO_ICMP)) {
		if (have || !LIM_READ(ctx, off, u, sizeof u->icmp))
			lim_parse_icmp(p, ctx, off, &u->icmp, v6);
	}
	return off;
}

/* Where the IPv4 packet at off ends: a short frame is padded behind it (IEEE 802.3 3.2.8). end: of
 * the buffer. */
LIM_INLINE lim_u32 lim_end4(const struct lim_ip4 *ip, lim_u32 off, lim_u32 end, lim_u32 segs)
{
	lim_u32 len = lim_be16(ip->len);

	return len >= (ip->vihl & 15u) * 4 && off + len < end && segs == 1 ? off + len : end;
}

LIM_INLINE lim_u32 lim_parse_ip4(struct lim_packet *p, LIM_CTX ctx, lim_u32 off, lim_u32 end,
				 struct lim_head *h, int have)
{
	const struct lim_ip4 *ip = &h->ip4;
	lim_u32 hl, frag;

	if (LIM_UNLIKELY(!have) && LIM_READ(ctx, off, &h->ip4, sizeof *ip))
		return 0;
	if ((ip->vihl >> 4) != 4 || (ip->vihl & 15) < 5)
		return 0;
	hl = (ip->vihl & 15u) * 4;
	end = lim_end4(ip, off, end, p->segs);
	lim_addr4(&p->src, lim_be32(ip->src));
	lim_addr4(&p->dst, lim_be32(ip->dst));
	p->kind = LIM_KIND_IP;
	p->proto = ip->proto;
	p->hop_limit = ip->ttl;
	frag = lim_be16(ip->frag);
	if (LIM_UNLIKELY(frag & 0x1fffu))
		p->flags |= LIM_F_FRAGMENT;
	else if (LIM_UNLIKELY(frag & 0x2000u))
		p->flags |= LIM_F_FIRSTFRAG;
	return lim_parse_upper(p, ctx, off + hl, end, &h->upper, have && hl == sizeof *ip, 0);
}

LIM_INLINE lim_u32 lim_parse_ip6(struct lim_packet *p, LIM_CTX ctx, lim_u32 off, lim_u32 end,
				 struct lim_head *h, int have)
{
	const struct lim_ip6 *ip = &h->ip6;
	union lim_upper upper;
	lim_u32 len;

	if (!have && LIM_READ(ctx, off, &h->ip6, sizeof *ip))
		return 0;
	if ((lim_be32(ip->flow) >> 28) != 6)
		return 0;
	len = lim_be16(ip->len);
	if (len && off + sizeof *ip + len < end && p->segs == 1)
		end = off + sizeof *ip + len;
	lim_addr6(&p->src, ip->src);
	lim_addr6(&p->dst, ip->dst);
	/* A mapped address on the wire is no address (RFC 4942 2.2): it would alias IPv4 state. */
	if ((p->src.w[0] | p->src.w[1]) == 0 && p->src.w[2] == 0xffff)
		return 0;
	if ((p->dst.w[0] | p->dst.w[1]) == 0 && p->dst.w[2] == 0xffff)
		return 0;
	p->kind = LIM_KIND_IP;
	p->hop_limit = ip->hops;
	p->proto = ip->next;
	off += sizeof *ip;
	lim_skip_ext(p, ctx, &off, &p->proto);
	LIM_FORGET(off, end, 0xffff); /* six headers of at most 2 kB */
	return lim_parse_upper(p, ctx, off, end, &upper, 0, 1);
}

LIM_INLINE lim_u32 lim_parse_arp(struct lim_packet *p, LIM_CTX ctx, lim_u32 off)
{
	struct lim_arp a;

	if (LIM_READ(ctx, off, &a, sizeof a) || a.ptype != lim_be16(0x0800) || a.hlen != 6 ||
	    a.plen != 4)
		return 0;
	p->kind = LIM_KIND_ARP;
	p->proto = (lim_u8)lim_be16(a.op);
	lim_addr4(&p->src, (lim_u32)lim_be16(a.spa[0]) << 16 | lim_be16(a.spa[1]));
	lim_addr4(&p->dst, (lim_u32)lim_be16(a.tpa[0]) << 16 | lim_be16(a.tpa[1]));
	return off;
}

/* len: bytes of the whole buffer, link header included; segs: packets it becomes on the wire. */
LIM_INLINE void lim_parse_at(struct lim_packet *p, enum lim_link link, LIM_CTX ctx, lim_u32 len,
			     lim_u32 segs)
{
	lim_u32 off = 0, payload_at = 0;
	struct lim_head h;
	int have = 0; /* what follows the link header, too */
	lim_u16 type = 0;
	lim_u8 version;

	__builtin_memset(p, 0, __builtin_offsetof(struct lim_packet, q_proto));
	p->segs = lim_segs(segs);
	p->wire_len = len;
	if (link == LIM_ETHERNET) {
		have = !LIM_READ_HEAD(ctx, &h);
		if (LIM_UNLIKELY(!have) && LIM_READ(ctx, 0, &h.eth, sizeof h.eth)) {
			p->kind = LIM_KIND_BROKEN;
			return;
		}
		if (lim_be16(h.eth.dst[0]) & 0x0100u)
			p->flags |= LIM_F_LINKCAST;
		type = lim_be16(h.eth.type);
		off = sizeof h.eth;
		for (int i = 0; i < 2 && (type == 0x8100 || type == 0x88a8); i++) {
			struct lim_vlan v;

			if (LIM_READ(ctx, off, &v, sizeof v))
				break;
			type = lim_be16(v.type);
			off += sizeof v;
			have = 0;
		}
	} else {
		if (LIM_READ(ctx, 0, &version, 1))
			version = 0;
		type = version >> 4 == 4 ? 0x0800 : version >> 4 == 6 ? 0x86dd : 0;
		p->kind = type ? 0 : LIM_KIND_BROKEN;
	}
	if (LIM_LIKELY(type == 0x0800))
		payload_at = lim_parse_ip4(p, ctx, off, len, &h, have);
	else if (type == 0x86dd)
		payload_at = lim_parse_ip6(p, ctx, off, len, &h, have);
	else if (type == 0x0806)
		payload_at = lim_parse_arp(p, ctx, off);
	else
		return; /* _OTHER, or _BROKEN on a link that carries only IP */
	if (!payload_at)
		p->kind = LIM_KIND_BROKEN;
	else if (p->segs > 1 && payload_at < 256)
		p->wire_len += (p->segs - 1u) * payload_at; /* each segment repeats the headers */
}

#endif
