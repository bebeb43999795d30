// SPDX-License-Identifier: MIT
// Link headers, the device and its addresses, loads over 60 s, virtual time.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <pcap/pcap.h>

#include "replay/load.h"
#include "replay/replay.h"
#include "replay/scope.h"

static const uint8_t device_mac[6] = {2, 0, 0, 0, 0, 0x10};
static const uint8_t router_mac[6] = {2, 0, 0, 0, 0, 1};
static const uint8_t other_mac[6] = {2, 0, 0, 0, 0, 0x20};

#define ME     0xc0a8070au /* 192.168.7.10 */
#define GATE   0xc0a80701u
#define SECOND 0xc0a8070bu
#define CLOUD  0xc6120001u /* 198.18.0.1 */
#define PHONE  0x0a090902u /* 10.9.9.2 */

static void put32(uint8_t *p, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> (24 - 8 * i));
}

/* An IPv4 UDP packet of 28 bytes. */
static void ipv4(uint8_t *p, uint32_t src, uint32_t dst, uint8_t ttl)
{
	memset(p, 0, 28);
	p[0] = 0x45;
	p[3] = 28;
	p[8] = ttl;
	p[9] = LIM_PROTO_UDP;
	put32(p + 12, src);
	put32(p + 16, dst);
	p[21] = 7;
	p[23] = 9;
	p[25] = 8;
}

static uint8_t bytes[64];

static const uint8_t *ethernet(const uint8_t *from, const uint8_t *to, uint32_t src, uint32_t dst,
			       uint8_t ttl)
{
	memcpy(bytes, to, 6);
	memcpy(bytes + 6, from, 6);
	bytes[12] = 8;
	bytes[13] = 0;
	ipv4(bytes + 14, src, dst, ttl);
	return bytes;
}

static const uint8_t *arp(const uint8_t *from, uint32_t sender, uint32_t target)
{
	static const uint8_t head[] = {8, 6, 0, 1, 8, 0, 6, 4, 0, 1};

	memset(bytes, 0xff, 6);
	memcpy(bytes + 6, from, 6);
	memcpy(bytes + 12, head, sizeof head);
	memcpy(bytes + 22, from, 6);
	put32(bytes + 28, sender);
	memset(bytes + 32, 0, 6);
	put32(bytes + 38, target);
	return bytes;
}

static void link_headers(void **state)
{
	static const struct {
		int dlt;
		unsigned head;
		uint8_t bytes[20];
	} cases[] = {
	    {DLT_RAW, 0, {0}},
	    {DLT_IPV4, 0, {0}},
	    {DLT_NULL, 4, {2, 0, 0, 0}},
	    {DLT_NULL, 4, {0, 0, 0, 2}},
	    {DLT_LOOP, 4, {0, 0, 0, 2}},
	    {DLT_LINUX_SLL, 16, {0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 0x10, 0, 0, 8, 0}},
	    {DLT_LINUX_SLL2, 20, {8, 0, 0, 0, 0, 0, 0, 2, 0, 1, 4, 6, 2, 0, 0, 0, 0, 0x10}},
	};
	struct frame f;
	struct lim_packet p;

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		unsigned head = cases[i].head;
		uint8_t *record = malloc(head + 28);

		assert_non_null(record);
		memcpy(record, cases[i].bytes, head);
		ipv4(record + head, ME, CLOUD, 64);
		assert_true(link_supported(cases[i].dlt));
		assert_int_equal(link_strip(&f, cases[i].dlt, record, head + 28, head + 1028), 0);
		assert_int_equal(f.wire_len, 1028 + LINK_HEADER);
		assert_false(f.has_mac);
		frame_parse(&p, &f);
		assert_int_equal(p.kind, LIM_KIND_IP);
		assert_int_equal(p.src.w[3], ME);
		assert_int_equal(p.dport, 9);
		for (unsigned len = 0; len < head; len++) {
			uint8_t *cut = malloc(len ? len : 1); /* the sanitizer sees its end */

			memcpy(cut, record, len);
			assert_int_equal(link_strip(&f, cases[i].dlt, cut, len, len), -1);
			free(cut);
		}
		free(record);
	}
	assert_false(link_supported(DLT_IEEE802_11_RADIO));
}

