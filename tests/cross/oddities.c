// SPDX-License-Identifier: MIT
#include "oddities.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const uint8_t own[2][16] = {
    {192, 0, 2, 10},
    {0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10},
};

const uint8_t *odd_own(int v6)
{
	return own[!!v6];
}

static int is_raw(const struct traffic *t)
{
	return t->packet.link == LIM_RAW_IP;
}

void odd_plain(struct traffic *t, struct out *o, struct shape *s, int tcp, uint32_t payload)
{
	uint32_t at;
	struct tcp_fields f = {.flags = TH_SYN, .sport = 40000, .dport = 23, .options = 5};

	s->proto = tcp ? LIM_PROTO_TCP : LIM_PROTO_UDP;
	s->raw = (uint8_t)is_raw(t);
	at = net_open(o, s);
	f.sport = (uint16_t)(f.sport + traffic_below(t, 1000));
	f.seq = (uint32_t)traffic_random(&t->rng);
	if (tcp)
		tcp_header(o, &f);
	else
		udp_header(o, f.sport, 9, payload);
	put_fill(o, 'b', tcp ? 0 : payload);
	net_close(o, at);
}

static const uint8_t *victim(struct traffic *t, uint8_t *a, int v6, int far)
{
	traffic_address(t, a, v6, !far);
	return a;
}

static int odd_spoof(struct traffic *t, struct out *o)
{
	uint8_t a[16], b[16];
	struct shape s = {.v6 = (uint8_t)traffic_below(t, 2), .egress = 1};

	s.src = victim(t, a, s.v6, (int)traffic_below(t, 2));
	s.dst = victim(t, b, s.v6, 1);
	if (!traffic_below(t, 6))
		memset(a, 0, sizeof a);
	else if (!traffic_below(t, 6))
		s.src = s.dst = own[s.v6]; /* to itself */
	else if (!s.v6 && !traffic_below(t, 6))
		a[0] = 127;
	odd_plain(t, o, &s, (int)traffic_below(t, 2), 100);
	return 1;
}

int odd_arp(struct traffic *t, struct out *o)
{
	uint8_t a[16];
	int egress = traffic_below(t, 4) != 0, request = traffic_below(t, 8) != 0;

	traffic_address(t, a, 0, 1);
	link_header(o, egress, request ? 2 : 0, 0, 0x0806);
	put32(o, 0x00010800);
	put16(o, 0x0604);
	put16(o, request ? 1 : 2);
	put_fill(o, 2, 6);
	put_bytes(o, egress ? own[0] : a, 4);
	put_fill(o, 0, 6);
	put_bytes(o, egress ? a : own[0], 4);
	return egress;
}

static int odd_neighbour(struct traffic *t, struct out *o)
{
	uint8_t group[16] = {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff}, a[16], none[16] = {0};
	struct shape s = {.v6 = 1, .egress = 1, .proto = LIM_PROTO_ICMPV6, .hop_limit = 255};
	uint32_t at;

	traffic_address(t, a, 1, 1);
	memcpy(group + 13, a + 13, 3);
	s.src = traffic_below(t, 8) ? own[1] : none;
	s.dst = traffic_below(t, 4) ? group : a;
	s.raw = (uint8_t)is_raw(t);
	at = net_open(o, &s);
	put8(o, 133 + traffic_below(t, 5));
	put_fill(o, 0, 7);
	put_bytes(o, a, 16);
	net_close(o, at);
	return 1;
}

int odd_cast(struct traffic *t, struct out *o)
{
	static const uint8_t to4[][4] = {
	    {224, 0, 0, 251}, {239, 255, 255, 250}, {255, 255, 255, 255}, {192, 0, 2, 255}};
	static const uint8_t to6[16] = {0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xfb};
	static const uint8_t none[16];
	struct shape s = {.v6 = (uint8_t)traffic_below(t, 2)};

	s.egress = traffic_below(t, 4) != 0;
	s.src = traffic_below(t, 6) ? own[s.v6] : none;
	s.dst = s.v6 ? to6 : to4[traffic_below(t, COUNT(to4))];
	s.hop_limit = traffic_below(t, 2) ? 1 : 0;
	odd_plain(t, o, &s, 0, 200);
	return s.egress;
}

int odd_frame(struct traffic *t, struct out *o)
{
	static const uint16_t types[] = {0x888e, 0x88cc, 0x8863, 0x0026, 0x86de, 0x8100, 0x88e5};
	int egress = traffic_below(t, 3) != 0, cast = (int)traffic_below(t, 3);
	uint32_t fill = traffic_below(t, 256);

	link_header(o, egress, cast, 0, types[traffic_below(t, COUNT(types))]);
	put_fill(o, fill, 1 + traffic_below(t, 80));
	return egress;
}

