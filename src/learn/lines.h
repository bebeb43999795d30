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
	char *section, *key, *value; /* value without quotes, but for lines_is_words() */
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

#define LINES_WORD 180 /* bytes of the longest word, quotes included, that a profile can hold */

/* Writes word as a profile has it, in quotes where it needs them. Returns 0, or -1 when no profile
 * can hold it: it is too long, or has a line break or another control character. */
int lines_word(const char *word, char to[static LINES_WORD + 1]);

/* Keys whose value is kept as it is written: a list of words, with their quotes. */
bool lines_is_words(const char *key);

/* Adds a line, or, when there is the same section, key and value, adds `seen` and keeps the
 * stronger origin (in the order of the enum). note is copied and made harmless. Keys that a
 * profile has once (all of [program] and [limits], network, list) keep the first value, but limits
 * keep the larger. A value that was met and that no profile can hold becomes a remark. */
void lines_add(struct lines *l, const char *section, const char *key, const char *value,
	       enum line_origin origin, unsigned seen, const char *note);
const struct line *lines_find(const struct lines *l, const char *section, const char *key,
			      const char *value);
/* Takes out paths that another line gives already: a folder above, the same to be written. */
void lines_fold(struct lines *l);
/* Takes out "network = none" unless every run was without network. */
void lines_settle(struct lines *l);
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
