// SPDX-License-Identifier: MIT
#include "fleet/scenario.h"

#include <errno.h>
#include <ini.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* As in the guard's configuration: inih tells the first bad line only at the end. */
struct reading {
	FILE *f;
	struct scenario *s;
	struct settings common;
	struct err why;
	int line, bad, bad_line, kind_line;
	char section[96];     /* the one being read */
	uint64_t seen;	      /* keys of it, by place in settings_keys */
	unsigned first, last; /* the cases that it makes */
	char case_name[64];
	struct settings case_base; /* of the current case, without the sweep */
};

_Static_assert(sizeof(struct settings) % 8 == 0, "settings");

static int refuse(struct reading *r, const char *fmt, const char *a, const char *b, const char *c)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	err_set(&r->why, EXIT_WRONG_USE, fmt, a, b, c);
#pragma GCC diagnostic pop
	return -1;
}

static const struct key *find(const char *section, const char *name)
{
	for (const struct key *k = settings_keys; k->name; k++)
		if (!strcmp(k->name, name) && (!section || !strcmp(k->section, section)))
			return k;
	return NULL;
}

static int twice(struct reading *r, const struct key *k)
{
	uint64_t bit = 1ull << (k - settings_keys);

	if (r->seen & bit)
		return 1;
	r->seen |= bit;
	return 0;
}

static int wrong_value(struct reading *r, const struct key *k, const char *text, const char *want)
{
	char limits[200];

	if (!strcmp(want, "within its limits"))
		snprintf(limits, sizeof limits, "outside its limits, %llu to %llu%s%s",
			 (unsigned long long)k->least, (unsigned long long)k->most,
			 k->type == KEY_TIME || k->type == KEY_TIMES ? " ns"
			 : k->type == KEY_SHARE			     ? " millionths"
								     : " ",
			 k->type == KEY_COUNT || k->type == KEY_COUNTS ? k->unit : "");
	else if (k->type == KEY_WORD || k->type == KEY_WORDS)
		snprintf(limits, sizeof limits, "not %s: %s", want, k->unit);
	else
		snprintf(limits, sizeof limits, "not %s", want);
	return refuse(r, "%s = %.60s: %s", k->name, text, limits);
}

static int scenario_line(struct reading *r, const char *name, const char *text)
{
	struct scenario *s = r->s;
	char *end;

	if (!strcmp(name, "title") || !strcmp(name, "source")) {
		char *to = *name == 't' ? s->title : s->source;
		size_t room = *name == 't' ? sizeof s->title : sizeof s->source;

		if (strlen(text) >= room)
			return refuse(r, "%s: too long", name, "", "");
		strcpy(to, text);
		return 0;
	}
	if (!strcmp(name, "kind")) {
		if (strcmp(text, "flood") && strcmp(text, "epidemic"))
			return refuse(r, "kind = %.60s: neither flood nor epidemic", text, "", "");
		s->kind = *text == 'e' ? SCENARIO_EPIDEMIC : SCENARIO_FLOOD;
		r->kind_line = r->line;
		return 0;
	}
	if (!strcmp(name, "seed")) {
		errno = 0;
		s->seed = strtoull(text, &end, 10);
		if (errno || end == text || *end || *text == '-')
			return refuse(r, "seed = %.60s: not a number", text, "", "");
		return 0;
	}
	return refuse(r, "no key '%.60s' in [scenario]", name, "", "");
}

static int common_line(struct reading *r, const char *section, const char *name, const char *text)
{
	const struct key *k = find(section, name);
	const char *want;

	if (r->s->cases)
		return refuse(r, "[%.60s] must come before the first [case]", section, "", "");
	if (!k)
		return refuse(r, "no key '%.60s' in [%.60s]", name, section, "");
	if (twice(r, k))
		return refuse(r, "%s is said twice in [%.60s]", name, section, "");
	want = settings_read(&r->common, k, text);
	return want ? wrong_value(r, k, text, want) : 0;
}

static struct scenario_case *add_case(struct reading *r)
{
	struct scenario *s = r->s;
	struct scenario_case *c;

