/* SPDX-License-Identifier: MIT
 *
 * Results as one HTML page that needs nothing else: pictures are inline SVG, no script.
 */
#ifndef REPLAY_REPORT_HTML_H
#define REPLAY_REPORT_HTML_H

#include "replay/report.h"
#include "replay/verdict.h"

/* Writes the page. results: one for each row of m. */
void report_html(FILE *to, const struct manifest *m, const struct result *results,
		 const struct report_total *t, const struct verdict v[GROUPS]);

#endif
