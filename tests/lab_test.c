// SPDX-License-Identifier: MIT
// The lab's tools themselves: what a shape builds is what the counter sees, and the fence holds.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "aim.h"
#include "base/addr.h"
#include "craft.h"
#include "fence.h"
#include "frame.h"
#include "limiter/limiter.h"
#include "tally.h"

static uint8_t packet[CRAFT_MAX + 14];

static struct lim_addr addr(const char *text)
{
	struct lim_addr a = {{0}};

	assert_int_equal(addr_parse(text, &a, NULL), 0);
	return a;
}

/* Builds the shape as an Ethernet frame and returns its length. */
static size_t frame_of(enum craft_kind kind, const char *src, const char *dst)
{
	struct craft c = {.kind = kind,
			  .src = addr(src),
			  .dst = addr(dst),
			  .sport = 4000,
			  .dport = 53,
			  .seq = 7,
			  .ack = 8,
			  .payload = 64,
			  .hops = 64};
	size_t n = craft_packet(&c, packet + 14);
	uint16_t type = craft_ethertype(&c);

	memset(packet, 2, 12);
	packet[12] = (uint8_t)(type >> 8);
	packet[13] = (uint8_t)type;
	return n + 14;
}

static void counter_sees_what_shapes_build(void **state)
{
	static const struct {
		enum craft_kind kind;
		int proto4, proto6; /* 0: no such shape */
	} want[] = {
	    {CRAFT_UDP, 17, 17},     {CRAFT_DNS, 17, 17},    {CRAFT_SYN, 6, 6},
	    {CRAFT_ACK, 6, 6},	     {CRAFT_RST, 6, 6},	     {CRAFT_ECHO, 1, 58},
	    {CRAFT_GRE, 47, 47},     {CRAFT_IPIP, 4, 4},     {CRAFT_SIT, 41, 41},
	    {CRAFT_ODD, 253, 253},   {CRAFT_FIRST, 17, 17},  {CRAFT_LATER, 17, 17},
	    {CRAFT_OPTIONS, 17, 17}, {CRAFT_ROUTING, 0, 17}, {CRAFT_DSTOPTS, 0, 17},
	    {CRAFT_CHAIN, 0, 17},
	};
	struct frame f;

	for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		size_t n = frame_of(want[i].kind, "192.168.77.10", "198.18.2.10");

		frame_read(&f, packet, n);
		if (want[i].proto4)
			assert_int_equal(f.proto, want[i].proto4);
		n = frame_of(want[i].kind, "2001:2:0:77::10", "2001:2:0:200::10");
		frame_read(&f, packet, n);
		assert_int_equal(f.proto, want[i].proto6);
		assert_true(f.ip);
	}
}

/* Two parsers that share no code agree on addresses and protocol of every shape. */
static void counter_and_limiter_agree(void **state)
{
	struct lim_packet p;
	struct frame f;

	for (int k = 0; k < CRAFT_FRAME; k++) {
		for (int v6 = 0; v6 < 2; v6++) {
			size_t n = v6 ? frame_of(k, "2001:2:0:77::10", "2001:2:0:200::10")
				      : frame_of(k, "192.168.77.10", "198.18.2.10");

			if (k == CRAFT_PROBE || k == CRAFT_CHAIN)
				continue;
			memset(&p, 0, sizeof(p));
			lim_parse(&p, LIM_ETHERNET, packet, (lim_u32)n, (lim_u32)n);
			frame_read(&f, packet, n);
			assert_memory_equal(&p.dst, &f.dst, sizeof(f.dst));
			assert_memory_equal(&p.src, &f.src, sizeof(f.src));
			assert_int_equal(p.tcp_flags, f.tcp_flags);
		}
	}
}

