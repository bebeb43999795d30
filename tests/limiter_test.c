// SPDX-License-Identifier: MIT
// The rules of docs/limiter.md, one test each, in virtual time.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "limiter/limiter.h"

#define S      1000000000ull
#define MS     1000000ull
#define ME     0xc0a84d0au /* 192.168.77.10 */
#define LINK   0xc0a84d14u /* 192.168.77.20 */
#define AWAY   0xc6120101u /* 198.18.1.1 */
#define BOOT   (10 * S)
#define RESTED (3600 * S) /* every bucket full again */

static struct lim_state st;
static struct lim_config cf;
static struct lim_report rp;

static struct lim_addr v4(uint32_t a)
{
	return (struct lim_addr){{0, 0, 0xffff, a}};
}

static int reset(void **state)
{
	uint64_t key[2] = {0x1234567890abcdefull, 0xfedcba0987654321ull};
	struct lim_addr own = v4(ME), own6 = {{0x20010002, 0x00770000, 0, 10}};

	(void)state;
	lim_config_default(&cf, key);
	assert_int_equal(lim_config_own(&cf, &own, 24), 0);
	assert_int_equal(lim_config_own(&cf, &own6, 64), 0);
	memset(&rp, 0, sizeof rp);
	lim_start(&st, &cf, BOOT);
	return 0;
}

static struct lim_packet packet(uint8_t proto, uint32_t from, uint16_t sport, uint32_t to,
				uint16_t dport, uint32_t len)
{
	struct lim_packet p = {.kind = LIM_KIND_IP, .proto = proto, .segs = 1, .hop_limit = 64};

	p.src = v4(from);
	p.dst = v4(to);
	p.sport = sport;
	p.dport = dport;
	p.flags = LIM_F_PORTS;
	p.wire_len = len;
	return p;
}

static enum lim_reason udp_out(uint32_t to, uint16_t sport, uint16_t dport, uint32_t len,
			       uint64_t t)
{
	struct lim_packet p = packet(LIM_PROTO_UDP, ME, sport, to, dport, len);

	return lim_egress(&st, &cf, &rp, &p, t);
}

static enum lim_reason udp_in(uint32_t from, uint16_t sport, uint16_t dport, uint32_t len,
			      uint64_t t)
{
	struct lim_packet p = packet(LIM_PROTO_UDP, from, sport, ME, dport, len);

	return lim_ingress(&st, &cf, &rp, &p, t);
}

static enum lim_reason tcp(int out, uint32_t peer, uint16_t port, uint8_t flags, uint32_t seq,
			   uint32_t ack, uint32_t payload, uint64_t t)
{
	struct lim_packet p = out ? packet(LIM_PROTO_TCP, ME, 40000, peer, port, 54 + payload)
				  : packet(LIM_PROTO_TCP, peer, port, ME, 40000, 54 + payload);

	p.tcp_flags = flags;
	p.seq = seq;
	p.ack = ack;
	p.payload = payload;
	return out ? lim_egress(&st, &cf, &rp, &p, t) : lim_ingress(&st, &cf, &rp, &p, t);
}

static void foreign_source_is_dropped(void **s)
{
	struct lim_packet p = packet(LIM_PROTO_UDP, LINK, 1, AWAY, 2, 100);

	(void)s;
	assert_int_equal(lim_egress(&st, &cf, &rp, &p, BOOT), LIM_DROP_SPOOF);
	p.kind = LIM_KIND_ARP;
	assert_int_equal(lim_egress(&st, &cf, &rp, &p, BOOT), LIM_DROP_SPOOF);
	assert_int_equal(rp.packets[LIM_DROP_SPOOF], 2);
}

/* A host behind a device that routes. */
#define BEHIND 0x0a090102u

static enum lim_reason passed_on(uint32_t from, uint32_t to, uint16_t sport, uint16_t dport,
				 uint64_t t)
{
	struct lim_packet p = packet(LIM_PROTO_UDP, from, sport, to, dport, 100);

	p.flags |= LIM_F_FORWARDED;
	return lim_egress(&st, &cf, &rp, &p, t);
}

