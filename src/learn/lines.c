// SPDX-License-Identifier: MIT
#include "learn/lines.h"

#include <ctype.h>
#include <stdint.h>

#include "learn/room.h"

#define NOTE_MAX   120
#define REMARK_MAX 1000
#define COLUMNS	   150 /* a command is continued on the next line; the parser cuts at 200 */

static bool is_once(const char *section, const char *key)
{
	return !strcmp(section, "program")
		   ? strcmp(key, "environment") != 0
		   : !strcmp(section, "limits") || !strcmp(key, "network") || !strcmp(key, "list");
}

bool lines_is_words(const char *key)
{
	return !strcmp(key, "exec") || !strcmp(key, "environment") ||
	       !strcmp(key, "accept-missing");
}

/* Comments are one line of printable characters, at most max of them. */
static char *harmless(const char *note, size_t max)
{
	char *to = room_or_end(calloc(1, max + 4));
	size_t n = 0;

	for (; *note && n < max; note++)
		to[n++] = isprint((unsigned char)*note) ? *note : '?';
	if (*note)
		memcpy(to + n, "...", 3);
	return to;
}

static struct line *same(const struct lines *l, const char *section, const char *key,
			 const char *value)
{
	for (size_t i = 0; i < l->count; i++) {
		struct line *have = &l->line[i];

		if (!strcmp(have->section, section) && !strcmp(have->key, key) &&
		    (is_once(section, key) || !strcmp(have->value, value)))
			return have;
	}
	return NULL;
}

static double amount(const char *value)
{
	char *end;
	double n = strtod(value, &end);

	return n * (*end == 'K'	  ? 1024.0
		    : *end == 'M' ? 1048576.0
		    : *end == 'G' ? 1073741824.0
				  : 1);
}

static void set(char **text, char *to)
{
	free(*text);
	*text = to;
}

int lines_word(const char *word, char to[static LINES_WORD + 1])
{
	bool quotes = !*word || strpbrk(word, " \t\"'\\$`|&<>;#");
	size_t n = 0;

	if (quotes)
		to[n++] = '"';
	for (; *word; word++) {
		if ((unsigned char)*word < ' ' && *word != '\t')
			return -1;
		/* Behind a blank a ';' begins a comment, whatever the quotes. */
		if (strchr("\"\\$`;", *word))
			to[n++] = '\\';
		to[n++] = *word;
		if (n + 2 > LINES_WORD)
			return -1;
	}
	if (quotes)
		to[n++] = '"';
	to[n] = 0;
	return 0;
}

/* Adds to a line that is there. */
static void add_to(struct line *n, const char *value, enum line_origin origin, unsigned seen,
		   const char *note)
{
	bool larger = !strcmp(n->section, "limits") && n->origin == LINE_SET &&
		      amount(value) > amount(n->value);

	n->seen += seen;
	if (larger)
		set(&n->value, room_text(value));
	if (origin < n->origin)
		n->origin = origin;
	if ((!*n->note || larger) && *note)
		set(&n->note, harmless(note, NOTE_MAX));
}

static void remark_unheld(struct lines *l, const char *key, const char *value)
{
	char *text = room_or_end(malloc(strlen(key) + strlen(value) + 64));

	sprintf(text, "Not given, since a profile cannot hold such a name: %s = %s", key, value);
	lines_remark(l, text);
	free(text);
}

void lines_add(struct lines *l, const char *section, const char *key, const char *value,
	       enum line_origin origin, unsigned seen, const char *note)
{
	struct line *n = same(l, section, key, value);
	char word[LINES_WORD + 1];

	if (n) {
		add_to(n, value, origin, seen, note);
		return;
	}
	if (origin != LINE_KEPT && !lines_is_words(key) && lines_word(value, word)) {
		remark_unheld(l, key, value);
		return;
	}
	l->line = room_for_one(l->line, l->count, &l->held, sizeof *l->line);
	l->line[l->count++] =
	    (struct line){room_text(section),	    room_text(key), room_text(value),
			  harmless(note, NOTE_MAX), origin,	    seen};
}

const struct line *lines_find(const struct lines *l, const char *section, const char *key,
			      const char *value)
{
	for (size_t i = 0; i < l->count; i++)
		if (!strcmp(l->line[i].section, section) && !strcmp(l->line[i].key, key) &&
		    (!value || !strcmp(l->line[i].value, value)))
			return &l->line[i];
	return NULL;
}

static void free_line(struct line *n)
{
	free(n->section);
	free(n->key);
	free(n->value);
	free(n->note);
}

static void take_out(struct lines *l, size_t i)
{
	free_line(&l->line[i]);
	memmove(&l->line[i], &l->line[i + 1], (--l->count - i) * sizeof *l->line);
}

static bool is_path(const struct line *n)
{
	return !strcmp(n->section, "allow") &&
	       (!strcmp(n->key, "read") || !strcmp(n->key, "write"));
}

/* Does a give all that b does, and more? */
static bool covers(const struct line *a, const struct line *b)
{
	const char *path = *b->value == '-' ? b->value + 1 : b->value;
	size_t n = strlen(a->value);

	return is_path(a) && (a->origin == LINE_SEEN || a->origin == LINE_KEPT) &&
	       *a->value == '/' && !strncmp(path, a->value, n) &&
	       (path[n] == '/' || (!path[n] && (*b->value == '-' || strcmp(a->key, b->key)))) &&
	       (!strcmp(a->key, "write") || !strcmp(b->key, "read"));
}

