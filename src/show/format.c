// SPDX-License-Identifier: MIT
#include "show/show.h"

#include <inttypes.h>

/* Three figures are as many as a person reads. */
static const char *scaled(double v, const char *const *units, char buf[static SHOW_TEXT])
{
	unsigned tenths;

	while (v >= 999.5 && units[1]) {
		v /= 1000;
		units++;
	}
	tenths = (unsigned)(v * 10 + 0.5);
	snprintf(buf, SHOW_TEXT, tenths < 100 && tenths % 10 ? "%.1f %s" : "%.0f %s", v, *units);
	return buf;
}

const char *show_count(lim_u64 n, char buf[static SHOW_TEXT])
{
	static const char *const units[] = {"k", "M", "G", "T", "P", NULL};

	if (n >= 10000)
		return scaled((double)n / 1000, units, buf);
	snprintf(buf, SHOW_TEXT, "%" PRIu64, (uint64_t)n);
	return buf;
}

const char *show_bytes(lim_u64 bytes, char buf[static SHOW_TEXT])
{
	static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", NULL};

	return scaled((double)bytes, units, buf);
}

const char *show_rate(double byte_s, char buf[static SHOW_TEXT])
{
	static const char *const units[] = {"bit/s", "kbit/s", "Mbit/s", "Gbit/s", NULL};

	return scaled(byte_s * 8, units, buf);
}

const char *show_time(lim_u64 ns, char buf[static SHOW_TEXT])
{
	static const struct {
		lim_u64 s;
		const char *unit;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	lim_u64 s = ns / LIM_S;
	unsigned i = 0;

	if (ns < LIM_S) {
		snprintf(buf, SHOW_TEXT, "%" PRIu64 " ms", (uint64_t)(ns / LIM_MS));
		return buf;
	}
	while (s < units[i].s)
		i++;
	if (units[i].s == 1 || s % units[i].s < units[i + 1].s)
		snprintf(buf, SHOW_TEXT, "%" PRIu64 " %s", (uint64_t)(s / units[i].s),
			 units[i].unit);
	else
		snprintf(buf, SHOW_TEXT, "%" PRIu64 " %s %" PRIu64 " %s",
			 (uint64_t)(s / units[i].s), units[i].unit,
			 (uint64_t)(s % units[i].s / units[i + 1].s), units[i + 1].unit);
	return buf;
}

const char *show_proto(unsigned proto, char buf[static SHOW_TEXT])
{
	switch (proto) {
	case LIM_PROTO_TCP:
		return "tcp";
	case LIM_PROTO_UDP:
		return "udp";
	case LIM_PROTO_ICMP:
		return "icmp";
	case LIM_PROTO_ICMPV6:
		return "icmpv6";
	}
	snprintf(buf, SHOW_TEXT, "protocol %u", proto);
	return buf;
}

void show_bar(FILE *out, const struct show_style *style, lim_u64 part, lim_u64 whole,
	      unsigned width)
{
	const char *full = style->utf8 ? "\xe2\x96\x88" : "#";
	const char *empty = style->utf8 ? "\xe2\x96\x91" : ".";
	unsigned n;

	if (part > whole)
		part = whole;
	n = whole ? (unsigned)((double)part / (double)whole * width + 0.5) : 0;
	if (!n && part)
		n = 1; /* a little left is not nothing */
	show_color(out, style, n * 4 <= width ? SHOW_BAD : n * 2 <= width ? SHOW_WARN : SHOW_GOOD);
	for (unsigned i = 0; i < width; i++)
		fputs(i < n ? full : empty, out);
	show_color(out, style, SHOW_PLAIN);
}

void show_color(FILE *out, const struct show_style *style, enum show_color color)
{
	static const char *const code[] = {
	    [SHOW_PLAIN] = "\033[0m", [SHOW_GOOD] = "\033[32m", [SHOW_WARN] = "\033[33m",
	    [SHOW_BAD] = "\033[31m",  [SHOW_DIM] = "\033[2m",	[SHOW_BOLD] = "\033[1m",
	};

	if (style->color)
		fputs(code[color], out);
}
