/* SPDX-License-Identifier: MIT
 *
 * How fast can somebody crash a supervised program? Plays against the very table of state.h in
 * virtual time: named schedules first, then any number of chance ones. Host only.
 */
#ifndef SUPERVISE_THROTTLE_H
#define SUPERVISE_THROTTLE_H

#include <stdint.h>

/* What an attacker can do to a program that runs. */
struct throttle_move {
	uint8_t event;	/* SUP_EXIT_CRASHED, SUP_CHILD_CRASHED, SUP_EXIT_FAILED, SUP_EXIT_OK */
	uint8_t times;	/* SUP_CHILD_CRASHED: so many at the same moment */
	uint64_t quiet; /* ns that it is left running before */
};

#define THROTTLE_MOVES 16
struct throttle_schedule {
	const char *name;
	unsigned moves; /* repeated for as long as it takes */
	struct throttle_move move[THROTTLE_MOVES];
};

/* The named schedules; *n of them. */
const struct throttle_schedule *throttle_schedules(unsigned *n);

/* One by chance: moves, quiet times and bursts of any length; burst: the most children at once. */
void throttle_chance(struct throttle_schedule *s, uint64_t *seed, unsigned burst);

/* Plays s until there have been so many attempts; an attempt is a crash of the program or of one
 * of its children, or an end with a failure. Returns the ns from the first attempt to the last; -1
 * (as unsigned) when the schedule comes to a standstill. */
uint64_t throttle_play(const struct throttle_schedule *s, unsigned attempts);

#endif
