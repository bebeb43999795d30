// SPDX-License-Identifier: MIT
#include "guard/config_file.h"

#include <errno.h>
#include <ini.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "limiter/limiter.h"

/* inih tells the number of the first bad line only at the end, and not whether it was bad to the
 * handler: so the reason waits here, with its line. */
struct reading {
	FILE *f;
	struct guard_config c;
	struct err why;
	int bad, line, bad_line;
};

struct row {
	const char *key, *unit;
	lim_u64 most, least;
};

#define LIM_X(id, key, depth, start, period, unit, what) {key, unit, depth, period},
static const struct row budget[] = {LIM_BUDGETS(LIM_X)};
#undef LIM_X
#define LIM_X(id, key, value, min, max, unit, what) {key, unit, max, min},
static const struct row value[] = {LIM_VALUES(LIM_X)};
#undef LIM_X

static const struct row *find(const struct row *rows, size_t n, const char *key, size_t len)
{
	for (size_t i = 0; i < n; i++)
		if (strlen(rows[i].key) == len && !strncmp(rows[i].key, key, len))
			return &rows[i];
	return NULL;
}

static int number(const char *text, lim_u64 *to)
{
	char *end;

	errno = 0;
	*to = strtoull(text, &end, 10);
	return errno || end == text || *end || *text == '-' ? -1 : 0;
}

/* "4s", "500ms", "71us" by the largest unit that is exact enough to show. */
static const char *duration(lim_u64 ns, char buf[static 32])
{
	if (ns >= LIM_S)
		snprintf(buf, 32, "%g s", (double)ns / 1e9);
	else
		snprintf(buf, 32, "%g ms", (double)ns / 1e6);
	return buf;
}

static int refuse(struct reading *r, const char *fmt, const char *a, const char *b, const char *c)
{
	char text[200];

	snprintf(text, sizeof text, fmt, a, b, c);
	return err_set(&r->why, EXIT_WRONG_USE, "%s", text);
}

static int budget_line(struct reading *r, const char *name, const char *text)
{
	const char *dot = strrchr(name, '.');
	const struct row *row = dot ? find(budget, LIM_B_COUNT, name, (size_t)(dot - name)) : NULL;
	char limit[64], d[32];
	uint64_t n;

	if (!row)
		return refuse(r, "no budget '%s' (a key has the form NAME.depth or NAME.period)",
			      name, "", "");
	if (!strcmp(dot, ".depth")) {
		if (number(text, &n) || !n)
			return refuse(r, "%s = %s: not a count of %s", name, text, row->unit);
		snprintf(limit, sizeof limit, "%llu %s", (unsigned long long)row->most, row->unit);
		return lim_config_budget(&r->c.limits, row->key, n, 0)
			   ? refuse(r, "%s = %s: beyond the ceiling of %s", name, text, limit)
			   : 0;
	}
	if (strcmp(dot, ".period"))
		return refuse(r, "no key '%s' (only .depth and .period)", name, "", "");
	if (opt_time(text, &n) || !n)
		return refuse(r, "%s = %s: not a time (4s, 500ms)", name, text, "");
	return lim_config_budget(&r->c.limits, row->key, 0, n)
		   ? refuse(r, "%s = %s: beyond the ceiling, one each %s (at most one a day)", name,
			    text, duration(row->least, d))
		   : 0;
}

static int value_line(struct reading *r, const char *name, const char *text)
{
	const struct row *row = find(value, LIM_V_COUNT, name, strlen(name));
	char range[80], a[32], b[32];
	uint64_t n;
	int is_time;

	if (!row)
		return refuse(r, "no value '%s'", name, "", "");
	is_time = !strcmp(row->unit, "ns");
	if (is_time ? opt_time(text, &n) : number(text, &n))
		return refuse(r, "%s = %s: not a %s", name, text, is_time ? "time" : "number");
	if (is_time)
		snprintf(range, sizeof range, "%s to %s", duration(row->least, a),
			 duration(row->most, b));
	else
		snprintf(range, sizeof range, "%llu to %llu %s", (unsigned long long)row->least,
			 (unsigned long long)row->most, row->unit);
	return lim_config_value(&r->c.limits, row->key, n)
		   ? refuse(r, "%s = %s: outside its limits, %s", name, text, range)
		   : 0;
}

static int guard_line(struct reading *r, const char *name, const char *text)
{
	if (!strcmp(name, "interface")) {
		if (strlen(text) >= CONFIG_IFACE_LEN || !*text)
			return refuse(r, "interface = %s: not the name of an interface", text, "",
				      "");
		if (r->c.iface_count == CONFIG_IFACES)
			return refuse(r, "interface = %s: one too many", text, "", "");
		strcpy(r->c.iface[r->c.iface_count++], text);
		return 0;
	}
	if (!strcmp(name, "metrics")) {
		if (*text != '/' || strlen(text) >= sizeof r->c.metrics)
			return refuse(r, "metrics = %s: not an absolute path", text, "", "");
		strcpy(r->c.metrics, text);
		return 0;
	}
	if (!strcmp(name, "forward")) {
		if (strcmp(text, "yes") && strcmp(text, "no"))
			return refuse(r, "forward = %s: neither yes nor no", text, "", "");
		r->c.limits.forward = !strcmp(text, "yes");
		return 0;
	}
	return refuse(r, "no key '%s' in [guard]", name, "", "");
}

static int on_line(void *user, const char *section, const char *name, const char *text)
{
	struct reading *r = user;

	if (r->bad)
		return 1;
	if (!strcmp(section, "budgets"))
		r->bad = budget_line(r, name, text);
	else if (!strcmp(section, "values"))
		r->bad = value_line(r, name, text);
	else if (!strcmp(section, "guard"))
		r->bad = guard_line(r, name, text);
	else
		r->bad = refuse(r, "%s: no section [%s]", name, section, "");
	r->bad_line = r->line;
	return !r->bad;
}

static char *next_line(char *to, int size, void *stream)
{
	struct reading *r = stream;

	r->line++;
	return fgets(to, size, r->f);
}

void config_default(struct guard_config *c)
{
	const lim_u64 none[2] = {0, 0};

	memset(c, 0, sizeof *c);
	lim_config_default(&c->limits, none);
}

int config_read(struct guard_config *c, const char *path, int missing_ok, struct err *e)
{
	static struct reading r;
	FILE *f = fopen(path, "re");
	int line, cut;

	if (!f && errno == ENOENT && missing_ok)
		return 0;
	if (!f)
		return err_sys(e, errno, "%s", path);
	r = (struct reading){.f = f, .c = *c};
	line = ini_parse_stream(next_line, &r, on_line, &r);
	cut = ferror(f);
	fclose(f);
	if (cut)
		return err_set(e, EXIT_SYSTEM, "%s: cannot be read", path);
	if (line)
		return err_set(e, EXIT_WRONG_USE, "%s:%d: %s", path, line,
			       r.bad && r.bad_line == line ? r.why.text
							   : "neither [section] nor key = value");
	*c = r.c;
	return 0;
}
