/* SPDX-License-Identifier: MIT
 *
 * The adversary search: plays schedules against policies in virtual time and keeps what gets most
 * out. The outcome depends on the seed and the number of schedules, never on the threads.
 */
#ifndef ADVERSARY_H
#define ADVERSARY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "adversary/goals.h"
#include "adversary/policies.h"
#include "play/schedule.h"
#include "base/err.h"

struct search {
	const struct policy *policy;
	const struct goal *goal;
	uint64_t schedules; /* how many to play */
	uint64_t seed;
	bool from_scratch; /* without the hand-written strategies */
};

struct found {
	uint64_t score;	 /* largest, over all secrets tried */
	uint64_t played; /* schedules */
	bool capped;	 /* the schedule ended at its number of packets: more would have left */
	bool beaten;	 /* the bound is exceeded (never for goals apart) */
	struct schedule best;
	struct schedule shortest; /* still beats the bound, or still reaches the score */
	uint64_t shortest_score;
	lim_u64 key[2];	 /* the secret under which the best schedule scored */
	uint64_t events; /* packets of the best schedule, both ways */
};

/* Called from worker threads, serialised, with the schedules played so far. */
struct progress {
	void (*tick)(void *arg, uint64_t played, uint64_t total);
	void *arg;
};

/* Runs count searches on so many threads (at least 1) and fills out[count]. Returns 0, or -1 with
 * EXIT_SYSTEM when memory or threads are refused. */
int adversary_search(const struct search *list, unsigned count, unsigned threads,
		     const struct progress *progress, struct found *out, struct err *e);

/* Plays the shortest schedule once more and writes every packet of it. */
int adversary_explain(const struct search *s, const struct found *f, FILE *out, struct err *e);

#endif
