// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/addr.h"
#include "moment.h"
#include "show/programs.h"
#include "show/show.h"
#include "supervise/state.h"

static struct moment m;
static const struct show_style plain;

static struct show shown(void)
{
	return (struct show){.state = &m.state,
			     .config = &m.config,
			     .report = &m.report,
			     .meta = &m.meta,
			     .now = m.now,
			     .memory = 204800,
			     .daemon = m.meta.pid};
}

static char *text;

static void draw(void (*picture)(FILE *out, const struct show *s), const struct show *s)
{
	size_t len;
	FILE *out = open_memstream(&text, &len);

	picture(out, s);
	fclose(out);
}

static void says(const char *what)
{
	if (!strstr(text, what))
		fail_msg("'%s' is not in:\n%s", what, text);
}

static void says_not(const char *what)
{
	if (strstr(text, what))
		fail_msg("'%s' is in:\n%s", what, text);
}

static void status(FILE *out, const struct show *s)
{
	show_status(out, s, &plain);
}

static void top(FILE *out, const struct show *s)
{
	show_top(out, s, NULL, &plain, SHOW_BY_OUT);
}

static void status_of_a_guard_in_force(void **state)
{
	struct show s = shown();

	moment_make(&m);
	s = shown();
	draw(status, &s);
	says("protected\n");
	says("since       1 h ago, holdfast 0.1.0, tcx\n");
	says("daemon      running, process 4711\n");
	says("interfaces  eth0\n");
	says("addresses   192.168.7.2/24 2001:db8:7::2/64\n");
	says("override    off\n");
	says("memory      205 kB of kernel memory\n");
	says("  contact          ########################     63 of 64 contacts\n");
	says("  silent                     14 packets     14 kB  the peer or its network");
	says("  veto                        1 packets      1 kB  the peer or its provider");
	says("        3 s ago  udp    203.0.113.9:9000: the peer or its network");
	says_not("override-packets");
	says_not("\033");
	free(text);
}

static void status_tells_what_is_open(void **state)
{
	struct show s;
	char why[256];

	moment_make(&m);
	m.meta.iface_count = 2;
	strcpy(m.meta.iface[1].name, "wlan0");
	s = shown();
	assert_false(show_protected(&s, why, sizeof(why)));
	draw(status, &s);
	says("NOT PROTECTED: wlan0 is open");
	says("eth0 wlan0 (open!)");
	free(text);

	m.meta.iface_count = 0;
	s = shown();
	assert_true(show_protected(&s, why, sizeof(why)));
	m.meta.left_out = 1;
	assert_false(show_protected(&s, why, sizeof(why)));
	assert_non_null(strstr(why, "more than 64 interfaces"));
	m.meta.left_out = 0;
	s.daemon = 0;
	assert_false(show_protected(&s, why, sizeof(why)));

	m.meta.iface_count = 1;
	s = shown();
	s.daemon = 0;
	draw(status, &s);
	says("daemon      not running");
	says_not("NOT PROTECTED");
	free(text);
}

static void status_shows_the_override(void **state)
{
	struct show s;

	moment_make(&m);
	m.config.override_until = m.now + 90 * LIM_S;
	assert_int_equal(addr_parse("203.0.113.0", &m.config.override_addr, NULL), 0);
	m.config.override_mask = addr_mask(true, 24);
	s = shown();
	draw(status, &s);
	says("override    on for 1 min 30 s more, to 203.0.113.0/24\n");
	says("override-packets");
	free(text);
	draw(show_status_json, &s);
	says("\"network\": \"203.0.113.0/24\"");
	says("\"seconds_left\": 90");
	free(text);
	s.now += 91 * LIM_S;
	draw(status, &s);
	says("override    off\n");
	free(text);
}

static void status_in_json(void **state)
{
	struct show s;

	moment_make(&m);
	s = shown();
	draw(show_status_json, &s);
	says("{\n  \"protected\": true,\n  \"why_not\": null,\n");
	says("\"own_addresses\": [\n    \"192.168.7.2/24\",\n    \"2001:db8:7::2/64\"\n  ]");
	says("\"reason\": \"silent\",\n      \"packets\": 14,\n      \"bytes\": 14000");
	says("\"seconds_ago\": 0,\n      \"peer\": \"192.0.2.66\"");
	says("\"override\": null");
	free(text);
}

