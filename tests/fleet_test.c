// SPDX-License-Identifier: MIT
// The fleet: that scenarios say what they mean, that the shortcuts of the flood change nothing that
// is counted, and that the epidemic is the one that theory knows.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>
#include <cmocka.h>

#include "fleet/chance.h"
#include "fleet/device.h"
#include "fleet/fleet.h"
#include "fleet/ordinary.h"
#include "fleet/report.h"
#include "fleet/shapes.h"

static struct scenario sc;
static struct err err;

static int read_text(const char *text)
{
	FILE *f = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	int rc;

	assert_non_null(f);
	memset(&err, 0, sizeof err);
	rc = scenario_read_stream(&sc, f, "dir/some.ini", &err);
	fclose(f);
	return rc;
}

/* Scenarios ----------------------------------------------------------------------------------- */

static void a_case_has_what_is_common_and_its_own(void **state)
{
	assert_int_equal(read_text("[scenario]\nkind=flood\ntitle = T\nseed=7\n[fleet]\n"
				   "devices = 1.5k\nuplink = 1M 30M\n[case a]\nprotected=25 %\n"
				   "[case b c]\nsize = 100\npublished.bits = 2G\n"),
			 0);
	assert_int_equal(sc.cases, 2);
	assert_string_equal(sc.name, "some");
	assert_string_equal(sc.item[0].name, "a");
	assert_string_equal(sc.item[1].name, "b c");
	assert_int_equal(sc.seed, 7);
	assert_int_equal(sc.item[1].set.devices, 1500);
	assert_int_equal(sc.item[0].set.protect, 250000);
	assert_int_equal(sc.item[1].set.protect, 0);
	assert_int_equal(sc.item[0].set.uplink.high, 30000000);
	assert_int_equal(sc.item[1].set.size, 100);
	assert_int_equal(sc.item[0].set.size, 1514);
	assert_int_equal(sc.item[1].set.pub_bits, 2000000000);
}

static void several_shares_are_several_cases(void **state)
{
	assert_int_equal(read_text("[scenario]\nkind=epidemic\n[case x]\nprotected = 0 12.5 100 %\n"
				   "horizon = 2h\n"),
			 0);
	assert_int_equal(sc.cases, 3);
	assert_string_equal(sc.item[1].name, "x, 12.5 %");
	assert_int_equal(sc.item[1].set.protect, 125000);
	assert_int_equal(sc.item[2].set.horizon, 7200000000000ull);
	assert_true(sc.item[0].swept && sc.item[2].swept);
	assert_int_equal(read_text("[scenario]\nkind=flood\n[case x]\nprotected = 0 % 5 %\n"), 0);
	assert_int_equal(sc.cases, 2);
}

