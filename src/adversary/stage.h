/* SPDX-License-Identifier: MIT
 *
 * A world with somebody who counts what the goal asks for. One stage belongs to one thread.
 */
#ifndef ADVERSARY_STAGE_H
#define ADVERSARY_STAGE_H

#include "adversary/tally.h"
#include "play/world.h"

struct stage {
	struct world *world;
	struct tally tally;
};

/* Memory for one thread. NULL when there is none. */
struct stage *stage_new(void);
void stage_free(struct stage *g);

/* Plays s (already legal for the goal) and returns its score. key: the device's secret, which the
 * adversary does not know. */
uint64_t stage_play(struct stage *g, const struct policy *policy, const struct goal *goal,
		    const struct schedule *s, const lim_u64 key[2]);

#endif
