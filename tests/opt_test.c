// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/opt.h"

struct args {
	bool json, quiet;
	const char *pin;
	struct opt_list peers;
	uint64_t count, interval;
	double ratio;
	unsigned backend;
};

static const struct opt options[] = {
    {"json", 'j', OPT_FLAG, offsetof(struct args, json), NULL, "print JSON"},
    {"quiet", 'q', OPT_FLAG, offsetof(struct args, quiet), NULL, "say nothing"},
    {"pin", 'p', OPT_TEXT, offsetof(struct args, pin), "DIR", "where"},
    {"peer", 0, OPT_LIST, offsetof(struct args, peers), "ADDRESS", "whom"},
    {"count", 'n', OPT_NUMBER, offsetof(struct args, count), "N", "how many", .min = 1, .max = 10},
    {"interval", 0, OPT_TIME, offsetof(struct args, interval), "TIME", "how often"},
    {"ratio", 0, OPT_REAL, offsetof(struct args, ratio), "X", "how much"},
    {"backend", 0, OPT_CHOICE, offsetof(struct args, backend), "auto|bpf|tun", "which"},
    {"secret", 0, OPT_FLAG, offsetof(struct args, quiet), NULL, NULL},
    {0},
};
static const struct opt_use use = {"[FILE...]", "do something", options, 0, 3, "More.\n"};

static struct args args;
static struct err err;
static char *argv[16];

/* Splits at spaces and parses. */
static int parse(const struct opt_use *u, const char *line)
{
	static char copy[256];
	int argc = 0;

	memset(&args, 0, sizeof(args));
	memset(&err, 0, sizeof(err));
	snprintf(copy, sizeof(copy), "x %s", line);
	for (char *w = strtok(copy, " "); w; w = strtok(NULL, " "))
		argv[argc++] = w;
	return opt_parse(u, argc, argv, &args, &err);
}

static void reads_every_type(void **state)
{
	assert_int_equal(parse(&use, "-j --pin /a --peer b --peer=c -n 0x0a --interval 1.5s "
				     "--ratio 0.25 --backend tun"),
			 0);
	assert_true(args.json);
	assert_string_equal(args.pin, "/a");
	assert_int_equal(args.peers.count, 2);
	assert_string_equal(args.peers.item[1], "c");
	assert_int_equal(args.count, 10);
	assert_int_equal(args.interval, 1500000000);
	assert_true(args.ratio == 0.25);
	assert_int_equal(args.backend, 2);
}

static void moves_operands_to_the_front(void **state)
{
	assert_int_equal(parse(&use, "one -jq two -p/dir -- --json"), 3);
	assert_string_equal(argv[1], "one");
	assert_string_equal(argv[2], "two");
	assert_string_equal(argv[3], "--json");
	assert_string_equal(args.pin, "/dir");
	assert_true(args.json && args.quiet);
	assert_int_equal(parse(&use, "-"), 1);
}

static void names_the_offending_text(void **state)
{
	static const struct {
		const char *line, *text;
	} cases[] = {
	    {"--nope", "no option '--nope'"},
	    {"-jz", "no option '-z' in '-jz'"},
	    {"--json=1", "--json takes no argument: '--json=1'"},
	    {"--pin", "--pin needs DIR behind it"},
	    {"-n 11", "--count: '11' is too large"},
	    {"-n 0", "--count: '0' is too small"},
	    {"-n -1", "--count: '-1' is not a whole number"},
	    {"-n 99999999999999999999", "--count: '99999999999999999999' is not a whole number"},
	    {"--interval 5parsec",
	     "--interval: '5parsec' is not a duration such as 250ms, 1.5s, 10min or 2h"},
	    {"--ratio nan", "--ratio: 'nan' is not a number"},
	    {"--ratio=", "--ratio: '' is not a number"},
	    {"--backend bp", "--backend: 'bp' is none of auto|bpf|tun"},
	    {"a b c d", "'d' is one argument too many"},
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(parse(&use, cases[i].line), -1);
		assert_string_equal(err.text, cases[i].text);
		assert_int_equal(err.code, EXIT_WRONG_USE);
	}
}

static void asks_for_missing_operands(void **state)
{
	static const struct opt_use one = {"ADDRESS", "look", NULL, 1, 1, NULL};

	assert_int_equal(parse(&one, ""), -1);
	assert_string_equal(err.text, "ADDRESS is missing");
	assert_int_equal(parse(&one, "-x"), -1);
	assert_int_equal(parse(&one, "a"), 1);
}

static void reads_durations(void **state)
{
	uint64_t ns = 7;

	assert_int_equal(opt_time("250ms", &ns), 0);
	assert_int_equal(ns, 250000000);
	assert_int_equal(opt_time("2", &ns), 0);
	assert_int_equal(ns, 2000000000);
	assert_int_equal(opt_time("2h", &ns), 0);
	assert_int_equal(ns, 7200ull * 1000000000);
	ns = 7;
	assert_int_equal(opt_time("", &ns), -1);
	assert_int_equal(opt_time("-1s", &ns), -1);
	assert_int_equal(opt_time("1e30", &ns), -1);
	assert_int_equal(opt_time("inf", &ns), -1);
	assert_int_equal(ns, 7);
}

static void helps_from_the_table(void **state)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_int_equal(parse(&use, "--pin x --help"), OPT_WANTS_HELP);
	assert_int_equal(parse(&use, "-h"), OPT_WANTS_HELP);
	opt_help(&use, "holdfast x", out);
	fclose(out);
	assert_non_null(strstr(text, "usage: holdfast x [OPTION...] [FILE...]\n\nDo something.\n"));
	assert_non_null(strstr(text, "  -p, --pin DIR             where\n"));
	assert_non_null(strstr(text, "More.\n"));
	assert_null(strstr(text, "secret"));
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_every_type),
	    cmocka_unit_test(moves_operands_to_the_front),
	    cmocka_unit_test(names_the_offending_text),
	    cmocka_unit_test(asks_for_missing_operands),
	    cmocka_unit_test(reads_durations),
	    cmocka_unit_test(helps_from_the_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
