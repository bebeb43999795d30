/* SPDX-License-Identifier: MIT
 *
 * The lockdown: what it would do here, and doing it. Until the next start there is no way back.
 *
 * Functions return 0, or -1 with e filled. One thread; nothing to free but lock_end().
 */
#ifndef LOCKDOWN_LOCK_H
#define LOCKDOWN_LOCK_H

#include <stdbool.h>

#include "lockdown/rows.h"

enum lock_state {
	LOCK_HELD,     /* by the kernel's own decision, asked by a program: binds root too */
	LOCK_FOR_GOOD, /* by a setting that root cannot take back */
	LOCK_ABSENT,   /* this kernel has nothing of the kind to take away */
	LOCK_WEAK,     /* by a setting that root can take back: counts as missing */
	LOCK_MISSING,
};

typedef uint64_t lock_row_set; /* bit n: row n */
_Static_assert(LOCK_ROW_COUNT <= 64, "a lock_row_set holds every row");

struct lock_plan {
	bool asked;	   /* BPF programs are asked and could be loaded */
	char why_not[160]; /* else */
	struct lsm lsm;
	enum lock_state state[LOCK_ROW_COUNT];
	char why[LOCK_ROW_COUNT][128]; /* where it is missing or weak */
	lock_row_set missing;
};

#define LOCK_TASKS 64
struct lock_tasks {
	unsigned count;
	struct {
		pid_t pid;
		uint32_t what; /* LOCK_ALL or LOCK_NET */
	} task[LOCK_TASKS];
};

/* What would be held here, row by row. guard: the guard is in force and has a daemon. Changes
 * nothing; programs are loaded, not put in force. Ends with lock_end(). */
void lock_look(struct lock_plan *p, bool guard);
void lock_end(struct lock_plan *p);

/* Adds a process to those that are to be named; lock_apply() names its children that run the same
 * program too. -1: no room, or no such process. */
int lock_name(struct lock_tasks *t, pid_t pid, uint32_t what, struct err *e);

/* Locks. EXIT_NO, and nothing is done, when a row is missing that `accepted` does not hold, or when
 * the machine is locked already. A setting that the kernel refuses although it has it is an error
 * afterwards, with the rest in force. */
int lock_apply(struct lock_plan *p, const struct lock_tasks *t, lock_row_set accepted,
	       struct err *e);

/* Is this machine locked? By the pins, or where there are no programs by modules_disabled. */
enum lock_is { LOCK_IS_OPEN, LOCK_IS_PART, LOCK_IS_WHOLE };
enum lock_is lock_is(void);

#endif
