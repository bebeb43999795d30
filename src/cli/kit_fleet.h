/* SPDX-License-Identifier: MIT */
#ifndef CLI_KIT_FLEET_H
#define CLI_KIT_FLEET_H

#include "base/opt.h"

/* holdfast-kit fleet: what many devices could do at worst. */
int kit_fleet(int argc, char **argv);
extern const struct opt_use kit_fleet_use;

#endif