static void what_others_send_is_passed_on_only_when_said(void **s)
{
	struct lim_packet arp = {.kind = LIM_KIND_ARP, .proto = 2, .segs = 1};

	(void)s;
	arp.src = v4(BEHIND);
	arp.dst = v4(LINK);
	arp.flags = LIM_F_FORWARDED;
	assert_int_equal(passed_on(BEHIND, AWAY, 1, 2, BOOT), LIM_DROP_SPOOF);
	assert_int_equal(lim_egress(&st, &cf, &rp, &arp, BOOT), LIM_DROP_SPOOF);
	cf.forward = 1;
	assert_int_equal(passed_on(BEHIND, AWAY, 1, 2, BOOT), LIM_PASS_TRICKLE);
	assert_int_equal(lim_egress(&st, &cf, &rp, &arp, BOOT), LIM_PASS_LINK);
	arp.flags = 0; /* the device's own words in somebody else's name */
	assert_int_equal(lim_egress(&st, &cf, &rp, &arp, BOOT), LIM_DROP_SPOOF);
	{
		struct lim_packet own = packet(LIM_PROTO_UDP, BEHIND, 1, AWAY, 2, 100);

		assert_int_equal(lim_egress(&st, &cf, &rp, &own, BOOT), LIM_DROP_SPOOF);
	}
	assert_int_equal(passed_on(0xe0000001u, AWAY, 1, 2, BOOT), LIM_DROP_SPOOF);
	assert_int_equal(passed_on(0x7f000001u, AWAY, 1, 2, BOOT), LIM_DROP_SPOOF);
}

static void what_is_passed_on_shares_the_limits(void **s)
{
	unsigned n = 0;

	(void)s;
	cf.forward = 1;
	for (uint32_t i = 0; i < 60; i++)
		n += !lim_drops(i % 2 ? passed_on(BEHIND + i, AWAY, 1, 2, RESTED + i * MS)
				      : udp_out(AWAY, 1, 2, 100, RESTED + i * MS));
	assert_in_range(n, 10, 11);
}

/* The answer to one of two hosts that use the same ports is an answer to that one. */
static void an_answer_to_whom_it_is_passed_on_counts(void **s)
{
	struct lim_packet p = packet(LIM_PROTO_UDP, AWAY, 5000, BEHIND + 1, 40000, 100);
	struct lim_addr a = v4(AWAY);
	struct lim_view v;

	(void)s;
	cf.forward = 1;
	assert_int_equal(passed_on(BEHIND, AWAY, 40000, 5000, BOOT), LIM_PASS_TRICKLE);
	lim_ingress(&st, &cf, &rp, &p, BOOT + MS);
	lim_look(&st, &cf, &a, BOOT + MS, &v);
	assert_false(v.fresh); /* nobody there had asked */
	p.dst = v4(BEHIND);
	lim_ingress(&st, &cf, &rp, &p, BOOT + 2 * MS);
	lim_look(&st, &cf, &a, BOOT + 2 * MS, &v);
	assert_true(v.fresh);
	assert_int_equal(passed_on(BEHIND, AWAY, 40000, 5000, BOOT + 3 * MS), LIM_PASS_CONSENT);
}

static void loopback_source_is_foreign_outside(void **s)
{
	struct lim_packet p = packet(LIM_PROTO_UDP, 0x7f000001u, 1, AWAY, 2, 100);

	(void)s;
	assert_int_equal(lim_egress(&st, &cf, &rp, &p, BOOT), LIM_DROP_SPOOF);
	p.src = (struct lim_addr){{0, 0, 0, 1}};
	p.dst = (struct lim_addr){{0x20010002, 0, 0, 1}};
	assert_int_equal(lim_egress(&st, &cf, &rp, &p, BOOT), LIM_DROP_SPOOF);
}

static void dhcp_without_address_passes(void **s)
{
	struct lim_packet p = packet(LIM_PROTO_UDP, 0, 68, 0xffffffffu, 67, 342);

	(void)s;
	assert_false(lim_drops(lim_egress(&st, &cf, &rp, &p, BOOT)));
	p.dst = v4(AWAY);
	assert_int_equal(lim_egress(&st, &cf, &rp, &p, BOOT), LIM_DROP_SPOOF);
}

static void silent_target_gets_a_trickle(void **s)
{
	unsigned pkts = 0, bytes = 0;

	(void)s;
	for (uint64_t t = 0; t < 60 * S; t += MS)
		if (!lim_drops(udp_out(AWAY + (t / MS) % 7, 1000, 2000, 1400, RESTED + t))) {
			pkts++;
			bytes += 1400;
		}
	assert_in_range(pkts, 10, 20);
	assert_in_range(bytes, 6000 - 1400, 30000);
}

