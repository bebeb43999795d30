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
	uint64_t cpu;		      /* time of processors since it was started, ns */
	uint64_t denied;	      /* refusals that the log of denials has of it */
	bool has_memory, has_cpu, has_denied;
};

struct show_programs {
	int supervisor; /* its process id; 0: none runs; -1: one runs in another pid namespace */
	lim_u64 now;	/* CLOCK_MONOTONIC, ns */
	unsigned count;
	struct show_program program[LEDGER_MOST];
};

/* Nothing at all where there is neither a supervisor nor a trace of one. */
void show_programs(FILE *out, const struct show_programs *p, const struct show_style *style);

/* The same for the live picture, a line each, no wider than 80 columns; before: an earlier moment,
 * or NULL. Nothing where no supervisor runs. Returns how many lines. */
unsigned show_programs_top(FILE *out, const struct show_programs *p,
			   const struct show_programs *before, const struct show_style *style);

/* What both have of one program: "running", its colour, "1.2 MB of 24 MB" (returns to). */
const char *show_program_state(const struct show_programs *p, const struct show_program *g);
enum show_color show_program_color(const struct show_programs *p, const struct show_program *g);
const char *show_program_memory(const struct show_program *g, char to[static 2 * SHOW_TEXT]);

/* The keys "supervisor_pid" and "programs" of an object that is open. */
void show_programs_json(struct json *j, const struct show_programs *p);

#endif
