/* SPDX-License-Identifier: MIT
 *
 * What every subcommand shares: its shape and its two ways to end.
 */
#ifndef CLI_H
#define CLI_H

#include "base/err.h"
#include "base/opt.h"

struct command {
	const char *name;
	int (*run)(int argc, char **argv); /* argv[0] is the subcommand; returns an exit code */
	const char *what;		   /* one line of help */
	const struct opt_use *use;	   /* its options, for --help and completion */
};

/* Finds argv[1] in the table (ended by a row without a name) and runs it; prints help from the
 * table for --help, help and nothing at all, the version for --version, and for --complete
 * SHELL the shell's completion (not in the help: it is for packaging). */
int cli_dispatch(const char *program, const struct command *table, int argc, char **argv);

/* opt_parse() for a subcommand: prints help or the error itself. Returns the number of operands,
 * now at argv[1..n], or -1 when the subcommand has to return *code. */
int cli_options(const struct opt_use *use, int argc, char **argv, void *to, int *code);

/* Prints "program: text" on standard error and returns e->code. */
int cli_fail(const struct err *e);

#endif
