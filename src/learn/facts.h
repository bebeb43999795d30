/* SPDX-License-Identifier: MIT
 *
 * What one run of a program was seen to do: a set of facts, each of a kind and a text.
 */
#ifndef LEARN_FACTS_H
#define LEARN_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fact_kind {
	FACT_CALL,   /* "openat" */
	FACT_DETAIL, /* "socket inet stream": a call and the argument that matters */
	FACT_READ,   /* absolute paths from here on: a file was opened to read, or mapped */
	FACT_WRITE,  /* opened to write, or changed otherwise */
	FACT_MAKE,   /* a name was made or removed */
	FACT_REMAKE, /* would have been made, but was there */
	FACT_LIST,   /* a folder's names were read */
	FACT_LOOK,   /* a file was looked at, not opened */
	FACT_LOOK_DIR,
	FACT_DEVICE, /* a device that was opened */
	FACT_EXEC,   /* executed by the program, not the program itself */
	FACT_LOAD,   /* "program\tlibrary": code mapped */
	FACT_LISTEN, /* "554/tcp", "any/udp" */
	FACT_POWER,  /* a name of POWERS in sandbox/profile.h */
	FACT_USER,   /* a uid it switched to for good, in decimal */
	FACT_NOTE,   /* a sentence for whoever reads the profile */
	FACT_KINDS
};

struct fact {
	enum fact_kind kind;
	char *text;
	double first; /* s since the start */
	uint64_t times;
};

struct facts {
	struct fact *fact; /* in the order in which they were first seen */
	size_t count, held;
	uint32_t *slot; /* hash table of indices + 1 */
	size_t slots;

	double seconds; /* how long the run took */
	unsigned processes, processes_peak;
	uint64_t memory_peak; /* bytes, largest sum of resident sizes that was met */
	unsigned files_peak;
	bool network;	/* sockets other than local ones */
	bool relative;	/* used paths relative to where it was started, or asked where that is */
	uint64_t calls; /* all of them */
	int status;	/* as of waitpid(2), of the first process */
};

/* Adds a fact, or counts it again. Returns it; the pointer is good until the next is added. */
struct fact *facts_add(struct facts *f, enum fact_kind kind, const char *text, double now);
const struct fact *facts_find(const struct facts *f, enum fact_kind kind, const char *text);
void facts_free(struct facts *f);

#endif
