// SPDX-License-Identifier: MIT
//
// Any text as the guard's configuration file: it is refused with one line and nothing changed, or
// taken and no laxer than the defaults. Half of the inputs are the text itself; the other half
// choose from words that belong in such a file, which gets past the first line.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "guard/config_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LIM_X(id, key, ...) key,
static const char *const budgets[] = {LIM_BUDGETS(LIM_X)}, *const values[] = {LIM_VALUES(LIM_X)};
#undef LIM_X
static const char *const texts[] = {
    "1",
    "2",
    "5",
    "65536",
    "5s",
    "20s",
    "500ms",
    "1h",
    "86400s",
    "4s",
    "8s",
    "",
    "0",
    "0s",
    "-1",
    "9999999s",
    "4294967296",
    "/run/x",
    "eth0",
    "9223372036854775808",
    " ",
    "x",
    "18446744073709551615",
};
static const char *const odd[] = {"]", "[", "garbage", "= 1", "; c", "\xef\xbb\xbf", "[nothing]"};
#define PICK(a, n) ((a)[(n) % (sizeof(a) / sizeof((a)[0]))])

static void fail(const char *what)
{
	fprintf(stderr, "config_fuzz: broken promise: %s\n", what);
	abort();
}

/* Four bytes make a line. */
static size_t compose(const uint8_t *data, size_t size, char *text, size_t max)
{
	size_t n = 0;

	for (; size >= 4 && max - n > 128; data += 4, size -= 4) {
		const char *v = PICK(texts, data[2]);
		char *to = text + n;

		if (data[0] > 250)
			n += (size_t)sprintf(to, "%s\n", PICK(odd, data[1]));
		else if (data[0] > 240)
			n += (size_t)sprintf(to, "[guard]\n%s = %s\n",
					     data[1] & 1 ? "interface" : "metrics", v);
		else if (data[0] > 120)
			n += (size_t)sprintf(to, "[values]\n%s = %s\n", PICK(values, data[1]), v);
		else
			n += (size_t)sprintf(to, "[budgets]\n%s.%s = %s\n", PICK(budgets, data[1]),
					     data[0] & 1 ? "depth" : "period", v);
	}
	return n;
}

/* Written the long way round on purpose: it shares no code with the parser. */
static void check_limits(const struct lim_config *c)
{
#define LIM_X(id, key, depth, start, min_period, unit, what)                                       \
	if (c->budget[LIM_B_##id].period < (min_period) || !c->budget[LIM_B_##id].period ||        \
	    c->budget[LIM_B_##id].span / c->budget[LIM_B_##id].period > (depth) ||                 \
	    !c->budget[LIM_B_##id].span)                                                           \
		fail("budget " key " laxer than its ceiling");
	LIM_BUDGETS(LIM_X)
#undef LIM_X
#define LIM_X(id, key, def, min, max, unit, what)                                                  \
	if (c->value[LIM_V_##id] < (min) || c->value[LIM_V_##id] > (max))                          \
		fail("value " key " outside its limits");
	LIM_VALUES(LIM_X)
#undef LIM_X
	if (c->own4_count || c->own6_count || c->override_until)
		fail("something set that no file may set");
}

static void check_taken(const struct guard_config *c)
{
	check_limits(&c->limits);
	if (c->iface_count > CONFIG_IFACES)
		fail("too many interfaces");
	for (unsigned i = 0; i < c->iface_count; i++)
		if (!memchr(c->iface[i], 0, CONFIG_IFACE_LEN) || !*c->iface[i])
			fail("no name of an interface");
	if (!memchr(c->metrics, 0, sizeof c->metrics) || (*c->metrics && *c->metrics != '/'))
		fail("no path of metrics");
}

static void check_refused(const struct guard_config *c, const struct guard_config *before,
			  const struct err *e)
{
	if (memcmp(c, before, sizeof *c))
		fail("refused, and yet changed");
	if (!memchr(e->text, 0, sizeof e->text) || !*e->text || strchr(e->text, '\n'))
		fail("not one line of reason");
	if (e->code != EXIT_WRONG_USE)
		fail("not the caller's mistake");
}

static unsigned long runs, taken;

static void tell(void)
{
	printf("# %lu of %lu files taken\n", taken, runs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct guard_config c, before;
	static char text[1 << 16], path[64];
	int fd = memfd_create("guard.conf", MFD_CLOEXEC);
	struct err e = {0};
	size_t n;

	if (!runs++)
		atexit(tell);
	if (fd < 0 || !size)
		goto out;
	if (data[0] & 1) {
		n = compose(data + 1, size - 1, text, sizeof text);
		size = write(fd, text, n) == (ssize_t)n;
	} else {
		size = write(fd, data + 1, size - 1) == (ssize_t)(size - 1);
	}
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	config_default(&before);
	c = before;
	if (!size)
		fail("the file could not be written");
	if (config_read(&c, path, 0, &e))
		check_refused(&c, &before, &e);
	else
		check_taken(&c);
	taken += !e.code;
out:
	if (fd >= 0)
		close(fd);
	return 0;
}
