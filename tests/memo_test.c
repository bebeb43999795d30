// SPDX-License-Identifier: MIT
// What is remembered of a flow (limiter/memo.h) says nothing that would not be found again: each
// condition on its own. tests/cross/kernel.c compares the whole.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "limiter/limiter.h"

struct frame {
	const uint8_t *data;
	uint32_t len;
};

static int read_frame(const struct frame *f, uint32_t off, void *to, uint32_t n)
{
	if (off > f->len || n > f->len - off)
		return -1;
	memcpy(to, f->data + off, n);
	return 0;
}

#define LIM_CTX			   const struct frame *
#define LIM_READ(ctx, off, buf, n) read_frame(ctx, off, buf, n)
#include "limiter/memo.h"

#define S    1000000000ull
#define ME   0xc0a84d0au /* 192.168.77.10 */
#define PEER 0xc6120101u /* 198.18.1.1 */
#define LEN  100u

static struct {
	struct lim_state state, before;
	struct lim_config config;
	struct lim_report report;
	struct lim_memo memo[LIM_MEMOS], in[LIM_MEMOS];
	struct lim_head head;
	uint64_t now;
} t;

static struct lim_addr v4(uint32_t a)
{
	return (struct lim_addr){{0, 0, 0xffff, a}};
}

static void say(int out, uint8_t proto, uint16_t ours, uint16_t theirs, uint32_t seq, uint32_t ack)
{
	struct lim_packet p = {.kind = LIM_KIND_IP, .proto = proto, .segs = 1, .hop_limit = 64};

	p.src = v4(out ? ME : PEER);
	p.dst = v4(out ? PEER : ME);
	p.sport = out ? ours : theirs;
	p.dport = out ? theirs : ours;
	p.flags = LIM_F_PORTS;
	p.wire_len = LEN;
	p.seq = seq;
	p.ack = ack;
	p.payload = proto == LIM_PROTO_TCP ? LEN - 54 : 0;
	p.tcp_flags = proto == LIM_PROTO_TCP ? LIM_TCP_ACK : 0;
	if (out)
		lim_egress(&t.state, &t.config, &t.report, &p, t.now);
	else
		lim_ingress(&t.state, &t.config, &t.report, &p, t.now);
}

static void plain(uint8_t proto, uint16_t ours, uint16_t theirs, uint32_t seq)
{
	struct lim_head *h = &t.head;

	memset(h, 0, sizeof *h);
	h->eth.type = lim_be16(0x0800);
	h->ip4.vihl = 0x45;
	h->ip4.len = lim_be16(LEN - 14);
	h->ip4.ttl = 64;
	h->ip4.proto = proto;
	h->ip4.src = lim_be32(ME);
	h->ip4.dst = lim_be32(PEER);
	h->upper.udp.sport = lim_be16(ours);
	h->upper.udp.dport = lim_be16(theirs);
	if (proto == LIM_PROTO_TCP) {
		h->upper.tcp.seq = lim_be32(seq);
		h->upper.tcp.off = 0x50;
		h->upper.tcp.flags = LIM_TCP_ACK;
	}
}

/* The packet in t.head the way that the kernel has it: parsed, the short way, remembered. */
static int found(uint32_t generation)
{
	struct frame f = {(const uint8_t *)&t.head + 2, LIM_HEAD};
	struct lim_packet p;
	struct lim_out out;

	lim_parse_at(&p, LIM_ETHERNET, &f, LEN, 1);
	lim_out_begin(&out, &t.state, &t.config, &p, t.now);
	if (!lim_out_quick(&out))
		return 0;
	lim_memo_set(t.memo, &t.head, &out, generation);
	return 1;
}

static int remembered_of(uint32_t generation, uint32_t len, uint32_t segs)
{
	struct lim_memo *m = lim_memo_find(t.memo, &t.head, t.head.ip4.dst, generation);
	struct lim_more more;

	if (!m)
		return 0;
	lim_memo_measure(&t.head, len, segs, &more);
	return lim_memo_pass(&t.state, m, &more, t.now);
}

static int remembered(void)
{
	return remembered_of(7, LEN, 1);
}

