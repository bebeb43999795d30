// SPDX-License-Identifier: MIT
#include "base/opt.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static int bad(struct err *e, const struct opt *o, const char *text, const char *wanted)
{
	return err_set(e, EXIT_WRONG_USE, "--%s: '%s' is not %s", o->name, text, wanted);
}

int opt_time(const char *text, uint64_t *ns)
{
	static const struct {
		const char *unit;
		double ns;
	} units[] = {{"", 1e9},	  {"s", 1e9},	 {"ms", 1e6},	{"us", 1e3},   {"ns", 1},
		     {"m", 60e9}, {"min", 60e9}, {"h", 3600e9}, {"d", 86400e9}};
	char *end;
	double v;

	if (!isdigit((unsigned char)*text))
		return -1;
	v = strtod(text, &end);
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(end, units[i].unit))
			continue;
		v *= units[i].ns;
		if (!(v < 9.2e18))
			return -1;
		*ns = (uint64_t)(v + 0.5);
		return 0;
	}
	return -1;
}

static int set_number(const struct opt *o, const char *text, uint64_t *to, struct err *e)
{
	uint64_t v;
	char *end;

	if (o->type == OPT_TIME) {
		if (opt_time(text, &v))
			return bad(e, o, text, "a duration such as 250ms, 1.5s, 10min or 2h");
	} else {
		errno = 0;
		v = strtoull(text, &end, !strncmp(text, "0x", 2) ? 16 : 10);
		if (!isdigit((unsigned char)*text) || *end || errno)
			return bad(e, o, text, "a whole number");
	}
	if (v < o->min)
		return err_set(e, EXIT_WRONG_USE, "--%s: '%s' is too small", o->name, text);
	if (o->max && v > o->max)
		return err_set(e, EXIT_WRONG_USE, "--%s: '%s' is too large", o->name, text);
	*to = v;
	return 0;
}

static int set_real(const struct opt *o, const char *text, double *to, struct err *e)
{
	char *end;
	double v = strtod(text, &end);

	if (end == text || *end || !isfinite(v) || v < 0)
		return bad(e, o, text, "a number");
	*to = v;
	return 0;
}

static int set_choice(const struct opt *o, const char *text, unsigned *to, struct err *e)
{
	const char *word = o->arg;
	size_t len = strlen(text);

	for (unsigned i = 0;; i++) {
		size_t n = strcspn(word, "|");

		if (n == len && !memcmp(word, text, n)) {
			*to = i;
			return 0;
		}
		if (!word[n])
			return err_set(e, EXIT_WRONG_USE, "--%s: '%s' is none of %s", o->name, text,
				       o->arg);
		word += n + 1;
	}
}

static int set(const struct opt *o, const char *text, void *to, struct err *e)
{
	void *field = (char *)to + o->at;
	struct opt_list *list = field;

	switch (o->type) {
	case OPT_FLAG:
		*(bool *)field = true;
		return 0;
	case OPT_TEXT:
		*(const char **)field = text;
		return 0;
	case OPT_LIST:
		if (list->count == OPT_LIST_MAX)
			return err_set(e, EXIT_WRONG_USE, "--%s: '%s' is one too many", o->name,
				       text);
		list->item[list->count++] = text;
		return 0;
	case OPT_NUMBER:
	case OPT_TIME:
		return set_number(o, text, field, e);
	case OPT_REAL:
		return set_real(o, text, field, e);
	case OPT_CHOICE:
		return set_choice(o, text, field, e);
	}
	return err_set(e, EXIT_OUR_BUG, "--%s has no type", o->name);
}

static const struct opt *by_name(const struct opt *o, const char *name, size_t len)
{
	for (; o && o->name; o++)
		if (strlen(o->name) == len && !memcmp(o->name, name, len))
			return o;
	return NULL;
}

static const struct opt *by_letter(const struct opt *o, char letter)
{
	for (; o && o->name; o++)
		if (o->letter == letter)
			return o;
	return NULL;
}

