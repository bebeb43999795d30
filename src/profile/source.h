/* SPDX-License-Identifier: MIT
 *
 * A profile on the host: of either kind, for any architecture, with every fault told.
 */
#ifndef PROFILE_SOURCE_H
#define PROFILE_SOURCE_H

#include "sandbox/calls.h"
#include "sandbox/profile.h"

struct source {
	struct profile p;
	const struct call_arch *arch; /* whose calls p means */
	bool packed;
};

/* Reads path; arch says whose calls the names of a text are (a record says itself). Returns 0; or
 * -1 when there was any fault: the file cannot be read (SYSTEM), or faults in it (WRONG_USE), each
 * told to fault(). */
int source_read(struct source *s, const char *path, const struct call_arch *arch,
		void (*fault)(void *arg, const struct err *e), void *arg);

#endif
