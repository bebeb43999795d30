// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "guard/metrics.h"
#include "moment.h"

static struct moment m;

static char *metrics(void)
{
	char *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_int_equal(metrics_write(out, &m.state, &m.config, &m.report, m.now), 0);
	fclose(out);
	return text;
}

static void counts_what_happened(void **state)
{
	char *text;

	moment_make(&m);
	text = metrics();
	assert_non_null(
	    strstr(text, "holdfast_packets_total{verdict=\"passed\",reason=\"trickle\"} 11\n"));
	assert_non_null(
	    strstr(text, "holdfast_packets_total{verdict=\"held\",reason=\"silent\"} 14\n"));
	assert_non_null(
	    strstr(text, "holdfast_packets_total{verdict=\"held\",reason=\"veto\"} 1\n"));
	assert_non_null(strstr(text, "holdfast_peers{consent=\"fresh\"} 1\n"));
	assert_non_null(strstr(text, "holdfast_peers{consent=\"refused\"} 1\n"));
	assert_non_null(
	    strstr(text, "holdfast_budget_depth{budget=\"contact\",unit=\"contacts\"} 64\n"));
	assert_non_null(strstr(text, "holdfast_own_addresses{family=\"ipv6\"} 1\n"));
	assert_non_null(strstr(text, "holdfast_override_seconds 0.000\n"));
	free(text);
}

/* Every line is a comment or a sample of a family announced before, and no sample comes twice. */
static void keeps_to_the_format(void **state)
{
	char *text, *save = NULL, *seen[512];
	char type[128] = "";
	size_t n = 0;

	moment_make(&m);
	text = metrics();
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		size_t name = strcspn(line, "{ ");
		char *value = strrchr(line, ' ');

		if (!strncmp(line, "# TYPE ", 7)) {
			snprintf(type, sizeof(type), "%.*s", (int)strcspn(line + 7, " "), line + 7);
			continue;
		}
		if (!strncmp(line, "# HELP ", 7))
			continue;
		assert_non_null(value);
		assert_int_equal(strlen(type), name);
		assert_memory_equal(type, line, name);
		assert_true(strspn(value + 1, "0123456789.") == strlen(value + 1));
		*value = 0;
		for (size_t i = 0; i < n; i++)
			assert_string_not_equal(seen[i], line);
		assert_true(n < 512);
		seen[n++] = line;
	}
	assert_true(n > 2 * LIM_REASONS);
	free(text);
}

static void says_so_when_the_stream_fails(void **state)
{
	FILE *out = fopen("/dev/full", "w");

	if (!out)
		skip();
	setvbuf(out, NULL, _IONBF, 0);
	moment_make(&m);
	assert_int_equal(metrics_write(out, &m.state, &m.config, &m.report, m.now), -1);
	fclose(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counts_what_happened),
	    cmocka_unit_test(keeps_to_the_format),
	    cmocka_unit_test(says_so_when_the_stream_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
