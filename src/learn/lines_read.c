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

static void add_words(struct lines *l, const char *section, const char *key, char *value,
		      const char *comment)
{
	unsigned seen;
	const char *note;
	enum line_origin origin = origin_of(comment, &seen, &note);
	char *word;

	if (!strcmp(section, "program") || !strcmp(section, "limits")) {
		lines_add(l, section, key, value, origin, seen, note);
		return;
	}
	while ((word = next_word(&value)))
		if (!left_out(l, section, key, word))
			lines_add(l, section, key, word, origin, seen, note);
}

/* "syscalls  arm64" and "syscalls arm64" are one. */
static void take_section(char section[32], const char *text)
{
	size_t n = strcspn(text, " \t");
	const char *arch = text + n + strspn(text + n, " \t");

	sprintf(section, "%.*s%s%s", (int)n, text, *arch ? " " : "", arch);
}

static int one_line(struct lines *l, char *line, char section[32], const char *path, unsigned at,
		    struct err *e)
{
	char *s = trimmed(line), *comment, *equals, *key;
	unsigned runs;

	if (*s == ';' || *s == '#') {
		if (sscanf(s, "; learned: %u run", &runs) == 1 && runs <= RUNS_MAX)
			l->runs += runs;
		return 0;
	}
	comment = comment_of(s);
	s = trimmed(s);
	if (!*s)
		return 0;
	if (*s == '[') {
		char *close = strchr(s, ']');

		if (!close || close - s > 31)
			return err_set(e, EXIT_WRONG_USE, "%s:%u: no ] behind the section", path,
				       at);
		*close = 0;
		take_section(section, s + 1);
		s = trimmed(close + 1);
		if (!*s)
			return 0;
	}
	equals = strchr(s, '=');
	if (!equals || equals == s || !*section)
		return err_set(e, EXIT_WRONG_USE, "%s:%u: '%.60s' is no \"key = value\"%s", path,
			       at, s, *section ? "" : " of a section");
	*equals = 0;
	key = trimmed(s);
	if (!strcmp(key, "working-directory"))
		key = "directory";
	add_words(l, section, key, trimmed(equals + 1), comment);
	return 0;
}

int lines_read(struct lines *l, const char *path, struct err *e)
{
	char line[LINE_MAX_BYTES], section[32] = "";
	FILE *f = fopen(path, "re");
	unsigned at = 0;
	int result = 0;

	if (!f)
		return err_sys(e, errno, "%s", path);
	while (!result && fgets(line, sizeof line, f)) {
		at++;
		if (!strchr(line, '\n') && !feof(f))
			result = err_set(e, EXIT_WRONG_USE, "%s:%u: a line of over %d bytes", path,
					 at, LINE_MAX_BYTES);
		else
			result = one_line(l, line, section, path, at, e);
	}
	if (!result && ferror(f))
		result = err_set(e, EXIT_SYSTEM, "%s: cannot be read", path);
	fclose(f);
	return result;
}
