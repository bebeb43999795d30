// SPDX-License-Identifier: MIT
#include "learn/command.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "learn/libs.h"
#include "learn/room.h"
#include "learn/tracee.h"

static int is_program(const char *sysroot, const char *path)
{
	char at[PATH_MAX];
	struct stat st;

	return !libs_inside(sysroot, path, at) && !stat(at, &st) && S_ISREG(st.st_mode) &&
	       (*sysroot || !access(at, X_OK));
}

static int absolute(const char *word, const char *sysroot, char to[static PATH_MAX], struct err *e)
{
	const char *path = getenv("PATH");
	char cwd[PATH_MAX];

	if (strchr(word, '/')) {
		if (*word == '/' || !getcwd(cwd, sizeof cwd))
			*cwd = 0;
		if (snprintf(to, PATH_MAX, "%s/%s", cwd, word) >= PATH_MAX)
			return err_set(e, EXIT_WRONG_USE, "%.80s...: too long", word);
		path_plain(to);
		if (is_program(sysroot, to))
			return 0;
		return err_set(e, EXIT_WRONG_USE, "%s%s: no program there", sysroot, to);
	}
	for (path = path ? path : "/usr/sbin:/usr/bin:/sbin:/bin"; *path;
	     path += strcspn(path, ":"), path += *path == ':') {
		size_t n = strcspn(path, ":");

		if (n && *path == '/' &&
		    snprintf(to, PATH_MAX, "%.*s/%s", (int)n, path, word) < PATH_MAX &&
		    is_program(sysroot, to))
			return 0;
	}
	return err_set(e, EXIT_WRONG_USE, "%s: no such program in PATH", word);
}

static int add(struct command_line *c, const char *word, struct err *e)
{
	if (c->words == COMMAND_WORDS)
		return err_set(e, EXIT_WRONG_USE, "more than %d words", COMMAND_WORDS);
	c->word[c->words++] = room_text(word);
	return 0;
}

/* The first line of a script, behind "#!"; 0: it is none. */
static int script_line(const char *sysroot, const char *path, char to[256])
{
	char at[PATH_MAX];
	FILE *f;
	size_t n;

	if (libs_inside(sysroot, path, at) || !(f = fopen(at, "re")))
		return 0;
	n = fread(to, 1, 255, f);
	fclose(f);
	to[n] = 0;
	if (n < 3 || to[0] != '#' || to[1] != '!')
		return 0;
	to[strcspn(to, "\n")] = 0;
	return 1;
}

/* Puts word in front of the others. */
static int add_first(struct command_line *c, const char *word, struct err *e)
{
	if (add(c, word, e))
		return -1;
	for (unsigned i = c->words - 1; i; i--) {
		char *other = c->word[i];

		c->word[i] = c->word[i - 1];
		c->word[i - 1] = other;
	}
	return 0;
}

/* Puts the interpreter of line, and its argument if it has one, in front of the command. */
static int interpreter(struct command_line *c, char *line, const char *sysroot, struct err *e)
{
	char *first = strtok(line + 2, " \t\r"), *second = strtok(NULL, "\r");
	const char *base = first ? strrchr(first, '/') : NULL;

	if (!first)
		return err_set(e, EXIT_WRONG_USE, "%s: #! names no interpreter", c->program);
	if (base && !strcmp(base, "/env") && second) {
		first = second + strspn(second, " \t");
		second = NULL;
	}
	if (second && *second && add_first(c, second, e))
		return -1;
	return absolute(first, sysroot, c->program, e) || add_first(c, c->program, e) ? -1 : 0;
}

int command_find(struct command_line *c, char *const *argv, const char *sysroot, struct err *e)
{
	char line[256];

	memset(c, 0, sizeof *c);
	if (absolute(argv[0], sysroot, c->program, e) || add(c, c->program, e))
		return -1;
	for (argv++; *argv; argv++)
		if (add(c, *argv, e))
			return -1;
	/* An interpreter may be a script; the kernel follows four. */
	for (unsigned i = 0; i < 4 && script_line(sysroot, c->program, line); i++)
		if (interpreter(c, line, sysroot, e))
			return -1;
	return 0;
}

void command_free(struct command_line *c)
{
	for (unsigned i = 0; i < c->words; i++)
		free(c->word[i]);
	c->words = 0;
}
