/* SPDX-License-Identifier: MIT
 *
 * Draws from distributions, from the seeded generator of src/play.
 */
#ifndef FLEET_CHANCE_H
#define FLEET_CHANCE_H

#include "play/rng.h"

/* 0 <= result < 1. */
double chance_unit(struct rng *r);

/* How many of n independent trials of probability p succeed. Exact (inversion, Kachitvichyanukul
 * and Schmeiser 1988, algorithm BINV) while the expected number is below 60; beyond, the normal
 * approximation, whose error is far below the spread of a run. */
uint64_t chance_binomial(struct rng *r, uint64_t n, double p);

#endif
