// SPDX-License-Identifier: MIT
#include "traffic.h"

#include "headers.h"
#include "oddities.h"

enum manners { SILENT, WILLING, MOODY, REJECTS, MANNERS };

static const uint8_t own4[4] = {192, 0, 2, 10};
static const uint8_t own6[16] = {0x20, 0x01, 0x0d, 0xb8, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10};

uint64_t traffic_random(uint64_t *state)
{
	uint64_t x = *state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	*state = x;
	return x * 0x2545F4914F6CDD1Dull;
}

uint32_t traffic_below(struct traffic *t, uint32_t n)
{
	return (uint32_t)((traffic_random(&t->rng) >> 32) * (uint64_t)n >> 32);
}

static int one_in(struct traffic *t, uint32_t n)
{
	return traffic_below(t, n) == 0;
}

static struct lim_addr words(const uint8_t *a, int v6)
{
	struct lim_addr w = {{0, 0, 0xffff, 0}};

	for (int i = v6 ? 0 : 3, k = 0; i < 4; i++, k += 4)
		w.w[i] = (uint32_t)a[k] << 24 | (uint32_t)a[k + 1] << 16 | (uint32_t)a[k + 2] << 8 |
			 a[k + 3];
	return w;
}

void traffic_config(struct lim_config *c)
{
	static const lim_u64 key[2] = {0x0123456789abcdefull, 0xfedcba9876543210ull};
	static const uint8_t ll[16] = {0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10};
	struct lim_addr a;

	lim_config_default(c, key);
	a = words(own4, 0);
	lim_config_own(c, &a, 24);
	a = words(own6, 1);
	lim_config_own(c, &a, 64);
	a = words(ll, 1);
	lim_config_own(c, &a, 64);
	/* The owner's override, for 198.19.128.0/17 during the first minutes. */
	c->override_until = 300 * LIM_S;
	c->override_addr = (struct lim_addr){{0, 0, 0xffff, 0xc6138000u}};
	c->override_mask = (struct lim_addr){{~0u, ~0u, ~0u, 0xffff8000u}};
}

void traffic_address(struct traffic *t, uint8_t *a, int v6, int on_link)
{
	uint32_t r = (uint32_t)(traffic_random(&t->rng) >> 32);

	memset(a, 0, 16);
	if (v6) {
		memcpy(a, own6, 8);
		if (!on_link) {
			a[1] = 0x01;
			a[2] = 0;
			a[3] = 2;
			a[5] = (uint8_t)(r >> 24) & 15;
			a[7] = (uint8_t)(r >> 16);
		}
		a[15] = (uint8_t)(r | 32);
	} else if (on_link) {
		memcpy(a, own4, 3);
		a[3] = (uint8_t)(r | 32);
	} else {
		a[0] = 198;
		a[1] = 18 + (r >> 28 & 1);
		a[2] = (uint8_t)(r >> 8);
		a[3] = (uint8_t)r;
	}
}

static void talk_renew(struct traffic *t, struct traffic_talk *k)
{
	static const uint8_t protos[] = {LIM_PROTO_TCP, LIM_PROTO_TCP, LIM_PROTO_UDP, LIM_PROTO_UDP,
					 LIM_PROTO_ICMP};

	memset(k, 0, sizeof *k);
	k->v6 = (uint8_t)one_in(t, 3);
	traffic_address(t, k->peer, k->v6, one_in(t, 5));
	memcpy(k->own, k->v6 ? own6 : own4, k->v6 ? 16 : 4);
	k->proto = protos[traffic_below(t, sizeof protos)];
	k->manners = (uint8_t)(one_in(t, 3) ? traffic_below(t, MANNERS) : WILLING);
	k->inbound = (uint8_t)(k->proto != LIM_PROTO_ICMP && one_in(t, 4));
	k->nxt = k->una = (uint32_t)traffic_random(&t->rng);
	k->peer_nxt = (uint32_t)traffic_random(&t->rng);
	k->sport = (uint16_t)(k->inbound ? 80 : 32768 + traffic_below(t, 28000));
	k->dport = (uint16_t)(k->inbound ? 1024 + traffic_below(t, 60000) : 443);
	k->dns = (uint8_t)(k->proto == LIM_PROTO_UDP && !k->inbound && one_in(t, 3));
	if (k->dns)
		k->dport = 53;
	if (k->proto == LIM_PROTO_ICMP && k->v6)
		k->proto = LIM_PROTO_ICMPV6;
}

