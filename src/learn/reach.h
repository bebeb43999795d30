/* SPDX-License-Identifier: MIT
 *
 * The walk of scan.h over the summaries of a program and its libraries.
 */
#ifndef LEARN_REACH_H
#define LEARN_REACH_H

#include "learn/summary.h"

struct reach_object {
	struct elf_file file;
	struct summary summary;
	bool all_exports;   /* loaded by dlopen(): any may be asked for */
	bool starts;	    /* its entry is run: the program, the dynamic linker */
	size_t base;	    /* number of its first function among all */
	uint8_t *data_seen; /* for each bound */
};

struct reach {
	struct reach_object *object; /* in the order in which names are looked up */
	size_t objects, held;
	struct steps steps, stub;
	uint32_t
	    *from; /* for each function the one that led here + 1; itself + 1: a root; 0: none */
	uint32_t *todo;
	uint8_t *named; /* for each function whether its address is taken: by whom it is called, and
			   with what, is not known */
	size_t functions, todos, reached;
};

/* A number as found at a place, or not. */
typedef void reach_found(void *arg, const struct reach *r, size_t object, const struct site *s);

/* Objects are filled in (files open, summaries made); finds everything that counts. */
void reach_walk(struct reach *r);
/* Calls found for each system call that counts; numbers passed as arguments are followed to the
 * callers first. */
void reach_calls(struct reach *r, reach_found *found, void *arg);
/* "main -> fread -> __read", at most n bytes. */
void reach_explain(const struct reach *r, size_t object, size_t func, char *to, size_t n);
void reach_free(struct reach *r);

#endif
