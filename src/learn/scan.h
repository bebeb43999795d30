/* SPDX-License-Identifier: MIT
 *
 * Static analysis: which system calls a program can make at all, as far as its own code and that
 * of its libraries says. Nothing is run.
 *
 * A function counts when it is called or its address is taken by one that counts, beginning with
 * where the program and the initialisers of its libraries start; a library's functions count when
 * they are imported. Data counts in pieces: the pointers of an object when something that counts
 * speaks of the object. Not seen: code made or unpacked at run time, and libraries loaded by
 * dlopen() that scan_add() was not told of.
 */
#ifndef LEARN_SCAN_H
#define LEARN_SCAN_H

#include "learn/elf_file.h"
#include "learn/names.h"

/* A call that can be reached, and how: "main -> fread -> __read". */
struct scan_call {
	const char *name;
	char *via;
};

struct scan {
	enum elf_machine machine;
	struct scan_call *call; /* by name, no two the same */
	size_t calls, calls_held;
	char **unknown; /* "libc.so.6+0x12345 (name)": numbers that were not found out */
	size_t unknowns, unknowns_held;
	char **missing; /* libraries that were not found, files that could not be read */
	size_t missings, missings_held;
	size_t files, functions, reached;
	void (*progress)(void *arg, const char *path, size_t done, size_t all);
	void *arg;
};

/* Adds to s what the program at path can call. also: files that it loads by itself (may be NULL,
 * ends with NULL); everything they export counts. sysroot: "" or another root for libraries.
 * Fails when the program itself cannot be read, with e naming the place; s keeps what it had. */
int scan_program(struct scan *s, const char *path, const char *const *also, const char *sysroot,
		 struct err *e);
const struct scan_call *scan_find(const struct scan *s, const char *name);
void scan_free(struct scan *s);

#endif