static void carpet_is_bounded(void **s)
{
	unsigned pkts = 0;
	uint64_t bytes = 0;

	(void)s;
	for (uint64_t t = 0; t < 60 * S; t += MS) {
		unsigned len = (t / MS) % 2 ? 60 : 1400;

		if (!lim_drops(udp_out(AWAY + ((uint32_t)(t / MS) % 400 << 8), 1000, 2000, len,
				       RESTED + t))) {
			pkts++;
			bytes += len;
		}
	}
	assert_in_range(pkts, 100, 1200);
	assert_in_range(bytes, 6000, 480000);
}

static void random_scan_is_bounded(void **s)
{
	unsigned n = 0;

	(void)s;
	for (unsigned i = 0; i < 60000; i++)
		n += !lim_drops(tcp(1, AWAY + i * 977, 23, LIM_TCP_SYN, i, 0, 0, RESTED + i * MS));
	assert_in_range(n, 60, 64 + 15);
}

static void reboot_is_no_burst(void **s)
{
	unsigned n = 0;

	(void)s;
	for (unsigned i = 0; i < 1000; i++)
		n += !lim_drops(udp_out(AWAY + i * 977, 1, 23, 60, BOOT + i * MS));
	assert_in_range(n, 20, 21);
}

/* Cooperating hosts answer everything; the silent ones must not profit. */
static void refunds_never_mint(void **s)
{
	unsigned silent = 0;

	(void)s;
	for (unsigned i = 0; i < 4000; i++) {
		uint64_t t = RESTED + i * 15 * MS;
		uint32_t friend = 0xc6130000u + i * 3;

		if (!lim_drops(udp_out(friend, 5, 6, 60, t)))
			udp_in(friend, 6, 5, 60, t + MS);
		silent += !lim_drops(udp_out(AWAY + i * 977, 1, 23, 60, t + 2 * MS));
	}
	assert_in_range(silent, 1, 64 + 15);
}

/* Answers kept back until the budget has refilled. */
static void late_answers_do_not_mint(void **s)
{
	unsigned silent = 0;

	(void)s;
	for (unsigned i = 0; i < 64; i++)
		udp_out(0xc6130000u + i * 256, 5, 6, 60, RESTED + i * 100 * MS);
	for (unsigned i = 0; i < 400; i++) {
		uint64_t t = RESTED + 400 * S + i * MS;

		udp_in(0xc6130000u + i % 64 * 256, 6, 5, 60, t);
		silent += !lim_drops(udp_out(AWAY + i * 977, 1, 23, 60, t));
	}
	assert_in_range(silent, 1, 65);
}

static void answered_udp_is_free(void **s)
{
	unsigned drops = 0;
	uint64_t t = BOOT;

	(void)s;
	for (unsigned i = 0; i < 2000; i++, t += 20 * MS) {
		drops += lim_drops(udp_out(AWAY, 5000, 6000, 1200, t));
		if (i % 10 == 3)
			udp_in(AWAY, 6000, 5000, 80, t + 5 * MS);
	}
	assert_int_equal(drops, 0);
}

static void silence_ends_consent(void **s)
{
	unsigned kb = 0;
	uint64_t t = RESTED;

	(void)s;
	for (unsigned i = 0; i < 100; i++, t += 20 * MS) {
		udp_out(AWAY, 5000, 6000, 1200, t);
		udp_in(AWAY, 6000, 5000, 80, t + MS);
	}
	t += 15 * S;			/* no answer for longer than consent lasts */
	udp_out(LINK + 5, 1, 2, 60, t); /* other traffic: it is no lone tunnel */
	udp_out(AWAY + 99999, 1, 2, 60, t);
	for (unsigned i = 0; i < 60000; i++, t += MS)
		kb += lim_drops(udp_out(AWAY, 5000, 6000, 1000, t)) ? 0 : 1;
	assert_in_range(kb, 60, 66 + 30);
}