/* An answer to it, in t.head. */
static void answer(uint8_t proto, uint16_t ours, uint16_t theirs, uint32_t ack)
{
	struct lim_head *h = &t.head;

	plain(proto, theirs, ours, 1);
	h->ip4.src = lim_be32(PEER);
	h->ip4.dst = lim_be32(ME);
	if (proto == LIM_PROTO_TCP)
		h->upper.tcp.ack = lim_be32(ack);
}

/* What arrives, the three ways that there are for it. */
enum way { LONG_WAY, SHORT_WAY, BY_MEMO };

static int heard(enum way way)
{
	struct frame f = {(const uint8_t *)&t.head + 2, LIM_HEAD};
	struct lim_packet p = {0};
	struct lim_more more;
	struct lim_heard h;
	struct lim_memo *m;
	struct lim_in in;

	lim_parse_at(&p, LIM_ETHERNET, &f, LEN, 1);
	lim_in_begin(&in, &t.state, &t.config, &p, t.now);
	if (way == LONG_WAY)
		return lim_in_packet(&in) == LIM_PASS_INBOUND;
	if (way == SHORT_WAY) {
		if (!lim_in_quick(&in))
			return 0;
		lim_memo_set_in(t.in, &t.head, &in, 7);
		return 1;
	}
	m = lim_memo_find(t.in, &t.head, t.head.ip4.src, 7);
	if (!m)
		return 0;
	lim_memo_measure(&t.head, LEN, 1, &more);
	h.wire_len = more.wire_len;
	return lim_memo_hear(&t.state, m, &t.head, &h, t.now);
}

/* A device whose peer answers by UDP (port 5000) and TCP (443), both flows remembered. */
static int reset(void **state)
{
	uint64_t key[2] = {1, 2};
	struct lim_addr own = v4(ME);

	(void)state;
	memset(&t, 0, sizeof t);
	t.now = 10 * S;
	lim_config_default(&t.config, key);
	lim_config_own(&t.config, &own, 24);
	lim_start(&t.state, &t.config, t.now);
	for (int i = 0; i < 2; i++) {
		say(1, LIM_PROTO_TCP, 40000, 443, 1000 + 46u * (unsigned)i, 1);
		say(0, LIM_PROTO_TCP, 40000, 443, 1, 1046 + 46u * (unsigned)i);
		say(1, LIM_PROTO_UDP, 40000, 5000, 0, 0);
		say(0, LIM_PROTO_UDP, 40000, 5000, 0, 0);
	}
	say(1, LIM_PROTO_UDP, 40000, 5000, 0, 0);
	plain(LIM_PROTO_TCP, 40000, 443, 1092);
	assert_true(found(7));
	plain(LIM_PROTO_UDP, 40000, 5000, 0);
	assert_true(found(7));
	return 0;
}

static struct lim_peer *peer(void)
{
	struct lim_addr a = v4(PEER);

	return lim_peer_find(&t.state, lim_hash_peer(&t.config, &a));
}

static void passes_and_pays(void **s)
{
	uint64_t room = peer()->room;

	(void)s;
	t.now += S;
	assert_true(remembered());
	assert_int_equal(peer()->room, room + LEN);
	assert_int_equal(peer()->touched, t.now + LIM_EPOCH);
}

static void leaves_what_the_short_way_leaves(void **s)
{
	(void)s;
	for (int tcp = 0; tcp < 2; tcp++) {
		plain(tcp ? LIM_PROTO_TCP : LIM_PROTO_UDP, 40000, tcp ? 443 : 5000, 1138);
		t.now += S;
		t.before = t.state;
		assert_true(remembered());
		{
			struct lim_state after = t.state;

			t.state = t.before;
			assert_true(found(7));
			assert_memory_equal(&after, &t.state, sizeof after);
		}
	}
}

static void segments_and_padding_count_as_on_the_wire(void **s)
{
	uint64_t room = peer()->room;

	(void)s;
	assert_true(remembered_of(7, 3042, 3)); /* each repeats 42 bytes of headers */
	assert_int_equal(peer()->room, room + 3042 + 84);
	plain(LIM_PROTO_TCP, 40000, 443, 1138);
	assert_true(
	    remembered_of(7, LEN + 6, 1)); /* a padded frame: the sequence does not count it */
	{
		struct lim_addr a = v4(PEER);
		struct lim_flow *f =
		    lim_flow_find(&t.state, lim_hash_flow(lim_hash_peer(&t.config, &a),
							  LIM_PROTO_TCP, 40000, 443));

		assert_int_equal(f->nxt, 1138 + LEN - 54);
	}
}

