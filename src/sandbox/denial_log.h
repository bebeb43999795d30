/* SPDX-License-Identifier: MIT
 *
 * The last refusals, in a file of fixed size in the run folder. Several writers (the supervisor,
 * any number of `holdfast run`) and readers; it outlives them all, killed ones included.
 *
 * The same refusal (program, kind, call, detail) is one record with a count. A program that makes
 * refusals by the thousand takes room from itself only: it has a share of the records, and a rate
 * at which they are written; what goes beyond is counted.
 */
#ifndef SANDBOX_DENIAL_LOG_H
#define SANDBOX_DENIAL_LOG_H

#include <stdint.h>

#include "base/err.h"
#include "sandbox/denial.h"

#define DENIAL_LOG_FILE "denials"
#define DENIAL_SLOTS	128
#define DENIAL_SHARE	32 /* records of one program while others have some */
#define DENIAL_BURST	64 /* written at once for one program, and */
#define DENIAL_RATE	20 /* a second */
#define DENIAL_PROGRAMS 16 /* told apart by one writer; more share the last place */

/* A writer's. No pointers, nothing allocated. */
struct denial_log {
	int fd; /* -1: not open, and adding does nothing */
	struct denial_source {
		char program[PROFILE_NAME];
		struct denial last; /* the one that comes again and again */
		uint64_t pending;   /* times that it came and was not yet written */
		uint64_t full_at;   /* monotonic ns: when the whole burst may be written again */
	} source[DENIAL_PROGRAMS];
	uint64_t unwritten; /* refusals that are not even counted in a record */
};

/* $HOLDFAST_RUN or /run/holdfast. */
const char *denial_run_dir(void);

/* Opens the log of the run folder dir, making both where they are missing (mode 0755 and 0600). A
 * file that is no log of this version is made anew. */
int denial_log_open(struct denial_log *l, const char *dir, struct err *e);

/* Notes one refusal; d->count is not looked at. now: CLOCK_MONOTONIC, ns. Never blocks: what cannot
 * be written now is counted and written with the next. */
void denial_log_add(struct denial_log *l, const struct denial *d, uint64_t now);

/* Writes what is still pending, as far as possible, and closes. */
void denial_log_close(struct denial_log *l);

struct denial_view {
	struct denial d[DENIAL_SLOTS]; /* the one that came last is last */
	uint64_t at[DENIAL_SLOTS]; /* grows with each writing: what is above was not there before */
	unsigned count;
	uint64_t unwritten;
};

/* Reads the log of dir. No log yet is an empty one. Fails (SYSTEM) when it cannot be read, and
 * (WRONG_USE) when it is no log. Strings end, kinds are in range; text is not to be trusted. */
int denial_log_read(struct denial_view *v, const char *dir, struct err *e);

#endif