static void download_and_upload_pass(void **s)
{
	uint64_t t = BOOT;
	uint32_t seq = 101, peer = 501;

	(void)s;
	assert_false(lim_drops(tcp(1, AWAY, 443, LIM_TCP_SYN, 100, 0, 0, t)));
	tcp(0, AWAY, 443, LIM_TCP_SYN | LIM_TCP_ACK, 500, 101, 0, t += 20 * MS);
	assert_int_equal(tcp(1, AWAY, 443, LIM_TCP_ACK, 101, 501, 0, t), LIM_PASS_HANDSHAKE);
	for (int i = 0; i < 10; i++, seq += 1400)
		assert_int_equal(tcp(1, AWAY, 443, LIM_TCP_ACK, seq, peer, 1400, t),
				 LIM_PASS_HANDSHAKE);
	for (int i = 0; i < 500; i++) {
		tcp(0, AWAY, 443, LIM_TCP_ACK, peer, seq, 0, t += MS);
		for (int k = 0; k < 20; k++, seq += 1400)
			assert_int_equal(tcp(1, AWAY, 443, LIM_TCP_ACK, seq, peer, 1400, t),
					 LIM_PASS_CONSENT);
	}
}

static void syn_ack_alone_is_no_consent(void **s)
{
	unsigned kb = 0;

	(void)s;
	tcp(1, AWAY, 443, LIM_TCP_SYN, 100, 0, 0, RESTED);
	tcp(0, AWAY, 443, LIM_TCP_SYN | LIM_TCP_ACK, 500, 101, 0, RESTED + 20 * MS);
	for (unsigned i = 0; i < 10000; i++)
		kb +=
		    !lim_drops(tcp(1, AWAY, 443, LIM_TCP_ACK, 101 + i, 501, 946, RESTED + i * MS));
	assert_in_range(kb, 15, 16 + 10);
}

static void wrong_acknowledgement_is_no_answer(void **s)
{
	struct lim_view v;
	struct lim_addr a = v4(AWAY);

	(void)s;
	tcp(1, AWAY, 443, LIM_TCP_ACK, 1000, 1, 100, BOOT);
	tcp(0, AWAY, 443, LIM_TCP_ACK, 1, 5000, 100, BOOT + MS);
	lim_look(&st, &cf, &a, BOOT + MS, &v);
	assert_false(v.fresh);
	tcp(0, AWAY, 443, LIM_TCP_ACK, 1, 1100, 0, BOOT + 2 * MS);
	lim_look(&st, &cf, &a, BOOT + 2 * MS, &v);
	assert_true(v.fresh);
}

static void syn_refused(uint16_t port, uint64_t t)
{
	tcp(1, AWAY, port, LIM_TCP_SYN, 1000u * port, 0, 0, t);
	tcp(0, AWAY, port, LIM_TCP_RST | LIM_TCP_ACK, 0, 1000u * port + 1, 0, t + MS);
}

/* A few refusals may be doubted, at a price; the next one closes the peer, and longer each time. */
static void reset_is_a_veto(void **s)
{
	uint64_t t = RESTED;

	(void)s;
	tcp(1, AWAY, 81, LIM_TCP_SYN, 100, 0, 0, t);
	for (int i = 0; i < 9; i++) /* forged: counts for nothing */
		tcp(0, AWAY, 81, LIM_TCP_RST | LIM_TCP_ACK, 0, 99999, 0, t + i * 2 * S);
	t += 60 * S;
	for (uint16_t i = 0; i < 3; i++)
		syn_refused(90 + i, t + i * 4 * S);
	assert_int_equal(tcp(1, AWAY, 84, LIM_TCP_SYN, 400, 0, 0, t + 13 * S), LIM_PASS_TRICKLE);
	syn_refused(94, t + 20 * S);
	assert_int_equal(tcp(1, AWAY, 85, LIM_TCP_SYN, 500, 0, 0, t + 60 * S), LIM_DROP_VETO);
	assert_int_equal(tcp(1, AWAY, 85, LIM_TCP_SYN, 500, 0, 0, t + 139 * S), LIM_DROP_VETO);
	assert_int_equal(tcp(1, AWAY, 85, LIM_TCP_SYN, 500, 0, 0, t + 141 * S), LIM_PASS_TRICKLE);
	t += 150 * S;
	syn_refused(95, t);
	assert_int_equal(tcp(1, AWAY, 86, LIM_TCP_SYN, 600, 0, 0, t + 239 * S), LIM_DROP_VETO);
	assert_int_equal(tcp(1, AWAY, 86, LIM_TCP_SYN, 600, 0, 0, t + 241 * S), LIM_PASS_TRICKLE);
}

/* A stack that asks a refused port again at once (Windows: four SYNs in two seconds) has been told
 * no once, not four times; three such trains are three refusals, and the fourth closes. */
