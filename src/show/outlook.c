// SPDX-License-Identifier: MIT
#include "show/outlook.h"

#include <string.h>

#include "base/addr.h"

enum scope { HOST, LINK, SITE, GLOBAL };

/* A private IPv4 address reaches the world through a router that translates it; a unique local IPv6
 * address does not. */
static enum scope scope(const struct lim_addr *a)
{
	lim_u32 top = a->w[0];

	if (addr_is4(a))
		return a->w[3] >> 24 == 127 ? HOST : a->w[3] >> 16 == 0xa9fe ? LINK : GLOBAL;
	if (!(top | a->w[1] | a->w[2]) && a->w[3] == 1)
		return HOST;
	if (top >> 22 == 0x3fa || (top >> 24 == 0xff && (top >> 16 & 15) <= 2))
		return LINK;
	return top >> 25 == 0x7e ? SITE : GLOBAL;
}

/* How well a packet to `to` could come from there; 0: not at all (RFC 6724 section 5). */
static int fits(const struct lim_addr *from, bool on_link, const struct lim_addr *to)
{
	enum scope s = scope(from), t = scope(to);

	if (s == HOST)
		return 0;
	return on_link ? 4 : s == t ? 3 : s == LINK ? 1 : 2;
}

static struct lim_addr own4(const struct lim_own4 *o, const struct lim_addr *to, bool *on_link)
{
	*on_link = !((to->w[3] ^ o->addr) & o->mask);
	return (struct lim_addr){{0, 0, 0xffff, o->addr}};
}

static struct lim_addr own6(const struct lim_own6 *o, const struct lim_addr *to, bool *on_link)
{
	struct lim_addr a;

	*on_link = true;
	for (int i = 0; i < 4; i++) {
		a.w[i] = o->addr[i];
		*on_link &= !((to->w[i] ^ o->addr[i]) & o->mask[i]);
	}
	return a;
}

/* The own address that the system would most likely send from. */
static bool source(const struct lim_config *c, const struct lim_addr *to, struct lim_addr *from)
{
	bool is4 = addr_is4(to), on_link;
	lim_u32 count = is4 ? c->own4_count : c->own6_count, most = is4 ? LIM_OWN4 : LIM_OWN6;
	int best = 0;

	if (scope(to) == HOST) {
		*from = *to;
		return true;
	}
	for (lim_u32 i = 0; i < count && i < most; i++) {
		struct lim_addr a =
		    is4 ? own4(&c->own4[i], to, &on_link) : own6(&c->own6[i], to, &on_link);
		int fit = fits(&a, on_link, to);

		if (fit > best) {
			best = fit;
			*from = a;
		}
	}
	return best > 0;
}

static bool is_free(enum lim_reason r)
{
	return r == LIM_PASS_CONSENT || r == LIM_PASS_HANDSHAKE || r == LIM_PASS_LINK ||
	       r == LIM_PASS_OVERRIDE;
}

void outlook(const struct show *s, const struct lim_addr *addr, struct outlook *o)
{
	static struct lim_state copy;
	static struct lim_report report;
	struct lim_packet p = {
	    .dst = *addr, .kind = LIM_KIND_IP, .segs = 1, .flags = LIM_F_PORTS, .hop_limit = 64};
	enum lim_reason r = LIM_PASS_INBOUND;

	*o = (struct outlook){.has_source = source(s->config, addr, &p.src)};
	/* Ports of no service: only what is known of the peer may decide. */
	p.sport = 65535;
	p.dport = 65535;

	copy = *s->state;
	p.proto = LIM_PROTO_TCP;
	p.tcp_flags = LIM_TCP_SYN;
	p.wire_len = 74;
	o->connection = lim_egress(&copy, s->config, &report, &p, s->now);

	copy = *s->state;
	p.proto = LIM_PROTO_UDP;
	p.tcp_flags = 0;
	p.wire_len = 100;
	o->datagram = lim_egress(&copy, s->config, &report, &p, s->now);

	copy = *s->state;
	p.wire_len = OUTLOOK_PACKET;
	while (o->packets < OUTLOOK_MOST) {
		r = lim_egress(&copy, s->config, &report, &p, s->now);
		if (lim_drops(r))
			break;
		o->packets++;
	}
	o->then = r;
	o->free = is_free(o->datagram) && !lim_drops(o->connection);
}