/* The words of the command line, and which is next. */
struct words {
	int argc, next;
	char **argv;
};

static int take(const struct opt *o, const char *value, struct words *w, void *to, struct err *e)
{
	if (o->type != OPT_FLAG && !value) {
		if (w->next == w->argc)
			return err_set(e, EXIT_WRONG_USE, "--%s needs %s behind it", o->name,
				       o->arg);
		value = w->argv[w->next++];
	}
	return set(o, value, to, e);
}

static int long_option(const struct opt_use *use, const char *word, struct words *w, void *to,
		       struct err *e)
{
	size_t len = strcspn(word + 2, "=");
	const struct opt *o = by_name(use->options, word + 2, len);
	const char *value = word[2 + len] ? word + 2 + len + 1 : NULL;

	if (!o && !strcmp(word, "--help"))
		return OPT_WANTS_HELP;
	if (!o)
		return err_set(e, EXIT_WRONG_USE, "no option '%s'", word);
	if (o->type == OPT_FLAG && value)
		return err_set(e, EXIT_WRONG_USE, "--%s takes no argument: '%s'", o->name, word);
	return take(o, value, w, to, e);
}

static int short_options(const struct opt_use *use, const char *word, struct words *w, void *to,
			 struct err *e)
{
	for (const char *c = word + 1; *c; c++) {
		const struct opt *o = by_letter(use->options, *c);

		if (!o && *c == 'h')
			return OPT_WANTS_HELP;
		if (!o)
			return err_set(e, EXIT_WRONG_USE, "no option '-%c' in '%s'", *c, word);
		if (o->type != OPT_FLAG)
			return take(o, c[1] ? c + 1 : NULL, w, to, e);
		set(o, NULL, to, e);
	}
	return 0;
}

static int count_fits(const struct opt_use *use, int n, char **argv, struct err *e)
{
	if (n < use->min)
		return err_set(e, EXIT_WRONG_USE, "%s is missing", use->operands);
	if (use->max >= 0 && n > use->max)
		return err_set(e, EXIT_WRONG_USE, "'%s' is one argument too many",
			       argv[use->max + 1]);
	return n;
}

int opt_parse(const struct opt_use *use, int argc, char **argv, void *to, struct err *e)
{
	struct words w = {argc, 1, argv};
	bool only_operands = false;
	int n = 0, rc = 0;

	while (w.next < argc) {
		char *word = argv[w.next++];

		if (only_operands || word[0] != '-' || !word[1])
			argv[++n] = word; /* n never overtakes w.next */
		else if (!strcmp(word, "--"))
			only_operands = true;
		else if (word[1] == '-')
			rc = long_option(use, word, &w, to, e);
		else
			rc = short_options(use, word, &w, to, e);
		if (rc)
			return rc;
	}
	return count_fits(use, n, argv, e);
}

static void help_line(const struct opt *o, FILE *out)
{
	char left[64], letter[8] = "    ";

	if (o->letter)
		snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	snprintf(left, sizeof(left), "%s--%s%s%s", letter, o->name, o->arg ? " " : "",
		 o->arg ? o->arg : "");
	if (strlen(left) > 24)
		fprintf(out, "  %s\n  %-24s  %s\n", left, "", o->help);
	else
		fprintf(out, "  %-24s  %s\n", left, o->help);
}

void opt_help(const struct opt_use *use, const char *command, FILE *out)
{
	static const struct opt help = {"help", 'h', OPT_FLAG, 0, NULL, "print this"};

	fprintf(out, "usage: %s [OPTION...]%s%s\n\n%c%s.\n\n", command, *use->operands ? " " : "",
		use->operands, toupper((unsigned char)use->what[0]), use->what + 1);
	for (const struct opt *o = use->options; o && o->name; o++)
		if (o->help)
			help_line(o, out);
	help_line(&help, out);
	if (use->more)
		fprintf(out, "\n%s", use->more);
}
