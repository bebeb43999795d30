/* SPDX-License-Identifier: MIT
 *
 * The most that fell into any 60 s, to a tenth of a second: 600 bins in a ring.
 */
#ifndef REPLAY_LOAD_H
#define REPLAY_LOAD_H

#include "replay/result.h"

#define LOAD_BINS 601 /* one more than 60 s, so that a window that starts inside a bin counts */
#define LOAD_STEP (100 * LIM_MS)

struct load {
	struct result_load bin[LOAD_BINS];
	struct result_load sum, most;
	uint64_t step; /* of the latest bin */
};

/* Adds what passed at time now (ns, never backwards). Start from zero bytes. */
void load_add(struct load *l, uint64_t now, const struct result_load *what);

#endif
