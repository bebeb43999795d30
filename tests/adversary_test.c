// SPDX-License-Identifier: MIT
// The adversary search: that it repeats itself, that its world answers as hosts do, and that it
// finds what is known to be there.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "adversary/adversary.h"
#include "adversary/stage.h"

static const struct goal *goal(const char *key)
{
	for (const struct goal *g = goals; g->key; g++)
		if (!strcmp(g->key, key))
			return g;
	fail_msg("no goal %s", key);
	return NULL;
}

/* A policy that lets everything through and keeps the last packet that came in. */
static struct lim_packet came;
static unsigned came_count;

static void open_start(void *mem, const lim_u64 key[2], uint64_t now)
{
	came_count = 0;
	memset(&came, 0, sizeof(came));
}

static uint64_t open_egress(void *mem, const struct lim_packet *p, uint64_t now)
{
	return now;
}

static int open_ingress(void *mem, const struct lim_packet *p, uint64_t now)
{
	came = *p;
	came_count++;
	return 1;
}

static const char *open_reason(const void *mem)
{
	return "open";
}

static const struct policy open_door = {
    "open", "lets everything through", 1, open_start, open_egress, open_ingress, open_reason};

static const lim_u64 secret[2] = {1, 2};

/* One packet of a kind to somebody, and the score of the goal. */
static uint64_t send_one(const char *to, struct gene g)
{
	struct stage *w = stage_new();
	struct schedule s = {.genes = 1, .origin = "", .gene = {g}};
	uint64_t score;

	assert_non_null(w);
	s.gene[0].bursts = s.gene[0].burst = 1;
	schedule_legal(&s, goal(to)->may);
	score = stage_play(w, &open_door, goal(to), &s, secret);
	stage_free(w);
	return score;
}

static void an_open_port_takes_a_connection(void **state)
{
	assert_int_equal(send_one("new-connections", (struct gene){.kind = KIND_SYN}), 1);
	assert_int_equal(came_count, 1);
	assert_int_equal(came.tcp_flags, LIM_TCP_SYN | LIM_TCP_ACK);
	assert_int_equal(came.ack, 1001);
}

static void a_closed_port_resets(void **state)
{
	assert_int_equal(send_one("new-connections", (struct gene){.kind = KIND_SYN, .service = 1}),
			 0);
	assert_int_equal(came.tcp_flags, LIM_TCP_RST | LIM_TCP_ACK);
	assert_int_equal(came.ack, 1001);
}

static void a_confirmed_connection_is_not_half_open(void **state)
{
	assert_int_equal(send_one("half-open", (struct gene){.kind = KIND_SYN}), 1);
	assert_int_equal(send_one("half-open", (struct gene){.kind = KIND_CONNECT}), 0);
}

static void a_host_without_service_refuses(void **state)
{
	send_one("must-answer", (struct gene){.kind = KIND_UDP});
	assert_int_equal(came.proto, LIM_PROTO_ICMP);
	assert_int_equal(came.icmp_type, 3);
	assert_int_equal(came.icmp_code, 3);
	assert_true(came.flags & LIM_F_QUOTE);
	assert_int_equal(came.q_dport, 80);
}

static void a_host_answers_ping(void **state)
{
	assert_int_equal(send_one("must-answer", (struct gene){.kind = KIND_ECHO}), 1);
	assert_int_equal(came.icmp_type, 0);
	assert_int_equal(came.sport, 40000);
}

static void data_is_acknowledged_to_its_end(void **state)
{
	send_one("served", (struct gene){.kind = KIND_CONNECT_DATA, .size = 1054});
	assert_int_equal(came.tcp_flags, LIM_TCP_ACK);
	assert_int_equal(came.ack, 1001 + 1000);
}

static void silent_hosts_say_nothing(void **state)
{
	assert_int_equal(send_one("target-packets", (struct gene){.kind = KIND_UDP}), 1);
	assert_int_equal(came_count, 0);
	assert_int_equal(send_one("scan", (struct gene){.kind = KIND_UDP, .actor = ACTOR_STRANGER}),
			 1);
	assert_int_equal(came_count, 0);
}

static void cooperating_hosts_do_as_told(void **state)
{
	struct gene g = {.kind = KIND_UDP, .actor = ACTOR_COOP, .answer = ANSWER_PROPER};

	assert_int_equal(send_one("target-packets-standing", g), 0);
	assert_int_equal(came.proto, LIM_PROTO_UDP);
	g.answer = ANSWER_FORGE;
	send_one("target-packets-standing", g);
	assert_true(came.flags & LIM_F_QUOTE);
	assert_int_equal(came.q_dst.w[3], 0xcb00710a);
	g.answer = ANSWER_NONE;
	send_one("target-packets-standing", g);
	assert_int_equal(came_count, 0);
}

static void resolvers_are_honest(void **state)
{
	struct gene g = {.kind = KIND_DNS_BAD, .actor = ACTOR_RESOLVER};

	assert_int_equal(send_one("dns-failures", g), 1);
	assert_int_equal(came.dns_flags & 15, 3);
	g.kind = KIND_DNS_GOOD;
	assert_int_equal(send_one("dns-failures", g), 0);
	assert_int_equal(came.dns_flags & 15, 0);
	g.kind = KIND_DNS_DEAD;
	assert_int_equal(send_one("dns-failures", g), 1);
	assert_int_equal(came_count, 0);
}

