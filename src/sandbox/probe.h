/* SPDX-License-Identifier: MIT
 *
 * What this kernel offers, layer by layer, found by trying: never by its version.
 */
#ifndef SANDBOX_PROBE_H
#define SANDBOX_PROBE_H

#include <stdbool.h>

#include "sandbox/layers.h"

/* The kernel option that gives a layer. */
const char *layer_option(enum layer l);
const char *layer_what(enum layer l);

/* What a start has to know, at the price of three calls. */
struct probe_quick {
	layer_set missing; /* of those not tried by the start itself */
	int landlock;	   /* ABI, 0: none */
	bool mdwe;	   /* PR_SET_MDWE; without it the filter does what it can */
	bool notify;	   /* refused calls can be answered from outside */
};
/* doubt: layers that the profile does without where they are missing; only these are looked for
 * beforehand, because the others fail loudly by themselves. */
void probe_quick(struct probe_quick *to, layer_set doubt);

enum probe_state { PROBE_MISSING, PROBE_PARTLY, PROBE_FULL };

struct probe_row {
	enum probe_state state;
	char found[96]; /* "ABI 7", "version 1", or what is lacking */
};

/* What of the whole is there: all; enough that nothing is reached, but less is reported or limited;
 * or less. */
enum probe_tier { TIER_NONE, TIER_REDUCED, TIER_FULL };

struct probe {
	struct probe_row row[LAYER_COUNT];
	layer_set missing;
	enum probe_tier tier;
};

/* Tries each. Needs root, or everything that needs it is missing. */
void probe_all(struct probe *to);

#endif
