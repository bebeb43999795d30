/* SPDX-License-Identifier: MIT
 *
 * One device of a flood: drawn from its number, played, added to the sum.
 */
#ifndef FLEET_DEVICE_H
#define FLEET_DEVICE_H

#include "fleet/flood.h"

struct device_plan {
	const struct settings *set;
	const struct schedule *searched;
	uint64_t seed, classes; /* how many are played */
	double shape;		/* exponent of the distribution of uplinks */
};

/* Solves the exponent for the mean that the settings ask for. */
void device_plan(struct device_plan *p, const struct settings *set, uint64_t seed,
		 const struct schedule *searched);

/* Memory of one thread; NULL when there is none. */
void *device_open(void *plan);
void device_close(void *own);

/* Plays class i and adds to sum, a struct flood_sum. */
void device_play(void *plan, uint64_t i, uint64_t *sum, void *own);

/* bit/s of the uplink at place u (0 to 1) of the distribution. */
uint64_t device_uplink(const struct device_plan *p, double u);

#endif
