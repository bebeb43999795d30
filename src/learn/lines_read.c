// SPDX-License-Identifier: MIT
#include "learn/lines.h"

#include <ctype.h>
#include <errno.h>

#include "learn/room.h"
#include "sandbox/profile_keys.h"

#define LINE_MAX_BYTES 16384
#define RUNS_MAX       100000

static char *trimmed(char *s)
{
	char *end;

	s += strspn(s, " \t\r\n");
	end = s + strlen(s);
	while (end > s && isspace((unsigned char)end[-1]))
		*--end = 0;
	return s;
}

/* The comment of a line: what stands behind " ;" outside of quotes. Cuts it off. */
static char *comment_of(char *line)
{
	char quote = 0;

	for (char *s = line; *s; s++) {
		if (!quote && *s == ';' && s > line && isblank((unsigned char)s[-1])) {
			*s = 0;
			return trimmed(s + 1);
		}
		if (*s == '\\' && quote != '\'' && s[1])
			s++;
		else if (quote ? *s == quote : *s == '"' || *s == '\'')
			quote = quote ? 0 : *s;
	}
	return NULL;
}

/* Takes the next word from *at, without its quotes, in place; NULL at the end. */
static char *next_word(char **at)
{
	char *s = *at + strspn(*at, " \t"), *start = s, *to = s, quote = 0;

	if (!*s)
		return NULL;
	for (; *s && (quote || !isblank((unsigned char)*s)); s++) {
		if (!quote && (*s == '"' || *s == '\''))
			quote = *s;
		else if (*s == quote)
			quote = 0;
		else if (*s == '\\' && quote != '\'' && s[1])
			*to++ = *++s;
		else
			*to++ = *s;
	}
	*at = *s ? s + 1 : s;
	*to = 0;
	return start;
}

static enum line_origin origin_of(const char *comment, unsigned *seen, const char **note)
{
	unsigned of;
	int n = 0;

	*seen = 0;
	*note = comment ? comment : "";
	if (comment && sscanf(comment, "seen in %u of %u run%n", seen, &of, &n) == 2 && n &&
	    *seen <= RUNS_MAX) {
		const char *colon = strchr(comment + n, ':');

		*note = colon ? colon + 1 + strspn(colon + 1, " ") : "";
		return LINE_SEEN;
	}
	if (comment && !strncmp(comment, "reachable: ", 11)) {
		*note = comment + 11;
		return LINE_REACHABLE;
	}
	if (comment && !strncmp(comment, "seen: ", 6))
		return LINE_SET; /* a limit: made larger by what is seen now */
	return LINE_KEPT;
}

/* Of an older program, or of a person's: what no profile may say any more. */
static bool left_out(struct lines *l, const char *section, const char *key, const char *word)
{
	const char *path = word + (*word == '-');
	const char *never = !strcmp(section, "allow") && !strcmp(key, "write")
				? profile_path_never(path, PROFILE_WRITE)
				: NULL;
	char text[LINE_MAX_BYTES + 160];

	if (!never)
		return false;
	snprintf(text, sizeof text, "write = %s of a profile that was merged: left out, %s.", path,
		 strncmp(never, "never: ", 7) ? never : never + 7);
	lines_remark(l, text);
	return true;
}

/* What has been read of a file. */
struct reading {
	struct lines *l;
	const char *path;
	unsigned at; /* line */
	char section[32];
	/* The line that the next one may continue. */
	char key[64], comment[LINE_MAX_BYTES], value[LINE_MAX_BYTES];
};

/* The line is whole: the next one does not continue it. */
static void add_words(struct reading *r)
{
	unsigned seen;
	const char *note;
	enum line_origin origin = origin_of(r->comment, &seen, &note);
	char *word, *value = r->value;

	if (lines_is_words(r->key))
		lines_add(r->l, r->section, r->key, value, origin, seen, note);
	else
		while ((word = next_word(&value)))
			if (!left_out(r->l, r->section, r->key, word))
				lines_add(r->l, r->section, r->key, word, origin, seen, note);
	*r->key = *r->value = *r->comment = 0;
}

