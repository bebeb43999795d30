/* SPDX-License-Identifier: MIT
 *
 * The rules that look at a call's arguments, as pieces of a filter. Private to the filter.
 */
#ifndef SANDBOX_FILTER_RULES_H
#define SANDBOX_FILTER_RULES_H

#include "sandbox/filter_code.h"

struct filter_env {
	struct filter_code *code;
	const struct policy *p;
	const struct filter_exec *own;
	uint32_t refuse;
};

/* Puts the piece for a verdict that looks at arguments; it ends in a return on every way. Returns
 * its start. */
place filter_rule(const struct filter_env *env, enum verdict v);

#endif