/* Network header of a talk's packet in one direction, now and then in unusual dress. */
static uint32_t talk_open(struct traffic *t, const struct traffic_talk *k, struct out *o,
			  int egress)
{
	struct shape s = {.v6 = k->v6, .egress = (uint8_t)egress, .proto = k->proto};

	s.src = egress ? k->own : k->peer;
	s.dst = egress ? k->peer : k->own;
	s.raw = t->packet.link == LIM_RAW_IP;
	if (one_in(t, 24)) {
		s.vlans = (uint8_t)traffic_below(t, 3);
		s.ext = (uint8_t)traffic_below(t, 5);
		s.options = (uint8_t)traffic_below(t, 11);
		s.hop_limit = (uint8_t)traffic_below(t, 4);
		s.more_frags = (uint8_t)one_in(t, 8);
	}
	return net_open(o, &s);
}

static void talk_tcp(struct traffic *t, struct traffic_talk *k, struct out *o, int egress,
		     unsigned flags, uint32_t payload)
{
	uint32_t at = talk_open(t, k, o, egress);
	struct tcp_fields f = {.flags = (uint8_t)flags};

	f.seq = egress ? k->nxt : k->peer_nxt;
	f.ack = egress ? k->peer_nxt : k->una;
	f.sport = egress ? k->sport : k->dport;
	f.dport = egress ? k->dport : k->sport;
	f.options = (uint8_t)(flags & TH_SYN ? 5 : 0);
	tcp_header(o, &f);
	put_fill(o, 'x', payload);
	net_close(o, at);
	payload += flags & (TH_SYN | TH_FIN) ? 1 : 0;
	*(egress ? &k->nxt : &k->peer_nxt) += payload;
}

static int tcp_opening(struct traffic *t, struct traffic_talk *k, struct out *o)
{
	int egress = k->inbound ? k->state == 1 : k->state != 1;

	if (k->state == 1 && !k->inbound && k->manners == SILENT) {
		k->nxt = k->una; /* a repeated SYN */
		k->state = (uint8_t)(one_in(t, 3) ? 4 : 1);
		talk_tcp(t, k, o, 1, TH_SYN, 0);
		return 1;
	}
	if (k->state == 1 && k->manners == REJECTS) {
		k->una = k->nxt;
		talk_tcp(t, k, o, egress, TH_RST | TH_ACK, 0);
		k->state = 4;
		return egress;
	}
	if (egress != !!k->inbound && k->state == 1)
		k->una = k->nxt;
	talk_tcp(t, k, o, egress,
		 k->state == 0	 ? TH_SYN
		 : k->state == 1 ? TH_SYN | TH_ACK
				 : TH_ACK,
		 0);
	k->state++;
	return egress;
}

static int tcp_step(struct traffic *t, struct traffic_talk *k, struct out *o)
{
	uint32_t dice = traffic_below(t, 100);

	if (k->state < 3)
		return tcp_opening(t, k, o);
	if (dice < 50 || k->manners == SILENT) {
		talk_tcp(t, k, o, 1, TH_ACK | TH_PSH, traffic_below(t, 1400));
		return 1;
	}
	if (dice < 95) {
		uint32_t all = k->nxt - k->una;

		k->una += one_in(t, 8) ? traffic_below(t, all + 1) : all;
		if (one_in(t, 200))
			k->una += 100000; /* acknowledges what was never sent */
		talk_tcp(t, k, o, 0, TH_ACK, one_in(t, 2) ? traffic_below(t, 1400) : 0);
		return 0;
	}
	k->state = 4;
	talk_tcp(t, k, o, (int)(dice & 1), dice < 98 ? TH_FIN | TH_ACK : TH_RST, 0);
	return (int)(dice & 1);
}

static int talk_answers(struct traffic *t, const struct traffic_talk *k)
{
	if (k->manners == WILLING)
		return one_in(t, 2);
	return k->manners == MOODY && one_in(t, 20);
}

static int udp_step(struct traffic *t, struct traffic_talk *k, struct out *o)
{
	int egress = k->inbound ? k->state && !one_in(t, 3) : !k->state || !talk_answers(t, k);
	uint32_t payload = traffic_below(t, k->dns ? 80 : 1300), at;

	at = talk_open(t, k, o, egress);
	udp_header(o, egress ? k->sport : k->dport, egress ? k->dport : k->sport, payload + 12);
	put16(o, 0x4242);
	put16(o, egress ? 0x0100u : one_in(t, 3) ? 0x8183u : 0x8180u); /* DNS flags: NXDOMAIN */
	put32(o, 0x00010000);
	put32(o, 0);
	put_fill(o, 'u', payload);
	net_close(o, at);
	k->state = 1;
	return egress;
}

