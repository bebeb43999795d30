/* SPDX-License-Identifier: MIT
 *
 * Results as JSON. The fields are listed in docs/replay.md.
 */
#ifndef REPLAY_REPORT_JSON_H
#define REPLAY_REPORT_JSON_H

#include "replay/report.h"
#include "replay/verdict.h"

/* Writes one document. results: one for each row of m. */
void report_json(FILE *to, const struct manifest *m, const struct result *results,
		 const struct report_total *t, const struct verdict v[GROUPS]);

#endif
