/* SPDX-License-Identifier: MIT
 *
 * What a register can hold at a place, found by following its value back through the function.
 */
#ifndef LEARN_VALUES_H
#define LEARN_VALUES_H

#include "learn/steps.h"

#define VALUES_MAX 64

struct values {
	int64_t value[VALUES_MAX];
	unsigned count;
	uint32_t arguments; /* bit n: also what register n held when the function was entered */
	bool unknown;	    /* also something that was not found out */
};

/* Fills v with what `reg` can hold just before step i of s. Takes every path that leads there, so
 * it may name too much, not too little, but for jumps through tables (every
 * place that nothing else leads to counts as one of theirs). */
void values_of(struct steps *s, size_t i, unsigned reg, struct values *v);

#endif
