// SPDX-License-Identifier: MIT
#include "headers.h"

static const uint8_t device_mac[6] = {2, 0, 0, 0, 0, 1};
static const uint8_t router_mac[6] = {2, 0, 0, 0, 0, 2};
static const uint8_t group_mac[6] = {1, 0, 0x5e, 0, 0, 0xfb};
static const uint8_t all_mac[6] = {255, 255, 255, 255, 255, 255};

void link_header(struct out *o, int egress, int cast, unsigned vlans, unsigned type)
{
	const uint8_t *to = egress ? router_mac : device_mac;

	if (cast)
		to = cast == 1 ? group_mac : all_mac;
	put_bytes(o, to, 6);
	put_bytes(o, egress ? device_mac : router_mac, 6);
	for (unsigned i = 0; i < vlans; i++) {
		put16(o, vlans == 2 && i == 0 ? 0x88a8 : 0x8100);
		put16(o, 7 + i);
	}
	put16(o, type);
}

static uint32_t open4(struct out *o, const struct shape *s)
{
	uint32_t at = o->len;

	put8(o, 0x40 | (5 + s->options));
	put8(o, 0);
	put16(o, 0);
	put16(o, 0x1234);
	put16(o, (s->more_frags ? 0x2000u : 0) | s->frag_off);
	put8(o, s->hop_limit ? s->hop_limit : 64);
	put8(o, s->proto);
	put16(o, 0);
	put_bytes(o, s->src, 4);
	put_bytes(o, s->dst, 4);
	put_fill(o, 1, 4u * s->options);
	return at;
}

/* Hop-by-hop, destination options, routing, in turn: 8 bytes each. */
static unsigned ext_type(unsigned i)
{
	static const uint8_t types[] = {0, 60, 43};

	return types[i % 3];
}

static unsigned after_ext(const struct shape *s, unsigned i)
{
	if (i < s->ext)
		return ext_type(i);
	return s->frag_off || s->more_frags ? 44 : s->proto;
}

static uint32_t open6(struct out *o, const struct shape *s)
{
	uint32_t at = o->len;

	put32(o, 0x60000000);
	put16(o, 0);
	put8(o, after_ext(s, 0));
	put8(o, s->hop_limit ? s->hop_limit : 64);
	put_bytes(o, s->src, 16);
	put_bytes(o, s->dst, 16);
	for (unsigned i = 0; i < s->ext; i++) {
		put8(o, after_ext(s, i + 1));
		put8(o, 0);
		put_fill(o, ext_type(i) == 43 ? 0 : 1, 6);
	}
	if (s->frag_off || s->more_frags) {
		put8(o, s->proto);
		put8(o, 0);
		put16(o, (unsigned)s->frag_off << 3 | (s->more_frags ? 1 : 0));
		put32(o, 0xabcdef01);
	}
	return at;
}

uint32_t net_open(struct out *o, const struct shape *s)
{
	int cast = s->v6 ? s->dst[0] == 0xff : (s->dst[0] & 0xf0) == 0xe0;

	if (!s->v6 && s->dst[0] == 255)
		cast = 2;
	if (!s->raw)
		link_header(o, s->egress, cast, s->vlans, s->v6 ? 0x86dd : 0x0800);
	return s->v6 ? open6(o, s) : open4(o, s);
}

void net_close(struct out *o, uint32_t at)
{
	if (at < o->len && o->data[at] >> 4 == 6)
		set16(o, at + 4, o->len - at - 40);
	else
		set16(o, at + 2, o->len - at);
}

void tcp_header(struct out *o, const struct tcp_fields *f)
{
	put16(o, f->sport);
	put16(o, f->dport);
	put32(o, f->seq);
	put32(o, f->ack);
	put8(o, (5u + f->options) << 4);
	put8(o, f->flags);
	put16(o, 0xffff);
	put32(o, 0);
	put_fill(o, 1, 4u * f->options);
}

void udp_header(struct out *o, unsigned sport, unsigned dport, unsigned payload)
{
	put16(o, sport);
	put16(o, dport);
	put16(o, 8 + payload);
	put16(o, 0);
}
