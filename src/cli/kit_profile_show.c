// SPDX-License-Identifier: MIT
// holdfast-kit profile: differences and explanations, for people and as JSON.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/kit_profile.h"
#include "profile/change.h"
#include "profile/explain.h"
#include "sandbox/profile_keys.h"

#define WIDTH 96

/* Paths and arguments are another's text: none of it may drive the terminal. */
static void print_safe(const char *s, size_t n)
{
	for (; n; s++, n--)
		if ((unsigned char)*s < 0x20 || *s == 0x7f)
			printf("\\x%02x", (unsigned char)*s);
		else
			putchar(*s);
}

/* Words behind indent blanks, broken between them. */
static void wrap(const char *s, unsigned indent)
{
	unsigned at = indent;

	printf("%*s", (int)indent, "");
	while (*s) {
		size_t n = strcspn(s, " ");

		if (at > indent && at + 1 + n > WIDTH) {
			printf("\n%*s", (int)indent + 2, "");
			at = indent + 2;
		} else if (at > indent) {
			putchar(' ');
			at++;
		}
		print_safe(s, n);
		at += (unsigned)n;
		s += n + strspn(s + n, " ");
	}
	putchar('\n');
}

/* --- explain --- */

struct explaining {
	struct json json;
	int part; /* the one whose heading is written last */
	bool colour;
};

static void explain_row(void *arg, const struct explain *x)
{
	static const char *const headings[EXPLAIN_PARTS] = {
	    "It", "It may do this:", "It may not do this:", "Think about:"};
	struct explaining *e = arg;
	char text[2 * PROFILE_TEXT + 200];

	if (e->part != (int)x->part)
		printf("%s  %s%s\n", e->colour ? "\033[1m" : "", headings[x->part],
		       e->colour ? "\033[0m" : "");
	e->part = (int)x->part;
	if (x->part == EXPLAIN_RISK && x->key >= 0 && x->value) {
		snprintf(text, sizeof text, "%s = %s: %s", profile_keys[x->key].key, x->value,
			 x->words);
		wrap(text, 4);
	} else {
		wrap(x->words, 4);
	}
}

static bool colour(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no && *no);
}

void kit_profile_explain(const struct source *s, const char *path)
{
	struct explaining e = {.part = -1, .colour = colour()};

	printf("%s (%s)\n", s->p.name, path);
	explain_all(s, explain_row, &e);
}

static void explain_row_json(void *arg, const struct explain *x)
{
	static const char *const names[EXPLAIN_PARTS] = {"is", "opens", "shut", "risks"};
	struct explaining *e = arg;

	if (e->part != (int)x->part) {
		if (e->part >= 0)
			json_end(&e->json);
		json_array(&e->json, names[x->part]);
	}
	e->part = (int)x->part;
	json_object(&e->json, NULL);
	json_str(&e->json, "section", x->key < 0 ? NULL : profile_keys[x->key].section);
	json_str(&e->json, "key", x->key < 0 ? NULL : profile_keys[x->key].key);
	json_str(&e->json, "value", x->value);
	json_str(&e->json, "words", x->words);
	json_end(&e->json);
}

void kit_profile_explain_json(const struct source *s, const char *path)
{
	struct explaining e = {.part = -1};

	json_start(&e.json, stdout, true);
	json_object(&e.json, NULL);
	json_str(&e.json, "file", path);
	json_str(&e.json, "name", s->p.name);
	json_str(&e.json, "architecture", s->arch->name);
	explain_all(s, explain_row_json, &e);
	json_end(&e.json);
	json_end(&e.json);
}

/* --- diff --- */

struct comparing {
	struct json json;
	unsigned count[CHANGE_KINDS];
	bool colour;
};

static const char *const kinds[CHANGE_KINDS] = {"wider", "narrower", "other"};

static void change_row(void *arg, const struct change *c)
{
	static const char *const colours[CHANGE_KINDS] = {"\033[31m", "\033[32m", ""};
	const struct profile_key *k = &profile_keys[c->key];
	struct comparing *t = arg;

	t->count[c->kind]++;
	printf("%s%-8s%s  [%s] %s = ", t->colour ? colours[c->kind] : "", kinds[c->kind],
	       t->colour ? "\033[0m" : "", k->section, k->key);
	if (c->from)
		print_safe(c->from, strlen(c->from));
	if (c->from && c->to)
		printf(" -> ");
	if (c->to)
		print_safe(c->to, strlen(c->to));
	printf("%s\n", !c->to ? "   (gone)" : !c->from ? "   (new)" : "");
}

static int verdict(const struct comparing *t)
{
	return t->count[CHANGE_WIDER] ? EXIT_NO : EXIT_DONE;
}

int kit_profile_diff(const struct source *from, const struct source *to)
{
	struct comparing t = {.colour = colour()};

	change_all(from, to, change_row, &t);
	printf("%u wider, %u narrower, %u other\n", t.count[CHANGE_WIDER], t.count[CHANGE_NARROWER],
	       t.count[CHANGE_OTHER]);
	return verdict(&t);
}

static void change_row_json(void *arg, const struct change *c)
{
	struct comparing *t = arg;

	t->count[c->kind]++;
	json_object(&t->json, NULL);
	json_str(&t->json, "change", kinds[c->kind]);
	json_str(&t->json, "section", profile_keys[c->key].section);
	json_str(&t->json, "key", profile_keys[c->key].key);
	json_str(&t->json, "from", c->from);
	json_str(&t->json, "to", c->to);
	json_end(&t->json);
}

int kit_profile_diff_json(const struct source *from, const struct source *to)
{
	struct comparing t = {0};

	json_start(&t.json, stdout, true);
	json_object(&t.json, NULL);
	json_array(&t.json, "changes");
	change_all(from, to, change_row_json, &t);
	json_end(&t.json);
	for (int i = 0; i < CHANGE_KINDS; i++)
		json_u64(&t.json, kinds[i], t.count[i]);
	json_end(&t.json);
	return verdict(&t);
}
