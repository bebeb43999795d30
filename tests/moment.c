// SPDX-License-Identifier: MIT
#include "moment.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define OUR_PORT 40000

static struct lim_addr addr(const char *text)
{
	unsigned char b[16];
	struct lim_addr a = {{0, 0, 0xffff, 0}};
	lim_u32 w[4];

	if (inet_pton(AF_INET, text, b) == 1) {
		memcpy(w, b, 4);
		a.w[3] = ntohl(w[0]);
	} else if (inet_pton(AF_INET6, text, b) == 1) {
		memcpy(w, b, 16);
		for (int i = 0; i < 4; i++)
			a.w[i] = ntohl(w[i]);
	}
	return a;
}

static struct lim_packet udp(lim_u32 len)
{
	return (struct lim_packet){.kind = LIM_KIND_IP,
				   .proto = LIM_PROTO_UDP,
				   .flags = LIM_F_PORTS,
				   .segs = 1,
				   .hop_limit = 64,
				   .wire_len = len};
}

enum lim_reason moment_out(struct moment *m, const char *peer, unsigned port, lim_u32 len)
{
	struct lim_packet p = udp(len);

	p.src = addr(strchr(peer, ':') ? "2001:db8:7::2" : MOMENT_OWN);
	p.dst = addr(peer);
	p.sport = OUR_PORT;
	p.dport = (lim_u16)port;
	return lim_egress(&m->state, &m->config, &m->report, &p, m->now);
}

enum lim_reason moment_in(struct moment *m, const char *peer, unsigned port, lim_u32 len)
{
	struct lim_packet p = udp(len);

	p.src = addr(peer);
	p.dst = addr(strchr(peer, ':') ? "2001:db8:7::2" : MOMENT_OWN);
	p.sport = (lim_u16)port;
	p.dport = OUR_PORT;
	return lim_ingress(&m->state, &m->config, &m->report, &p, m->now);
}

/* ICMP port unreachable that quotes what we sent to peer:port. */
static void refuse(struct moment *m, const char *peer, unsigned port)
{
	struct lim_packet p = udp(70);

	p.proto = LIM_PROTO_ICMP;
	p.flags = LIM_F_QUOTE;
	p.icmp_type = 3;
	p.icmp_code = 3;
	p.src = p.q_dst = addr(peer);
	p.dst = p.q_src = addr(MOMENT_OWN);
	p.q_proto = LIM_PROTO_UDP;
	p.q_sport = OUR_PORT;
	p.q_dport = (lim_u16)port;
	lim_ingress(&m->state, &m->config, &m->report, &p, m->now);
}

void moment_make(struct moment *m)
{
	static const lim_u64 key[2] = {1, 2};
	struct lim_addr own4 = addr(MOMENT_OWN), own6 = addr("2001:db8:7::2");

	memset(m, 0, sizeof(*m));
	lim_config_default(&m->config, key);
	lim_config_own(&m->config, &own4, 24);
	lim_config_own(&m->config, &own6, 64);
	m->meta = (struct guard_meta){.magic = GUARD_META_MAGIC,
				      .version = LIM_VERSION,
				      .program = "0.1.0",
				      .backend = "tcx",
				      .started = 100 * LIM_S,
				      .adopted = 100 * LIM_S,
				      .pid = 4711,
				      .iface_count = 1,
				      .iface = {{.name = "eth0", .index = 2, .attached = 1}}};
	lim_start(&m->state, &m->config, m->meta.started);
	m->now = m->meta.started + 3600 * LIM_S;

	/* Refused often enough that it is no longer doubted. */
	for (int i = 0; i < 4; i++) {
		m->now += LIM_VETO_GAP + LIM_S;
		moment_out(m, MOMENT_REFUSER, 7777, 100);
		refuse(m, MOMENT_REFUSER, 7777);
	}
	m->now += 2 * LIM_S;
	moment_out(m, MOMENT_FRIEND, 4433, 1000);
	moment_in(m, MOMENT_FRIEND, 4433, 5000);
	for (int i = 0; i < 20; i++)
		moment_out(m, MOMENT_SILENT, 9000, 1000);
	m->now += 3 * LIM_S;
	moment_out(m, MOMENT_FRIEND, 4433, 30000);
	moment_out(m, MOMENT_REFUSER, 7777, 1000);
	moment_out(m, MOMENT_NEIGHBOUR, 80, 500);
}
