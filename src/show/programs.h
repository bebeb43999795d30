/* SPDX-License-Identifier: MIT
 *
 * What a person is shown of the supervised programs. As show.h: nothing here reads a file or a
 * clock.
 */
#ifndef SHOW_PROGRAMS_H
#define SHOW_PROGRAMS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/json.h"
#include "show/show.h"
#include "supervise/ledger.h"

struct show_program {
	struct ledger l;
	uint64_t memory, memory_most; /* bytes; most 0: no bound */
	bool has_memory;
};

struct show_programs {
	int supervisor; /* its process id; 0: none runs; -1: one runs in another pid namespace */
	lim_u64 now;	/* CLOCK_MONOTONIC, ns */
	unsigned count;
	struct show_program program[LEDGER_MOST];
};

/* Nothing at all where there is neither a supervisor nor a trace of one. */
void show_programs(FILE *out, const struct show_programs *p, const struct show_style *style);

/* The keys "supervisor_pid" and "programs" of an object that is open. */
void show_programs_json(struct json *j, const struct show_programs *p);

#endif