/* Each with the line that is to blame and a word of the reason. */
static void nonsense_gets_one_clear_line(void **state)
{
	static const struct {
		const char *text, *place, *word;
	} bad[] = {
	    {"[scenario]\nkind=flod\n", "some.ini:2: ", "flood"},
	    {"[scenario]\nkind=flood\n[flet]\ndevices=1\n", "some.ini:4: ", "[flet]"},
	    {"[scenario]\nkind=flood\n[fleet]\ndevice=1\n", "some.ini:4: ", "'device'"},
	    {"[scenario]\nkind=flood\n[fleet]\ndevices=many\n", "some.ini:4: ", "not a number"},
	    {"[scenario]\nkind=flood\n[fleet]\ndevices=-5\n", "some.ini:4: ", "not a number"},
	    {"[scenario]\nkind=flood\n[fleet]\ndevices=0\n", "some.ini:4: ", "limits"},
	    {"[scenario]\nkind=flood\n[fleet]\ndevices=1\ndevices=2\n", "some.ini:5: ", "twice"},
	    {"[scenario]\nkind=flood\n[fleet]\nuplink=30M 1M\n", "some.ini:4: ", "smaller"},
	    {"[scenario]\nkind=flood\n[attack]\nshape=udp magic\n", "some.ini:4: ", "udp|syn"},
	    {"[scenario]\nkind=flood\n[attack]\nseconds=fast\n", "some.ini:4: ", "time"},
	    {"[scenario]\nkind=flood\n[case]\nprotected=0 %\n", "some.ini:4: ", "name"},
	    {"[scenario]\nkind=flood\n[case a]\nprotected=101 %\n", "some.ini:4: ", "limits"},
	    {"[scenario]\nkind=flood\n[case a]\nprotected=0 x %\n", "some.ini:4: ", "share"},
	    {"[scenario]\nkind=flood\n[case a]\nprotected=1 %\n[fleet]\ndevices=2\n",
	     "some.ini:6: ", "before the first"},
	    {"[scenario]\nkind=flood\nwhat is this\n", "some.ini:3: ", "key = value"},
	    {"[scenario]\nkind=flood\n[case a]\nsize = 100\nprotected = nan %\n",
	     "some.ini:5: ", "share"},
	    {"[scenario]\nkind=flood\n[case a]\nsize = 100\nbits = 5\n", "some.ini:5: ", "'bits'"},
	    {"[scenario]\nkind=flood\n", "some.ini: ", "no [case"},
	    {"[case a]\nsize=100\n", "some.ini: ", "no kind"},
	    {"[scenario]\nkind=flood\n[case a]\nuplink-mean=5\n", "some.ini:4: ", "uplink-mean"},
	    {"[scenario]\nkind=flood\n[case a]\ndevices=1G\n", "some.ini:4: ", "sample"},
	    {"[scenario]\nkind=epidemic\n[case a]\nseeds=9\nvulnerable=3\n",
	     "some.ini:4: ", "seeds"},
	    {"[scenario]\nkind=epidemic\n[case a]\nhorizon=8000h\nstep=10ms\n",
	     "some.ini:4: ", "steps"},
	};

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_int_equal(read_text(bad[i].text), -1);
		assert_int_equal(err.code, EXIT_WRONG_USE);
		if (!strstr(err.text, bad[i].place) || !strstr(err.text, bad[i].word))
			fail_msg("%s\nwas refused with: %s", bad[i].text, err.text);
		assert_null(strchr(err.text, '\n'));
	}
}

static void a_missing_file_is_said(void **state)
{
	assert_int_equal(scenario_read(&sc, "/nowhere/x.ini", &err), -1);
	assert_int_equal(err.code, EXIT_SYSTEM);
	assert_non_null(strstr(err.text, "/nowhere/x.ini"));
}

/* Floods -------------------------------------------------------------------------------------- */

static struct flood flood;

static void play(const struct settings *set, unsigned threads)
{
	struct team t = {.threads = threads, .ranks = 1};

	assert_int_equal(flood_run(&t, set, 1, NULL, &flood, &err), 0);
}

static uint64_t all_of(const uint64_t *bin)
{
	uint64_t n = 0;

	for (unsigned i = 0; i < FLOOD_BINS; i++)
		n += bin[i];
	return n;
}

static struct settings plain(uint64_t devices, uint64_t protect)
{
	struct settings s;

	settings_default(&s);
	s.devices = devices;
	s.protect = protect;
	s.in_use = 0;
	s.before = 0;
	s.spread = 0;
	s.seconds = 60000000000ull;
	return s;
}

static void a_free_device_fills_its_uplink(void **state)
{
	struct settings s = plain(10, 0);

	s.uplink.low = s.uplink.high = 8000000;
	for (s.size = 100; s.size < 1514; s.size += 200) {
		play(&s, 1);
		assert_true(fabs(flood.mean_bits - 80e6) < 0.01 * 80e6);
		assert_true(fabs(flood.mean_packets - 10e6 / (double)s.size) <
			    1e5 / (double)s.size);
	}
}

/* One packet stands for many where nothing is decided: the same as each packet alone. */
static void many_as_one_are_as_many(void **state)
{
	struct settings s = plain(1, 0);
	struct orders o = {.set = &s, .bits = 10000000};
	struct gene g[SHAPE_GENES];
	uint64_t fast;
	unsigned times;

	s.rate = 1000;
	s.size = 200;
	play(&s, 1);
	fast = all_of(flood.sum.packets);
	assert_int_equal(shapes_genes(&o, g, &times), 1);
	assert_int_equal(times, 50);
	assert_true(fast >= 59900 && fast <= 60050);
	o.limited = 1;
	shapes_genes(&o, g, &times);
	assert_int_equal(times, 1);
	assert_int_equal(g[0].gap, 1000);
}

