/* SPDX-License-Identifier: MIT */
#ifndef KIT_LEARN_H
#define KIT_LEARN_H

#include "base/opt.h"

int kit_learn(int argc, char **argv);
extern const struct opt_use kit_learn_use;

#endif