/* A ring that has gone round many times still gives the latest first. */
static void events_come_latest_first(void **state)
{
	moment_make(&m);
	m.report.events = 3 * LIM_EVENTS + 5;
	for (unsigned i = 0; i < LIM_EVENTS; i++)
		m.report.event[i].len = i;
	assert_int_equal(show_event(&m.report, 0)->len, 4);
	assert_int_equal(show_event(&m.report, 5)->len, LIM_EVENTS - 1);
	assert_non_null(show_event(&m.report, LIM_EVENTS - 1));
	assert_null(show_event(&m.report, LIM_EVENTS));
	m.report.events = 2;
	assert_null(show_event(&m.report, 2));
}

static bool why(const char *address)
{
	struct show s = shown();
	struct lim_addr a;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	bool is_free;

	assert_int_equal(addr_parse(address, &a, NULL), 0);
	is_free = show_why(out, &s, &a);
	fclose(out);
	return is_free;
}

/* The figures of the network's budget, taken from the limiter: its parameters may be tuned. */
static void says_what_is_left(const char *address)
{
	char line[128], bytes[SHOW_TEXT];
	struct lim_addr a;
	struct lim_view v;

	assert_int_equal(addr_parse(address, &a, NULL), 0);
	lim_look(&m.state, &m.config, &a, m.now, &v);
	snprintf(line, sizeof(line), "/24 has %llu of %llu packets and %s left",
		 (unsigned long long)v.silent_pkts,
		 (unsigned long long)budget_depth(&m.config, LIM_B_SILENT_PKTS),
		 show_bytes(v.silent_bytes, bytes));
	says(line);
}

static void why_explains_each_peer(void **state)
{
	moment_make(&m);
	assert_true(why(MOMENT_FRIEND));
	says("198.51.100.7 passes freely\n");
	says("It answered 3 s ago, which counts for another 12 s");
	says("it was sent 30 kB of a window of 66 kB");
	says("A datagram to it would pass now: the peer answers.");
	free(text);

	assert_false(why(MOMENT_SILENT));
	says("203.0.113.9 is held to a trickle\n");
	says("It has never answered.");
	says_what_is_left(MOMENT_SILENT);
	says(": the peer or its network does not answer.\n");
	says("14 packets were held back");
	says("3 s ago  udp port 9000");
	says_not("new contact");
	free(text);

	assert_false(why(MOMENT_REFUSER));
	says("has said no (4 times): nothing may go to it for another 1 min 55 s.");
	free(text);

	assert_false(why(MOMENT_STRANGER));
	says("Nothing is known of it.");
	says("It would be a new contact; the device has ");
	says_what_is_left(MOMENT_STRANGER);
	says("At most ");
	free(text);

	assert_true(why(MOMENT_NEIGHBOUR));
	says("on the device's own network");
	free(text);

	assert_true(why(MOMENT_OWN));
	says("It is this device.");
	free(text);
}

static void why_follows_the_clock(void **state)
{
	moment_make(&m);
	m.now += 40 * LIM_S; /* past a tunnel's consent too */
	why(MOMENT_FRIEND);
	says("It answered last 43 s ago, which no longer counts");
	free(text);
	m.now += 80 * LIM_S;
	why(MOMENT_REFUSER);
	says("has said no 4 times; that pause is over.");
	free(text);
}

static void why_needs_an_own_address(void **state)
{
	moment_make(&m);
	m.config.own6_count = 0;
	assert_false(why("2001:db8:9::1"));
	says("2001:db8:9::1 is held back\n");
	says("The device has no IPv6 address that a packet could come from.");
	free(text);
}

static void own(const char *address, unsigned prefix_len)
{
	struct lim_addr a;

	assert_int_equal(addr_parse(address, &a, NULL), 0);
	lim_config_own(&m.config, &a, prefix_len);
}

/* Addresses come in any order; loopback is usually the first. */
static void why_sends_from_a_usable_address(void **state)
{
	moment_make(&m);
	m.config.own4_count = m.config.own6_count = 0;
	own("127.0.0.1", 8);
	own("169.254.3.4", 16);
	own("::1", 128);
	own("fe80::7", 64);
	own("fd00:7::2", 64);
	why(MOMENT_STRANGER);
	says("A datagram to it would pass now: ");
	free(text);
	own("192.168.7.2", 24);
	own("2001:db8:7::2", 64);
	why(MOMENT_STRANGER);
	says("A datagram to it would pass now: ");
	free(text);
	why("2001:2::1");
	says("A datagram to it would pass now: ");
	free(text);
	assert_true(why(MOMENT_NEIGHBOUR));
	free(text);
	assert_true(why("fe80::99"));
	free(text);
	assert_true(why("127.0.0.5"));
	free(text);
}

