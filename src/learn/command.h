/* SPDX-License-Identifier: MIT
 *
 * Which file a command executes in the end.
 */
#ifndef LEARN_COMMAND_H
#define LEARN_COMMAND_H

#include <limits.h>

#include "base/err.h"

#define COMMAND_WORDS 64

/* A command as a profile has it: an absolute program, which is no script, and its words. */
struct command_line {
	char program[PATH_MAX];	       /* below the sysroot, as the profile names it */
	char *word[COMMAND_WORDS + 1]; /* word[0] is program */
	unsigned words;
};

/* Finds argv[0] in PATH, and for a script the interpreter that its first line names ("env" is
 * looked through), which then comes first. Fails with e naming the file (EXIT_WRONG_USE). */
int command_find(struct command_line *c, char *const *argv, const char *sysroot, struct err *e);
void command_free(struct command_line *c);

#endif
