// SPDX-License-Identifier: MIT
#include "cli/complete.h"

#include <string.h>

/* What stands behind an option or as an operand, as far as a shell can guess it. */
enum guess { GUESS_NOTHING, GUESS_FILE, GUESS_DIR, GUESS_WORDS };

static enum guess guess(enum opt_type type, const char *arg)
{
	if (type == OPT_CHOICE)
		return GUESS_WORDS;
	if (!arg)
		return GUESS_NOTHING;
	if (strpbrk(arg, "abcdefghijklmnopqrstuvwxyz"))
		return GUESS_WORDS; /* "[off | override]": placeholders are in capitals */
	return strstr(arg, "DIR") ? GUESS_DIR : strstr(arg, "FILE") ? GUESS_FILE : GUESS_NOTHING;
}

static bool shown(const struct opt *o)
{
	return o->help != NULL;
}

static const struct opt *options(const struct command *c)
{
	static const struct opt none[] = {{0}};

	return c->use && c->use->options ? c->use->options : none;
}

static const char *operands(const struct command *c)
{
	return c->use ? c->use->operands : NULL;
}

/* "out|in" and "[out | in]" as "out in"; "out|in FILE..." as well */
static void words(FILE *out, const char *arg)
{
	for (; *arg; arg++)
		if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ.", *arg))
			continue; /* a placeholder */
		else if (*arg == '|')
			fputc(' ', out);
		else if (!strchr("[] ", *arg))
			fputc(*arg, out);
}

/* Inside single quotes, which all three shells have; one within is left out. */
static void text(FILE *out, const char *s)
{
	for (; *s; s++)
		if (*s != '\'')
			fputc(*s, out);
}

/* --- bash --- */

static void bash_guess(FILE *out, enum guess g, const char *arg)
{
	static const char *const how[] = {
	    [GUESS_NOTHING] = "", [GUESS_FILE] = "-f", [GUESS_DIR] = "-d"};

	if (g == GUESS_NOTHING) {
		fputs("COMPREPLY=()", out);
		return;
	}
	fputs("mapfile -t COMPREPLY < <(compgen ", out);
	if (g == GUESS_WORDS) {
		fputs("-W '", out);
		words(out, arg);
		fputs(strstr(arg, "FILE") ? "' -f" : "'", out);
	} else {
		fputs(how[g], out);
	}
	fputs(" -- \"$cur\")", out);
}

static void bash_command(FILE *out, const struct command *c)
{
	fprintf(out, "\t%s)\n\t\tcase $prev in\n", c->name);
	for (const struct opt *o = options(c); o->name; o++) {
		if (!shown(o) || o->type == OPT_FLAG)
			continue;
		fprintf(out, "\t\t--%s", o->name);
		if (o->letter)
			fprintf(out, "|-%c", o->letter);
		fputs(") ", out);
		bash_guess(out, guess(o->type, o->arg), o->arg);
		fputs("; return ;;\n", out);
	}
	fputs("\t\tesac\n\t\tcase $cur in\n\t\t-*) mapfile -t COMPREPLY < <(compgen -W '", out);
	for (const struct opt *o = options(c); o->name; o++)
		if (shown(o))
			fprintf(out, "--%s ", o->name);
	fputs("--help' -- \"$cur\") ;;\n\t\t*) ", out);
	bash_guess(out, guess(OPT_TEXT, operands(c)), operands(c));
	fputs(" ;;\n\t\tesac ;;\n", out);
}

static void bash(FILE *out, const char *program, const char *name, const struct command *table)
{
	fprintf(out,
		"_%s() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		"\tCOMPREPLY=()\n\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n"
		"\t\tmapfile -t COMPREPLY < <(compgen -W '",
		name);
	for (const struct command *c = table; c->name; c++)
		fprintf(out, "%s ", c->name);
	fputs("--help --version' -- \"$cur\")\n\t\treturn\n\tfi\n\tcase ${COMP_WORDS[1]} in\n",
	      out);
	for (const struct command *c = table; c->name; c++)
		bash_command(out, c);
	fprintf(out, "\tesac\n}\ncomplete -F _%s %s\n", name, program);
}

/* --- zsh --- */

