/* SPDX-License-Identifier: MIT
 *
 * Shell completion from the tables of commands and options.
 */
#ifndef CLI_COMPLETE_H
#define CLI_COMPLETE_H

#include <stdio.h>

#include "cli/cli.h"

/* Writes the completion of program for a shell, "bash", "zsh" or "fish". Returns 0, or -1 when the
 * shell is none of these. */
int complete_write(FILE *out, const char *shell, const char *program, const struct command *table);

#endif
