/* SPDX-License-Identifier: MIT
 *
 * Command-line options as data. From one table of rows come the parser, --help and the shell
 * completion; tests hold the manual pages against it.
 *
 *	struct args { bool json; const char *pin; uint64_t interval; };
 *	static const struct opt options[] = {
 *		{"json", 'j', OPT_FLAG, offsetof(struct args, json), NULL, "print JSON"},
 *		{"pin", 0, OPT_TEXT, offsetof(struct args, pin), "DIR", "where the guard is"},
 *		{"interval", 'i', OPT_TIME, offsetof(struct args, interval), "TIME",
 *		 "between two pictures", .min = 100000000},
 *		{0},
 *	};
 *	const struct opt_use use = {"[FILE...]", "show something", options, 0, 5, NULL};
 *
 * `--help` and `-h` are there without a row.
 */
#ifndef BASE_OPT_H
#define BASE_OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

enum opt_type {		    /* what `at` leads to */
		OPT_FLAG,   /* bool; takes no argument */
		OPT_TEXT,   /* const char *; points into argv */
		OPT_LIST,   /* struct opt_list; may be given several times */
		OPT_NUMBER, /* uint64_t; decimal, or hexadecimal behind 0x */
		OPT_REAL,   /* double; finite, not negative */
		OPT_TIME, /* uint64_t nanoseconds; "250ms", "1.5s", "10min", "2h"; bare: seconds */
		OPT_CHOICE, /* unsigned; place of the word in arg, "auto|bpf|tun" */
};

#define OPT_LIST_MAX 64
struct opt_list {
	const char *item[OPT_LIST_MAX]; /* point into argv */
	unsigned count;
};

struct opt {
	const char *name; /* without the dashes; NULL ends the table */
	char letter;	  /* short form, 0 for none */
	enum opt_type type;
	size_t at;	   /* offset of the field in the caller's structure */
	const char *arg;   /* its name in --help: "DIR"; OPT_CHOICE: the words; OPT_FLAG: NULL */
	const char *help;  /* one line, lower case, no full stop; NULL hides the option */
	uint64_t min, max; /* OPT_NUMBER and OPT_TIME: limits, included; max 0 for none */
};

struct opt_use {
	const char *operands; /* "ADDRESS", "FILE...", "" */
	const char *what;     /* one line: what the command does */
	const struct opt *options;
	int min, max;	  /* how many operands; max -1 for any number */
	const char *more; /* printed at the end of --help (examples, exit status); may be NULL */
};

#define OPT_WANTS_HELP (-2)

/* Fills the fields of `to` from argv[1..argc-1]; fields not named keep what they hold, so set the
 * defaults before. Moves the operands, in order, to argv[1..n]. Everything behind `--` is operand.
 * Returns n; -1 with e filled (EXIT_WRONG_USE, naming the offending text); OPT_WANTS_HELP. */
int opt_parse(const struct opt_use *use, int argc, char **argv, void *to, struct err *e);

/* Prints usage, one line per option and `more`. command: "holdfast status". */
void opt_help(const struct opt_use *use, const char *command, FILE *out);

/* Reads a duration as OPT_TIME does. Returns 0, or -1 without touching *ns. */
int opt_time(const char *text, uint64_t *ns);

#endif
