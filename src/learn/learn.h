/* SPDX-License-Identifier: MIT
 *
 * holdfast-kit learn: a profile from watching a program and reading its files.
 */
#ifndef LEARN_LEARN_H
#define LEARN_LEARN_H

#include "learn/facts.h"
#include "learn/lines.h"
#include "learn/scan.h"

struct learn_ask {
	char *const *argv;	     /* NULL-ended, as given */
	const char *name;	     /* of the profile */
	const char *sysroot;	     /* "" for this machine */
	const char *const *merge;    /* profiles to add to, NULL-ended */
	const char *const *keep_env; /* names of variables that the profile is to set, NULL-ended */
	bool run, scan;		     /* watch; analyse */
	double limit;		     /* s, 0: none */
	int out;		     /* the program's standard output, -1: ours */
	void (*running)(void *arg, const struct facts *f, double seconds);
	void (*reading)(void *arg, const char *path, size_t done, size_t all);
	void *arg;
};

struct learned {
	struct lines lines;
	struct facts facts;
	struct scan scan;
	char calls[32];				      /* section of the calls: "syscalls x86-64" */
	unsigned observed, reachable, added, refused; /* calls: seen, reachable, allowed for being
							 reachable, reachable and not allowed */
};

/* Returns 0 with *l filled, to be freed with learned_free(), or -1 with e. */
int learn(const struct learn_ask *ask, struct learned *l, struct err *e);
void learned_free(struct learned *l);

#endif
