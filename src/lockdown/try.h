/* SPDX-License-Identifier: MIT
 *
 * What `lock --verify` really tries, one row each, each in a process of its own. An attempt that
 * succeeds harms nothing: it works on something of its own, or leaves things as they were.
 */
#ifndef LOCKDOWN_TRY_H
#define LOCKDOWN_TRY_H

#include <sys/types.h>

#include "lockdown/rows.h"

struct try_env {
	const char *guard_pins; /* the guard's pin directory */
	pid_t guard;		/* its daemon, 0 for none */
	char dir[64];		/* an empty folder of the attempt's own, removed afterwards */
};

#define TRY_OPEN    0	/* it succeeded */
#define TRY_ABSENT  200 /* there is nothing of the kind here */
#define TRY_DIED    201 /* the kernel or a filter ended the process */
#define TRY_UNKNOWN 202 /* no answer in time, or the attempt could not be made: not closed */
/* Between: the errno of the refusal. */

struct attempt {
	enum lock_row_id row;
	const char *what;
	int (*run)(const struct try_env *env); /* returns one of the above */
};

/* Tables, each ended by a row without a name. */
extern const struct attempt try_kernel[], try_net[], try_place[], try_process[];

/* Calls each(attempt, result, arg) for every attempt, row by row. pins: the guard's (may be one
 * that is not there). Returns how many were open or unknown. */
unsigned try_all(const char *pins, pid_t guard,
		 void (*each)(const struct attempt *a, int result, void *arg), void *arg);

/* "refused (Operation not permitted)", "OPEN", "not in this kernel", ... */
const char *try_text(int result, char buf[static 64]);
static inline int try_is_open(int result)
{
	return result == TRY_OPEN || result == TRY_UNKNOWN;
}

/* For attempts: the result of a call that returned n, with errno; descriptors are closed. What the
 * kernel answers for something that it does not have counts as TRY_ABSENT. */
int try_result(long n);
int try_fd(long fd);

#endif
