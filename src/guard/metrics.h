/* SPDX-License-Identifier: MIT
 *
 * The guard's figures in the Prometheus text format (version 0.0.4), for the node exporter's
 * text file collector or any scraper.
 */
#ifndef GUARD_METRICS_H
#define GUARD_METRICS_H

#include <stdio.h>

#include "limiter/state.h"

/* Writes everything there is at time now (monotonic ns) to `to`, which stays the caller's.
 * Returns 0, or -1 when the stream has failed. Peers are counted, never named: addresses are the
 * owner's business and would grow the series without bound. */
int metrics_write(FILE *to, const struct lim_state *s, const struct lim_config *c,
		  const struct lim_report *r, lim_u64 now);

#endif