static void cooked_arp_becomes_a_frame(void **state)
{
	uint8_t record[16 + 28] = {0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 0x10, 0, 0, 8, 6};
	struct frame f;
	struct lim_packet p;

	(void)state;
	memcpy(record + 16, arp(device_mac, ME, GATE) + 14, 28);
	assert_int_equal(link_strip(&f, DLT_LINUX_SLL, record, sizeof record, sizeof record), 0);
	assert_int_equal(f.dir, DIR_OUT);
	frame_parse(&p, &f);
	assert_int_equal(p.kind, LIM_KIND_ARP);
	assert_int_equal(p.dst.w[3], GATE);
	assert_int_equal(p.wire_len, 42);
}

static void a_lying_length_is_mended(void **state)
{
	struct frame f;

	(void)state;
	assert_int_equal(
	    link_strip(&f, DLT_EN10MB, ethernet(device_mac, router_mac, ME, CLOUD, 64), 42, 3), 0);
	assert_int_equal(f.wire_len, 42);
}

static struct survey survey;
static struct device device;

static int start(void **state)
{
	(void)state;
	survey_start(&survey);
	return 0;
}

static int stop(void **state)
{
	(void)state;
	survey_free(&survey);
	return 0;
}

static void see(const uint8_t *data, unsigned times)
{
	struct frame f;
	struct lim_packet p;

	while (times--) {
		assert_int_equal(link_strip(&f, DLT_EN10MB, data, 42, 42), 0);
		survey_frame(&survey, &f, &p, CAPTURE_START + survey.frames);
	}
}

static enum device_way way(const uint8_t *data)
{
	struct frame f;
	struct lim_packet p;

	assert_int_equal(link_strip(&f, DLT_EN10MB, data, 42, 42), 0);
	frame_parse(&p, &f);
	return device_way(&device, &survey, &f, &p);
}

static void find(const char *hint)
{
	struct device_hint h = {0};
	struct err e = {0};

	assert_int_equal(device_hint_read(&h, hint, &e), 0);
	assert_int_equal(device_find(&device, &survey, &h, &e), 0);
}

/* The device talks with a server, through the router, which also talks to a neighbour. */
static void household(void)
{
	see(arp(device_mac, ME, GATE), 1);
	see(ethernet(device_mac, router_mac, ME, CLOUD, 64), 20);
	see(ethernet(router_mac, device_mac, CLOUD, ME, 50), 20);
	see(ethernet(router_mac, other_mac, CLOUD, SECOND, 50), 3);
	see(ethernet(other_mac, router_mac, SECOND, CLOUD, 64), 3);
}

static bool owns(uint32_t a)
{
	struct lim_addr addr = addr_v4(a);

	for (unsigned i = 0; i < device.owns; i++)
		if (addr_same(&device.own[i].addr, &addr))
			return true;
	return false;
}

static void guesses_the_talker(void **state)
{
	(void)state;
	household();
	find("");
	assert_true(device.guessed && device.by_mac);
	assert_memory_equal(device.mac, device_mac, 6);
	assert_int_equal(device.addr.w[3], ME);
	assert_int_equal(device.owns, 1);
	assert_int_equal(device.own[0].prefix, 24);
	assert_int_equal(way(ethernet(device_mac, router_mac, ME, CLOUD, 64)), WAY_OUT);
	assert_int_equal(way(ethernet(router_mac, device_mac, CLOUD, ME, 50)), WAY_IN);
	assert_int_equal(way(ethernet(other_mac, router_mac, SECOND, CLOUD, 64)), WAY_OTHER);
	assert_int_equal(way(arp(device_mac, ME, GATE)), WAY_OUT);
	assert_int_equal(way(arp(router_mac, GATE, ME)), WAY_IN);
}

static void takes_the_hint(void **state)
{
	struct device_hint h = {0};
	struct err e = {0};

	(void)state;
	household();
	find("192.168.7.11");
	assert_memory_equal(device.mac, other_mac, 6);
	find("02:00:00:00:00:20");
	assert_int_equal(device.addr.w[3], SECOND);
	assert_int_equal(device_hint_read(&h, "10.0.0.99", &e), 0);
	assert_int_equal(device_find(&device, &survey, &h, &e), -1);
	assert_int_equal(e.code, EXIT_WRONG_USE);
	assert_non_null(strstr(e.text, "10.0.0.99"));
	assert_int_equal(device_hint_read(&h, "lamp", &e), -1);
	assert_non_null(strstr(e.text, "lamp"));
}