/* Each of these is another packet, or an unusual one: not this memo's. */
static void only_the_same_plain_flow(void **s)
{
	const struct lim_head udp = t.head;

	(void)s;
#define CHANGED(change)                                                                            \
	do {                                                                                       \
		t.head = udp;                                                                      \
		assert_true(remembered());                                                         \
		change;                                                                            \
		assert_false(remembered());                                                        \
	} while (0)
	CHANGED(t.head.ip4.src ^= lim_be32(1));
	CHANGED(t.head.ip4.dst ^= lim_be32(1));
	CHANGED(t.head.upper.udp.sport ^= lim_be16(1));
	CHANGED(t.head.upper.udp.dport ^= lim_be16(1));
	CHANGED(t.head.ip4.proto = LIM_PROTO_TCP);
	CHANGED(t.head.ip4.proto = 136);
	CHANGED(t.head.ip4.vihl = 0x46);
	CHANGED(t.head.ip4.frag = lim_be16(0x2000));
	CHANGED(t.head.ip4.frag = lim_be16(1));
	CHANGED(t.head.ip4.ttl = 1);
	CHANGED(t.head.eth.type = lim_be16(0x8100));
	CHANGED(((uint8_t *)t.head.eth.dst)[0] = 1);
	plain(LIM_PROTO_TCP, 40000, 443, 1138);
	t.head.upper.tcp.flags = LIM_TCP_SYN;
	assert_false(remembered());
	t.head.upper.tcp.flags = LIM_TCP_RST | LIM_TCP_ACK;
	assert_false(remembered());
}

static void another_configuration_makes_it_void(void **s)
{
	(void)s;
	assert_false(remembered_of(8, LEN, 1));
	assert_true(remembered_of(7, LEN, 1));
}

static void a_place_given_to_another_is_not_the_flows(void **s)
{
	struct lim_addr a = v4(PEER);
	uint64_t hash = lim_hash_peer(&t.config, &a);
	struct lim_peer_set *set = &t.state.peer[hash & (LIM_PEER_SETS - 1)];
	struct lim_flow_set *flows =
	    &t.state.flow[lim_hash_flow(hash, LIM_PROTO_UDP, 40000, 5000) & (LIM_FLOW_SETS - 1)];

	(void)s;
	t.before = t.state;
	for (int i = 0; i < LIM_WAYS; i++)
		set->tag[i] ^= 2;
	assert_false(remembered());
	t.state = t.before;
	for (int i = 0; i < LIM_WAYS; i++)
		flows->tag[i] ^= 2;
	assert_false(remembered());
	t.state = t.before;
	assert_true(remembered());
}

static void the_peer_is_asked_each_time(void **s)
{
	(void)s;
	t.before = t.state;
	peer()->flags |= LIM_PEER_TURNED; /* its address is not proven any more */
	assert_false(remembered());
	t.state = t.before;
	peer()->flags &= (uint8_t)~LIM_PEER_STRONG; /* it has refused */
	assert_false(remembered());
	t.state = t.before;
	peer()->room = (uint64_t)65536 << 32 | (65536 - LEN + 1); /* its window is full */
	assert_false(remembered());
	t.state = t.before;
	t.now += 15 * S; /* it has not answered for too long */
	assert_false(remembered());
	assert_memory_equal(&t.before, &t.state, sizeof t.before);
	t.now -= 15 * S;
	assert_true(remembered());
}

static void an_answer_a_tick_ahead_is_fresh(void **s)
{
	(void)s;
	t.now -= 4000000; /* another processor's clock */
	assert_true(remembered());
}

static struct lim_flow *flow(uint8_t proto)
{
	struct lim_addr a = v4(PEER);

	return lim_flow_find(&t.state, lim_hash_flow(lim_hash_peer(&t.config, &a), proto, 40000,
						     proto == LIM_PROTO_TCP ? 443 : 5000));
}

/* A device in use, with two flows from which answers have been heard; t.head: the next one. The
 * last that answered is what the peer is taken for: a tunnel's end or not. */
