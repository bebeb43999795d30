/* SPDX-License-Identifier: MIT
 *
 * "Did you mean": of several words, the one nearest to what was written.
 */
#ifndef SANDBOX_NEAREST_H
#define SANDBOX_NEAREST_H

struct nearest {
	const char *to, *word; /* word: the nearest so far, NULL when none is near */
	unsigned distance;
};

/* Starts the search for a word near to `to`, which stays the caller's. */
struct nearest nearest_start(const char *to);

/* Offers one word, which stays the caller's. */
void nearest_offer(struct nearest *n, const char *word);

#endif