static void random_sources_are_its_own_doing(void **state)
{
	(void)state;
	household();
	for (uint32_t n = 0; n < 50; n++)
		see(ethernet(device_mac, router_mac, CLOUD + 7 + n * 65537, CLOUD, 64), 1);
	find("02:00:00:00:00:10");
	assert_int_equal(device.owns, 1);
	assert_int_equal(way(ethernet(device_mac, router_mac, CLOUD + 7, CLOUD, 64)), WAY_OUT);
}

static void a_neighbours_source_is_its_own_doing(void **state)
{
	(void)state;
	household();
	see(arp(other_mac, SECOND, GATE), 1);
	see(ethernet(device_mac, router_mac, SECOND, CLOUD, 64), 10);
	find("02:00:00:00:00:10");
	assert_false(owns(SECOND));
	assert_int_equal(way(ethernet(device_mac, router_mac, SECOND, CLOUD, 64)), WAY_OUT);
}

static void what_is_answered_through_it_is_forwarded(void **state)
{
	(void)state;
	household();
	see(ethernet(device_mac, router_mac, PHONE, CLOUD, 63), 5);
	see(ethernet(router_mac, device_mac, CLOUD, PHONE, 50), 5);
	find("02:00:00:00:00:10");
	assert_false(owns(PHONE));
	assert_int_equal(way(ethernet(device_mac, router_mac, PHONE, CLOUD, 63)), WAY_FORWARDED);
	assert_int_equal(way(ethernet(router_mac, device_mac, CLOUD, PHONE, 50)), WAY_FORWARDED);
}

static void one_hop_away_is_forwarded_unanswered(void **state)
{
	(void)state;
	household();
	see(ethernet(device_mac, router_mac, PHONE, CLOUD, 63), 5);
	find("02:00:00:00:00:10");
	assert_int_equal(way(ethernet(device_mac, router_mac, PHONE, CLOUD, 63)), WAY_FORWARDED);
}

static void an_old_lease_is_its_own(void **state)
{
	(void)state;
	household();
	see(arp(device_mac, 0xc0a80203u, 0xc0a80201u), 1); /* 192.168.2.3 asks for .1 */
	find("02:00:00:00:00:10");
	assert_true(owns(0xc0a80203u));
}

static void an_address_of_another_network_is_its_own(void **state)
{
	(void)state;
	household();
	see(ethernet(device_mac, other_mac, 0xc0a81403u, 0xc0a81464u, 64), 2); /* 192.168.20.3 */
	find("02:00:00:00:00:10");
	assert_true(owns(0xc0a81403u));
}

static void what_a_neighbour_claims_is_not_its_own(void **state)
{
	(void)state;
	household();
	see(arp(other_mac, SECOND, GATE), 1);
	see(ethernet(device_mac, router_mac, SECOND, CLOUD, 64), 10);
	see(ethernet(router_mac, device_mac, CLOUD, SECOND, 50), 10);
	find("02:00:00:00:00:10");
	assert_false(owns(SECOND));
}

static void arp_and_broadcast_widen_the_link(void **state)
{
	static const uint8_t all[6] = {255, 255, 255, 255, 255, 255};

	(void)state;
	household();
	see(arp(device_mac, ME, 0xc0a80401u), 1); /* 192.168.4.1 */
	see(ethernet(device_mac, all, ME, 0xc0a807ffu, 64), 1);
	find("");
	assert_int_equal(device.own[0].prefix, 22);
}

static void a_router_does_not_stand_for_what_is_behind_it(void **state)
{
	(void)state;
	for (uint32_t n = 0; n < 8; n++)
		see(ethernet(router_mac, other_mac, CLOUD + n, SECOND, 51), 10);
	find("198.18.0.1");
	assert_false(device.by_mac);
	assert_int_equal(way(ethernet(router_mac, other_mac, CLOUD, SECOND, 51)), WAY_OUT);
	assert_int_equal(way(ethernet(router_mac, other_mac, CLOUD + 1, SECOND, 51)), WAY_OTHER);
}

static void made_up_macs_do_not_stand_for_anybody(void **state)
{
	(void)state;
	see(ethernet(device_mac, router_mac, ME, CLOUD, 64), 10);
	see(ethernet(device_mac, router_mac, CLOUD, ME, 64), 10);
	find("192.168.7.10");
	assert_false(device.by_mac);
	assert_int_equal(way(ethernet(device_mac, router_mac, CLOUD, ME, 64)), WAY_IN);
}

