/* SPDX-License-Identifier: MIT
 *
 * One ELF file, every function of it read once: what each leads to and which system calls it makes.
 */
#ifndef LEARN_SUMMARY_H
#define LEARN_SUMMARY_H

#include "learn/steps.h"

enum edge_kind {
	EDGE_CODE, /* called or jumped to */
	EDGE_SLOT, /* called or jumped to through the word at `to` */
	EDGE_NAME, /* its address is taken, or the word there is read */
};

struct edge {
	uint64_t to;
	uint8_t kind;
};

/* A place that asks the kernel. */
struct site {
	uint32_t func;
	int32_t number; /* SITE_UNKNOWN, or SITE_ARGUMENT + n: what register n held on entry */
	uint64_t at;
};
#define SITE_UNKNOWN  (-1)
#define SITE_ARGUMENT (-64)

struct summary {
	struct elf_file *file;
	size_t *first; /* edges of function i: edge[first[i]] to edge[first[i + 1] - 1] */
	struct edge *edge;
	size_t edges, edges_held;
	struct site *site; /* by function */
	size_t sites, sites_held;
	uint64_t *bound; /* addresses in data that something speaks of, sorted: objects start there;
			    0 first */
	size_t bounds, bounds_held;
};

/* Reads f with decoder s; may add functions to f. progress (may be NULL) is called now and then. */
void summary_make(struct summary *m, struct elf_file *f, struct steps *s,
		  void (*progress)(void *, const char *path, size_t done, size_t all), void *arg);
void summary_free(struct summary *m);

/* The object in data that holds the address: its number (an index of bound), from *start to *end.
 */
size_t summary_object(const struct summary *m, uint64_t at, uint64_t *start, uint64_t *end);

#endif
