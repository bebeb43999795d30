/* SPDX-License-Identifier: MIT
 *
 * The supervisor: every profile of a folder is a program that is started, watched and restarted.
 * Under any init, and as the first process of a container or of a machine.
 */
#ifndef SUPERVISE_H
#define SUPERVISE_H

#include <stdbool.h>

#include "base/err.h"

struct supervise_options {
	const char *folder;   /* of profiles */
	const char *run;      /* folder of locks, sockets and status; NULL: ledger_run() */
	const char *watchdog; /* device; NULL: none */
};

/* Starts the programs, calls ready(arg, broken) with how many profiles are not right, and stays
 * until SIGTERM or SIGINT (as first process also SIGUSR1 and SIGUSR2), which stop them in order.
 * SIGHUP reads the folder again. Returns 0; 1 when a profile is broken at the end; -1 with e when
 * it could not begin. All memory is static; the sandboxes allocate when they are prepared, nothing
 * afterwards. */
int supervise_run(const struct supervise_options *o, void (*ready)(void *arg, unsigned broken),
		  void *arg, struct err *e);

/* Reads each profile and calls fault(arg, e) for each that is not right. Returns how many; -1 with
 * e when the folder cannot be read. */
int supervise_check(const char *folder, unsigned *right,
		    void (*fault)(void *arg, const struct err *e), void *arg, struct err *e);

/* Asks the supervisor of run (NULL: ledger_run()) to "start", "stop" or "restart" a program.
 * Returns 0 when it has been told; -1 with e: NO when there is no such program or no supervisor. */
int supervise_ask(const char *run, const char *what, const char *name, struct err *e);

#endif
