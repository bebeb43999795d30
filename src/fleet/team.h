/* SPDX-License-Identifier: MIT
 *
 * Work that is spread over threads, and over machines where mpirun has started us. What is computed
 * are sums of whole numbers, so that neither order nor division of the work can be seen in them.
 */
#ifndef FLEET_TEAM_H
#define FLEET_TEAM_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* What the module for MPI offers (ranks_mpi.c); it is loaded only under mpirun. */
struct ranks {
	int (*begin)(unsigned *rank, unsigned *ranks); /* 0 when it works */
	int (*sum)(uint64_t *n, size_t count);	       /* adds over all ranks, for all ranks */
	void (*abort)(int code);		       /* ends every rank */
	void (*end)(void);
};
#define RANKS_SYMBOL "holdfast_ranks"

struct team {
	unsigned threads;
	unsigned rank, ranks;
	const struct ranks *module; /* NULL: alone */
	/* Called now and then by one thread at a time, with jobs done of those of this rank. */
	void (*tick)(void *arg, uint64_t done, uint64_t total);
	void *arg;
};

/* Whether a launcher for MPI has started this process. */
int team_launched(void);

/* Joins the other ranks, if a launcher has started us. threads at least 1. Returns 0, or -1 with
 * EXIT_SYSTEM when the module for MPI cannot be loaded or started. */
int team_begin(struct team *t, unsigned threads, struct err *e);
/* code other than 0 ends the other ranks as well. */
void team_end(struct team *t, int code);

/* Does job(arg, i, sum, own) for each i below jobs exactly once over all threads and ranks, and
 * leaves in sum[0..words-1] what they have added to theirs. own: memory of one thread, made by
 * open(arg) and freed by close(own); open may return NULL for want of memory. sum belongs to one
 * thread at a time. Returns 0, or -1 with EXIT_SYSTEM. */
struct work {
	uint64_t jobs;
	uint32_t chunk; /* jobs that are taken at once */
	size_t words;
	void *(*open)(void *arg);
	void (*job)(void *arg, uint64_t i, uint64_t *sum, void *own);
	void (*close)(void *own);
	void *arg;
};
int team_do(struct team *t, const struct work *w, uint64_t *sum, struct err *e);

#endif
