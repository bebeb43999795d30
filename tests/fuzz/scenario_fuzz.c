// SPDX-License-Identifier: MIT
//
// Any text as a scenario: it is refused with one line, or taken with every value within its limits
// and small enough to be played. Half of the inputs are the text itself; the other half choose from
// words that belong in such a file, which gets past the first line.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fleet/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const texts[] = {
    "1",	  "0",		 "150000",     "1G",	   "1.5M 30M", "30M 1M", "25 %",
    "0 25 100 %", "101 %",	 "60s",	       "200ms 1s", "24h",      "yes",	 "no",
    "udp",	  "udp syn ack", "silent",     "must",	   "list",     "random", "-",
    "-1",	  "nan %",	 "1e300",      "0x10",	   "9999999h", "",	 "\xff\xfe",
    "udp|syn",	  "1 2 3",	 "999999999T", "12.5%",	   "0.0001 %", "10ms",	 "8000h",
    "4294967296", "% % %",	 "searched",
};
/* By the type of the key, so that half of the lines are right. */
static const char *const right[][4] = {
    [KEY_COUNT] = {"100", "1k", "60", "1M"},
    [KEY_COUNTS] = {"1M", "1M 30M", "5M 5M", "100k 1G"},
    [KEY_SHARE] = {"0 %", "50 %", "12.5 %", "1 %"},
    [KEY_TIME] = {"10s", "60s", "1s", "30s"},
    [KEY_TIMES] = {"1s", "200ms 1s", "1s 2s", "50ms"},
    [KEY_YES] = {"yes", "no", "yes", "no"},
    [KEY_WORD] = {"silent", "must", "list", "random"},
    [KEY_WORDS] = {"udp", "syn ack", "upload", "dns"},
};
static const char *const lines[] = {
    "[scenario]", "kind = flood", "kind = epidemic", "title = x", "seed = 1", "[fleet]",
    "[attack]",	  "[epidemic]",	  "[published]",     "[case a]",  "[case b]", "[case]",
    "[nothing]",  "[case \x01]",  "garbage",	     "= 1",	  "; c",      " more",
};
#define PICK(a, n) ((a)[(n) % (sizeof(a) / sizeof((a)[0]))])

static void fail(const char *what)
{
	fprintf(stderr, "scenario_fuzz: broken promise: %s\n", what);
	abort();
}

/* Three bytes make a line. */
static size_t compose(const uint8_t *data, size_t size, char *text, size_t max)
{
	size_t n = (size_t)sprintf(text, "[scenario]\nkind = %s\n[case x]\n",
				   size && data[0] & 2 ? "flood" : "epidemic");
	unsigned keys = 0;

	while (settings_keys[keys].name)
		keys++;
	for (; size >= 3 && max - n > 256; data += 3, size -= 3) {
		const struct key *k = &settings_keys[data[1] % keys];
		const char *v =
		    data[2] & 7 ? right[k->type][data[2] >> 3 & 3] : PICK(texts, data[2] >> 3);
		int prefix = !strcmp(k->section, "published") && data[0] & 7;

		if (data[0] > 240)
			n += (size_t)sprintf(text + n, "%s\n", PICK(lines, data[1]));
		else
			n += (size_t)sprintf(text + n, "%s%s = %s\n", prefix ? "published." : "",
					     k->name, v);
	}
	return n;
}

static void check_limits(const struct settings *s)
{
#define TEST_range(field, least, most)                                                             \
	if (s->field.low < (least) || s->field.high > (most))                                      \
	fail("a range beyond its limits: " #field)
#define TEST_one(field, least, most)                                                               \
	if (s->field + 1 < (uint64_t)(least) + 1 || s->field > (most))                             \
	fail("a value beyond its limits: " #field)
#define TEST_COUNTS					    TEST_range
#define TEST_TIMES					    TEST_range
#define TEST_COUNT					    TEST_one
#define TEST_SHARE					    TEST_one
#define TEST_TIME					    TEST_one
#define TEST_YES					    TEST_one
#define TEST_WORD					    TEST_one
#define TEST_WORDS					    TEST_one
#define X(section, field, key, type, def, least, most, ...) TEST_##type(field, least, most);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wtype-limits"
	FLEET_KEYS(X)
#pragma GCC diagnostic pop
#undef X
}

static void check_taken(const struct scenario *s)
{
	if (!s->cases || s->cases > SCENARIO_CASES)
		fail("no case, or too many");
	for (unsigned i = 0; i < s->cases; i++) {
		const struct settings *c = &s->item[i].set;

		check_limits(c);
		if (!memchr(s->item[i].name, 0, sizeof s->item[i].name) || !*s->item[i].name)
			fail("a case without a name");
		if (s->kind == SCENARIO_FLOOD && (c->sample ? c->sample : c->devices) > 100000000)
			fail("more devices than can be played");
		if (s->kind == SCENARIO_EPIDEMIC && c->seeds > c->vulnerable)
			fail("more seeds than hosts");
	}
}

static unsigned long runs, taken;

static void tell(void)
{
	printf("# %lu of %lu scenarios taken\n", taken, runs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct scenario s;
	static char text[1 << 16];
	struct err e = {0};
	FILE *f;
	size_t n;

	if (!runs++)
		atexit(tell);
	if (size < 2)
		return 0;
	if (data[0] & 1) {
		n = compose(data + 1, size - 1, text, sizeof text);
	} else {
		n = size - 1 < sizeof text ? size - 1 : sizeof text;
		memcpy(text, data + 1, n);
	}
	f = fmemopen(text, n, "r");
	if (!f)
		return 0;
	if (!scenario_read_stream(&s, f, "fuzz.ini", &e)) {
		check_taken(&s);
		taken++;
	} else if (e.code != EXIT_WRONG_USE || !*e.text || !memchr(e.text, 0, sizeof e.text) ||
		   strchr(e.text, '\n')) {
		fail("not one line of reason, the caller's mistake");
	}
	fclose(f);
	return 0;
}
