/* SPDX-License-Identifier: MIT
 *
 * What a device does that nobody has hijacked: the everyday traffic that must not notice.
 */
#ifndef FLEET_ORDINARY_H
#define FLEET_ORDINARY_H

#include "play/rng.h"
#include "play/schedule.h"

#define ORDINARY_GENES 12

/* Fills gene[0..ORDINARY_GENES-1] with what this device does and returns how many they are. rtt in
 * us. *bits: what it takes of the uplink on average, bit/s. */
unsigned ordinary_genes(struct rng *r, uint32_t rtt, struct gene *gene, uint64_t *bits);

/* What the i-th habit is, in a few words, how many percent of the devices have it, and the seconds
 * between two of its flows, on average. NULL beyond the last. */
const char *ordinary_what(unsigned i, unsigned *percent, double *every);

#endif