static void why_does_not_send_from_loopback(void **state)
{
	moment_make(&m);
	m.config.own4_count = 0;
	own("127.0.0.1", 8);
	assert_false(why(MOMENT_STRANGER));
	says("The device has no IPv4 address that a packet could come from.");
	free(text);
}

/* Asking must not change what is asked about. */
static void why_spends_nothing(void **state)
{
	static struct moment before;

	moment_make(&m);
	before = m;
	why(MOMENT_STRANGER);
	free(text);
	assert_memory_equal(&before, &m, sizeof(m));
}

static void why_in_json(void **state)
{
	struct show s;
	struct lim_addr a;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	moment_make(&m);
	s = shown();
	assert_int_equal(addr_parse(MOMENT_SILENT, &a, NULL), 0);
	assert_false(show_why_json(out, &s, &a));
	fclose(out);
	says("\"address\": \"203.0.113.9\",\n  \"where\": \"off-link\",\n  \"free\": false");
	says("\"network\": \"203.0.113.0/24\",\n  \"network_packets_left\": ");
	says("\"held_packets\": 14");
	free(text);
}

static void top_draws_a_frame(void **state)
{
	struct show s;

	moment_make(&m);
	s = shown();
	draw(top, &s);
	says("protected for 1 h");
	says("(3 peers, most out first)");
	says("198.51.100.7             fresh, 12 s         ####....   66 kB");
	says("192.0.2.66               said no, 1 min 55 s");
	says("203.0.113.9              never answered");
	says("       14 packets     0.0/s  the peer or its network does not answer");
	free(text);
}

static void top_takes_rates_from_two_moments(void **state)
{
	static struct moment before;
	struct show s, earlier;
	size_t len;
	FILE *out;

	moment_make(&m);
	before = m;
	earlier = shown();
	earlier.state = &before.state;
	earlier.report = &before.report;
	m.now += 2 * LIM_S;
	moment_in(&m, MOMENT_FRIEND, 4433, 100000);
	moment_out(&m, MOMENT_FRIEND, 4433, 25000);
	for (int i = 0; i < 4; i++)
		moment_out(&m, MOMENT_REFUSER, 7777, 1400);
	s = shown();
	out = open_memstream(&text, &len);
	show_top(out, &s, &earlier, &plain, SHOW_BY_HELD);
	fclose(out);
	says("out 100 kbit/s   in 400 kbit/s   held back 2.0 packets/s, 19 in all");
	says("100 kbit/s  400 kbit/s       0\n");
	/* most held back in these two seconds comes first */
	assert_true(strstr(text, "\n192.0.2.66") < strstr(text, "\n203.0.113.9"));
	free(text);
}

static void top_keeps_to_the_height(void **state)
{
	struct show s;
	struct show_style low = {.width = 80, .height = 16};
	char peer[32];
	size_t len;
	FILE *out;
	unsigned lines = 0;

	moment_make(&m);
	for (int i = 0; i < 40; i++) {
		snprintf(peer, sizeof(peer), "192.168.7.%d", 30 + i);
		moment_in(&m, peer, 1000, 100);
	}
	s = shown();
	out = open_memstream(&text, &len);
	show_top(out, &s, NULL, &low, SHOW_BY_OUT);
	fclose(out);
	for (char *c = text; *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 16);
	free(text);
}

/* --- supervised programs --- */

static struct show_programs ps, ps_before;

static struct show_program *add_program(const char *name, enum sup_state state)
{
	struct show_program *g = &ps.program[ps.count++];

	*g = (struct show_program){.l = {.pid = 100 + (int)ps.count, .state = (uint8_t)state}};
	strcpy(g->l.name, name);
	g->l.starts = 1;
	g->has_memory = g->has_cpu = g->has_denied = state == SUP_RUNNING;
	return g;
}