static void a_retried_syn_is_refused_once(void **s)
{
	unsigned passed = 0;

	(void)s;
	for (uint64_t t = 0; t < 8; t++)
		passed += !lim_drops(udp_out(LINK, 1, 2, 100, BOOT + t * S)),
		    udp_in(LINK, 2, 1, 100, BOOT + t * S);
	assert_int_equal(passed, 8); /* standing */
	for (uint64_t train = 0; train < 4; train++)
		for (uint64_t i = 0; i < 4; i++) {
			uint64_t t = RESTED + train * 62 * S + i * 700 * MS;

			if (train < 3)
				assert_int_equal(tcp(1, AWAY, 80, LIM_TCP_SYN, 7, 0, 0, t),
						 LIM_PASS_TRICKLE);
			else
				tcp(1, AWAY, 80, LIM_TCP_SYN, 7, 0, 0, t);
			tcp(0, AWAY, 80, LIM_TCP_RST | LIM_TCP_ACK, 0, 8, 0, t + MS);
		}
	assert_int_equal(tcp(1, AWAY, 80, LIM_TCP_SYN, 7, 0, 0, RESTED + 192 * S), LIM_DROP_VETO);
}

/* A refused connection is not half-open: its credit comes back each time, and once. */
static void a_refusal_gives_the_half_open_credit_back(void **s)
{
	uint64_t before = lim_left(&st, &cf, LIM_B_HALF_OPEN, RESTED);

	(void)s;
	assert_int_equal(before, 64);
	for (uint32_t i = 0; i < 30; i++) /* hosts of as many networks, each asked thrice */
		for (uint32_t n = 0; n < 3; n++) {
			uint64_t t = RESTED + n * 500 * MS + i * MS;
			uint32_t host = AWAY + (i << 8);

			assert_false(lim_drops(tcp(1, host, 80, LIM_TCP_SYN, 7, 0, 0, t)));
			tcp(0, host, 80, LIM_TCP_RST | LIM_TCP_ACK, 0, 8, 0, t + 20 * MS);
			tcp(0, host, 80, LIM_TCP_RST | LIM_TCP_ACK, 0, 8, 0, t + 21 * MS);
		}
	assert_in_range(lim_left(&st, &cf, LIM_B_HALF_OPEN, RESTED + 1100 * MS), 60, 64);
}

/* A SYN-ACK sent first does not make the SYN a retransmission. */
static void primed_tuples_are_new_connections(void **s)
{
	unsigned n = 0;

	(void)s;
	for (unsigned i = 0; i < 60000; i += 10) {
		tcp(1, AWAY, 80, LIM_TCP_SYN | LIM_TCP_ACK, i, 0, 0, RESTED + i * MS);
		n += !lim_drops(tcp(1, AWAY, 80, LIM_TCP_SYN, i, 0, 0, RESTED + i * MS));
		tcp(0, AWAY, 80, LIM_TCP_SYN | LIM_TCP_ACK, 7, i + 1, 0, RESTED + i * MS);
		tcp(1, AWAY, 80, LIM_TCP_ACK, i + 1, 8, 10, RESTED + i * MS);
		tcp(0, AWAY, 80, LIM_TCP_ACK, 8, i + 11, 10, RESTED + i * MS);
	}
	assert_in_range(n, 30, 120);
}

static void one_question_at_many_resolvers_pays_each_time(void **s)
{
	unsigned n = 0;

	(void)s;
	for (unsigned i = 0; i < 200; i++) {
		struct lim_packet p = packet(LIM_PROTO_UDP, ME, 4000, LINK + i, 53, 80);

		p.question = 0x1234567;
		n += !lim_drops(lim_egress(&st, &cf, &rp, &p, RESTED + i * 300 * MS));
	}
	assert_in_range(n, 32, 32 + 12);
}

static void the_same_question_again_is_free(void **s)
{
	unsigned n = 0;

	(void)s;
	for (unsigned i = 0; i < 200; i++) {
		struct lim_packet p = packet(LIM_PROTO_UDP, ME, 4000, LINK, 53, 80);

		p.question = 0x1234567;
		n += !lim_drops(lim_egress(&st, &cf, &rp, &p, RESTED + i * 300 * MS));
	}
	assert_int_equal(n, 200);
}