static void hostile_frames_are_read_within_bounds(void **state)
{
	struct frame f;
	unsigned seed = 1;

	for (int i = 0; i < 200000; i++) {
		size_t n = (size_t)(rand_r(&seed) % 200);
		uint8_t *b = malloc(n + 1);

		for (size_t k = 0; k < n; k++)
			b[k] = (uint8_t)rand_r(&seed);
		if (n > 14) {
			b[12] = (uint8_t)(i & 1 ? 0x08 : 0x86);
			b[13] = (uint8_t)(i & 1 ? 0x00 : 0xdd);
		}
		frame_read(&f, b, n);
		free(b);
	}
}

static struct json *json_to(struct json *j, FILE *f)
{
	json_start(j, f, false);
	json_object(j, NULL);
	return j;
}

/* What a selection counted, as its JSON. */
static const char *count(const char *selection, size_t frames, bool sent)
{
	static char text[4096];
	struct own own = {.at = {addr("192.168.77.10")}, .count = 1};
	struct tally *t = tally_new(selection, NULL);
	struct frame f;
	struct json j;
	FILE *to = fmemopen(text, sizeof(text), "w");

	assert_non_null(t);
	for (size_t i = 0; i < frames; i++) {
		char dst[32];
		size_t n;

		snprintf(dst, sizeof(dst), "198.18.%zu.1", i % 10);
		n = frame_of(CRAFT_SYN, i % 2 ? "192.168.77.10" : "192.168.77.99", dst);
		frame_read(&f, packet, n);
		tally_add(t, &own, &f, sent, (uint32_t)n, 1, i * 1000000);
	}
	tally_json(t, json_to(&j, to));
	json_end(&j);
	fclose(to);
	tally_free(t);
	return text;
}

static void tally_counts(void **state)
{
	const char *all = count("all:", 20, false);

	assert_non_null(strstr(all, "\"packets\":20"));
	assert_non_null(strstr(all, "\"destinations\":10"));
	assert_non_null(strstr(all, "\"networks\":10"));
	assert_non_null(strstr(all, "\"syns\":20"));
	assert_non_null(strstr(all, "\"spoofed\":10"));
	assert_non_null(strstr(count("x:out", 20, false), "\"packets\":0"));
	assert_non_null(strstr(count("x:out", 20, true), "\"packets\":20"));
	assert_non_null(strstr(count("x:dst=198.18.3.0/24", 20, false), "\"packets\":2"));
	assert_non_null(strstr(count("x:udp", 20, false), "\"packets\":0"));
	assert_non_null(strstr(count("x:tcp,syn,dport=53,spoofed", 20, false), "\"packets\":10"));
}

static void tally_refuses_nonsense(void **state)
{
	struct err e = {0};

	assert_null(tally_new("", &e));
	assert_null(tally_new("x:colour", &e));
	assert_non_null(strstr(e.text, "colour"));
	assert_null(tally_new("x:dst=198.18.0.0/33", &e));
	assert_null(tally_new("x:dport=70000", &e));
}

static int allowed(const char *to, const char *lan)
{
	struct area a, l;

	assert_int_equal(area_parse(to, &a, NULL), 0);
	if (lan && (area_parse(lan, &l, NULL) || fence_lan(&l, lan, NULL)))
		return -2;
	return fence_check(&a, lan ? &l : NULL, to, NULL);
}

static void fence_holds(void **state)
{
	assert_int_equal(allowed("198.18.2.10", NULL), 0);
	assert_int_equal(allowed("198.18.0.0/15", NULL), 0);
	assert_int_equal(allowed("2001:2::/48", NULL), 0);
	assert_int_equal(allowed("198.18.0.0/14", NULL), -1);
	assert_int_equal(allowed("198.20.0.0/24", NULL), -1);
	assert_int_equal(allowed("198.17.255.255", NULL), -1);
	assert_int_equal(allowed("2001:2::/47", NULL), -1);
	assert_int_equal(allowed("2001:2:1::1", NULL), -1);
	assert_int_equal(allowed("0.0.0.0/0", NULL), -1);
	assert_int_equal(allowed("::/0", NULL), -1);
	assert_int_equal(allowed("192.168.77.21", NULL), -1);
	assert_int_equal(allowed("192.168.77.21", "192.168.77.0/24"), 0);
	assert_int_equal(allowed("192.168.78.21", "192.168.77.0/24"), -1);
	assert_int_equal(allowed("9.9.9.9", "9.0.0.0/8"), -2);
	assert_int_equal(allowed("9.9.9.9", "0.0.0.0/0"), -2);
}