/* After a drop the next packet is tried 100 ms later instead of at once: with one target hardly a
 * packet is lost by it over a minute. (In a carpet the next packet is another target's.) */
static void seldom_tried_is_as_good_as_always(void **state)
{
	static const unsigned shapes[] = {0, 1, 2, 3, 4, 9, 10};

	for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
		struct settings s = plain(3, MILLION);
		uint64_t seldom;

		s.shapes = 1u << shapes[i];
		s.size = 400;
		s.rate = 2000;
		s.victim = shapes[i] == 3 ? 1 : 0;
		play(&s, 1);
		seldom = all_of(flood.sum.bytes);
		s.attempt = 5000000; /* each 5 ms; quicker, and the source ports would come round */
		play(&s, 1);
		assert_true(seldom > 0);
		assert_true(llabs((long long)(all_of(flood.sum.bytes) - seldom)) <=
			    (long long)all_of(flood.sum.bytes) / 12);
	}
}

static void a_protected_device_keeps_to_the_bound(void **state)
{
	struct settings s = plain(50, MILLION);

	s.in_use = MILLION;
	s.before = 30000000000ull;
	for (unsigned shape = 0; shape < 11; shape++) {
		if (shape == 7 || shape == 8) /* what is taken by the victim; many victims */
			continue;
		s.shapes = 1u << shape;
		play(&s, 2);
		assert_true(flood.sustained_bits <= 50 * 4000.0);
		assert_true(flood.mean_bits <= 50 * 4000.0);
	}
	assert_int_equal(flood.sum.weight[1], 50);
	assert_int_equal(flood.sum.weight[0], 0);
}

static void threads_do_not_change_a_bit(void **state)
{
	static struct flood_sum one;
	struct settings s = plain(200, 500000);

	s.in_use = MILLION;
	s.uplink.low = 1000000;
	s.uplink.high = 30000000;
	s.seconds = 10000000000ull;
	s.before = 10000000000ull;
	play(&s, 1);
	one = flood.sum;
	play(&s, 5);
	assert_memory_equal(&one, &flood.sum, sizeof one);
	assert_int_equal(one.devices[1], 100);
}

/* The error that is printed for a sample is no smaller than the one that is made. */
static void a_sample_is_within_its_error(void **state)
{
	struct settings s = plain(4000, 500000);
	double all;

	s.uplink.low = 1000000;
	s.uplink.high = 100000000;
	s.seconds = 5000000000ull;
	play(&s, 2);
	assert_true(flood.error == 0);
	all = flood.mean_bits;
	for (s.sample = 100; s.sample < 1000; s.sample += 150) {
		play(&s, 2);
		assert_true(flood.error > 0);
		assert_int_equal(flood.sum.weight[0] + flood.sum.weight[1], 4000);
		assert_true(fabs(flood.mean_bits - all) <= flood.error * flood.mean_bits);
	}
}

static void uplinks_have_the_mean_that_is_asked_for(void **state)
{
	struct settings s = plain(1000, 0);
	struct device_plan p;
	double sum = 0;

	s.uplink.low = 1000000;
	s.uplink.high = 30000000;
	s.uplink_mean = 6700000;
	device_plan(&p, &s, 1, NULL);
	for (int i = 0; i < 5000; i++) {
		uint64_t x = device_uplink(&p, (i + 0.5) / 5000);

		assert_true(x >= 999999 && x <= 30000000);
		sum += (double)x / 5000;
	}
	assert_true(fabs(sum - 6700000) < 10000);
}

static void ordinary_traffic_alone_is_left_alone(void **state)
{
	struct settings s = plain(300, MILLION);

	s.in_use = MILLION;
	s.before = 60000000000ull;
	s.seconds = 1000000000ull;
	s.latency.low = 20000000;
	s.latency.high = 100000000;
	play(&s, 2);
	assert_true(flood.sum.flow[0][FLOW_ALL] > 10000);
	assert_int_equal(flood.sum.flow[0][FLOW_REFUSED], 0);
	assert_true(flood.sum.flow[0][FLOW_DELAYED] * 1000 < flood.sum.flow[0][FLOW_ALL]);
}

/* Epidemics ----------------------------------------------------------------------------------- */

static struct epidemic ep;

static void spread(const struct settings *s, uint64_t seed)
{
	struct team t = {.threads = 2, .ranks = 1};

	assert_int_equal(epidemic_run(&t, s, seed, &ep, &err), 0);
}