/* A device that has been answered often may look longer for a way, and doubt more refusals. */
static void standing_is_earned_by_answers(void **s)
{
	unsigned pkts = 0, bytes = 0;
	uint64_t t = RESTED;

	(void)s;
	for (int i = 0; i < 10; i++, t += 100 * MS) {
		udp_out(0xc6137001u, 7000, 8, 100, t);
		udp_in(0xc6137001u, 8, 7000, 100, t + MS);
	}
	for (unsigned i = 0; i < 60000; i++)
		if (!lim_drops(udp_out(AWAY, 1000, 2000, 60, t + i * MS))) {
			pkts++;
			bytes += 60;
		}
	assert_in_range(pkts, 100, 110);
	assert_in_range(bytes, 6000, 30000);
}

static void connections_to_one_network_are_bounded(void **s)
{
	unsigned n = 0;

	(void)s;
	for (unsigned i = 0; i < 60000; i++) {
		uint64_t t = RESTED + i * MS;
		struct lim_packet p =
		    packet(LIM_PROTO_TCP, ME, (uint16_t)(1024 + i % 60000), AWAY, 80, 60);

		p.tcp_flags = LIM_TCP_SYN;
		p.seq = i;
		if (lim_drops(lim_egress(&st, &cf, &rp, &p, t)))
			continue;
		n++;
		p = packet(LIM_PROTO_TCP, AWAY, 80, ME, (uint16_t)(1024 + i % 60000), 60);
		p.tcp_flags = LIM_TCP_SYN | LIM_TCP_ACK;
		p.ack = i + 1;
		lim_ingress(&st, &cf, &rp, &p, t);
	}
	assert_in_range(n, 10, 120);
}

static void strangers_get_three_times(void **s)
{
	unsigned out = 0, in = 0;

	(void)s;
	for (unsigned i = 0; i < 1000; i++) {
		uint64_t t = RESTED + i * 10 * MS;

		udp_in(AWAY, 53, 53, 100, t);
		in += 100;
		for (int k = 0; k < 10; k++)
			out += lim_drops(udp_out(AWAY, 53, 53, 100, t)) ? 0 : 100;
	}
	assert_in_range(out, in, 3 * in);
}

static void dns_failures_are_bounded(void **s)
{
	unsigned n = 0;

	(void)s;
	for (unsigned i = 0; i < 6000; i++) {
		uint64_t t = RESTED + i * 10 * MS;
		struct lim_packet p =
		    packet(LIM_PROTO_UDP, LINK, 53, ME, (uint16_t)(1024 + i), 100);

		if (lim_drops(udp_out(LINK, (uint16_t)(1024 + i), 53, 80, t)))
			continue;
		n++;
		p.flags |= LIM_F_DNS;
		p.dns_flags = 0x8183; /* NXDOMAIN */
		lim_ingress(&st, &cf, &rp, &p, t + MS);
	}
	assert_in_range(n, 32, 32 + 12);
}

static void good_dns_passes(void **s)
{
	unsigned drops = 0;

	(void)s;
	for (unsigned i = 0; i < 300; i++) {
		uint64_t t = BOOT + i * 210 * MS;
		struct lim_packet p = packet(LIM_PROTO_UDP, AWAY, 53, ME, 4000, 100);

		drops += lim_drops(udp_out(AWAY, 4000, 53, 80, t));
		drops += lim_drops(udp_out(AWAY, 4000, 53, 80, t));
		p.flags |= LIM_F_DNS;
		p.dns_flags = 0x8180;
		lim_ingress(&st, &cf, &rp, &p, t + 20 * MS);
		lim_ingress(&st, &cf, &rp, &p, t + 20 * MS);
		i++;
	}
	assert_int_equal(drops, 0);
}

static void guessing_passwords_slows_down(void **s)
{
	unsigned n = 0;

	(void)s;
	for (unsigned i = 0; i < 60000; i++) {
		struct lim_packet p = packet(LIM_PROTO_TCP, AWAY, (uint16_t)i, ME, 22, 60);

		p.tcp_flags = LIM_TCP_SYN;
		n += !lim_drops(lim_ingress(&st, &cf, &rp, &p, RESTED + i * MS));
	}
	assert_in_range(n, 32, 62);
}

