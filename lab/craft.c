// SPDX-License-Identifier: MIT
#include "craft.h"

#include <stdio.h>
#include <string.h>

#include "base/addr.h"

enum {
	HOPOPT = 0,
	ICMP = 1,
	TCP = 6,
	UDP = 17,
	ROUTE = 43,
	FRAG = 44,
	GRE = 47,
	ICMP6 = 58,
	DSTOPT = 60
};

static void put16(uint8_t *b, uint32_t v)
{
	b[0] = (uint8_t)(v >> 8);
	b[1] = (uint8_t)v;
}

static void put32(uint8_t *b, uint32_t v)
{
	put16(b, v >> 16);
	put16(b + 2, v);
}

static void put_addr(uint8_t *b, const struct lim_addr *a)
{
	for (int i = addr_is4(a) ? 3 : 0; i < 4; i++, b += 4)
		put32(b, a->w[i]);
}

/* RFC 1071, not yet complemented. */
static uint32_t sum(const uint8_t *b, size_t n, uint32_t s)
{
	for (size_t i = 0; i + 1 < n; i += 2)
		s += (uint32_t)(b[i] << 8 | b[i + 1]);
	if (n & 1)
		s += (uint32_t)b[n - 1] << 8;
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return s;
}

static void checksum(const struct craft *c, uint8_t proto, uint8_t *l4, size_t n, size_t at)
{
	uint32_t s = 0;
	uint8_t pseudo[40] = {0};

	put16(l4 + at, 0);
	if (proto != ICMP) {
		size_t half = addr_is4(&c->src) ? 4 : 16;

		put_addr(pseudo, &c->src);
		put_addr(pseudo + half, &c->dst);
		put32(pseudo + 2 * half, (uint32_t)n);
		put32(pseudo + 2 * half + 4, proto);
		s = sum(pseudo, sizeof(pseudo), 0);
	}
	put16(l4 + at, ~sum(l4, n, s) & 0xffff);
}

static size_t dns_query(const struct craft *c, uint8_t *b)
{
	static const uint8_t tail[] = {3, 'l', 'a', 'b', 4, 't', 'e', 's', 't', 0, 0, 1, 0, 1};

	memset(b, 0, 12);
	put16(b, c->ident);
	b[2] = 1; /* recursion desired */
	b[5] = 1; /* one question */
	b[12] = 12;
	snprintf((char *)b + 13, 13, "x%08xfff", c->seq ^ (uint32_t)c->ident << 16);
	memcpy(b + 25, tail, sizeof(tail));
	return 25 + sizeof(tail);
}

size_t craft_payload(const struct craft *c, uint8_t *buf)
{
	if (c->kind == CRAFT_DNS)
		return dns_query(c, buf);
	if (c->kind == CRAFT_ECHO) {
		memset(buf, 0, 8 + c->payload);
		buf[0] = addr_is4(&c->dst) ? 8 : 128;
		put16(buf + 6, c->ident);
		return 8 + c->payload;
	}
	memset(buf, 'x', c->payload);
	return c->payload;
}

static size_t udp(const struct craft *c, uint8_t *b)
{
	size_t n = 8 + craft_payload(c, b + 8);

	put16(b, c->sport);
	put16(b + 2, c->dport);
	put16(b + 4, (uint32_t)n);
	checksum(c, UDP, b, n, 6);
	return n;
}

static size_t tcp(const struct craft *c, uint8_t *b)
{
	static const uint8_t mss[] = {2, 4, 5, 0xb4};
	uint8_t flags = c->kind == CRAFT_SYN	  ? 0x02
			: c->kind == CRAFT_SYNACK ? 0x12
			: c->kind == CRAFT_RST	  ? 0x04
						  : 0x10;
	size_t options = flags & 2 ? sizeof(mss) : 0;
	size_t data = c->kind == CRAFT_ACK ? c->payload : 0, n = 20 + options + data;

	put16(b, c->sport);
	put16(b + 2, c->dport);
	put32(b + 4, c->seq);
	put32(b + 8, flags & 0x10 ? c->ack : 0);
	put16(b + 12, (uint32_t)((20 + options) / 4) << 12 | flags);
	put16(b + 14, 65535);
	put32(b + 16, 0);
	memcpy(b + 20, mss, options);
	memset(b + 20 + options, 'x', data);
	checksum(c, TCP, b, n, 16);
	return n;
}

