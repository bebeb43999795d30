/* SPDX-License-Identifier: MIT */
#ifndef KIT_ADVERSARY_H
#define KIT_ADVERSARY_H

#include "base/opt.h"

int kit_adversary(int argc, char **argv);
extern const struct opt_use kit_adversary_use;

#endif
