/* SPDX-License-Identifier: MIT
 *
 * From counters to lines in a log: at most one line a call, with counts instead of repetition.
 */
#ifndef GUARD_TELL_H
#define GUARD_TELL_H

#include "limiter/state.h"

#define TELL_LINE 256

struct tell {
	lim_u64 told[LIM_REASONS]; /* packets, by reason, as of the last line about it */
	unsigned next;		   /* reasons take turns */
};

/* What was counted until now is not news. */
void tell_start(struct tell *t, const struct lim_report *r);

/* Writes the next line into line. Returns whether there was anything to tell. */
int tell_next(struct tell *t, const struct lim_report *r, char line[static TELL_LINE]);

#endif
