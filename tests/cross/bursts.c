// SPDX-License-Identifier: MIT
// Bursts of the traffic generator: what a hijacked device does, and what strains each budget.
#include "oddities.h"

enum { SCAN, SPRAY, FLOOD, VISITORS, SHAPES };

static uint8_t is_raw(const struct traffic *t)
{
	return t->packet.link == LIM_RAW_IP;
}

/* TCP SYN or UDP datagrams to far or near hosts, or the same from visitors. */
static int burst_plain(struct traffic *t, struct out *o)
{
	uint8_t a[16];
	struct shape s = {.v6 = t->burst_kind & 1, .raw = is_raw(t)};
	uint32_t shape = t->burst_kind >> 1 & 3;
	int far = (t->burst_kind & 8) || shape == VISITORS;

	s.egress = shape != VISITORS;
	traffic_address(t, a, s.v6, !far);
	if (shape == FLOOD || (shape == VISITORS && (t->burst_kind & 8))) {
		memset(a + (s.v6 ? 8 : 2), 0, s.v6 ? 8 : 2);
		a[s.v6 ? 15 : 3] = 99;
	}
	s.src = s.egress ? odd_own(s.v6) : a;
	s.dst = s.egress ? a : odd_own(s.v6);
	odd_plain(t, o, &s, shape == SCAN || shape == VISITORS, traffic_below(t, 1300));
	return s.egress;
}

/* A datagram and its answer in turn. port 53: queries to one resolver; else each pair with
 * another host. */
static int burst_pairs(struct traffic *t, struct out *o, unsigned port)
{
	uint8_t a[16] = {198, 19, 0, 53};
	uint32_t pair = t->burst >> 1, at;
	int egress = (int)(t->burst & 1);
	unsigned ours = 20000 + (pair & 0x3fff);
	struct shape s = {.egress = (uint8_t)egress, .proto = LIM_PROTO_UDP, .raw = is_raw(t)};

	if (port != 53) {
		a[2] = (uint8_t)(1 + (pair >> 8));
		a[3] = (uint8_t)pair;
	}
	s.src = egress ? odd_own(0) : a;
	s.dst = egress ? a : odd_own(0);
	at = net_open(o, &s);
	udp_header(o, egress ? ours : port, egress ? port : ours, 12);
	put16(o, pair & 0xffff);
	put16(o, egress ? 0x0100 : 0x8180);
	put32(o, 0x00010000);
	put32(o, 0);
	net_close(o, at);
	return egress;
}

static int burst_dns(struct traffic *t, struct out *o)
{
	return burst_pairs(t, o, 53);
}

static int burst_crowd(struct traffic *t, struct out *o)
{
	return burst_pairs(t, o, 7000);
}

/* Connections to one server, each confirmed: SYN, SYN-ACK, data, its acknowledgement. */
static int burst_connections(struct traffic *t, struct out *o)
{
	static const uint8_t server[4] = {198, 19, 200, 80};
	static const uint8_t flags[4] = {TH_ACK, TH_ACK | TH_PSH, TH_SYN | TH_ACK, TH_SYN};
	uint32_t step = t->burst % 4, number = t->burst / 4, at;
	int egress = (int)(step & 1);
	struct shape s = {.egress = (uint8_t)egress, .proto = LIM_PROTO_TCP, .raw = is_raw(t)};
	struct tcp_fields f = {.flags = flags[step]};

	s.src = egress ? odd_own(0) : server;
	s.dst = egress ? server : odd_own(0);
	f.sport = (uint16_t)(egress ? 30000 + number : 443);
	f.dport = (uint16_t)(egress ? 443 : 30000 + number);
	f.seq = egress ? 1000 + (step == 1) : 5000 + (step == 0);
	f.ack = egress ? 5001 : 1001 + (step == 0 ? 100 : 0);
	at = net_open(o, &s);
	tcp_header(o, &f);
	put_fill(o, 'd', step == 1 ? 100 : 0);
	net_close(o, at);
	return egress;
}

/* A stream to somebody who answers once in a long while. */
static int burst_one_way(struct traffic *t, struct out *o)
{
	static const uint8_t viewer[4] = {198, 19, 33, 33};
	int egress = t->burst % 120 != 118;
	struct shape s = {.egress = (uint8_t)egress, .proto = LIM_PROTO_UDP, .raw = is_raw(t)};
	uint32_t at, payload = egress ? 1200 : 20;

	s.src = egress ? odd_own(0) : viewer;
	s.dst = egress ? viewer : odd_own(0);
	at = net_open(o, &s);
	udp_header(o, 5004, 5004, payload);
	put_fill(o, 'v', payload);
	net_close(o, at);
	return egress;
}

/* Datagrams to many silent networks in turn, each below its own budget. */
static int burst_carpet(struct traffic *t, struct out *o)
{
	uint8_t a[16] = {198, 19, 0, 1};
	struct shape s = {.egress = 1, .src = odd_own(0), .dst = a, .raw = is_raw(t)};

	a[2] = (uint8_t)(100 + t->burst % 90);
	odd_plain(t, o, &s, 0, 40);
	return 1;
}

int odd_burst(struct traffic *t, struct out *o)
{
	static int (*const kinds[])(struct traffic *, struct out *) = {
	    odd_arp,	 odd_cast,	    odd_frame,	  burst_dns,	 burst_crowd,
	    burst_crowd, burst_connections, burst_carpet, burst_one_way,
	};
	uint32_t n = sizeof kinds / sizeof kinds[0];

	if (!t->burst) {
		t->burst = traffic_below(t, 4) ? 800 : 2500;
		t->burst = 20 + traffic_below(t, t->burst);
		t->burst_kind = traffic_below(t, 16 + 2 * n);
	}
	t->burst--;
	return t->burst_kind < 16 ? burst_plain(t, o) : kinds[(t->burst_kind - 16) % n](t, o);
}
