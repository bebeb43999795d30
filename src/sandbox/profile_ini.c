// SPDX-License-Identifier: MIT
#include "sandbox/profile_ini.h"

#include <ctype.h>
#include <ini.h>
#include <stdio.h>
#include <string.h>

#include "sandbox/profile_value.h"

/* inih splits lines into keys and values, but it cuts a line that is longer than its buffer, skips
 * what stands behind "[section]" and takes any indented line for a continuation, all of it
 * silently. So the lines are given to it in pieces that it cannot mistake, and faults are found
 * here. */
struct reading {
	struct profile *p;
	const struct profile_source *source;
	const struct call_arch *arch;
	void (*fault)(void *arg, const struct err *e);
	void *arg;
	unsigned faults, most;

	const char *next, *end;	       /* lines not yet read */
	const char *piece, *piece_end; /* what is left of the line that is being read */
	unsigned line;
	bool more;    /* the piece continues the line before */
	bool started; /* a key has been seen in this section, which more can continue */
	bool divided; /* what is left is the rest of a line too long for one piece */
	bool skip;    /* a line with a fault: nothing that continues it is looked at */

	unsigned line_of[PKEY_COUNT];	   /* where a key was given first, 0: nowhere */
	unsigned list_of_all, list_of_own; /* where [syscalls] and [syscalls ARCH] say `list` */
	unsigned foreign_list;		   /* where another architecture was given a list */
};

#define PATH_SHOWN  80
#define VALUE_SHOWN 60

/* Text of a file as part of a message: short, and of printable characters. */
static const char *shown(const char *s, size_t max, char *to)
{
	size_t n = 0;

	for (; *s && n < max; s++)
		to[n++] = isprint((unsigned char)*s) ? *s : '?';
	if (*s)
		n += (size_t)sprintf(to + n, "...");
	to[n] = 0;
	return to;
}

static void fault(struct reading *r, unsigned line, const char *what, const char *why)
{
	const char *path = r->source->path;
	char file[PATH_SHOWN + 4];
	struct err e;

	if (strlen(path) > PATH_SHOWN)
		path += strlen(path) - PATH_SHOWN;
	shown(path, PATH_SHOWN, file);
	if (line)
		err_set(&e, EXIT_WRONG_USE, "%s:%u: %s%s%s", file, line, what, *what ? ": " : "",
			why);
	else
		err_set(&e, EXIT_WRONG_USE, "%s: %s%s%s", file, what, *what ? ": " : "", why);
	r->faults++;
	r->fault(r->arg, &e);
}

static void fault_key(struct reading *r, unsigned line, const char *key, const char *value,
		      const char *why)
{
	char k[VALUE_SHOWN + 4], v[VALUE_SHOWN + 4], what[2 * VALUE_SHOWN + 16];

	snprintf(what, sizeof what, "%s = %s", shown(key, VALUE_SHOWN / 2, k),
		 shown(value, VALUE_SHOWN, v));
	fault(r, line, what, why);
}

/* A fault of the line that is being read: the rest of it means nothing. */
static void fault_line(struct reading *r, const char *why)
{
	char part[VALUE_SHOWN + 4], text[VALUE_SHOWN + 2];
	size_t n = (size_t)(r->piece_end - r->piece);

	snprintf(text, sizeof text, "%.*s", (int)(n > VALUE_SHOWN ? VALUE_SHOWN + 1 : n), r->piece);
	fault(r, r->line, shown(text, VALUE_SHOWN, part), why);
	r->piece = r->piece_end;
	r->skip = true;
}

/* --- sections --- */

/* Is it "syscalls ARCH"? Then *foreign says whether ARCH is another than the one asked for. */
static bool arch_section(const struct reading *r, const char *section, bool *foreign)
{
	const char *arch = section + sizeof "syscalls" - 1;

	if (strncmp(section, "syscalls", sizeof "syscalls" - 1) || !isblank((unsigned char)*arch))
		return false;
	arch += strspn(arch, " \t");
	*foreign = strcmp(arch, r->arch->name) != 0;
	return call_arch_audit(arch) != 0;
}

