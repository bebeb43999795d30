/* SPDX-License-Identifier: MIT
 *
 * Which address, port or number comes at step i of a shape: the same for the same seed, so that
 * an accomplice elsewhere knows it too.
 */
#ifndef LAB_AIM_H
#define LAB_AIM_H

#include <stdbool.h>
#include <stdint.h>

#include "fence.h"

enum aim_use { AIM_REMOTE, AIM_SOURCE, AIM_REMOTE_PORT, AIM_LOCAL_PORT, AIM_SEQ, AIM_IDENT };

#define AIM_AREAS 8

struct aim {
	uint64_t seed;
	bool sweep; /* addresses and ports in order instead of at random */
};

/* A number that depends on seed, use and i only. */
uint64_t aim_number(const struct aim *a, enum aim_use use, uint64_t i);

/* The address for step i within one of n areas, which take turns. Never the all-zeros or all-ones
 * host of an IPv4 /24. */
struct lim_addr aim_addr(const struct aim *a, enum aim_use use, const struct area *area, unsigned n,
			 uint64_t i);

/* The port for step i within low to high. */
uint16_t aim_port(const struct aim *a, enum aim_use use, uint16_t low, uint16_t high, uint64_t i);

#endif