/* A spray must not strand the device: whoever answered last still gets a packet now and then. */
static void spray_leaves_a_reserved_trickle(void **s)
{
	uint64_t t = RESTED;

	(void)s;
	udp_out(0xc6137001u, 7, 8, 100, t);
	udp_in(0xc6137001u, 8, 7, 100, t + MS);
	for (unsigned i = 0; i < 600; i++) /* use its window up */
		udp_out(0xc6137001u, 7, 8, 1000, t + 2 * MS);
	for (unsigned i = 0; i < 60000; i++)
		udp_out(AWAY + i * 977, 1, 23, 60, t += MS);
	t += 7 * S;
	for (unsigned i = 0; i < 400; i++)
		udp_out(AWAY + i * 977, 1, 23, 60, t);
	assert_false(lim_drops(udp_out(0xc6137001u, 7, 8, 100, t)));
}

static void ttl_one_stays_on_link(void **s)
{
	(void)s;
	for (unsigned i = 0; i < 30; i++) {
		struct lim_packet p = packet(LIM_PROTO_UDP, ME, 1, AWAY, (uint16_t)(33434 + i), 74);

		p.hop_limit = 1;
		assert_int_equal(lim_egress(&st, &cf, &rp, &p, BOOT), LIM_PASS_LINK);
	}
}

static void override_has_a_ceiling(void **s)
{
	unsigned n = 0;

	(void)s;
	cf.override_until = RESTED + 60 * S;
	for (unsigned i = 0; i < 120000; i++)
		n += !lim_drops(udp_out(AWAY, 1, 2, 100, RESTED + i * MS));
	assert_in_range(n, 5000, 400 + 60 * 200 + 40);
	cf.override_until = 0;
}

/* A slower refill must not let more through, and the two depths of one bucket stay in order. */
static void tuning_tightens(void **s)
{
	unsigned pkts = 0;

	(void)s;
	assert_int_equal(lim_config_budget(&cf, "silent-packets", 3, 60 * S), 0);
	for (uint64_t t = 0; t < 60 * S; t += MS)
		pkts += !lim_drops(udp_out(AWAY, 1000, 2000, 60, RESTED + t));
	assert_int_equal(pkts, 3);
	assert_int_equal(lim_config_budget(&cf, "silent-packets-senior", 2, 0), 0);
	assert_true(cf.budget[LIM_B_SILENT_PKTS].span <= cf.budget[LIM_B_SENIOR_PKTS].span);
}

static void tuning_stays_below_the_ceiling(void **s)
{
	(void)s;
	assert_int_equal(lim_config_budget(&cf, "contact", 65, 0), -2);
	assert_int_equal(lim_config_budget(&cf, "contact", 0, 3999999999ull), -2);
	assert_int_equal(lim_config_budget(&cf, "contact", 16, 8 * S), 0);
	assert_int_equal(lim_config_budget(&cf, "nonsense", 1, 1), -1);
	assert_int_equal(lim_config_value(&cf, "reflect", 4), -2);
	assert_int_equal(lim_config_value(&cf, "reflect", 2), 0);
}

#define T(f) cmocka_unit_test_setup(f, reset)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(foreign_source_is_dropped),
	    T(what_others_send_is_passed_on_only_when_said),
	    T(what_is_passed_on_shares_the_limits),
	    T(an_answer_to_whom_it_is_passed_on_counts),
	    T(loopback_source_is_foreign_outside),
	    T(dhcp_without_address_passes),
	    T(silent_target_gets_a_trickle),
	    T(carpet_is_bounded),
	    T(random_scan_is_bounded),
	    T(reboot_is_no_burst),
	    T(refunds_never_mint),
	    T(late_answers_do_not_mint),
	    T(answered_udp_is_free),
	    T(silence_ends_consent),
	    T(download_and_upload_pass),
	    T(syn_ack_alone_is_no_consent),
	    T(wrong_acknowledgement_is_no_answer),
	    T(reset_is_a_veto),
	    T(a_retried_syn_is_refused_once),
	    T(a_refusal_gives_the_half_open_credit_back),
	    T(primed_tuples_are_new_connections),
	    T(one_question_at_many_resolvers_pays_each_time),
	    T(the_same_question_again_is_free),
	    T(standing_is_earned_by_answers),
	    T(connections_to_one_network_are_bounded),
	    T(strangers_get_three_times),
	    T(dns_failures_are_bounded),
	    T(good_dns_passes),
	    T(guessing_passwords_slows_down),
	    T(spray_leaves_a_reserved_trickle),
	    T(ttl_one_stays_on_link),
	    T(override_has_a_ceiling),
	    T(tuning_tightens),
	    T(tuning_stays_below_the_ceiling),
	};

	return cmocka_run_group_tests_name("limiter", tests, NULL, NULL);
}