static int odd_fragment(struct traffic *t, struct out *o)
{
	uint8_t a[16];
	struct shape s = {.v6 = (uint8_t)traffic_below(t, 2), .egress = 1};

	s.egress = traffic_below(t, 3) != 0;
	traffic_address(t, a, s.v6, 0);
	a[s.v6 ? 15 : 3] = 33; /* few of them, so that they meet again */
	s.src = s.egress ? own[s.v6] : a;
	s.dst = s.egress ? a : own[s.v6];
	s.frag_off = (uint16_t)(traffic_below(t, 2) * 160);
	s.more_frags = !s.frag_off;
	s.ext = (uint8_t)traffic_below(t, 12);
	s.options = (uint8_t)traffic_below(t, 11);
	odd_plain(t, o, &s, (int)traffic_below(t, 4) == 0, 900);
	return s.egress;
}

/* IP in IP, 6in4, GRE, ESP, SCTP, "no next header" and protocols nobody knows. */
static int odd_proto(struct traffic *t, struct out *o)
{
	static const uint8_t protos[] = {4, 41, 47, 50, 51, 132, 2, 59, 0, 255, 135};
	uint8_t a[16], b[16];
	struct shape s = {.v6 = (uint8_t)traffic_below(t, 2), .egress = 1};
	struct shape in = {.v6 = (uint8_t)traffic_below(t, 2), .raw = 1, .proto = LIM_PROTO_UDP};
	uint32_t at;

	s.egress = traffic_below(t, 3) != 0;
	traffic_address(t, a, s.v6, 0);
	traffic_address(t, b, in.v6, 0);
	s.src = s.egress ? own[s.v6] : a;
	s.dst = s.egress ? a : own[s.v6];
	s.proto = protos[traffic_below(t, COUNT(protos))];
	s.raw = (uint8_t)is_raw(t);
	at = net_open(o, &s);
	if (s.proto == 47)
		put32(o, in.v6 ? 0x86dd : 0x0800);
	in.src = own[in.v6];
	in.dst = b;
	net_open(o, &in);
	udp_header(o, 5000, 53, 40);
	put_fill(o, 't', traffic_below(t, 300));
	net_close(o, at);
	return s.egress;
}

void odd_quote(struct traffic *t, struct out *o, const uint8_t *peer, int v6)
{
	static const uint8_t codes[] = {0, 1, 3, 4, 9, 10, 13};
	struct shape s = {.v6 = (uint8_t)v6, .src = peer, .dst = own[v6]};
	uint32_t at, from = o->len;

	s.proto = v6 ? LIM_PROTO_ICMPV6 : LIM_PROTO_ICMP;
	s.raw = (uint8_t)is_raw(t);
	at = net_open(o, &s);
	put8(o, v6 ? 1 + traffic_below(t, 4) : (traffic_below(t, 6) ? 3 : 11));
	put8(o, codes[traffic_below(t, COUNT(codes))]);
	put16(o, 0);
	put32(o, 0);
	from = o->len;
	put_bytes(o, t->quote, t->quote_len);
	if (!traffic_below(t, 6) && o->len > from)
		o->data[from + traffic_below(t, o->len - from)] ^= 0x11; /* a forgery */
	net_close(o, at);
}

static int odd_error(struct traffic *t, struct out *o)
{
	uint8_t a[16];

	traffic_address(t, a, (int)t->quote_v6, 0);
	odd_quote(t, o, a, (int)t->quote_v6);
	return 0;
}

static int odd_noise(struct traffic *t, struct out *o)
{
	static const uint16_t types[] = {0x0800, 0x86dd, 0x0806, 0x8100};

	if (!is_raw(t))
		link_header(o, 1, 0, 0, types[traffic_below(t, COUNT(types))]);
	if (traffic_below(t, 2))
		put8(o, traffic_below(t, 2) ? 0x45 : 0x60);
	for (uint32_t n = 1 + traffic_below(t, 120); n; n--)
		put8(o, (uint8_t)(traffic_random(&t->rng) >> 56));
	return (int)traffic_below(t, 2);
}

int odd_packet(struct traffic *t, struct out *o)
{
	static int (*const kinds[])(struct traffic *, struct out *) = {
	    odd_spoof,	  odd_arp,   odd_neighbour, odd_cast,  odd_frame,
	    odd_fragment, odd_proto, odd_error,	    odd_noise,
	};

	return kinds[traffic_below(t, COUNT(kinds))](t, o);
}
