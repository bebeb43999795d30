// SPDX-License-Identifier: MIT
#include "learn/lines.h"

#include <ctype.h>
#include <stdint.h>

#include "learn/room.h"

#define NOTE_MAX 120

static bool is_once(const char *section, const char *key)
{
	return !strcmp(section, "program")
		   ? strcmp(key, "environment") != 0
		   : !strcmp(section, "limits") || !strcmp(key, "network") || !strcmp(key, "list");
}

/* Comments are one line of printable characters. */
static char *harmless(const char *note)
{
	char *to = room_or_end(calloc(1, NOTE_MAX + 4));
	size_t n = 0;

	for (; *note && n < NOTE_MAX; note++)
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

struct line *lines_add(struct lines *l, const char *section, const char *key, const char *value,
		       enum line_origin origin, unsigned seen, const char *note)
{
	struct line *n = same(l, section, key, value);

	if (n) {
		bool larger = !strcmp(section, "limits") && n->origin == LINE_SET &&
			      amount(value) > amount(n->value);

		n->seen += seen;
		if (larger)
			set(&n->value, room_text(value));
		if (origin < n->origin)
			n->origin = origin;
		if ((!*n->note || larger) && *note)
			set(&n->note, harmless(note));
		return n;
	}
	l->line = room_for_one(l->line, l->count, &l->held, sizeof *l->line);
	n = &l->line[l->count++];
	*n = (struct line){room_text(section), room_text(key), room_text(value),
			   harmless(note),     origin,	       seen};
	return n;
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

void lines_forget_reachable(struct lines *l, const char *section)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->line[i].origin == LINE_REACHABLE && !strcmp(l->line[i].section, section))
			take_out(l, i--);
}

void lines_remark(struct lines *l, const char *text)
{
	for (size_t i = 0; i < l->remarks; i++)
		if (!strcmp(l->remark[i], text))
			return;
	l->remark = room_for_one(l->remark, l->remarks, &l->remarks_held, sizeof *l->remark);
	l->remark[l->remarks] = room_text(text);
	for (char *c = l->remark[l->remarks++]; *c; c++)
		if (iscntrl((unsigned char)*c)) /* the name of a file may have any: one line */
			*c = '?';
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

/* A word as the profile's parser reads it back. */
static void write_word(FILE *to, const char *word)
{
	if (!strpbrk(word, " \t\"'\\$`|&<>;#")) {
		fputs(word, to);
		return;
	}
	fputc('"', to);
	for (; *word; word++) {
		if (strchr("\"\\$`", *word))
			fputc('\\', to);
		fputc(*word, to);
	}
	fputc('"', to);
}

static void write_line(const struct lines *l, const struct line *n, FILE *to)
{
	/* Commands and variables are lists of words already. */
	bool words = !strcmp(n->key, "exec") || !strcmp(n->key, "environment");

	fprintf(to, "%s%s = ", n->origin == LINE_OFFERED ? ";" : "", n->key);
	if (words)
		fputs(n->value, to);
	else
		write_word(to, n->value);
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
