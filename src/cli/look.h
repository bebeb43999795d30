/* SPDX-License-Identifier: MIT
 *
 * What status, top and why share: one moment of the guard in force, and the terminal's manners.
 */
#ifndef CLI_LOOK_H
#define CLI_LOOK_H

#include "guard/guard.h"
#include "show/programs.h"
#include "show/show.h"

/* The records behind one moment; about 230 kB, so static in its user. */
struct look {
	struct lim_state state;
	struct lim_config config;
	struct lim_report report;
	struct guard_meta meta;
};

/* Copies the records of g into l and points s at them. Fails as guard_snapshot() does. */
int look_take(struct guard *g, struct look *l, struct show *s, struct err *e);

/* Opens the guard at pin (NULL: the default), takes one moment and closes it again. */
int look_once(const char *pin, struct look *l, struct show *s, struct err *e);

/* What the supervisor of the run folder tells of its programs; about 17 kB. Takes p->now and
 * the times of processors together, so that two moments give a share. */
void look_programs(struct show_programs *p);

/* Colour and blocks when standard output is a terminal that has them (NO_COLOR is heeded). */
struct show_style look_style(void);

/* Ends a command whose answer is written: EXIT_SYSTEM with a line when standard output could not
 * take it, else code. */
int look_end(int code);

#endif
