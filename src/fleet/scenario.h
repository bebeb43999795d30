/* SPDX-License-Identifier: MIT
 *
 * A scenario file: what is common to all, and cases that differ in something.
 *
 *	[scenario]  title, kind = flood|epidemic, seed, source (where the published figures are
 *from) [fleet] [attack] [epidemic] [published]  see settings.h [case NAME]  any of those keys
 *again; a key of [published] as published.KEY
 */
#ifndef FLEET_SCENARIO_H
#define FLEET_SCENARIO_H

#include <stdio.h>

#include "base/err.h"
#include "fleet/settings.h"

#define SCENARIO_CASES 64
#define SCENARIO_TEXT  160

enum scenario_kind { SCENARIO_FLOOD, SCENARIO_EPIDEMIC };

struct scenario_case {
	char name[64];
	struct settings set;
	int line;  /* where it begins */
	int swept; /* one of several that differ in the share protected only */
};

struct scenario {
	char name[64]; /* of the file, without folder and ending */
	char title[SCENARIO_TEXT], source[2 * SCENARIO_TEXT];
	enum scenario_kind kind;
	uint64_t seed;
	unsigned cases;
	struct scenario_case item[SCENARIO_CASES];
};

/* Reads the file at path. Returns 0, or -1 with e: EXIT_WRONG_USE and "path:line: what" for
 * anything in it that is not right, EXIT_SYSTEM when it cannot be read. */
int scenario_read(struct scenario *s, const char *path, struct err *e);

/* The same from a stream, which path only names. */
int scenario_read_stream(struct scenario *s, FILE *f, const char *path, struct err *e);

#endif