static size_t echo(const struct craft *c, uint8_t *b)
{
	size_t n = craft_payload(c, b);

	put16(b + 4, c->sport);
	checksum(c, addr_is4(&c->dst) ? ICMP : ICMP6, b, n, 2);
	return n;
}

/* Where a neighbour solicitation for an address goes (RFC 4291 2.7.1). */
static struct lim_addr solicited_node(const struct lim_addr *a)
{
	return (struct lim_addr){{0xff020000, 0, 1, 0xff000000 | (a->w[3] & 0xffffff)}};
}

static size_t solicitation(const struct craft *c, uint8_t *b)
{
	struct craft to_group = *c;

	to_group.dst = solicited_node(&c->dst);
	memset(b, 0, 32);
	b[0] = 135;
	put_addr(b + 8, &c->dst);
	b[24] = b[25] = 1; /* source link-layer address */
	memcpy(b + 26, c->mac, 6);
	checksum(&to_group, ICMP6, b, 32, 2);
	return 32;
}

static size_t arp(const struct craft *c, uint8_t *b)
{
	memset(b, 0, 28);
	put16(b, 1);
	put16(b + 2, 0x0800);
	b[4] = 6;
	b[5] = 4;
	put16(b + 6, 1);
	memcpy(b + 8, c->mac, 6);
	put_addr(b + 14, &c->src);
	put_addr(b + 24, &c->dst);
	return 28;
}

static size_t header(const struct craft *c, uint8_t *b, uint8_t proto, size_t body, uint32_t frag)
{
	bool v4 = addr_is4(&c->dst);
	size_t options = v4 && c->kind == CRAFT_OPTIONS ? 4 : 0;

	memset(b, 0, v4 ? 20 : 40);
	if (!v4) {
		b[0] = 0x60;
		put16(b + 4, (uint32_t)body);
		b[6] = proto;
		b[7] = c->kind == CRAFT_PROBE ? 255 : c->hops;
		put_addr(b + 8, &c->src);
		put_addr(b + 24, &c->dst);
		return 40;
	}
	b[0] = (uint8_t)(0x45 + options / 4);
	put16(b + 2, (uint32_t)(20 + options + body));
	put16(b + 4, c->ident);
	put16(b + 6, frag);
	b[8] = c->hops;
	b[9] = proto;
	put_addr(b + 12, &c->src);
	put_addr(b + 16, &c->dst);
	memset(b + 20, 1, options); /* no operation */
	put16(b + 10, ~sum(b, 20 + options, 0) & 0xffff);
	return 20 + options;
}

/* Extension headers of IPv6 ahead of the body; each is 8 bytes. Returns their length and leaves
 * the first one's number in *first. */
static size_t extensions(const struct craft *c, uint8_t *b, uint8_t last, uint8_t *first)
{
	static const uint8_t of_options[] = {HOPOPT}, of_routing[] = {ROUTE},
			     of_dstopts[] = {DSTOPT}, of_frag[] = {FRAG},
			     of_chain[] = {HOPOPT, DSTOPT, ROUTE, FRAG};
	const uint8_t *list = of_chain;
	size_t n = 1;

	switch (c->kind) {
	case CRAFT_OPTIONS:
		list = of_options;
		break;
	case CRAFT_ROUTING:
		list = of_routing;
		break;
	case CRAFT_DSTOPTS:
		list = of_dstopts;
		break;
	case CRAFT_FIRST:
	case CRAFT_LATER:
		list = of_frag;
		break;
	case CRAFT_CHAIN:
		n = sizeof(of_chain);
		break;
	default:
		*first = last;
		return 0;
	}
	*first = list[0];
	for (size_t i = 0; i < n; i++, b += 8) {
		memset(b, 0, 8);
		b[0] = i + 1 < n ? list[i + 1] : last;
		if (list[i] == FRAG) {
			put16(b + 2, c->kind == CRAFT_LATER ? 1480u | 1u : 1u);
			put32(b + 4, c->ident);
		} else if (list[i] == ROUTE) {
			b[2] = 253; /* an experimental type with no segments left */
		} else {
			b[2] = 1; /* PadN over the remaining 6 bytes */
			b[3] = 4;
		}
	}
	return 8 * n;
}

