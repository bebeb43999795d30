/* SPDX-License-Identifier: MIT
 *
 * The daemon: keeps interfaces and addresses true and tells what happens. It may die at any
 * moment: the limits do not depend on it.
 */
#ifndef GUARD_DAEMON_H
#define GUARD_DAEMON_H

#include "base/err.h"
#include "limiter/state.h"

struct daemon_options {
	const char *pin;	 /* NULL: the default */
	const char *const *only; /* names of interfaces; all if only_count is 0 */
	unsigned only_count;
	const char *metrics;	  /* file, or NULL */
	struct lim_config limits; /* budgets and values */
};

/* Puts the limits in force, calls ready(arg), and stays until SIGTERM, SIGINT or SIGHUP, which
 * leave them in force, or until guard_off(). Returns 0; 1 when it was switched off; or -1 with e:
 * then nothing that was not in force before is. */
int daemon_run(const struct daemon_options *o, void (*ready)(void *arg), void *arg, struct err *e);

#endif
