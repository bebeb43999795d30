/* SPDX-License-Identifier: MIT
 *
 * A small seeded generator (splitmix64): the same seed gives the same search on every machine.
 */
#ifndef PLAY_RNG_H
#define PLAY_RNG_H

#include <stdint.h>

struct rng {
	uint64_t s;
};

static inline uint64_t rng_next(struct rng *r)
{
	uint64_t z = (r->s += 0x9e3779b97f4a7c15ull);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	return z ^ (z >> 31);
}

/* 0..n-1; n at least 1. */
static inline uint32_t rng_below(struct rng *r, uint32_t n)
{
	return (uint32_t)(((rng_next(r) >> 32) * n) >> 32);
}

/* True once in n. */
static inline int rng_once_in(struct rng *r, uint32_t n)
{
	return rng_below(r, n) == 0;
}

#endif
