/* SPDX-License-Identifier: MIT
 *
 * holdfast denials.
 */
#ifndef CLI_DENIALS_H
#define CLI_DENIALS_H

#include "base/opt.h"

int cli_denials(int argc, char **argv);
extern const struct opt_use cli_denials_use;

#endif
