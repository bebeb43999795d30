/* SPDX-License-Identifier: MIT
 *
 * How many addresses a bot reaches, by its age: found by letting one scan through the limiter.
 */
#ifndef FLEET_SCAN_H
#define FLEET_SCAN_H

#include "base/err.h"
#include "fleet/settings.h"

#define SCAN_SECONDS 3600

struct scan_curve {
	uint32_t reached[SCAN_SECONDS + 1]; /* distinct addresses after so many seconds */
	double steady;			    /* a second, later: mean of the second half */
};

/* A protected bot that scans as the settings say: probes a second, share that answers, list or not.
 * Returns 0, or -1 with EXIT_SYSTEM. */
int scan_measure(const struct settings *set, struct scan_curve *c, struct err *e);

/* Addresses that it has reached at an age in seconds. */
double scan_reached(const struct scan_curve *c, double age);

#endif