/* Three programs, two seconds after the moment before. */
static void make_programs(void)
{
	struct show_program *g;

	ps = (struct show_programs){.supervisor = 300, .now = 10 * LIM_S};
	g = add_program("calm", SUP_RUNNING);
	g->memory = 5000000;
	g = add_program("hungry", SUP_RUNNING);
	g->memory = 12345678;
	g->memory_most = 25165824;
	g->denied = 12345;
	g->l.starts = 4;
	g->l.crashes = 2;
	g->l.child_crashes = 1;
	add_program("late", SUP_WAITING)->l.pid = 0;
	ps_before = ps;
	ps.now += 2 * LIM_S;
	ps.program[0].cpu += 10 * LIM_MS;
	ps.program[1].cpu += 3 * LIM_S;
}

static unsigned draw_programs(const struct show_style *style, const struct show_programs *before)
{
	size_t len;
	FILE *out = open_memstream(&text, &len);
	unsigned lines = show_programs_top(out, &ps, before, style), seen = 0, width = 0;

	fclose(out);
	for (char *c = text; *c; c++) {
		width = *c == '\n' ? 0 : width + 1;
		seen += *c == '\n';
		assert_true(width <= 80);
	}
	assert_int_equal(lines, seen);
	return lines;
}

static void top_lists_programs(void **state)
{
	static const char *const lines =
	    "program              state       cpu           memory restarts crashes  denied\n"
	    "late                 waiting       -                -        0       0       -\n"
	    "hungry               running    150%   12 MB of 25 MB        3       3    12 k\n"
	    "calm                 running    0.5%             5 MB        0       0       0\n";

	make_programs();
	assert_int_equal(draw_programs(&plain, &ps_before), 4);
	assert_string_equal(text, lines);
	free(text);
}

/* No share without an earlier moment, and none of two processes. */
static void top_takes_shares_of_one_process(void **state)
{
	make_programs();
	draw_programs(&plain, NULL);
	says("hungry               running       - ");
	free(text);
	ps_before.program[1].l.pid = 1;
	ps_before.program[0].cpu = ps.program[0].cpu + LIM_S; /* a process of the group has ended */
	draw_programs(&plain, &ps_before);
	says("hungry               running       - ");
	says("calm                 running    0.0% ");
	free(text);
	ps_before.program[0].has_cpu = false;
	draw_programs(&plain, &ps_before);
	says("calm                 running       - ");
	free(text);
}

static void top_has_no_programs_without_a_supervisor(void **state)
{
	struct show s;

	make_programs();
	ps.supervisor = 0;
	assert_int_equal(draw_programs(&plain, &ps_before), 0);
	free(text);
	ps.supervisor = 1;
	ps.count = 0;
	assert_int_equal(draw_programs(&plain, &ps_before), 0);
	free(text);
	moment_make(&m);
	s = shown();
	draw(top, &s);
	says_not("program ");
	free(text);
	make_programs();
	s.programs = &ps;
	draw(top, &s);
	says("\nprogram  ");
	says("\nhungry  ");
	assert_true(strstr(text, "\nhungry") < strstr(text, "\npeer "));
	free(text);
}

/* Names, figures and numbers as long as they get; and more programs than a window has lines. */
static void top_keeps_programs_to_their_place(void **state)
{
	struct show_style low = {.width = 80, .height = 24}, high = {.width = 80, .height = 200};
	struct show s;
	unsigned lines = 0;
	size_t len;
	FILE *out;

	ps = (struct show_programs){.supervisor = -1, .now = 10 * LIM_S};
	for (int i = 0; i < LEDGER_MOST; i++) {
		struct show_program *g =
		    add_program("a-name-as-long-as-names-get-XXX", SUP_RUNNING);

		snprintf(g->l.name, sizeof(g->l.name), "a-name-as-long-as-they-get-%04d", i);
		g->memory = g->memory_most = 999400000000;
		g->denied = ~0ull;
		g->l.starts = g->l.crashes = 9999999;
	}
	ps.program[20].l.state = SUP_FAILED;
	ps_before = ps;
	ps.now += LIM_S;
	for (int i = 0; i < LEDGER_MOST; i++)
		ps.program[i].cpu = 64 * LIM_S;
	assert_int_equal(draw_programs(&plain, &ps_before), LEDGER_MOST + 1);
	says("  6400%");
	free(text);
	assert_int_equal(draw_programs(&high, &ps_before), LEDGER_MOST + 1);
	free(text);
	assert_int_equal(draw_programs(&low, &ps_before), 6);
	says("\na-name-as-long-as-th failed ");
	says("\n  and 28 more: holdfast status\n");
	free(text);

	moment_make(&m);
	s = shown();
	s.programs = &ps;
	for (int i = 0; i < 40; i++) {
		char peer[32];

		snprintf(peer, sizeof(peer), "192.168.7.%d", 30 + i);
		moment_in(&m, peer, 1000, 100);
	}
	out = open_memstream(&text, &len);
	show_top(out, &s, NULL, &low, SHOW_BY_OUT);
	fclose(out);
	for (char *c = text; *c; c++)
		lines += *c == '\n';
	assert_int_equal(lines, 24);
	free(text);
}