static void listen_to(uint8_t proto)
{
	reset(NULL);
	t.state.answers = 1000;
	answer(proto, 40000, proto == LIM_PROTO_TCP ? 443 : 5000, 1092);
	assert_true(heard(LONG_WAY));
	assert_true(heard(SHORT_WAY));
	say(1, proto, 40000, proto == LIM_PROTO_TCP ? 443 : 5000, 1092, 1);
	answer(proto, 40000, proto == LIM_PROTO_TCP ? 443 : 5000, 1138);
	t.now += S;
	t.before = t.state;
}

static void an_answer_leaves_the_same_by_every_way(void **s)
{
	(void)s;
	for (int tcp = 0; tcp < 2; tcp++) {
		struct lim_state after;

		listen_to(tcp ? LIM_PROTO_TCP : LIM_PROTO_UDP);
		assert_true(heard(LONG_WAY));
		assert_int_equal(lim_since(peer()), 0);
		after = t.state;
		for (enum way way = SHORT_WAY; way <= BY_MEMO; way++) {
			t.state = t.before;
			assert_true(heard(way));
			assert_memory_equal(&after, &t.state, sizeof after);
		}
	}
}

/* Wherever more would change than times, bytes and the window, neither short way changes anything.
 */
static void an_answer_that_changes_more_goes_the_long_way(void **s)
{
	(void)s;
#define LONG(change)                                                                               \
	do {                                                                                       \
		struct lim_state *now = &t.state, with;                                            \
                                                                                                   \
		*now = t.before;                                                                   \
		assert_true(heard(BY_MEMO));                                                       \
		*now = t.before;                                                                   \
		change;                                                                            \
		with = *now;                                                                       \
		assert_false(heard(BY_MEMO));                                                      \
		assert_false(heard(SHORT_WAY));                                                    \
		assert_memory_equal(&with, now, sizeof with);                                      \
	} while (0)
	for (int tcp = 0; tcp < 2; tcp++) {
		const uint8_t proto = tcp ? LIM_PROTO_TCP : LIM_PROTO_UDP;
		struct lim_addr a = v4(PEER);
		uint64_t contact;

		listen_to(proto);
		contact = lim_hash_contact(&t.config, &a);
		LONG(peer()->flags |= LIM_PEER_TURNED);
		LONG(peer()->flags |= LIM_PEER_VISITOR);
		LONG(peer()->flags ^= LIM_PEER_TUNNEL);
		LONG(peer()->flags &= (uint8_t)~LIM_PEER_STRONG);
		LONG(peer()->pause_until = 1);
		LONG(peer()->vetoes = 1);
		LONG(peer()->answered -= 15 * S);
		LONG(memset(now->reserved, 0, sizeof now->reserved));
		LONG(now->contact[contact & (LIM_CONTACTS - 1)].tag = lim_contact_tag(contact));
		LONG(now->answers = 1);
		LONG(flow(proto)->flags |= LIM_FLOW_DNS);
		LONG(flow(proto)->flags |= LIM_FLOW_HALF);
		LONG(flow(proto)->flags &= (uint8_t)~LIM_FLOW_OUT);
		LONG(flow(proto)->paid_pkts = 1);
		if (!tcp) {
			LONG(flow(proto)->flags |= LIM_FLOW_INBOUND);
			continue;
		}
		LONG(flow(proto)->flags &= (uint8_t)~LIM_FLOW_DATA);
		LONG(flow(proto)->flags &= (uint8_t)~LIM_FLOW_SHOOK);
		LONG(t.head.upper.tcp.ack = lim_be32(1139)); /* of what was never sent */
		answer(proto, 40000, 443, 1138);
		LONG(t.head.upper.tcp.flags = 0);
		answer(proto, 40000, 443, 1138);
		LONG(t.head.upper.tcp.flags = LIM_TCP_ACK | LIM_TCP_RST);
	}
}

int main(void)
{
#define T(f) cmocka_unit_test_setup(f, reset)
	const struct CMUnitTest tests[] = {
	    T(passes_and_pays),
	    T(leaves_what_the_short_way_leaves),
	    T(segments_and_padding_count_as_on_the_wire),
	    T(only_the_same_plain_flow),
	    T(another_configuration_makes_it_void),
	    T(a_place_given_to_another_is_not_the_flows),
	    T(the_peer_is_asked_each_time),
	    T(an_answer_a_tick_ahead_is_fresh),
	    T(an_answer_leaves_the_same_by_every_way),
	    T(an_answer_that_changes_more_goes_the_long_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