static bool known_section(const struct reading *r, const char *section)
{
	bool foreign;

	for (int i = 0; i < PKEY_COUNT; i++)
		if (!strcmp(profile_keys[i].section, section))
			return true;
	return arch_section(r, section, &foreign);
}

/* The piece begins with '['. Leaves in it what stands behind the ']'. */
static int section_line(struct reading *r, char *to, size_t size)
{
	const char *close = memchr(r->piece, ']', (size_t)(r->piece_end - r->piece));
	char section[48], why[120];
	const char *near;

	r->started = r->skip = false;
	if (!close || (size_t)(close - r->piece) >= sizeof section) {
		fault_line(r, "no ] behind the name of a section");
		return -1;
	}
	snprintf(section, sizeof section, "%.*s", (int)(close - r->piece - 1), r->piece + 1);
	if (!known_section(r, section)) {
		near = value_nearest_key(NULL, section);
		snprintf(why, sizeof why, "no such section%s%s%s", near ? "; did you mean [" : "",
			 near ? near : "", near ? "]?" : "");
		r->piece_end = close + 1;
		fault_line(r, why);
	} else {
		r->piece = close + 1;
	}
	snprintf(to, size, "[%s]\n", section);
	return 0;
}

/* --- lines --- */

static void trim(struct reading *r)
{
	while (r->piece < r->piece_end && isspace((unsigned char)*r->piece))
		r->piece++;
	while (r->piece < r->piece_end && isspace((unsigned char)r->piece_end[-1]))
		r->piece_end--;
}

/* inih takes " ;" for the start of a comment even between quotes, so that has to be refused. */
static void cut_comment(struct reading *r)
{
	char quote = 0;

	trim(r);
	if (r->piece < r->piece_end && strchr(";#", *r->piece)) {
		r->piece = r->piece_end;
		return;
	}
	for (const char *s = r->piece; s < r->piece_end; s++) {
		if (*s == ';' && s > r->piece && isblank((unsigned char)s[-1])) {
			if (quote)
				fault_line(r, "a ';' behind a blank begins a comment, even in "
					      "quotes: leave out the blank");
			else
				r->piece_end = s;
			break;
		}
		if (quote ? *s == quote : *s == '"' || *s == '\'')
			quote = quote ? 0 : *s;
		else if (*s == '\\' && quote != '\'' && s + 1 < r->piece_end)
			s++;
	}
	trim(r);
}

/* "key =" or "key :" with a key that there is, in whatever section. */
static bool begins_with_key(const struct reading *r)
{
	for (int i = 0; i < PKEY_COUNT; i++) {
		size_t n = strlen(profile_keys[i].key);
		const char *s = r->piece + n;

		if ((size_t)(r->piece_end - r->piece) <= n ||
		    memcmp(r->piece, profile_keys[i].key, n))
			continue;
		while (s < r->piece_end && isblank((unsigned char)*s))
			s++;
		if (s < r->piece_end && *s == '=')
			return true;
	}
	return false;
}

static bool has_control(const char *s, const char *end)
{
	for (; s < end; s++)
		if ((unsigned char)*s < 0x20 && *s != '\t' && *s != '\r')
			return true;
	return false;
}

/* Makes the next line of the text the piece, empty when there is nothing in it for inih. */
static bool take_line(struct reading *r)
{
	const char *newline;
	bool indented;

	if (r->next == r->end)
		return false;
	newline = memchr(r->next, '\n', (size_t)(r->end - r->next));
	r->piece = r->next;
	r->piece_end = newline ? newline : r->end;
	r->next = newline ? newline + 1 : r->end;
	r->line++;
	if (r->line == 1 && r->piece_end - r->piece >= 3 && !memcmp(r->piece, "\xef\xbb\xbf", 3))
		r->piece += 3;
	indented = r->piece < r->piece_end && isblank((unsigned char)*r->piece);
	trim(r);
	if (has_control(r->piece, r->piece_end)) {
		fault_line(r, "not text");
		return true;
	}
	r->more = indented && r->started && !begins_with_key(r);
	cut_comment(r);
	return true;
}

