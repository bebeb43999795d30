/* SPDX-License-Identifier: MIT
 *
 * Runs a program as an ordinary child, *not confined*, and watches it and everything it starts
 * with ptrace(2): no special kernel, no privileges beyond those over an own child. The program runs
 * several times slower than alone.
 */
#ifndef LEARN_TRACE_H
#define LEARN_TRACE_H

#include "base/err.h"
#include "learn/facts.h"

struct trace_ask {
	char *const *argv; /* NULL-ended; argv[0] is an absolute path */
	int out;	   /* what the program gets as standard output; -1: ours */
	double limit;	   /* s after which it is asked to end; 0: none */
	/* Told about ten times a second; may be NULL. */
	void (*progress)(void *arg, const struct facts *f, double seconds);
	void *arg;
};

/* Runs until the last process has ended. SIGINT, SIGTERM and SIGHUP sent to this process are passed
 * on to every process (a Ctrl-C to those that the terminal has not sent it to); what has not ended
 * 10 s after that, or at the second signal, is killed. Fills f with what was seen. Returns 0, or -1
 * with e when the program could not be started or watched (EXIT_SYSTEM). */
int trace_run(const struct trace_ask *ask, struct facts *f, struct err *e);

#endif
