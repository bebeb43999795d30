/* SPDX-License-Identifier: MIT
 *
 * A profile as lines, each with where it comes from: what learning adds to, merges and writes.
 */
#ifndef LEARN_LINES_H
#define LEARN_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

enum line_origin {
	LINE_SEEN,	/* in `seen` of the runs */
	LINE_REACHABLE, /* by static analysis alone */
	LINE_KEPT,	/* from a profile that was merged, written by hand */
	LINE_SET,	/* said by us: the command, limits */
	LINE_OFFERED,	/* written as a comment: a person has to decide */
};

struct line {
	char *section, *key, *value; /* value without quotes, but for `exec` and `environment` */
	char *note;		     /* what follows in the comment; may be empty */
	enum line_origin origin;
	unsigned seen;
};

struct lines {
	struct line *line;
	size_t count, held;
	char **remark; /* whole comment lines for the head of the file */
	size_t remarks, remarks_held;
	unsigned runs; /* all that the lines come from */
};

/* Adds a line, or, when there is the same section, key and value, adds `seen` and keeps the
 * stronger origin (in the order of the enum). note is copied and made harmless. Keys that a
 * profile has once (all of [program] and [limits], network, list) keep the first value, but limits
 * keep the larger. */
struct line *lines_add(struct lines *l, const char *section, const char *key, const char *value,
		       enum line_origin origin, unsigned seen, const char *note);
const struct line *lines_find(const struct lines *l, const char *section, const char *key,
			      const char *value);
/* Takes out paths that another line gives already: a folder above, the same to be written. */
void lines_fold(struct lines *l);
/* Takes out what earlier static analysis found for this section: it is found anew. */
void lines_forget_reachable(struct lines *l, const char *section);
/* A comment at the head of the file, made one line; the same one is kept once. */
void lines_remark(struct lines *l, const char *text);
void lines_free(struct lines *l);

/* Reads a profile that learning has written, or that a person has changed since: origins come back
 * from the comments, and a `write` that no profile may have becomes a remark. Fails with e naming
 * file and line (EXIT_WRONG_USE). */
int lines_read(struct lines *l, const char *path, struct err *e);

/* Writes the profile. Returns 0, -1 with e when the stream fails. */
int lines_write(const struct lines *l, const char *name, FILE *to, struct err *e);

#endif