	if (s->cases == SCENARIO_CASES)
		return NULL;
	c = &s->item[s->cases++];
	memset(c, 0, sizeof *c);
	snprintf(c->name, sizeof c->name, "%s", r->case_name);
	c->set = r->case_base;
	c->line = r->line;
	r->last = s->cases;
	return c;
}

static int begin_case(struct reading *r, const char *section)
{
	const char *name = section + 4;

	name += strspn(name, " \t");
	if (!*name || strlen(name) >= sizeof r->case_name)
		return refuse(r, "[%.60s]: a case has a name of at most 63 bytes", section, "", "");
	for (const char *c = name; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			return refuse(r, "a case has a name without control characters", "", "",
				      "");
	for (unsigned i = 0; i < r->s->cases; i++)
		if (!strcmp(r->s->item[i].name, name))
			return refuse(r, "[%.60s]: there is such a case already", section, "", "");
	strcpy(r->case_name, name);
	r->case_base = r->common;
	r->first = r->s->cases;
	if (!add_case(r))
		return refuse(r, "[%.60s]: too many cases", section, "", "");
	return 0;
}

/* "0 % 25 % 50 %" or "0 25 50 %": a case for each. */
static int sweep(struct reading *r, const struct key *k, const char *text)
{
	char copy[256], one[32], *save, *word;
	unsigned n = 0;

	if (strlen(text) >= sizeof copy)
		return refuse(r, "%s: too long", k->name, "", "");
	strcpy(copy, text);
	if (r->last - r->first != 1)
		return refuse(r, "%s is said twice", k->name, "", "");
	for (word = strtok_r(copy, " %\t", &save); word; word = strtok_r(NULL, " %\t", &save)) {
		struct scenario_case *c = n++ ? add_case(r) : &r->s->item[r->first];
		const char *want;

		if (!c)
			return refuse(r, "too many cases", "", "", "");
		if (strlen(word) > 20)
			return wrong_value(r, k, text, "shares such as 0 25 50 %");
		snprintf(one, sizeof one, "%s %%", word);
		want = settings_read(&c->set, k, one);
		if (want)
			return wrong_value(r, k, text, want);
		c->swept = 1;
		if (snprintf(c->name, sizeof c->name, "%.50s, %s %%", r->case_name, word) >=
		    (int)sizeof c->name)
			return refuse(r, "the name of the case is too long for several values", "",
				      "", "");
	}
	return n ? 0 : wrong_value(r, k, text, "shares such as 0 25 50 %");
}

static unsigned words(const char *text)
{
	unsigned n = 0;

	for (text += strspn(text, " %\t"); *text; n++) {
		text += strcspn(text, " %\t");
		text += strspn(text, " %\t");
	}
	return n;
}

static int case_line(struct reading *r, const char *name, const char *text)
{
	const struct key *k;
	const char *want = NULL;

	if (!strncmp(name, "published.", 10))
		k = find("published", name + 10);
	else
		k = find(NULL, name);
	if (!k || (!strcmp(k->section, "published") && strncmp(name, "published.", 10)))
		return refuse(r, "no key '%.60s' in a [case]", name, "", "");
	if (twice(r, k))
		return refuse(r, "%s is said twice in [%.80s]", name, r->section, "");
	if (k->at == offsetof(struct settings, protect) && words(text) > 1)
		return sweep(r, k, text);
	want = settings_read(&r->case_base, k, text);
	for (unsigned i = r->first; i < r->last && !want; i++)
		want = settings_read(&r->s->item[i].set, k, text);
	return want ? wrong_value(r, k, text, want) : 0;
}

static int line_of(struct reading *r, const char *section, const char *name, const char *text)
{
	if (strlen(section) >= sizeof r->section)
		return refuse(r, "[%.60s...]: too long a name", section, "", "");
	if (strcmp(section, r->section)) {
		strcpy(r->section, section);
		r->seen = 0;
		if (!strncmp(section, "case", 4) && begin_case(r, section))
			return -1;
	}
	if (!strcmp(section, "scenario"))
		return scenario_line(r, name, text);
	if (!strncmp(section, "case", 4))
		return case_line(r, name, text);
	for (const struct key *k = settings_keys; k->name; k++)
		if (!strcmp(k->section, section))
			return common_line(r, section, name, text);
	return refuse(r, "%.60s: no section [%.60s]", name, section, "");
}

static int on_line(void *user, const char *section, const char *name, const char *text)
{
	struct reading *r = user;

	if (r->bad)
		return 1;
	r->bad = line_of(r, section, name, text);
	r->bad_line = r->line;
	return !r->bad;
}

static char *next_line(char *to, int size, void *stream)
{
	struct reading *r = stream;

	r->line++;
	return fgets(to, size, r->f);
}

/* What no single line can be blamed for. Returns NULL, or what is wrong. */
static const char *contradiction(const struct scenario *s, const struct settings *c)
{
	if (s->kind == SCENARIO_FLOOD) {
		if (c->uplink_mean &&
		    (c->uplink_mean < c->uplink.low || c->uplink_mean > c->uplink.high))
			return "uplink-mean is outside uplink";
		if (c->sample > c->devices)
			return "sample is more than devices";
		if (!c->sample && c->devices > 100000000)
			return "more than 100,000,000 devices: say sample";
		if (c->before + c->seconds > 600 * 1000000000ull)
			return "before and seconds together are more than 600 s";
		if (c->pulse.low && !c->pulse.high)
			return "pulse has no rest";
		return NULL;
	}
	if (c->vulnerable > c->addresses)
		return "more vulnerable hosts than addresses";
	if (c->seeds > c->vulnerable)
		return "more seeds than vulnerable hosts";
	if (c->horizon / c->step > 200000)
		return "more than 200,000 steps: a longer step, or a shorter horizon";
	if (c->local && c->vulnerable > c->networks * c->network_size)
		return "the networks are too small for the vulnerable hosts";
	if (c->networks > 1 && (c->horizon / c->step) * c->networks * c->runs > 4000000000ull)
		return "steps, networks and runs together are too many: fewer of them";
	return NULL;
}

static int finish(struct reading *r, const char *path, struct err *e)
{
	struct scenario *s = r->s;

	if (!r->kind_line)
		return err_set(e, EXIT_WRONG_USE, "%s: no kind in [scenario]: flood or epidemic",
			       path);
	if (!s->cases)
		return err_set(e, EXIT_WRONG_USE, "%s: no [case NAME] with a key in it", path);
	for (unsigned i = 0; i < s->cases; i++) {
		const char *what = contradiction(s, &s->item[i].set);

		if (what)
			return err_set(e, EXIT_WRONG_USE, "%s:%d: [case %s]: %s", path,
				       s->item[i].line, s->item[i].name, what);
	}
	return 0;
}

static void name_of(struct scenario *s, const char *path)
{
	const char *slash = strrchr(path, '/');

	snprintf(s->name, sizeof s->name, "%s", slash ? slash + 1 : path);
	if (strlen(s->name) > 4 && !strcmp(s->name + strlen(s->name) - 4, ".ini"))
		s->name[strlen(s->name) - 4] = 0;
}

int scenario_read_stream(struct scenario *s, FILE *f, const char *path, struct err *e)
{
	struct reading *r = calloc(1, sizeof *r);
	int line, rc = -1;

	if (!r)
		return err_set(e, EXIT_SYSTEM, "out of memory");
	memset(s, 0, sizeof *s);
	s->seed = 1;
	name_of(s, path);
	r->f = f;
	r->s = s;
	settings_default(&r->common);
	line = ini_parse_stream(next_line, r, on_line, r);
	if (ferror(f))
		err_set(e, EXIT_SYSTEM, "%s: cannot be read", path);
	else if (line)
		err_set(e, EXIT_WRONG_USE, "%s:%d: %s", path, line,
			r->bad && r->bad_line == line ? r->why.text
						      : "neither [section] nor key = value");
	else
		rc = finish(r, path, e);
	free(r);
	return rc;
}

int scenario_read(struct scenario *s, const char *path, struct err *e)
{
	FILE *f = fopen(path, "re");
	int rc;

	if (!f)
		return err_sys(e, errno, "%s", path);
	rc = scenario_read_stream(s, f, path, e);
	fclose(f);
	return rc;
}