static void aims_stay_in_their_area(void **state)
{
	const char *const texts[] = {"198.19.0.0/17", "198.18.2.0/28", "198.18.2.10",
				     "2001:2:0:8000::/50", "2001:2:0:200::10"};

	for (size_t k = 0; k < 5; k++) {
		for (int sweep = 0; sweep < 2; sweep++) {
			struct aim aim = {k, sweep};
			struct area area;

			assert_int_equal(area_parse(texts[k], &area, NULL), 0);
			for (uint64_t i = 0; i < 10000; i++) {
				struct lim_addr a = aim_addr(&aim, AIM_REMOTE, &area, 1, i);
				struct area one = {a, {{~0u, ~0u, ~0u, ~0u}}};

				assert_true(area_holds(&area, &one));
			}
		}
	}
}

/* The bounds of the lab are the budgets of the limiter, not a wish. */
static void bounds_are_the_budgets(void **state)
{
	static const struct {
		const char *id, *metric;
		enum lim_budget_id budget;
	} rows[] = {
	    {"one", "packets", LIM_B_SILENT_PKTS},
	    {"one", "bytes", LIM_B_SILENT_BYTES},
	    {"standing", "packets", LIM_B_SENIOR_PKTS},
	    {"standing", "bytes", LIM_B_SILENT_BYTES},
	    {"all", "packets", LIM_B_DEVICE_PKTS},
	    {"all", "bytes", LIM_B_DEVICE_BYTES},
	    {"contacts", "destinations", LIM_B_CONTACT},
	    {"contacts-any", "destinations", LIM_B_CONTACT_ANY},
	    {"newconn", "syns", LIM_B_NEW_CONN},
	    {"dnsfail", "packets", LIM_B_DNS_FAIL},
	    {"visitors", "packets", LIM_B_VISITOR_SYN},
	    {"linkhost", "bytes", LIM_B_LINK_BYTES},
	    {"probes", "packets", LIM_B_LINK_PROBE},
	    {"frames", "packets", LIM_B_LINK_OTHER},
	};
	static const lim_u64 key[2];
	static struct lim_config c;
	char line[512], id[32], metric[32];
	double burst, rate;
	unsigned found = 0;
	FILE *f = fopen(LAB_DIR "/bounds.tsv", "r");

	lim_config_default(&c, key);
	assert_non_null(f);
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%31s %31s %lf %lf", id, metric, &burst, &rate) != 4)
			continue;
		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			const struct lim_budget *b = &c.budget[rows[i].budget];

			if (strcmp(id, rows[i].id) || strcmp(metric, rows[i].metric))
				continue;
			found++;
			assert_true(burst >= (double)(b->span / b->period));
			assert_true(burst < (double)(b->span / b->period) + 0.5);
			assert_true(rate > 0.999e9 / (double)b->period);
			assert_true(rate < 1.001e9 / (double)b->period);
		}
	}
	fclose(f);
	assert_int_equal(found, sizeof(rows) / sizeof(rows[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counter_sees_what_shapes_build),
	    cmocka_unit_test(counter_and_limiter_agree),
	    cmocka_unit_test(hostile_frames_are_read_within_bounds),
	    cmocka_unit_test(tally_counts),
	    cmocka_unit_test(tally_refuses_nonsense),
	    cmocka_unit_test(fence_holds),
	    cmocka_unit_test(aims_stay_in_their_area),
	    cmocka_unit_test(bounds_are_the_budgets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