static struct settings si(void)
{
	struct settings s;

	settings_default(&s);
	s.addresses = 100000000;
	s.vulnerable = 100000;
	s.probes = 10;
	s.seeds = 500;
	s.step = 1000000000;
	s.horizon = 1800000000000ull;
	s.runs = 15;
	return s;
}

/* beta = 10 x 100000 / 1e8 = 0.01 a second. */
static void without_limits_it_is_the_si_model(void **state)
{
	struct settings s = si();

	spread(&s, 1);
	for (unsigned i = 0; i < ep.points; i++) {
		double t = i * ep.every, known = 100000 / (1 + 199 * exp(-0.01 * t));

		assert_true(fabs(ep.closed[i] - known) < 1e-6 * known);
		assert_true(fabs((double)ep.median[i] - known) < 0.05 * known);
		assert_true(ep.low[i] <= ep.median[i] && ep.median[i] <= ep.high[i]);
	}
	assert_true(fabs(ep.doubling - log(2) / 0.01) < 0.15 * log(2) / 0.01);
	assert_true(ep.final > 99900);
}

/* SIS with reboots: settles at N (1 - delta / beta) (Kermack and McKendrick; Daley and Gani 1999).
 */
static void with_reboots_it_settles_where_theory_says(void **state)
{
	struct settings s = si();

	s.reboot = 250000000000ull; /* delta = 0.004 */
	s.horizon = 4000000000000ull;
	spread(&s, 1);
	assert_true(fabs((double)ep.final - 60000) < 1500);
	assert_true(fabs(ep.reproduction - 2.5) < 0.01);
	assert_true(ep.closed[0] == 0);
}

static void above_the_threshold_it_dies_below_it_does_not(void **state)
{
	struct settings s = si();
	double dies;

	s.reboot = 250000000000ull;
	s.horizon = 20000000000000ull;
	s.step = 5000000000ull;
	spread(&s, 1);
	dies = ep.dies_at;
	assert_true(dies > 0.4 && dies < 0.9);
	s.protect = (uint64_t)((dies + 0.08) * 1e6);
	spread(&s, 1);
	assert_int_equal(ep.final, 0);
	s.protect = (uint64_t)((dies - 0.1) * 1e6);
	spread(&s, 1);
	assert_true(ep.final > 1000);
}

static void immune_hosts_end_it(void **state)
{
	struct settings s = si();

	s.reboot = 250000000000ull;
	s.immune = 1;
	s.horizon = 8000000000000ull;
	spread(&s, 1);
	/* final size: 1 - z = exp(-2.5 z): z = 0.893 */
	assert_true(fabs(ep.ever / 100000 - 0.893) < 0.02);
	assert_true(ep.final < 50);
}

/* Own networks that hold all the vulnerable of few: local scanning is worth as much as the density.
 */
static void a_local_scan_is_quicker_where_hosts_are_dense(void **state)
{
	struct settings s = si();
	double global;

	s.networks = 50;
	s.network_size = 65536;
	spread(&s, 1);
	global = ep.doubling;
	s.local = 500000;
	spread(&s, 1);
	assert_true(ep.doubling < global / 5);
}

static void hidden_hosts_are_taken_from_within_only(void **state)
{
	struct settings s = si();

	s.hidden = 400000;
	s.horizon = 3600000000000ull;
	spread(&s, 1);
	assert_true(ep.final > 95000); /* all: each neighbour of a bot */
	assert_true(ep.closed[0] == 0);
}

/* limiter.md: 64 at once, 0.25/s; where all answer 512, then 2/s. */
static void the_limiter_sets_the_rate_of_a_bot(void **state)
{
	static struct scan_curve c;
	struct settings s;

	settings_default(&s);
	s.answering = 0;
	assert_int_equal(scan_measure(&s, &c, &err), 0);
	assert_true(c.reached[1] >= 60 && c.reached[60] <= 79);
	assert_true(fabs(c.steady - 0.25) < 0.01);
	assert_true(fabs(scan_reached(&c, 7200) - (c.reached[SCAN_SECONDS] + 900)) < 40);
	s.scan = 1;
	assert_int_equal(scan_measure(&s, &c, &err), 0);
	assert_true(c.reached[60] > 300 && c.reached[60] <= 632);
	assert_true(c.steady > 1 && c.steady <= 2.01);
}