static void programs_in_json(void **state)
{
	struct show s;

	make_programs();
	moment_make(&m);
	s = shown();
	s.programs = &ps;
	draw(show_status_json, &s);
	says("\"denials\": 12345,\n      \"cpu_seconds\": 3,\n      \"memory_bytes\": 12345678");
	says("\"denials\": null,\n      \"cpu_seconds\": null,\n      \"memory_bytes\": null");
	free(text);
}

static void figures_read_well(void **state)
{
	char buf[SHOW_TEXT];

	assert_string_equal(show_bytes(0, buf), "0 B");
	assert_string_equal(show_bytes(999, buf), "999 B");
	assert_string_equal(show_bytes(1000, buf), "1 kB");
	assert_string_equal(show_bytes(1234, buf), "1.2 kB");
	assert_string_equal(show_bytes(999999, buf), "1 MB");
	assert_string_equal(show_bytes(~0ull, buf), "18447 PB");
	assert_string_equal(show_count(9999, buf), "9999");
	assert_string_equal(show_count(10000, buf), "10 k");
	assert_string_equal(show_rate(125000, buf), "1 Mbit/s");
	assert_string_equal(show_rate(0, buf), "0 bit/s");
	assert_string_equal(show_time(0, buf), "0 ms");
	assert_string_equal(show_time(250 * LIM_MS, buf), "250 ms");
	assert_string_equal(show_time(125 * LIM_S, buf), "2 min 5 s");
	assert_string_equal(show_time(7200 * LIM_S, buf), "2 h");
	assert_string_equal(show_time(90000 * LIM_S, buf), "1 d 1 h");
	assert_string_equal(show_time(~0ull, buf), "213503 d 23 h");
}

static void bars_fill(void **state)
{
	static const struct {
		lim_u64 part, whole;
		const char *bar;
	} cases[] = {{0, 10, "...."},	{10, 10, "####"}, {5, 10, "##.."},
		     {1, 1000, "#..."}, {20, 10, "####"}, {0, 0, "...."}};
	size_t len;

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		FILE *out = open_memstream(&text, &len);

		show_bar(out, &plain, cases[i].part, cases[i].whole, 4);
		fclose(out);
		assert_string_equal(text, cases[i].bar);
		free(text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(status_of_a_guard_in_force),
	    cmocka_unit_test(status_tells_what_is_open),
	    cmocka_unit_test(status_shows_the_override),
	    cmocka_unit_test(status_in_json),
	    cmocka_unit_test(events_come_latest_first),
	    cmocka_unit_test(why_explains_each_peer),
	    cmocka_unit_test(why_follows_the_clock),
	    cmocka_unit_test(why_needs_an_own_address),
	    cmocka_unit_test(why_sends_from_a_usable_address),
	    cmocka_unit_test(why_does_not_send_from_loopback),
	    cmocka_unit_test(why_spends_nothing),
	    cmocka_unit_test(why_in_json),
	    cmocka_unit_test(top_draws_a_frame),
	    cmocka_unit_test(top_takes_rates_from_two_moments),
	    cmocka_unit_test(top_keeps_to_the_height),
	    cmocka_unit_test(top_lists_programs),
	    cmocka_unit_test(top_takes_shares_of_one_process),
	    cmocka_unit_test(top_has_no_programs_without_a_supervisor),
	    cmocka_unit_test(top_keeps_programs_to_their_place),
	    cmocka_unit_test(programs_in_json),
	    cmocka_unit_test(figures_read_well),
	    cmocka_unit_test(bars_fill),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
