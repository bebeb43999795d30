/* SPDX-License-Identifier: MIT
 *
 * Shows how the device was guessed, and whether that agrees with what is known.
 */
#ifndef REPLAY_GUESS_H
#define REPLAY_GUESS_H

#include "replay/manifest.h"

#include <stdio.h>

struct guess_tally {
	unsigned right, wrong, unknown;
};

/* Surveys the capture at path, guesses its device and prints a line; the best candidates below it
 * when the guess differs from row's device or nothing is known. Returns 0, or -1 with e. */
int guess_explain(FILE *to, const struct manifest_row *row, struct guess_tally *tally,
		  struct err *e);

#endif
