/* SPDX-License-Identifier: MIT
 *
 * What the supervisor tells of each program, in a file of fixed size under the run folder:
 * `programs/NAME`. Written by the supervisor, read by `holdfast status`, and by the next
 * supervisor, which takes the throttle over: restarting it forgives no crash.
 */
#ifndef SUPERVISE_LEDGER_H
#define SUPERVISE_LEDGER_H

#include <stdint.h>

#include "base/err.h"
#include "sandbox/profile.h"

#define LEDGER_MAGIC   0x52534648u /* "HFSR" */
#define LEDGER_VERSION 1
#define LEDGER_FOLDER  "programs"
#define LEDGER_MOST    32 /* programs */
#define LEDGER_WHY     256

/* Times are CLOCK_MONOTONIC, ns. */
struct ledger {
	uint32_t magic;
	uint16_t version, size;
	char name[PROFILE_NAME];
	char file[64];	/* of the profile, in the folder */
	int32_t pid;	/* of the sandbox's first process; 0: none */
	int32_t status; /* wait status of its last end */
	uint64_t since; /* in this state */
	uint64_t next;	/* start; 0: none is planned */
	uint64_t not_before;
	uint64_t ended; /* last; 0: never */
	uint64_t calm;	/* of the throttle */
	uint64_t lines, lines_left_out, lines_lost;
	uint64_t memory_limit; /* of the profile */
	uint32_t starts, crashes, child_crashes, failures, watchdogs;
	uint32_t missing; /* layer_set */
	uint32_t powers;
	uint8_t state; /* enum sup_state */
	uint8_t level;
	uint8_t restart;
	uint8_t broken; /* its profile: `why` names the place */
	uint8_t sees_children;
	uint8_t ready;	  /* it has said READY=1 */
	uint8_t unlisted; /* its call list is for other machines: the default level */
	uint8_t pad;
	char why[LEDGER_WHY]; /* the last thing that went wrong; one line, trusted text */
};
_Static_assert(sizeof(struct ledger) == 480, "a layout of its own is a version of its own");

/* $HOLDFAST_RUN or /run/holdfast. */
const char *ledger_run(void);

/* Makes the folders under run. */
int ledger_make_folder(const char *run, struct err *e);

/* Replaces run/programs/NAME as a whole. */
int ledger_write(const char *run, const struct ledger *l, struct err *e);

/* Returns 0, or -1: there is none, or one of another version or damaged. */
int ledger_read(const char *run, const char *name, struct ledger *l);
void ledger_remove(const char *run, const char *name);

/* All of them in the order of their names, at most LEDGER_MOST. Returns how many. */
unsigned ledger_read_all(const char *run, struct ledger *to);

/* The supervisor holds this lock for as long as it lives: one for each run folder. Returns the
 * descriptor, or -1 with e (EXIT_SYSTEM). */
int ledger_lock(const char *run, struct err *e);

/* Process id of the supervisor of run; 0: none runs. */
int ledger_holder(const char *run);

/* "ended with status 3", "ended by signal 11 (SIGSEGV)". */
#define LEDGER_END 48
const char *ledger_end(int status, char to[static LEDGER_END]);

#endif
