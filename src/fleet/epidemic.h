/* SPDX-License-Identifier: MIT
 *
 * A case of an epidemic: bots that scan an address space for hosts to take over, in steps of time,
 * with chance. A free bot probes at its rate; a protected one at what the limiter lets through
 * (scan.h). The closed form of the SI model stands beside it.
 */
#ifndef FLEET_EPIDEMIC_H
#define FLEET_EPIDEMIC_H

#include "fleet/scan.h"
#include "fleet/settings.h"
#include "fleet/team.h"

#define EPIDEMIC_POINTS 400 /* of a curve, evenly over the horizon; the first is the beginning */

struct epidemic {
	unsigned points;
	double every; /* seconds between two */
	uint64_t low[EPIDEMIC_POINTS], median[EPIDEMIC_POINTS], high[EPIDEMIC_POINTS];
	double closed[EPIDEMIC_POINTS];	  /* the SI model; 0 where it does not apply */
	double free_rate, protected_rate; /* probes a second, the latter steady */
	uint64_t burst;			  /* addresses of a protected bot's first minute */
	double doubling; /* seconds; INFINITY when the number does not double within the horizon */
	double ever;	 /* hosts that were ever bots, median */
	uint64_t final, most; /* bots, median */
	double at_age;	      /* bots at the published age, median; 0 when none is published */
	double
	    reproduction; /* bots that the first bot makes before its reboot; INFINITY: no reboot */
	double dies_at;	  /* share protected above which it falls below 1; < 0: nowhere */
	double seconds;	  /* it took */
};

/* Returns 0, or -1 with e. */
int epidemic_run(struct team *t, const struct settings *set, uint64_t seed, struct epidemic *out,
		 struct err *e);

/* The SI model: n hosts of which i0 at time 0, each taking over beta a second while all are there.
 */
double epidemic_closed(double n, double i0, double beta, double time);

#endif
