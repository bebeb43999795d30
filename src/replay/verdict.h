/* SPDX-License-Identifier: MIT
 *
 * What a list of captures amounts to: was anything of an honest device dropped, what do attacks
 * still get out.
 */
#ifndef REPLAY_VERDICT_H
#define REPLAY_VERDICT_H

#include "replay/manifest.h"
#include "replay/result.h"

#include <stdio.h>

struct verdict {
	enum manifest_group group;
	unsigned files, unusable, touched;
	uint64_t out, dropped;
	struct result_load passed_60, silent_60; /* most of any file in any 60 s */
};

/* Adds a result to the group's verdict (start from zero bytes). */
void verdict_add(struct verdict *v, const struct result *r);

/* A line a touched honest capture, a line an attack with what still passed, and the verdicts.
 * results: one for each row of m. */
void verdict_show(FILE *to, const struct manifest *m, const struct result *results,
		  const struct verdict v[GROUPS]);

#endif
