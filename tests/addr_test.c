// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/addr.h"

static void goes_there_and_back(void **state)
{
	static const char *const same[] = {
	    "192.0.2.1", "0.0.0.0",	"255.255.255.255", "::",
	    "::1",	 "2001:db8::1", "fe80::1:2",	   "1:2:3:4:5:6:7:8"};
	struct lim_addr a;
	char buf[ADDR_TEXT];

	for (size_t i = 0; i < sizeof(same) / sizeof(*same); i++) {
		assert_int_equal(addr_parse(same[i], &a, NULL), 0);
		assert_string_equal(addr_text(&a, buf), same[i]);
	}
	assert_int_equal(addr_parse("::ffff:192.0.2.1", &a, NULL), 0);
	assert_string_equal(addr_text(&a, buf), "192.0.2.1");
	assert_true(addr_is4(&a));
	assert_int_equal(a.w[3], 0xc0000201);
}

static void reads_prefixes(void **state)
{
	struct lim_addr a;
	unsigned len;
	char buf[ADDR_TEXT];

	assert_int_equal(addr_parse_prefix("10.1.2.3/8", &a, &len, NULL), 0);
	assert_int_equal(len, 8);
	assert_string_equal(addr_prefix_text(&a, len, buf), "10.1.2.3/8");
	assert_int_equal(addr_parse_prefix("10.1.2.3", &a, &len, NULL), 0);
	assert_int_equal(len, 32);
	assert_int_equal(addr_parse_prefix("2001:db8::/0", &a, &len, NULL), 0);
	assert_int_equal(len, 0);
}

static void refuses_the_rest(void **state)
{
	static const char *const no[] = {
	    "",
	    "10.1.2",
	    "10.1.2.3/33",
	    "10.1.2.3/",
	    "10.1.2.3/8x",
	    "::1/129",
	    "::1/-1",
	    "example.com",
	    "fe80::1%eth0",
	    "10.1.2.3 ",
	    "/8",
	    "256.1.1.1",
	    "010.1.1.1",
	    "12345::",
	    "1111:2222:3333:4444:5555:6666:7777:8888:1111:2222:3333:4444:5555:6666:7777:8888/1"};
	struct lim_addr a;
	struct err e;
	unsigned len;

	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++) {
		assert_int_equal(addr_parse_prefix(no[i], &a, &len, &e), -1);
		assert_int_equal(e.code, EXIT_WRONG_USE);
	}
	assert_int_equal(addr_parse("example.com", &a, &e), -1);
	assert_string_equal(e.text, "'example.com' is not an IPv4 or IPv6 address");
}

static void masks(void **state)
{
	struct lim_addr m = addr_mask(true, 24);

	assert_int_equal(m.w[0], ~0u);
	assert_int_equal(m.w[2], ~0u);
	assert_int_equal(m.w[3], 0xffffff00);
	m = addr_mask(true, 0);
	assert_int_equal(m.w[2], ~0u);
	assert_int_equal(m.w[3], 0);
	m = addr_mask(false, 33);
	assert_int_equal(m.w[0], ~0u);
	assert_int_equal(m.w[1], 0x80000000);
	assert_int_equal(m.w[2], 0);
	m = addr_mask(false, 128);
	assert_int_equal(m.w[3], ~0u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(goes_there_and_back),
	    cmocka_unit_test(reads_prefixes),
	    cmocka_unit_test(refuses_the_rest),
	    cmocka_unit_test(masks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
