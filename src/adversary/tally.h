/* SPDX-License-Identifier: MIT
 *
 * Counting what got out. Knows nothing of the policy: it sees what left, when and to whom.
 */
#ifndef ADVERSARY_TALLY_H
#define ADVERSARY_TALLY_H

#include <stdint.h>

#include "adversary/goals.h"
#include "play/world.h"

#define TALLY_WINDOW 60000000000ull /* ns */
#define TALLY_SET    65536	    /* places for distinct hosts: over three times any cap */

struct mark {
	uint64_t time;
	uint32_t amount;
};

struct tally {
	const struct goal *goal;
	uint64_t begin;
	uint64_t in, out; /* bytes from and to the victim */
	uint64_t veto;	  /* when the victim said no, or fell silent; 0: not yet */
	uint32_t marks, room, hosts, generation;
	int sorted;
	int asked;	 /* the victim, or who forges it, has asked a known service */
	int spoke_first; /* the device has sent to the victim unasked */
	struct mark *mark;
	uint64_t set[TALLY_SET]; /* generation << 32 | host */
};

/* Returns the place of the mark it made, or -1. */
int32_t tally_sent(struct tally *t, const struct sent *s, uint64_t now);
/* A packet arrived, let in or not. */
void tally_arrived(struct tally *t, const struct lim_packet *p, struct target from, unsigned kind,
		   int let_in, uint64_t now);
/* A half-open connection was confirmed after all. */
void tally_take_back(struct tally *t, int32_t mark);

void tally_begin(struct tally *t, const struct goal *goal, uint64_t now);
uint64_t tally_score(struct tally *t);

#endif
