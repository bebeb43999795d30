// SPDX-License-Identifier: MIT
#include "show/outlook.h"

#include <string.h>

#include "base/addr.h"

/* The first own address of that family. */
static bool source(const struct lim_config *c, const struct lim_addr *to, struct lim_addr *from)
{
	if (addr_is4(to)) {
		*from = (struct lim_addr){{0, 0, 0xffff, c->own4[0].addr}};
		return c->own4_count > 0;
	}
	memcpy(from->w, c->own6[0].addr, sizeof(from->w));
	return c->own6_count > 0;
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
