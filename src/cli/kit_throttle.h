/* SPDX-License-Identifier: MIT */
#ifndef CLI_KIT_THROTTLE_H
#define CLI_KIT_THROTTLE_H

#include "base/opt.h"

extern const struct opt_use kit_throttle_use;
int kit_throttle(int argc, char **argv);

#endif
