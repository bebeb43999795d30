/* SPDX-License-Identifier: MIT
 *
 * A set of 64-bit hashes that grows to a bound.
 */
#ifndef REPLAY_SET_H
#define REPLAY_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct set {
	uint64_t *slot;
	size_t used, room;
};

/* Adds a hash. Returns whether it is new; false too once `most` hashes are in it, or without
 * memory. Start from zero bytes; free with set_free(). */
bool set_add(struct set *s, uint64_t hash, size_t most);
void set_free(struct set *s);

/* One step of a hash over words; start with any h. */
static inline uint64_t set_mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
	return h ^ h >> 29;
}

#endif
