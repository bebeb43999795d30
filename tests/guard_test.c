// SPDX-License-Identifier: MIT
// The parts of the guard that need no kernel, and one that does: is the program well within what
// the verifier follows?
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <linux/if_arp.h>

#include "base/addr.h"
#include "bpf/call.h"
#include "guard/link_watch.h"
#include "guard/load.h"
#include "guard/own.h"
#include "guard/tell.h"
#include "limiter/limiter.h"

#define STEPS_ALLOWED 150000 /* of a million: a slow processor checks for seconds else */

static struct lim_addr a4(lim_u32 host)
{
	return (struct lim_addr){{0, 0, 0xffff, host}};
}

static struct lim_addr a6(const char *text)
{
	struct lim_addr a;

	assert_int_equal(addr_parse(text, &a, NULL), 0);
	return a;
}

static void a_wide_prefix_counts_for_the_address_alone(void **state)
{
	const struct lim_addr ten = a4(0x0a010203), public = a4(0xc6120001), six = a6("2001:2::1");

	assert_int_equal(own_on_link(&ten, 8), 8);
	assert_int_equal(own_on_link(&ten, 7), 32);
	assert_int_equal(own_on_link(&public, 25), 25);
	assert_int_equal(own_on_link(&public, 16), 24);
	assert_int_equal(own_on_link(&public, 7), 32);
	assert_int_equal(own_on_link(&public, 0), 32);
	assert_int_equal(own_on_link(&six, 64), 64);
	assert_int_equal(own_on_link(&six, 63), 128);
}

static unsigned accepted(const struct own *o)
{
	struct lim_config c = {0};

	own_fill(o, &c);
	return c.own4_count + c.own6_count;
}

static void new_addresses_have_a_budget(void **state)
{
	static struct own o;
	struct lim_addr a = a4(0x0a000001);

	memset(&o, 0, sizeof o);
	o.free = 1;
	own_begin(&o);
	own_seen(&o, &a, 24, 0);
	own_end(&o);
	assert_int_equal(accepted(&o), 1);
	for (lim_u32 i = 0; i < 30; i++) {
		a = a4(0x0a000100 + i);
		own_seen(&o, &a, 24, 1000);
	}
	assert_int_equal(accepted(&o), 1 + OWN_BURST);
	assert_int_equal(o.refused, 30 - OWN_BURST);
	assert_int_equal(own_tick(&o, 59 * LIM_S), 0);
	assert_int_equal(own_tick(&o, 61 * LIM_S), 1);
	assert_int_equal(own_tick(&o, 62 * LIM_S), 0);
}

static void an_address_that_was_paid_for_may_come_back(void **state)
{
	static struct own o;
	struct lim_addr a = a4(0x0a000001);
	lim_u64 before;

	memset(&o, 0, sizeof o);
	own_seen(&o, &a, 24, 0);
	before = o.refill;
	own_begin(&o);
	own_end(&o);
	assert_int_equal(accepted(&o), 0);
	own_seen(&o, &a, 24, 0);
	assert_int_equal(accepted(&o), 1);
	assert_int_equal(o.refill, before);
}

static void the_table_is_full_and_says_so(void **state)
{
	static struct own o;

	memset(&o, 0, sizeof o);
	o.free = 1;
	for (lim_u32 i = 0; i < LIM_OWN4 + 3; i++) {
		struct lim_addr a = a4(0x0a000001 + i);

		own_seen(&o, &a, 24, 0);
	}
	assert_int_equal(accepted(&o), LIM_OWN4);
	assert_int_equal(o.refused, 3);
}

