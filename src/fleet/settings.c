// SPDX-License-Identifier: MIT
#include "fleet/settings.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"

#define SECTION_FLEET	 "fleet"
#define SECTION_ATTACK	 "attack"
#define SECTION_EPIDEMIC "epidemic"
#define SECTION_PUBLISH	 "published"

#define X(section, field, key, type, def, least, most, unit, what)                                 \
	{SECTION_##section,                                                                        \
	 key,                                                                                      \
	 unit,                                                                                     \
	 what,                                                                                     \
	 KEY_##type,                                                                               \
	 offsetof(struct settings, field),                                                         \
	 least,                                                                                    \
	 most},
const struct key settings_keys[] = {FLEET_KEYS(X){0}};
#undef X

static void set_one(uint64_t *to, uint64_t v)
{
	*to = v;
}

static void set_range(struct range *to, uint64_t v)
{
	to->low = to->high = v;
}

void settings_default(struct settings *s)
{
#define X(section, field, key, type, def, ...)                                                     \
	_Generic(s->field, struct range : set_range, uint64_t : set_one)(&s->field, def);
	FLEET_KEYS(X)
#undef X
}

/* A number with a decimal suffix; only whole results. */
static int count(const char *text, char **end, uint64_t *to)
{
	static const char suffix[] = "kMGT";
	double v, scale = 1;
	const char *s;

	if ((*text < '0' || *text > '9') && *text != '.')
		return -1;
	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X'))
		return -1;
	v = strtod(text, end);
	if (*end == text)
		return -1;
	s = **end ? strchr(suffix, **end) : NULL;
	if (s) {
		for (const char *c = suffix; c <= s; c++)
			scale *= 1000;
		++*end;
	}
	v *= scale;
	if (!(v >= 0 && v < 1e18))
		return -1;
	*to = (uint64_t)(v + 0.5);
	return 0;
}

static int share(const char *text, uint64_t *to)
{
	char *end;
	double v;

	if (*text < '0' || *text > '9')
		return -1;
	v = strtod(text, &end);
	while (*end == ' ')
		end++;
	if (*end++ != '%' || *end || !(v >= 0 && v <= 1e6))
		return -1;
	*to = (uint64_t)(v * 10000 + 0.5);
	return 0;
}

static int one(enum key_type type, const char *text, uint64_t *to)
{
	char *end;

	if (type == KEY_TIME || type == KEY_TIMES)
		return opt_time(text, to);
	return count(text, &end, to) || *end ? -1 : 0;
}

/* One value or two, the first no larger unless they are two lengths. */
static int pair(enum key_type type, const char *text, struct range *r)
{
	char first[64];
	size_t n = strcspn(text, " \t");
	const char *rest = text + n + strspn(text + n, " \t");

	if (n >= sizeof first)
		return -1;
	memcpy(first, text, n);
	first[n] = 0;
	if (one(type, first, &r->low))
		return -1;
	r->high = r->low;
	return *rest ? one(type, rest, &r->high) : 0;
}

/* The place of the word text[0..n-1] among words, or -1. */
static int place(const char *words, const char *text, size_t n)
{
	for (int at = 0; *words; at++) {
		size_t len = strcspn(words, "|");

		if (len == n && !strncmp(words, text, n) && *words != '-')
			return at;
		words += len + (words[len] == '|');
	}
	return -1;
}

static int several(const char *words, const char *text, uint64_t *bits)
{
	*bits = 0;
	while (*text) {
		size_t n = strcspn(text, " \t");
		int at = place(words, text, n);

		if (at < 0)
			return -1;
		*bits |= 1ull << at;
		text += n;
		text += strspn(text, " \t");
	}
	return *bits ? 0 : -1;
}

static const char *const wants[] = {
    [KEY_COUNT] = "a number",
    [KEY_COUNTS] = "one number or two",
    [KEY_SHARE] = "a share such as 25 %",
    [KEY_TIME] = "a time such as 10s or 2h",
    [KEY_TIMES] = "one time or two",
    [KEY_YES] = "yes or no",
    [KEY_WORD] = "one of its words",
    [KEY_WORDS] = "one or more of its words",
};

const char *settings_read(struct settings *s, const struct key *k, const char *text)
{
	char *field = (char *)s + k->at;
	struct range r = {0, 0};
	int bad = 0, at;

	switch (k->type) {
	case KEY_COUNT:
	case KEY_TIME:
		bad = one(k->type, text, &r.low);
		r.high = r.low;
		break;
	case KEY_COUNTS:
	case KEY_TIMES:
		bad = pair(k->type, text, &r);
		break;
	case KEY_SHARE:
		bad = share(text, &r.low);
		r.high = r.low;
		break;
	case KEY_YES:
		bad = strcmp(text, "yes") && strcmp(text, "no");
		r.low = r.high = !strcmp(text, "yes");
		break;
	case KEY_WORD:
		at = place(k->unit, text, strlen(text));
		bad = at < 0;
		r.low = r.high = bad ? 0 : (uint64_t)at;
		break;
	case KEY_WORDS:
		bad = several(k->unit, text, &r.low);
		r.high = r.low;
		break;
	}
	if (bad)
		return wants[k->type];
	if (r.low < k->least || r.high < k->least || r.low > k->most || r.high > k->most)
		return "within its limits";
	if (k->type == KEY_COUNTS && r.low > r.high)
		return "the smaller one first";
	if (k->type == KEY_COUNTS || k->type == KEY_TIMES)
		memcpy(field, &r, sizeof r);
	else
		memcpy(field, &r.low, sizeof r.low);
	return NULL;
}
