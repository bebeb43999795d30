/* SPDX-License-Identifier: MIT */
#ifndef CLI_SUPERVISE_H
#define CLI_SUPERVISE_H

#include "base/opt.h"

extern const struct opt_use cli_supervise_use;
int cli_supervise(int argc, char **argv);

#endif
