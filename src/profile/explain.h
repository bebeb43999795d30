/* SPDX-License-Identifier: MIT
 *
 * A profile in plain words: what it is, what each line opens, what stays shut, what to think about.
 */
#ifndef PROFILE_EXPLAIN_H
#define PROFILE_EXPLAIN_H

#include "profile/source.h"

enum explain_part {
	EXPLAIN_IS,    /* how it is run */
	EXPLAIN_OPENS, /* what it may do */
	EXPLAIN_SHUT,  /* what it may not */
	EXPLAIN_RISK,  /* what an intruder in it would have gained by a line */
	EXPLAIN_PARTS
};

struct explain {
	enum explain_part part;
	int key;	   /* enum profile_key_id of the line that says so; -1: no line does */
	const char *value; /* of that line, one of its words; may be NULL */
	const char *words;
};

/* Tells each, parts in the order above. Looks at no file. */
void explain_all(const struct source *s, void (*each)(void *arg, const struct explain *x),
		 void *arg);

#endif
