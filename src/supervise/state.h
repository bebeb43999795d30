/* SPDX-License-Identifier: MIT
 *
 * What becomes of a supervised program: a table of states and events, and the throttle of crashes.
 * Pure: time is what the caller says it is (ns of any clock that never goes back and is never 0),
 * so that a day of crashes is a test of a millisecond.
 *
 * The throttle. Each crash and each failure raises a level; the program starts again when
 * 1 s * 2^(level - 1) is over, at most SUP_CRASH_MOST after a crash and SUP_FAIL_MOST after a
 * failure. Crashes that come together (children) add their times up. A level is forgiven for each
 * SUP_FORGIVE of running without a crash, and by nothing else: not by waiting, not by ending
 * cleanly, not by a new profile. So an attempt costs SUP_FAIL_MOST or SUP_FORGIVE in the long run,
 * whichever way it is made, and 1,000 attempts take longer than a day (throttle.h looks for a
 * quicker way).
 */
#ifndef SUPERVISE_STATE_H
#define SUPERVISE_STATE_H

#include <stdbool.h>
#include <stdint.h>

#define SUP_S	       1000000000ull
#define SUP_LEVELS     10		   /* 2^9 s is more than SUP_CRASH_MOST */
#define SUP_CRASH_MOST (300 * SUP_S)	   /* the longest wait after one crash */
#define SUP_FAIL_MOST  (90 * SUP_S)	   /* after one failure: 1,000 are still more than a day */
#define SUP_CLEAN      (1 * SUP_S)	   /* after a clean end */
#define SUP_WAIT_MOST  (24 * 3600 * SUP_S) /* what children that crash together can add up to */
#define SUP_FORGIVE    (600 * SUP_S)	   /* of running without a crash, for one level */
#define SUP_OWN_END                                                                                \
	(50 * SUP_S / 1000)	   /* after a crash, to see whether it was the program itself */
#define SUP_KILL_AGAIN (5 * SUP_S) /* while a killed program is not gone */

/* identifier, its name in `status` and --json */
#define SUP_STATE_TABLE(X)                                                                         \
	X(STOPPED, "stopped")                                                                      \
	X(STARTING, "starting")                                                                    \
	X(RUNNING, "running")                                                                      \
	X(STOPPING, "stopping")                                                                    \
	X(WAITING, "waiting")                                                                      \
	X(FAILED, "failed")

enum sup_state {
#define SUP_X(id, name) SUP_##id,
	SUP_STATE_TABLE(SUP_X)
#undef SUP_X
	    SUP_STATES
};

enum sup_event {
	SUP_START,	   /* is wanted: at start-up, by the owner */
	SUP_STARTED,	   /* it has been executed */
	SUP_START_FAILED,  /* and it could not */
	SUP_EXIT_OK,	   /* status 0 */
	SUP_EXIT_FAILED,   /* another status, or a signal that is no crash */
	SUP_EXIT_CRASHED,  /* by one of sup_is_crash() */
	SUP_EXIT_COUNTED,  /* the same, and SUP_CHILD_CRASHED has told of it before */
	SUP_CHILD_CRASHED, /* a process of the sandbox has */
	SUP_ALIVE,	   /* a sign of life for the watchdog */
	SUP_WATCHDOG,	   /* the program itself says that it hangs */
	SUP_STOP,	   /* is wanted */
	SUP_TIMER,	   /* sup.due has come */
	SUP_EVENTS
};

/* What the caller is to do. */
enum sup_do {
	SUP_NOTHING,
	SUP_DO_START,  /* and tell SUP_STARTED or SUP_START_FAILED */
	SUP_DO_SIGNAL, /* the stop signal to the program */
	SUP_DO_KILL,   /* SIGKILL to all of the sandbox */
};

enum sup_restart { SUP_ALWAYS, SUP_ON_FAILURE, SUP_NEVER }; /* in the order of profile_restart */

struct sup {
	/* set by the caller before the first event, and whenever it likes */
	uint8_t restart;       /* enum sup_restart */
	uint64_t stop_timeout; /* ns from the stop signal to SIGKILL */
	uint64_t watchdog;     /* ns without SUP_ALIVE until it is restarted; 0: none */

	uint8_t state;	     /* enum sup_state */
	bool again;	     /* when it has stopped, start it again */
	uint8_t level;	     /* of the throttle, 0 to SUP_LEVELS */
	uint64_t since;	     /* in this state */
	uint64_t due;	     /* when SUP_TIMER is to come; 0: never */
	uint64_t not_before; /* no start until then, but by the owner's word */
	uint64_t calm;	     /* of running without a crash that is not turned into a level yet */
	uint64_t calm_from;  /* up to when it has been added */
	uint32_t starts, crashes, child_crashes, failures, watchdogs;
};

/* The next state by the table, its effects on s, and what is to be done now. */
enum sup_do sup_event(struct sup *s, enum sup_event e, uint64_t now);

/* What waiting a crash at this level costs; level 1 to SUP_LEVELS. */
uint64_t sup_delay(unsigned level, uint64_t most);

/* Signals that end a program which did what it never should: SIGSEGV, SIGILL, SIGBUS, SIGABRT,
 * SIGSYS, and SIGTRAP and SIGFPE, because a jump to a wrong address meets int3 and div as well. */
bool sup_is_crash(int sig);

/* The event of a wait status (waitpid(2)). An exit status of 128 + n counts as the signal n: that
 * is how shells, and the first process of a sandbox, pass it on. */
enum sup_event sup_of_status(int status);

const char *sup_state_name(enum sup_state s);

#endif
