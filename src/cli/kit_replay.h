/* SPDX-License-Identifier: MIT
 *
 * holdfast-kit replay.
 */
#ifndef CLI_KIT_REPLAY_H
#define CLI_KIT_REPLAY_H

#include "cli/cli.h"

int kit_replay(int argc, char **argv);
extern const struct opt_use kit_replay_use;

#endif
