// SPDX-License-Identifier: MIT
#include "guard/budgets.h"

/* These are kept for one network, host or visitor (lim_prefix, lim_state.visitor). */
#define OF_ONE(id)                                                                                 \
	((id) == LIM_B_SILENT_PKTS || (id) == LIM_B_SILENT_BYTES || (id) == LIM_B_SENIOR_PKTS ||   \
	 (id) == LIM_B_HALF_OPEN_PREFIX || (id) == LIM_B_HALF_OPEN_SENIOR ||                       \
	 (id) == LIM_B_NEW_CONN || (id) == LIM_B_WEAK || (id) == LIM_B_VISITOR_SYN ||              \
	 (id) == LIM_B_LINK_BYTES)

#define ROW(id, key, depth, start, period, unit, what)                                             \
	[LIM_B_##id] = {key, unit, what, !OF_ONE(LIM_B_##id)},
const struct budget_row budget_rows[LIM_B_COUNT] = {LIM_BUDGETS(ROW)};

lim_u64 budget_depth(const struct lim_config *c, enum lim_budget_id id)
{
	return c->budget[id].period ? c->budget[id].span / c->budget[id].period : 0;
}