static void draws_have_their_mean_and_spread(void **state)
{
	static const struct {
		uint64_t n;
		double p;
	} of[] = {{10, 0.3},   {1000, 0.001}, {100000, 0.0004},
		  {5000, 0.4}, {70, 0.9},     {1000000, 0.01}};
	struct rng r = {1};

	for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
		double sum = 0, squares = 0, n = (double)of[i].n, mean, var;

		for (int k = 0; k < 20000; k++) {
			double x = (double)chance_binomial(&r, of[i].n, of[i].p);

			assert_true(x <= n);
			sum += x;
			squares += x * x;
		}
		mean = sum / 20000;
		var = squares / 20000 - mean * mean;
		assert_true(fabs(mean - n * of[i].p) < 5 * sqrt(n * of[i].p / 20000) + 1e-9);
		assert_true(fabs(var / (n * of[i].p * (1 - of[i].p)) - 1) < 0.06);
	}
	assert_int_equal(chance_binomial(&r, 5, 0), 0);
	assert_int_equal(chance_binomial(&r, 5, 1), 5);
	assert_int_equal(chance_binomial(&r, 0, 0.5), 0);
}

/* Reports ------------------------------------------------------------------------------------- */

static char *written(void (*report)(FILE *, const struct fleet *), const struct fleet *f)
{
	char *text = NULL;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	report(to, f);
	fclose(to);
	return text;
}

static void reports_are_whole(void **state)
{
	struct team t = {.threads = 1, .ranks = 1};
	struct fleet f;
	char *html, *csv;

	assert_int_equal(
	    read_text("[scenario]\nkind=flood\ntitle = <b> & \"T\"\n[fleet]\ndevices=5\n"
		      "[attack]\nseconds=3s\nbefore=0s\n[case \"a\" <i>]\n"
		      "protected = 0 %\npublished.bits=1k\n[case b]\nprotected=100 %\n"),
	    0);
	assert_int_equal(fleet_run(&t, &sc, NULL, NULL, &f, &err), 0);
	assert_int_equal(f.rows, 2);
	assert_false(fleet_holds(&f));
	html = written(fleet_html, &f);
	csv = written(fleet_csv, &f);
	assert_null(strstr(html, "<b>"));
	assert_null(strstr(html, "<i>"));
	assert_non_null(strstr(html, "&#60;b&#62; &#38; &#34;T&#34;"));
	assert_non_null(strstr(html, "</html>"));
	assert_null(strstr(html, "http://www.w3.org/1999"));
	assert_non_null(strstr(csv, "\"\"\"a\"\" <i>\",0,"));
	free(html);
	free(csv);
	fleet_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_case_has_what_is_common_and_its_own),
	    cmocka_unit_test(several_shares_are_several_cases),
	    cmocka_unit_test(nonsense_gets_one_clear_line),
	    cmocka_unit_test(a_missing_file_is_said),
	    cmocka_unit_test(a_free_device_fills_its_uplink),
	    cmocka_unit_test(many_as_one_are_as_many),
	    cmocka_unit_test(seldom_tried_is_as_good_as_always),
	    cmocka_unit_test(a_protected_device_keeps_to_the_bound),
	    cmocka_unit_test(threads_do_not_change_a_bit),
	    cmocka_unit_test(a_sample_is_within_its_error),
	    cmocka_unit_test(uplinks_have_the_mean_that_is_asked_for),
	    cmocka_unit_test(ordinary_traffic_alone_is_left_alone),
	    cmocka_unit_test(without_limits_it_is_the_si_model),
	    cmocka_unit_test(with_reboots_it_settles_where_theory_says),
	    cmocka_unit_test(above_the_threshold_it_dies_below_it_does_not),
	    cmocka_unit_test(immune_hosts_end_it),
	    cmocka_unit_test(a_local_scan_is_quicker_where_hosts_are_dense),
	    cmocka_unit_test(hidden_hosts_are_taken_from_within_only),
	    cmocka_unit_test(the_limiter_sets_the_rate_of_a_bot),
	    cmocka_unit_test(draws_have_their_mean_and_spread),
	    cmocka_unit_test(reports_are_whole),
	};

	return cmocka_run_group_tests_name("fleet", tests, NULL, NULL);
}