static bool has_separator(const struct reading *r)
{
	return memchr(r->piece, '=', (size_t)(r->piece_end - r->piece)) ||
	       memchr(r->piece, ':', (size_t)(r->piece_end - r->piece));
}

/* How much of the piece fits into max characters: all of it, or up to a blank behind the first word
 * of the value; 0 when it cannot be divided. */
static size_t fits(const struct reading *r, size_t max)
{
	size_t n = (size_t)(r->piece_end - r->piece), at = 0, words;

	if (n <= max)
		return n;
	for (size_t i = 0; i < n; i++)
		if (strchr("\"'\\", r->piece[i]))
			return 0;
	if (!r->more)
		while (!strchr("=:", r->piece[at]))
			at++;
	for (at += !r->more; at < n && isblank((unsigned char)r->piece[at]); at++)
		;
	words = at;
	for (size_t i = at; i <= max; i++)
		if (isblank((unsigned char)r->piece[i]))
			words = i;
	return words > at ? words : 0;
}

/* The reader of ini_parse_stream(): writes one piece of a line. */
static char *next_piece(char *to, int size, void *stream)
{
	struct reading *r = stream;
	size_t n;

	*to = 0;
	if (r->faults >= r->most)
		return NULL;
	trim(r);
	if (r->piece < r->piece_end && r->divided)
		r->more = true;
	else if (r->piece == r->piece_end && !take_line(r))
		return NULL;
	r->divided = false;
	if (r->piece == r->piece_end || (r->more && r->skip)) {
		r->piece = r->piece_end;
		return strcpy(to, "\n");
	}
	if (!r->more && *r->piece == '[') {
		if (section_line(r, to, (size_t)size))
			strcpy(to, "\n");
		cut_comment(r);
		return to;
	}
	if (!r->more && !has_separator(r)) {
		fault_line(r, "neither [section] nor key = value");
		return strcpy(to, "\n");
	}
	n = fits(r, (size_t)size - 4);
	if (!n) {
		fault_line(r, "too long: continue it on the next line, behind a blank");
		return strcpy(to, "\n");
	}
	r->skip = r->skip && r->more;
	snprintf(to, (size_t)size, "%s%.*s\n", r->more ? " " : "", (int)n, r->piece);
	r->piece += n;
	r->divided = r->started = true;
	return to;
}

/* --- keys --- */

/* Two names may lead to one field: the first row counts for both. */
static int first_of_field(int key)
{
	for (int i = 0; i < key; i++)
		if (profile_keys[i].at == profile_keys[key].at && !value_is_list(&profile_keys[i]))
			return i;
	return key;
}

static void unknown_key(struct reading *r, const char *section, const char *key, const char *value)
{
	const char *near = value_nearest_key(section, key);
	char why[120];

	for (int i = 0; i < PKEY_COUNT; i++)
		if (!strcmp(profile_keys[i].key, key)) {
			snprintf(why, sizeof why, "no such key in [%.20s]; it belongs to [%s]",
				 section, profile_keys[i].section);
			fault_key(r, r->line, key, value, why);
			return;
		}
	snprintf(why, sizeof why, "no such key in [%.20s]%s%s%s", section,
		 near ? "; did you mean '" : "", near ? near : "", near ? "'?" : "");
	fault_key(r, r->line, key, value, why);
}

/* Which machines the line is for. */
enum whose { FOR_ALL, FOR_THIS, FOR_OTHERS };

/* [syscalls ARCH] speaks of one machine, so its word counts there and not that of [syscalls]. */
static unsigned *line_of_list(struct reading *r, enum whose whose, bool *overruled)
{
	*overruled = whose == FOR_ALL && r->list_of_own;
	return whose == FOR_ALL ? &r->list_of_all : &r->list_of_own;
}

