/* SPDX-License-Identifier: MIT
 *
 * The rules that look at a call's arguments, as pieces of a filter. Private to the filter.
 */
#ifndef SANDBOX_FILTER_RULES_H
#define SANDBOX_FILTER_RULES_H

#include "sandbox/filter.h"

struct filter_env {
	struct filter *f;
	const struct policy *p;
	const struct filter_exec *own;
	uint32_t refuse;
};

/* Appends one instruction; past the end it only counts, and filter_build() fails. */
void filter_put(struct filter *f, uint16_t code, uint8_t jt, uint8_t jf, uint32_t k);

/* Appends the piece for a verdict that looks at arguments; it ends in a return on every way. */
void filter_rule(const struct filter_env *env, enum verdict v);

#endif