static int ping_step(struct traffic *t, struct traffic_talk *k, struct out *o)
{
	int egress = !k->state || !talk_answers(t, k);
	uint32_t at = talk_open(t, k, o, egress);
	unsigned request = k->v6 ? 128 : 8, reply = k->v6 ? 129 : 0;

	put8(o, egress ? request : reply);
	put8(o, 0);
	put16(o, 0);
	put16(o, k->sport);
	put16(o, k->nxt++);
	put_fill(o, 'p', 56);
	net_close(o, at);
	k->state = 1;
	return egress;
}

/* What a peer that rejects sends after our packet: an error that quotes it. */
static int talk_reject(struct traffic *t, struct traffic_talk *k, struct out *o)
{
	odd_quote(t, o, k->peer, k->v6);
	talk_renew(t, k);
	return 0;
}

static int talk_step(struct traffic *t, struct out *o)
{
	struct traffic_talk *k = &t->talk[traffic_below(t, TRAFFIC_TALKS)];

	if (k->state >= 4 || one_in(t, 200))
		talk_renew(t, k);
	if (k->manners == REJECTS && k->state == 1 && !k->inbound && t->quote_v6 == k->v6)
		return talk_reject(t, k, o);
	if (k->proto == LIM_PROTO_TCP)
		return tcp_step(t, k, o);
	return k->proto == LIM_PROTO_UDP ? udp_step(t, k, o) : ping_step(t, k, o);
}

static void advance(struct traffic *t)
{
	uint32_t dice = traffic_below(t, 1000);

	if (t->burst || dice < 700)
		t->now += traffic_below(t, 3000000);
	else if (dice < 960)
		t->now += traffic_below(t, 60000000);
	else if (dice < 999)
		t->now += traffic_below(t, 2000) * 1000000ull;
	else
		t->now += traffic_below(t, one_in(t, 10) ? 4000000 : 40000) * 1000000ull;
}

static void mutate(struct traffic *t, struct out *o)
{
	for (uint32_t n = 1 + traffic_below(t, 4); n && o->len; n--) {
		uint32_t at = traffic_below(t, one_in(t, 2) && o->len > 64 ? 64 : o->len);

		o->data[at] ^= (uint8_t)(1u << traffic_below(t, 8));
	}
	if (one_in(t, 3))
		o->len = 14 + traffic_below(t, o->len);
	if (o->len > TRAFFIC_MAX)
		o->len = TRAFFIC_MAX;
}

static void remember(struct traffic *t, const struct out *o)
{
	uint32_t at = t->packet.link == LIM_ETHERNET ? 14 : 0;

	if (o->len < at + 28 || (o->data[at] >> 4 != 4 && o->data[at] >> 4 != 6))
		return;
	t->quote_v6 = o->data[at] >> 4 == 6;
	t->quote_len = o->len - at < sizeof t->quote ? o->len - at : sizeof t->quote;
	memcpy(t->quote, o->data + at, t->quote_len);
}

/* Buffers of several segments, and captures that keep only the head. */
static void resize(struct traffic *t, struct traffic_packet *p)
{
	p->wire_len = p->len;
	p->gso_size = 0;
	if (one_in(t, 40) && p->len > 100) {
		p->gso_size = 1200;
		p->wire_len = p->len + 1254 * (1 + traffic_below(t, 40));
	}
	if (!(t->flags & TRAFFIC_WHOLE) && one_in(t, 8) && p->len > 60)
		p->len = 14 + traffic_below(t, 60);
}

void traffic_start(struct traffic *t, uint64_t seed, uint32_t flags)
{
	memset(t, 0, sizeof *t);
	t->rng = seed * 0x9E3779B97F4A7C15ull + 0x1234567;
	t->now = LIM_S;
	t->flags = flags;
	for (int i = 0; i < TRAFFIC_TALKS; i++)
		talk_renew(t, &t->talk[i]);
}

const struct traffic_packet *traffic_next(struct traffic *t)
{
	struct traffic_packet *p = &t->packet;
	struct out o = {.data = p->data, .max = TRAFFIC_MAX};
	int egress;

	advance(t);
	p->link = one_in(t, 10) ? LIM_RAW_IP : LIM_ETHERNET;
	if (t->burst || one_in(t, 1500))
		egress = odd_burst(t, &o);
	else
		egress = one_in(t, 6) ? odd_packet(t, &o) : talk_step(t, &o);
	if (egress)
		remember(t, &o);
	if (one_in(t, 30))
		mutate(t, &o);
	p->now = t->now;
	p->egress = (uint8_t)egress;
	p->len = o.len;
	resize(t, p);
	return p;
}