static void what_the_first_router_discards_reaches_nobody(void **state)
{
	assert_int_equal(send_one("target-packets", (struct gene){.kind = KIND_UDP, .hops = 1}), 0);
}

/* The most in 60 s, wherever the window lies. */
static void the_window_slides(void **state)
{
	static struct mark marks[8];
	static struct tally t;
	struct lim_packet p = {.kind = LIM_KIND_IP, .segs = 1, .wire_len = 100, .hop_limit = 64};
	struct sent s = {.p = &p, .to = {ACTOR_VICTIM, 0, 0}, .kind = KIND_UDP};

	t.mark = marks;
	t.room = 8;
	tally_begin(&t, goal("target-packets"), 0);
	for (unsigned at = 0; at <= 100; at += 25)
		tally_sent(&t, &s, at * LIM_S);
	assert_int_equal(tally_score(&t), 3); /* 0, 25, 50; 60 s are open at their end */
}

static uint64_t search(const char *policy, const char *what, uint64_t schedules, int scratch,
		       unsigned threads, struct found *f)
{
	struct search s = {
	    .goal = goal(what), .schedules = schedules, .seed = 7, .from_scratch = scratch};
	struct err e;

	for (unsigned i = 0; policies[i]; i++)
		if (!strcmp(policies[i]->key, policy))
			s.policy = policies[i];
	assert_non_null(s.policy);
	assert_int_equal(adversary_search(&s, 1, threads, NULL, f, &e), 0);
	return f->score;
}

static void threads_and_repetition_change_nothing(void **state)
{
	struct found a, b, c;

	search("holdfast", "carpet-packets", 300, 0, 1, &a);
	search("holdfast", "carpet-packets", 300, 0, 1, &b);
	search("holdfast", "carpet-packets", 300, 0, 3, &c);
	assert_int_equal(a.played, 300);
	assert_int_equal(a.score, b.score);
	assert_int_equal(a.score, c.score);
	assert_memory_equal(a.best.gene, b.best.gene, a.best.genes * sizeof(struct gene));
	assert_memory_equal(a.best.gene, c.best.gene, a.best.genes * sizeof(struct gene));
}

static void credit_can_be_minted(void **state)
{
	struct found f;

	/* With the strategy at hand: a hundred strangers a second, 6,000 a minute. */
	assert_true(search("credit", "scan-coop", 200, 0, 2, &f) >= 5900);
	/* Found from nothing: no cooperation, no gain; with it many times as much. */
	assert_true(search("credit", "scan", 6000, 1, 2, &f) < 60);
	assert_true(search("credit", "scan-coop", 6000, 1, 2, &f) > 150);
}

static void the_older_schemes_are_beaten_where_they_are_known_to_be(void **state)
{
	struct found f;

	/* One new host a second, and no limit at all for one host. */
	assert_in_range(search("throttle", "scan", 300, 0, 2, &f), 58, 62);
	assert_true(search("throttle", "target-packets", 300, 0, 2, &f) > 2000);
	/* 50 a second whatever they are. */
	assert_in_range(search("rate", "carpet-packets", 300, 0, 2, &f), 2500, 3050);
}

static void a_small_search_stays_within_the_bounds(void **state)
{
	/* Those before NULL must also come near: a search that gets nothing out would hold all. */
	static const char *const held[] = {"target-packets",
					   "target-bytes",
					   "network-bytes",
					   "carpet-packets",
					   "carpet-bytes",
					   "scan",
					   "scan-coop",
					   "scan-list",
					   "spoofed",
					   "link-probes",
					   "link-bytes",
					   "visitors",
					   NULL,
					   "new-connections",
					   "half-open",
					   "dns-failures",
					   "target-packets-standing",
					   "network-packets",
					   "alias-packets",
					   "after-veto",
					   "reflection"};
	bool near = true;
	struct found f;

	for (unsigned i = 0; i < sizeof(held) / sizeof(held[0]); i++) {
		if (!held[i]) {
			near = false;
			continue;
		}
		search("holdfast", held[i], 400, 0, 2, &f);
		if (f.beaten)
			fail_msg("%s: %llu", held[i], (unsigned long long)f.score);
		if (near && goal(held[i])->bound)
			assert_true(f.score * 2 > goal(held[i])->bound);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_open_port_takes_a_connection),
	    cmocka_unit_test(a_closed_port_resets),
	    cmocka_unit_test(a_confirmed_connection_is_not_half_open),
	    cmocka_unit_test(a_host_without_service_refuses),
	    cmocka_unit_test(a_host_answers_ping),
	    cmocka_unit_test(data_is_acknowledged_to_its_end),
	    cmocka_unit_test(silent_hosts_say_nothing),
	    cmocka_unit_test(cooperating_hosts_do_as_told),
	    cmocka_unit_test(resolvers_are_honest),
	    cmocka_unit_test(what_the_first_router_discards_reaches_nobody),
	    cmocka_unit_test(the_window_slides),
	    cmocka_unit_test(threads_and_repetition_change_nothing),
	    cmocka_unit_test(credit_can_be_minted),
	    cmocka_unit_test(the_older_schemes_are_beaten_where_they_are_known_to_be),
	    cmocka_unit_test(a_small_search_stays_within_the_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
