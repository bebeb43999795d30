/* SPDX-License-Identifier: MIT
 *
 * The hand-written strategies that every search starts from.
 */
#ifndef ADVERSARY_STRATEGIES_H
#define ADVERSARY_STRATEGIES_H

#include "play/schedule.h"

extern const struct schedule strategies[];
extern const unsigned strategy_count;

#endif
