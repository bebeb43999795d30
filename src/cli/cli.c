// SPDX-License-Identifier: MIT
#include "cli/cli.h"

#include "cli/complete.h"

#include <stdio.h>
#include <string.h>

static const char *program_name = "holdfast";

static int help(const struct command *table, FILE *to)
{
	fprintf(to, "usage: %s COMMAND [ARGUMENT...]\n\n", program_name);
	for (const struct command *c = table; c->name; c++)
		fprintf(to, "  %-12s %s\n", c->name, c->what);
	fprintf(to, "\n`%s COMMAND --help` tells more; so does `man %s`.\n", program_name,
		program_name);
	return to == stdout ? EXIT_DONE : EXIT_WRONG_USE;
}

int cli_fail(const struct err *e)
{
	fprintf(stderr, "%s: %s\n", program_name, e->text);
	return e->code;
}

int cli_options(const struct opt_use *use, int argc, char **argv, void *to, int *code)
{
	struct err e;
	int n = opt_parse(use, argc, argv, to, &e);
	char command[64];

	if (n >= 0)
		return n;
	snprintf(command, sizeof(command), "%s %s", program_name, argv[0]);
	if (n == OPT_WANTS_HELP) {
		opt_help(use, command, stdout);
		*code = EXIT_DONE;
	} else {
		cli_fail(&e);
		fprintf(stderr, "`%s --help` tells how\n", command);
		*code = e.code;
	}
	return -1;
}

int cli_dispatch(const char *program, const struct command *table, int argc, char **argv)
{
	program_name = program;
	if (argc < 2)
		return help(table, stderr);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return help(table, stdout);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V")) {
		printf("%s %s\n", program, HOLDFAST_VERSION);
		return EXIT_DONE;
	}
	if (!strcmp(argv[1], "--complete") && argc == 3 &&
	    !complete_write(stdout, argv[2], program, table))
		return EXIT_DONE;
	for (const struct command *c = table; c->name; c++)
		if (!strcmp(argv[1], c->name))
			return c->run(argc - 1, argv + 1);
	fprintf(stderr, "%s: no command '%s'; `%s --help` lists them\n", program, argv[1], program);
	return EXIT_WRONG_USE;
}