static int add_part(struct reading *r, const char *part, const char *comment, struct err *e)
{
	size_t used = strlen(r->value);

	if (used + strlen(part) + 2 > sizeof r->value)
		return err_set(e, EXIT_WRONG_USE, "%s:%u: %s is over %d bytes", r->path, r->at,
			       r->key, LINE_MAX_BYTES);
	sprintf(r->value + used, "%s%s", used ? " " : "", part);
	if (comment && !*r->comment)
		strcpy(r->comment, comment);
	return 0;
}

/* An indented line continues the one before, unless it is a "key = value" of its own. */
static bool continues(const struct reading *r, const char *line)
{
	const char *s = line + strspn(line, " \t"), *behind;

	if (s == line || !*r->key)
		return false;
	behind = s + strspn(s, "abcdefghijklmnopqrstuvwxyz-");
	if (behind > s && isblank((unsigned char)*behind))
		return behind[strspn(behind, " \t")] != '=';
	return *behind != '=' || behind == s || lines_is_words(r->key);
}

/* "syscalls  arm64" and "syscalls arm64" are one. */
static void take_section(char section[32], const char *text)
{
	size_t n = strcspn(text, " \t");
	const char *arch = text + n + strspn(text + n, " \t");

	sprintf(section, "%.*s%s%s", (int)n, text, *arch ? " " : "", arch);
}

/* "[section]", perhaps with a line behind it, to which *line is moved. */
static int section_line(struct reading *r, char **line, struct err *e)
{
	char *close = strchr(*line, ']');

	if (!close || close - *line > 31)
		return err_set(e, EXIT_WRONG_USE, "%s:%u: no ] behind the section", r->path, r->at);
	*close = 0;
	take_section(r->section, *line + 1);
	*line = trimmed(close + 1);
	return 0;
}

static int key_line(struct reading *r, char *s, const char *comment, struct err *e)
{
	char *equals = strchr(s, '='), *key;

	if (!equals || equals == s || !*r->section)
		return err_set(e, EXIT_WRONG_USE, "%s:%u: '%.60s' is no \"key = value\"%s", r->path,
			       r->at, s, *r->section ? "" : " of a section");
	*equals = 0;
	key = trimmed(s);
	if (!strcmp(key, "working-directory"))
		key = "directory";
	if (snprintf(r->key, sizeof r->key, "%s", key) >= (int)sizeof r->key)
		return err_set(e, EXIT_WRONG_USE, "%s:%u: '%.60s' is no key", r->path, r->at, key);
	return add_part(r, trimmed(equals + 1), comment, e);
}

static int one_line(struct reading *r, char *line, struct err *e)
{
	bool more = continues(r, line);
	char *s = trimmed(line), *comment;
	unsigned runs;

	if (*s == ';' || *s == '#') {
		if (sscanf(s, "; learned: %u run", &runs) == 1 && runs <= RUNS_MAX)
			r->l->runs += runs;
		return 0;
	}
	comment = comment_of(s);
	s = trimmed(s);
	if (!*s)
		return 0;
	if (more)
		return add_part(r, s, comment, e);
	add_words(r);
	if (*s == '[' && section_line(r, &s, e))
		return -1;
	return *s ? key_line(r, s, comment, e) : 0;
}

int lines_read(struct lines *l, const char *path, struct err *e)
{
	char line[LINE_MAX_BYTES];
	struct reading r = {.l = l, .path = path};
	FILE *f = fopen(path, "re");
	int result = 0;

	if (!f)
		return err_sys(e, errno, "%s", path);
	while (!result && fgets(line, sizeof line, f)) {
		r.at++;
		if (!strchr(line, '\n') && !feof(f))
			result = err_set(e, EXIT_WRONG_USE, "%s:%u: a line of over %d bytes", path,
					 r.at, LINE_MAX_BYTES);
		else
			result = one_line(&r, line, e);
	}
	if (!result)
		add_words(&r);
	if (!result && ferror(f))
		result = err_set(e, EXIT_SYSTEM, "%s: cannot be read", path);
	fclose(f);
	return result;
}