static void loads_over_any_60_s(void **state)
{
	struct load *l = calloc(1, sizeof *l);
	struct result_load one = {1, 100, 0};

	(void)state;
	assert_non_null(l);
	for (unsigned s = 0; s < 300; s++)
		load_add(l, s * LIM_S, &one);
	assert_in_range(l->most.packets, 60, 61);
	load_add(l, 100000 * LIM_S, &one); /* a long pause forgets */
	assert_int_equal(l->sum.packets, 1);
	for (unsigned n = 0; n < 500; n++)
		load_add(l, 100030 * LIM_S, &one);
	assert_int_equal(l->most.packets, 501);
	assert_int_equal(l->most.bytes, 50100);
	free(l);
}

static uint8_t file[4096];
static size_t file_size;

static void record(uint32_t sec, uint32_t usec)
{
	uint32_t head[4] = {sec, usec, 42, 42};

	memcpy(file + file_size, head, 16);
	memcpy(file + file_size + 16, ethernet(device_mac, router_mac, ME, CLOUD, 64), 42);
	file_size += 58;
}

static FILE *open_memory(void *arg)
{
	(void)arg;
	return fmemopen(file, file_size, "rb");
}

static void time_never_runs_back(void **state)
{
	static const uint32_t head[6] = {0xa1b2c3d4, 4u << 16 | 2, 0, 0, 65535, 1};
	static const double at[] = {0, 1, 1, 1, 2, 4000000001.0};
	struct err e;
	struct frame f;
	uint64_t now;
	struct capture *c;

	(void)state;
	memcpy(file, head, 24);
	file_size = 24;
	record(100, 0);
	record(101, 0);
	record(100, 999999); /* a little out of order */
	record(50, 0);	     /* the clock was set back */
	record(51, 0);
	record(4000000050u, 0);
	c = capture_open_stream(open_memory(NULL), "memory", &e);
	assert_non_null(c);
	for (unsigned i = 0; i < 6; i++) {
		assert_int_equal(capture_next(c, &f, &now, &e), 1);
		assert_true(now == CAPTURE_START + (uint64_t)at[i] * LIM_S);
	}
	assert_int_equal(capture_next(c, &f, &now, &e), 0);
	capture_close(c);
}

static void a_broken_file_counts_up_to_there(void **state)
{
	struct lim_config config;
	struct replay_ask ask = {.config = &config};
	struct result r;

	(void)state;
	replay_config(&config);
	file_size -= 5;
	assert_int_equal(replay_stream(&r, "memory", open_memory, NULL, &ask), -1);
	assert_true(r.usable && r.broken);
	assert_int_equal(r.out, 5);
	assert_int_equal(r.error.code, EXIT_WRONG_USE);
	assert_non_null(strstr(r.error.text, "memory: packet 6: "));
	replay_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(link_headers),
	    cmocka_unit_test(cooked_arp_becomes_a_frame),
	    cmocka_unit_test(a_lying_length_is_mended),
	    cmocka_unit_test_setup_teardown(guesses_the_talker, start, stop),
	    cmocka_unit_test_setup_teardown(takes_the_hint, start, stop),
	    cmocka_unit_test_setup_teardown(random_sources_are_its_own_doing, start, stop),
	    cmocka_unit_test_setup_teardown(a_neighbours_source_is_its_own_doing, start, stop),
	    cmocka_unit_test_setup_teardown(what_is_answered_through_it_is_forwarded, start, stop),
	    cmocka_unit_test_setup_teardown(one_hop_away_is_forwarded_unanswered, start, stop),
	    cmocka_unit_test_setup_teardown(an_old_lease_is_its_own, start, stop),
	    cmocka_unit_test_setup_teardown(an_address_of_another_network_is_its_own, start, stop),
	    cmocka_unit_test_setup_teardown(what_a_neighbour_claims_is_not_its_own, start, stop),
	    cmocka_unit_test_setup_teardown(arp_and_broadcast_widen_the_link, start, stop),
	    cmocka_unit_test_setup_teardown(a_router_does_not_stand_for_what_is_behind_it, start,
					    stop),
	    cmocka_unit_test_setup_teardown(made_up_macs_do_not_stand_for_anybody, start, stop),
	    cmocka_unit_test(loads_over_any_60_s),
	    cmocka_unit_test(time_never_runs_back),
	    cmocka_unit_test(a_broken_file_counts_up_to_there),
	};

	return cmocka_run_group_tests_name("replay", tests, NULL, NULL);
}