static void zsh_option(FILE *out, const struct opt *o)
{
	static const char *const how[] = {
	    [GUESS_NOTHING] = " ", [GUESS_FILE] = "_files", [GUESS_DIR] = "_files -/"};
	enum guess g = guess(o->type, o->arg);

	fprintf(out, " \\\n\t\t\t'%s--%s[", o->type == OPT_LIST ? "*" : "", o->name);
	for (const char *s = o->help; *s; s++) {
		if (strchr("[]:\\", *s))
			fputc('\\', out);
		if (*s != '\'')
			fputc(*s, out);
	}
	fputc(']', out);
	if (o->type != OPT_FLAG) {
		fprintf(out, ":%s:", o->name);
		if (g == GUESS_WORDS) {
			fputc('(', out);
			words(out, o->arg);
			fputc(')', out);
		} else {
			fputs(how[g], out);
		}
	}
	fputc('\'', out);
}

static void zsh_command(FILE *out, const struct command *c)
{
	enum guess g = guess(OPT_TEXT, operands(c));

	fprintf(out, "\t%s)\n\t\t_arguments '--help[print help]'", c->name);
	for (const struct opt *o = options(c); o->name; o++)
		if (shown(o))
			zsh_option(out, o);
	if (g == GUESS_WORDS) {
		fputs(" \\\n\t\t\t'1:what:(", out);
		words(out, operands(c));
		fputs(")'", out);
		if (strstr(operands(c), "FILE"))
			fputs(" \\\n\t\t\t'*:file:_files'", out);
	} else if (g != GUESS_NOTHING) {
		fprintf(out, " \\\n\t\t\t'*:%s:%s'", g == GUESS_DIR ? "directory" : "file",
			g == GUESS_DIR ? "_files -/" : "_files");
	}
	fputs(" ;;\n", out);
}

static void zsh(FILE *out, const char *program, const char *name, const struct command *table)
{
	fprintf(out, "#compdef %s\n_%s() {\n\tlocal -a commands=(\n", program, name);
	for (const struct command *c = table; c->name; c++) {
		fprintf(out, "\t\t'%s:", c->name);
		text(out, c->what);
		fputs("'\n", out);
	}
	fputs("\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command commands\n\t\treturn\n"
	      "\tfi\n\tshift words\n\t(( CURRENT-- ))\n\tcase $words[1] in\n",
	      out);
	for (const struct command *c = table; c->name; c++)
		zsh_command(out, c);
	fprintf(out, "\tesac\n}\n_%s \"$@\"\n", name);
}

/* --- fish --- */

static void fish_option(FILE *out, const char *program, const char *command, const struct opt *o)
{
	enum guess g = guess(o->type, o->arg);

	fprintf(out, "complete -c %s -n '__fish_seen_subcommand_from %s' -l %s", program, command,
		o->name);
	if (o->letter)
		fprintf(out, " -s %c", o->letter);
	if (o->type != OPT_FLAG)
		fputs(g == GUESS_FILE || g == GUESS_DIR ? " -r -F" : " -x", out);
	if (g == GUESS_WORDS) {
		fputs(" -a '", out);
		words(out, o->arg);
		fputc('\'', out);
	}
	fputs(" -d '", out);
	text(out, o->help);
	fputs("'\n", out);
}

static void fish(FILE *out, const char *program, const char *name, const struct command *table)
{
	(void)name;
	fprintf(out, "complete -c %s -f\n", program);
	for (const struct command *c = table; c->name; c++) {
		enum guess g = guess(OPT_TEXT, operands(c));

		fprintf(out, "complete -c %s -n __fish_use_subcommand -a %s -d '", program,
			c->name);
		text(out, c->what);
		fputs("'\n", out);
		if (g != GUESS_NOTHING)
			fprintf(out, "complete -c %s -n '__fish_seen_subcommand_from %s'", program,
				c->name);
		if (g == GUESS_WORDS) {
			fputs(" -a '", out);
			words(out, operands(c));
			fputs(strstr(operands(c), "FILE") ? "' -F\n" : "'\n", out);
		} else if (g != GUESS_NOTHING) {
			fputs(" -F\n", out);
		}
		for (const struct opt *o = options(c); o->name; o++)
			if (shown(o))
				fish_option(out, program, c->name, o);
	}
}

int complete_write(FILE *out, const char *shell, const char *program, const struct command *table)
{
	static const struct {
		const char *shell;
		void (*write)(FILE *out, const char *program, const char *name,
			      const struct command *table);
	} shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};
	char name[32]; /* a shell function's name has no dash */

	snprintf(name, sizeof(name), "%s", program);
	for (char *c = name; *c; c++)
		if (*c == '-')
			*c = '_';
	for (size_t i = 0; i < sizeof(shells) / sizeof(*shells); i++)
		if (!strcmp(shell, shells[i].shell)) {
			shells[i].write(out, program, name, table);
			return 0;
		}
	return -1;
}
