/* SPDX-License-Identifier: MIT
 *
 * The subcommands of `holdfast`: each returns an exit code.
 */
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "base/opt.h"

int probe_run(int argc, char **argv);
int run_run(int argc, char **argv);
int status_run(int argc, char **argv);
int top_run(int argc, char **argv);
int why_run(int argc, char **argv);
int lock_run(int argc, char **argv);

extern const struct opt_use probe_use, run_use, status_use, top_use, why_use, lock_use;

#endif