static size_t body(const struct craft *c, uint8_t *b, uint8_t *proto);

/* A packet to the same address inside GRE or IP. */
static size_t tunnel(const struct craft *c, uint8_t *b, uint8_t *proto)
{
	struct craft in = *c;
	bool v6 = c->kind == CRAFT_SIT || (c->kind == CRAFT_GRE && !addr_is4(&c->dst));
	size_t skip = c->kind == CRAFT_GRE ? 4 : 0;

	in.kind = CRAFT_UDP;
	if (v6 == addr_is4(&c->dst)) { /* the other family: addresses that mean nothing */
		in.src = in.dst = v6 ? (struct lim_addr){{0x20010002, 0, 0, 1}}
				     : (struct lim_addr){{0, 0, 0xffff, 0xc6120001}};
	}
	*proto = c->kind == CRAFT_GRE ? GRE : v6 ? 41 : 4;
	put32(b, v6 ? 0x86dd : 0x0800);
	return skip + craft_packet(&in, b + skip);
}

static size_t body(const struct craft *c, uint8_t *b, uint8_t *proto)
{
	switch (c->kind) {
	case CRAFT_SYN:
	case CRAFT_SYNACK:
	case CRAFT_ACK:
	case CRAFT_RST:
		*proto = TCP;
		return tcp(c, b);
	case CRAFT_ECHO:
		*proto = addr_is4(&c->dst) ? ICMP : ICMP6;
		return echo(c, b);
	case CRAFT_GRE:
	case CRAFT_IPIP:
	case CRAFT_SIT:
		return tunnel(c, b, proto);
	case CRAFT_ODD:
		*proto = 253;
		return craft_payload(c, b);
	case CRAFT_LATER:
		*proto = UDP;
		return craft_payload(c, b);
	case CRAFT_PROBE:
		*proto = ICMP6;
		return solicitation(c, b);
	default:
		*proto = UDP;
		return udp(c, b);
	}
}

size_t craft_packet(const struct craft *c, uint8_t *buf)
{
	uint8_t part[CRAFT_MAX], proto, first;
	bool v4 = addr_is4(&c->dst);
	uint32_t frag = c->kind == CRAFT_FIRST ? 0x2000 : c->kind == CRAFT_LATER ? 0x2000 | 185 : 0;
	size_t n, ext = 0, at;

	if (c->kind == CRAFT_FRAME)
		return craft_payload(c, buf);
	if (c->kind == CRAFT_PROBE && v4)
		return arp(c, buf);
	n = body(c, part, &proto);
	first = proto;
	if (!v4)
		ext = extensions(c, buf + 40, proto, &first);
	at = header(c, buf, first, n + ext, frag) + ext;
	if (c->kind == CRAFT_PROBE) {
		struct lim_addr group = solicited_node(&c->dst);

		put_addr(buf + 24, &group);
	}
	memcpy(buf + at, part, n);
	return at + n;
}

uint16_t craft_ethertype(const struct craft *c)
{
	if (c->kind == CRAFT_FRAME)
		return 0x88b5;
	if (!addr_is4(&c->dst))
		return 0x86dd;
	return c->kind == CRAFT_PROBE ? 0x0806 : 0x0800;
}
