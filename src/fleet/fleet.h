/* SPDX-License-Identifier: MIT
 *
 * Plays every case of a scenario and holds the results against what was published or promised.
 */
#ifndef FLEET_H
#define FLEET_H

#include <stdbool.h>

#include "fleet/epidemic.h"
#include "fleet/flood.h"
#include "fleet/scenario.h"

#define FLEET_CHECKS 6

struct fleet_check {
	const char *what; /* "bit/s at the victim" */
	const char *unit; /* "bit/s", "s", ... */
	double measured, wanted;
	enum { CHECK_NEAR, CHECK_MOST, CHECK_LEAST } kind;
	double within; /* CHECK_NEAR: as a share */
	bool holds;
};

struct fleet_row {
	const struct scenario_case *of;
	struct flood flood; /* one of the two, by the kind of the scenario */
	struct epidemic epidemic;
	unsigned checks;
	struct fleet_check check[FLEET_CHECKS];
};

struct fleet {
	const struct scenario *scenario;
	unsigned rows, threads, ranks;
	struct fleet_row *row;
	double seconds;
};

/* Called before each case. */
struct fleet_progress {
	void (*begins)(void *arg, const char *name, unsigned at, unsigned of);
	void *arg;
};

/* searched: the adversary's schedule, or NULL when no case asks for one (fleet_wants_searched).
 * The scenario must outlive the result. Returns 0 and a result to be freed, or -1 with e. */
int fleet_run(struct team *t, const struct scenario *s, const struct schedule *searched,
	      const struct fleet_progress *progress, struct fleet *out, struct err *e);
void fleet_free(struct fleet *f);

bool fleet_wants_searched(const struct scenario *s);

/* Whether every check holds. */
bool fleet_holds(const struct fleet *f);

#endif
