// SPDX-License-Identifier: MIT
// Writes what is written about the parameters from their table, at build time:
//   parameters conf       guard.conf with every key at its default, commented out
//   parameters man FILE   FILE with its lines @BUDGETS@ and @VALUES@ replaced
#include <stdio.h>
#include <string.h>

#include "limiter/params.h"

typedef unsigned long long u64;

struct budget {
	const char *key, *unit, *what;
	u64 depth, period;
};

struct value {
	const char *key, *unit, *what;
	u64 value, min, max;
};

#define LIM_X(id, key, depth, start, period, unit, what) {key, unit, what, depth, period},
static const struct budget budgets[] = {LIM_BUDGETS(LIM_X)};
#undef LIM_X
#define LIM_X(id, key, value, min, max, unit, what) {key, unit, what, value, min, max},
static const struct value values[] = {LIM_VALUES(LIM_X)};
#undef LIM_X

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* In the largest unit that is exact, so that reading it back changes nothing. */
static const char *duration(u64 ns, char buf[static 32])
{
	static const struct {
		u64 ns;
		const char *unit;
	} units[] = {{1000000000, "s"}, {1000000, "ms"}, {1000, "us"}, {1, "ns"}};
	unsigned i = 0;

	while (ns % units[i].ns)
		i++;
	snprintf(buf, 32, "%llu%s", ns / units[i].ns, units[i].unit);
	return buf;
}

static const char *amount(const struct value *v, u64 n, char buf[static 32])
{
	if (!strcmp(v->unit, "ns"))
		return duration(n, buf);
	snprintf(buf, 32, "%llu", n);
	return buf;
}

static const char *unit(const struct value *v)
{
	return strcmp(v->unit, "ns") ? v->unit : "time";
}

static void conf(void)
{
	char a[32], b[32], c[32];

	puts("# Configuration of the Holdfast guard: see holdfast-guard.conf(5).\n"
	     "# Nothing needs to be here. Every key is shown at its default, commented out; "
	     "budgets\n"
	     "# and values can be made stricter, never laxer.\n\n"
	     "[guard]\n"
	     "# Only these interfaces (the key may be given again). Default: all.\n"
	     ";interface = eth0\n"
	     "# Figures for Prometheus, written every 10 seconds. Default: none.\n"
	     ";metrics = /run/holdfast/metrics.prom\n\n"
	     "# depth: how many may be spent at once after a rest; period: time for one to come "
	     "back.\n"
	     "[budgets]");
	for (size_t i = 0; i < COUNT(budgets); i++)
		printf("# %s (%s)\n;%s.depth = %llu\n;%s.period = %s\n", budgets[i].what,
		       budgets[i].unit, budgets[i].key, budgets[i].depth, budgets[i].key,
		       duration(budgets[i].period, a));
	puts("\n[values]");
	for (size_t i = 0; i < COUNT(values); i++)
		printf("# %s (%s, %s to %s)\n;%s = %s\n", values[i].what, unit(&values[i]),
		       amount(&values[i], values[i].min, a), amount(&values[i], values[i].max, b),
		       values[i].key, amount(&values[i], values[i].value, c));
}

static void man_budgets(void)
{
	char a[32];

	for (size_t i = 0; i < COUNT(budgets); i++)
		printf(
		    ".It Cm %s.depth No = Li %llu\n.It Cm %s.period No = Li %s\n%s.\nUnit: %s.\n",
		    budgets[i].key, budgets[i].depth, budgets[i].key,
		    duration(budgets[i].period, a), budgets[i].what, budgets[i].unit);
}

static void man_values(void)
{
	char a[32], b[32], c[32];

	for (size_t i = 0; i < COUNT(values); i++)
		printf(".It Cm %s No = Li %s\n%s.\nFrom %s to %s%s%s.\n", values[i].key,
		       amount(&values[i], values[i].value, a), values[i].what,
		       amount(&values[i], values[i].min, b), amount(&values[i], values[i].max, c),
		       strcmp(values[i].unit, "ns") ? " " : "",
		       strcmp(values[i].unit, "ns") ? values[i].unit : "");
}

static int man(const char *path)
{
	char line[1024];
	FILE *in = fopen(path, "r");

	if (!in) {
		perror(path);
		return 3;
	}
	while (fgets(line, sizeof line, in)) {
		if (!strcmp(line, "@BUDGETS@\n"))
			man_budgets();
		else if (!strcmp(line, "@VALUES@\n"))
			man_values();
		else
			fputs(line, stdout);
	}
	fclose(in);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "conf")) {
		conf();
		return 0;
	}
	if (argc == 3 && !strcmp(argv[1], "man"))
		return man(argv[2]);
	fputs("usage: parameters conf | parameters man FILE\n", stderr);
	return 2;
}