static void where_the_guard_belongs(void **state)
{
	static const struct {
		struct seen_link l;
		int wanted;
		enum lim_link carries;
	} rows[] = {
	    {{.name = "lo", .loopback = 1}, 0, LIM_ETHERNET},
	    {{.name = "eth0", .type = ARPHRD_ETHER}, 1, LIM_ETHERNET},
	    {{.name = "v0", .kind = "veth", .type = ARPHRD_ETHER}, 1, LIM_ETHERNET},
	    {{.name = "br0", .kind = "bridge", .type = ARPHRD_ETHER}, 0, LIM_ETHERNET},
	    {{.name = "eth0.7", .kind = "vlan", .type = ARPHRD_ETHER}, 0, LIM_ETHERNET},
	    {{.name = "wg0", .kind = "wireguard", .type = ARPHRD_NONE}, 1, LIM_RAW_IP},
	    {{.name = "ppp0", .kind = "ppp", .type = ARPHRD_PPP}, 1, LIM_RAW_IP},
	    {{.name = "sit0", .kind = "sit", .type = ARPHRD_SIT}, 1, LIM_RAW_IP},
	    {{.name = "can0", .type = ARPHRD_CAN}, 0, LIM_ETHERNET},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		enum lim_link carries = LIM_ETHERNET;

		assert_int_equal(link_wanted(&rows[i].l, &carries), rows[i].wanted);
		assert_int_equal(carries, rows[i].carries);
	}
}

static void one_line_a_call_with_counts(void **state)
{
	static struct lim_report r;
	struct tell t;
	char line[TELL_LINE];

	memset(&r, 0, sizeof r);
	r.packets[LIM_DROP_SPOOF] = 5;
	tell_start(&t, &r);
	assert_int_equal(tell_next(&t, &r, line), 0);
	r.packets[LIM_DROP_SPOOF] += 7;
	r.packets[LIM_DROP_DNS] += 1;
	r.event[0] = (struct lim_event){
	    .peer = a4(0xc6120001), .reason = LIM_DROP_SPOOF, .proto = 17, .port = 9};
	r.events = 1;
	assert_int_equal(tell_next(&t, &r, line), 1);
	assert_non_null(strstr(line, "held back 7 packets"));
	assert_non_null(strstr(line, "(spoof); peer 198.18.0.1, protocol 17, port 9"));
	assert_int_equal(tell_next(&t, &r, line), 1);
	assert_non_null(strstr(line, "held back 1 packet: "));
	assert_int_equal(tell_next(&t, &r, line), 0);
}

static int make_maps(int map[PLACE_fact_link])
{
	int type = load_state_type(sizeof(struct lim_state), NULL);
	const int array = BPF_MAP_TYPE_ARRAY;

	if (type < 0)
		return -1;
	map[PLACE_map_state] =
	    call_map_create(array, "state", sizeof(struct lim_state), 1, type, LOAD_STATE_TYPE);
	map[PLACE_map_report] =
	    call_map_create(array, "report", sizeof(struct lim_report), 1, 0, 0);
	map[PLACE_map_config] =
	    call_map_create(array, "config", sizeof(struct lim_config), 2, 0, 0);
	map[PLACE_map_active] = call_map_create(array, "active", 4, 1, 0, 0);
	map[PLACE_map_cpu] = call_map_create(BPF_MAP_TYPE_PERCPU_ARRAY, "packet",
					     sizeof(struct lim_own_cpu), 1, 0, 0);
	return 0;
}

static void the_verifier_has_steps_left(void **state)
{
	int map[PLACE_fact_link];
	struct err e;

	if (make_maps(map))
		skip();
	for (int k = 0; k < 4; k++) {
		int fd = load_program(k & 1, k & 2 ? LIM_RAW_IP : LIM_ETHERNET, map, &e);
		unsigned steps;

		if (fd < 0)
			fail_msg("%s", e.text);
		steps = call_prog_steps(fd);
		print_message("# %s, %s: %u steps\n", k & 1 ? "out" : "in",
			      k & 2 ? "raw IP" : "Ethernet", steps);
		assert_true(steps < STEPS_ALLOWED);
		close(fd);
	}
	for (int i = 0; i < PLACE_fact_link; i++)
		close(map[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_wide_prefix_counts_for_the_address_alone),
	    cmocka_unit_test(new_addresses_have_a_budget),
	    cmocka_unit_test(an_address_that_was_paid_for_may_come_back),
	    cmocka_unit_test(the_table_is_full_and_says_so),
	    cmocka_unit_test(where_the_guard_belongs),
	    cmocka_unit_test(one_line_a_call_with_counts),
	    cmocka_unit_test(the_verifier_has_steps_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