void lines_fold(struct lines *l)
{
	for (size_t i = 0; i < l->count; i++) {
		bool covered = false;

		/* What a person has written stays, whatever else gives it. */
		if (l->line[i].origin != LINE_SEEN || !is_path(&l->line[i]))
			continue;
		for (size_t k = 0; k < l->count && !covered; k++)
			covered = k != i && covers(&l->line[k], &l->line[i]);
		if (covered)
			take_out(l, i--);
	}
}

void lines_settle(struct lines *l)
{
	for (size_t i = 0; i < l->count; i++) {
		const struct line *n = &l->line[i];

		if (!strcmp(n->section, "allow") && !strcmp(n->key, "network") &&
		    n->origin == LINE_SEEN && n->seen < l->runs)
			take_out(l, i--);
	}
}

void lines_remark(struct lines *l, const char *text)
{
	char *one_line = harmless(text, REMARK_MAX);

	for (size_t i = 0; i < l->remarks; i++)
		if (!strcmp(l->remark[i], one_line)) {
			free(one_line);
			return;
		}
	l->remark = room_for_one(l->remark, l->remarks, &l->remarks_held, sizeof *l->remark);
	l->remark[l->remarks++] = one_line;
}

void lines_free(struct lines *l)
{
	for (size_t i = 0; i < l->count; i++)
		free_line(&l->line[i]);
	for (size_t i = 0; i < l->remarks; i++)
		free(l->remark[i]);
	free(l->line);
	free(l->remark);
	memset(l, 0, sizeof *l);
}

/* Length of the word at s, up to the blank behind it that no quotes hold. */
static size_t word_length(const char *s)
{
	char quote = 0;
	size_t n = 0;

	for (; s[n] && (quote || !isblank((unsigned char)s[n])); n++) {
		if (s[n] == '\\' && quote != '\'' && s[n + 1])
			n++;
		else if (quote ? s[n] == quote : s[n] == '"' || s[n] == '\'')
			quote = quote ? 0 : s[n];
	}
	return n;
}

/* A list of words, continued on the next line where it is long. */
static void write_words(FILE *to, const char *s, size_t column)
{
	for (s += strspn(s, " \t"); *s; s += strspn(s, " \t")) {
		size_t n = word_length(s);
		bool next = column + n > COLUMNS && column > 16;

		fprintf(to, "%s%.*s", next ? "\n\t" : " ", (int)n, s);
		column = next ? n : column + n + 1;
		s += n;
	}
}

static void write_value(FILE *to, const struct line *n)
{
	char word[LINES_WORD + 1];

	if (lines_is_words(n->key))
		write_words(to, n->value, strlen(n->key) + 2);
	else
		fprintf(to, " %s", lines_word(n->value, word) ? n->value : word);
}

static void write_line(const struct lines *l, const struct line *n, FILE *to)
{
	fprintf(to, "%s%s =", n->origin == LINE_OFFERED ? ";" : "", n->key);
	write_value(to, n);
	switch (n->origin) {
	case LINE_SEEN:
		fprintf(to, " ; seen in %u of %u run%s%s%s", n->seen, l->runs,
			l->runs == 1 ? "" : "s", *n->note ? ": " : "", n->note);
		break;
	case LINE_REACHABLE:
		fprintf(to, " ; reachable: %s", *n->note ? n->note : "from the start");
		break;
	default:
		if (*n->note)
			fprintf(to, " ; %s", n->note);
	}
	fputc('\n', to);
}

static void write_section(const struct lines *l, const char *section, FILE *to)
{
	static const char *const order[] = {
	    "name",  "exec",   "user", "group", "directory", "environment", "network", "listen",
	    "power", "device", "read", "write", "exec-also", "list",	    "allow",   NULL};
	bool begun = false;

	/* The keys in order, then all others. */
	for (size_t k = 0; k < sizeof order / sizeof *order; k++)
		for (int origin = LINE_SEEN; origin <= LINE_OFFERED; origin++)
			for (size_t i = 0; i < l->count; i++) {
				const struct line *n = &l->line[i];
				size_t at = 0;

				while (order[at] && strcmp(order[at], n->key))
					at++;
				if (strcmp(n->section, section) || at != k ||
				    (int)n->origin != origin)
					continue;
				if (!begun)
					fprintf(to, "\n[%s]\n", section);
				begun = true;
				write_line(l, n, to);
			}
}

static const struct line *first_of_section(const struct lines *l, const char *section)
{
	for (size_t i = 0; i < l->count; i++)
		if (!strcmp(l->line[i].section, section))
			return &l->line[i];
	return NULL;
}

int lines_write(const struct lines *l, const char *name, FILE *to, struct err *e)
{
	static const char *const sections[] = {"program", "allow", "limits", "syscalls"};
	const struct line *n;

	fprintf(to,
		"; %s: written by holdfast-kit learn, to be read before it is used.\n"
		"; learned: %u run%s\n",
		name, l->runs, l->runs == 1 ? "" : "s");
	for (size_t i = 0; i < l->remarks; i++)
		fprintf(to, "; %s\n", l->remark[i]);
	for (size_t i = 0; i < sizeof sections / sizeof *sections; i++)
		write_section(l, sections[i], to);
	/* Those of architectures, each where its first line is. */
	for (size_t i = 0; i < l->count; i++) {
		n = &l->line[i];
		if (!strncmp(n->section, "syscalls ", 9) && first_of_section(l, n->section) == n)
			write_section(l, n->section, to);
	}
	if (fflush(to) || ferror(to))
		return err_set(e, EXIT_SYSTEM, "the profile could not be written");
	return 0;
}
