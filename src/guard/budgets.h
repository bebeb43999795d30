/* SPDX-License-Identifier: MIT
 *
 * The rows of params.h, for programs that show them.
 */
#ifndef GUARD_BUDGETS_H
#define GUARD_BUDGETS_H

#include <stdbool.h>

#include "limiter/state.h"

struct budget_row {
	const char *key, *unit, *what;
	bool device_wide; /* kept in lim_state.device; the others for each network or visitor */
};

/* By enum lim_budget_id; static. */
extern const struct budget_row budget_rows[LIM_B_COUNT];

/* What it holds when full, in units. */
lim_u64 budget_depth(const struct lim_config *c, enum lim_budget_id id);

#endif