static void one_key(struct reading *r, int key, enum whose whose, const char *value)
{
	const struct profile_key *k = &profile_keys[key];
	bool foreign = whose == FOR_OTHERS, overruled = false;
	struct value v = {.p = r->p, .arch = r->arch};
	unsigned *line = k->type == KEY_LIST && !foreign ? line_of_list(r, whose, &overruled)
							 : &r->line_of[first_of_field(key)];
	char why[64];

	v.foreign = foreign || overruled;
	if (!foreign && !value_is_list(k) && *line && !(r->more && k->type == KEY_COMMAND)) {
		snprintf(why, sizeof why,
			 r->more ? "one line is all it takes" : "given already in line %u", *line);
		fault_key(r, r->line, k->key, value, why);
		return;
	}
	if (!*line && !foreign)
		*line = r->line_of[key] = r->line;
	if (foreign && k->type == KEY_LIST && !strcmp(value, "learned"))
		r->foreign_list = r->line;
	if (value_set(&v, k, value))
		fault_key(r, r->line, k->key, *v.word ? v.word : value, v.why);
}

static int on_key(void *user, const char *section, const char *key, const char *value)
{
	struct reading *r = user;
	enum whose whose = FOR_ALL;
	bool foreign;
	int k;

	if (!*section) {
		fault_key(r, r->line, key, value, "stands before the first [section]");
		return 1;
	}
	if (!known_section(r, section))
		return 1;
	if (arch_section(r, section, &foreign)) {
		whose = foreign ? FOR_OTHERS : FOR_THIS;
		section = "syscalls";
	}
	k = profile_key_find(section, key);
	if (k < 0)
		unknown_key(r, section, key, value);
	else
		one_key(r, k, whose, value);
	return 1;
}

/* --- the whole --- */

static void on_check(void *arg, int key, const char *value, const char *why)
{
	struct reading *r = arg;

	if (key >= 0)
		fault_key(r, r->line_of[first_of_field(key)], profile_keys[key].key, value, why);
	else
		fault(r, 0, value, why);
}

/* A list for other machines and none for this: no more than the default level can be had here. That
 * is less than the profile asks for, so it has to say that it will do. */
static void check_list(struct reading *r)
{
	char why[120];

	if (!r->foreign_list || r->p->learned || r->list_of_own)
		return;
	r->p->unlisted = true;
	if (r->list_of_all)
		return;
	snprintf(why, sizeof why,
		 "there is a call list, but none for %s ([syscalls] list = default does without)",
		 r->arch->name);
	fault_key(r, r->foreign_list, "list", "learned", why);
}

void profile_name_of(const char *path, char to[static PROFILE_NAME])
{
	const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	const char *dot = strrchr(base, '.');
	size_t n = dot && dot > base ? (size_t)(dot - base) : strlen(base);

	memset(to, 0, PROFILE_NAME);
	if (n < PROFILE_NAME)
		memcpy(to, base, n);
}

static unsigned parse(struct profile *p, const struct profile_source *s, unsigned most,
		      void (*each)(void *arg, const struct err *e), void *arg)
{
	struct reading r = {.p = p,
			    .source = s,
			    .arch = s->arch ? s->arch : &call_native,
			    .fault = each,
			    .arg = arg,
			    .most = most,
			    .next = s->text,
			    .end = s->text + s->len};

	r.piece = r.piece_end = s->text;
	profile_default(p);
	if (ini_parse_stream(next_piece, &r, on_key, &r))
		fault(&r, r.line, "", "neither [section] nor key = value");
	if (!r.line_of[PKEY_NAME])
		profile_name_of(s->path, p->name);
	if (!r.faults)
		check_list(&r);
	if (!r.faults)
		profile_faults(p, on_check, &r);
	return r.faults;
}

unsigned profile_ini_all(struct profile *p, const struct profile_source *s,
			 void (*each)(void *arg, const struct err *e), void *arg)
{
	return parse(p, s, PROFILE_FAULTS, each, arg);
}

struct first {
	struct err *e;
	bool have;
};

static void keep_first(void *arg, const struct err *e)
{
	struct first *f = arg;

	if (!f->have && f->e)
		*f->e = *e;
	f->have = true;
}

int profile_ini(struct profile *p, const struct profile_source *s, struct err *e)
{
	struct first f = {e, false};

	return parse(p, s, 1, keep_first, &f) ? -1 : 0;
}
