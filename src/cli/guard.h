/* SPDX-License-Identifier: MIT */
#ifndef CLI_GUARD_H
#define CLI_GUARD_H

#include "base/opt.h"

extern const struct opt_use cli_guard_use;
int cli_guard(int argc, char **argv);

#endif
