// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/json.h"

static char *text;
static size_t len;
static struct json j;

static void begin(bool pretty)
{
	json_start(&j, open_memstream(&text, &len), pretty);
}

static void ends_as(const char *want)
{
	fclose(j.to);
	assert_string_equal(text, want);
	free(text);
}

static void nests(void **state)
{
	begin(true);
	json_object(&j, NULL);
	json_u64(&j, "a", UINT64_MAX);
	json_array(&j, "b");
	json_array(&j, NULL);
	json_end(&j);
	json_bool(&j, NULL, true);
	json_object(&j, NULL);
	json_str(&j, "c", NULL);
	json_end(&j);
	json_end(&j);
	json_num(&j, "d", 0.25);
	json_end(&j);
	ends_as("{\n  \"a\": 18446744073709551615,\n  \"b\": [\n    [],\n    true,\n    {\n"
		"      \"c\": null\n    }\n  ],\n  \"d\": 0.25\n}\n");
}

static void fits_on_one_line(void **state)
{
	begin(false);
	json_object(&j, NULL);
	json_str(&j, "a", "b");
	json_array(&j, "c");
	json_i64(&j, NULL, -1);
	json_u64(&j, NULL, 2);
	json_end(&j);
	json_end(&j);
	ends_as("{\"a\":\"b\",\"c\":[-1,2]}\n");
}

static void escapes(void **state)
{
	begin(true);
	json_str(&j, NULL, "\"\\\n\t\x7f");
	ends_as("\"\\\"\\\\\\u000a\\u0009\\u007f\"");
	begin(true);
	json_str(&j, NULL, "\xc3\xbc\xf0\x9f\x90\x9a");
	ends_as("\"\xc3\xbc\xf0\x9f\x90\x9a\"");
}

static void mends_what_is_not_utf8(void **state)
{
	/* truncated, overlong, surrogate, beyond the end */
	static const char *const broken[] = {"\xc3", "\xc0", "\xff"};

	for (size_t i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
		begin(true);
		json_str(&j, NULL, broken[i]);
		ends_as("\"\\ufffd\"");
	}
	begin(true);
	json_str(&j, NULL, "\xed\xa0\x80");
	ends_as("\"\\ufffd\\ufffd\\ufffd\"");
}

static void has_no_word_for_infinity(void **state)
{
	begin(true);
	json_array(&j, NULL);
	json_num(&j, NULL, 1.0 / 0.0);
	json_str(&j, NULL, NULL);
	json_end(&j);
	ends_as("[\n  null,\n  null\n]\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nests),
	    cmocka_unit_test(fits_on_one_line),
	    cmocka_unit_test(escapes),
	    cmocka_unit_test(mends_what_is_not_utf8),
	    cmocka_unit_test(has_no_word_for_infinity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
