/* SPDX-License-Identifier: MIT
 *
 * What the analysis needs of one ELF file: its code, where its functions start, the places that
 * hold addresses, what it exports and which libraries it needs. Read with libelf; a file may be
 * hostile, every address is checked when it is used.
 */
#ifndef LEARN_ELF_FILE_H
#define LEARN_ELF_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define ELF_FILE_MAX (1u << 30) /* bytes; larger ones are refused */

enum elf_machine { ELF_X86_64, ELF_ARM64 };

/* A loaded part of the file. */
struct elf_part {
	uint64_t at, size; /* addresses; size as far as the file has bytes for it */
	const uint8_t *bytes;
	bool code;
};

struct elf_func {
	uint64_t at;
	const char *name; /* NULL: has none */
};

/* A word that holds an address once loaded: of an import (name) or of a place in the file (to). */
struct elf_slot {
	uint64_t at, to;
	const char *name;
};

struct elf_export {
	const char *name;
	uint64_t at, size;
	bool code;
};

struct elf_file {
	char *path;
	enum elf_machine machine;
	bool fixed; /* not position-independent: addresses stand in it without relocations */
	uint64_t entry;
	struct {
		uint64_t at, size;
	} got[2]; /* words of which each stands for itself */
	uint64_t code_size;

	struct elf_part *part;
	size_t parts, parts_held;
	struct elf_func *func; /* by address, no two the same */
	size_t funcs, funcs_held;
	struct elf_slot *slot; /* by address */
	size_t slots, slots_held;
	struct elf_export *export; /* by name, then address */
	size_t exports, exports_held;
	uint64_t *root; /* run without being called: init, fini and their arrays */
	size_t roots, roots_held;
	uint64_t *object; /* where data objects start, as far as symbols say */
	size_t objects, objects_held;

	const char **needed; /* DT_NEEDED */
	size_t neededs, neededs_held;
	const char *runpath, *soname, *interp; /* NULL: none */

	void *elf; /* libelf's; strings above point into it */
	void *map;
	size_t size;
};

/* Reads the file at path. Fails with e naming the file and what is wrong with it (EXIT_WRONG_USE
 * when it is no ELF file for x86-64 or arm64 or is damaged, EXIT_SYSTEM when it cannot be read).
 * elf_close() frees it. */
int elf_open(struct elf_file *f, const char *path, struct err *e);
/* The same from memory, which must stay. */
int elf_open_bytes(struct elf_file *f, const char *path, void *bytes, size_t size, struct err *e);
void elf_close(struct elf_file *f);

/* The bytes from address at to the end of its part; *n says how many; NULL when nothing is there.
 */
const uint8_t *elf_bytes(const struct elf_file *f, uint64_t at, size_t *n);
bool elf_is_code(const struct elf_file *f, uint64_t at);
bool elf_is_data(const struct elf_file *f, uint64_t at);

/* Adds a place where a function starts; elf_sort_funcs() makes the array usable again. */
void elf_add_func(struct elf_file *f, uint64_t at, const char *name);
void elf_sort_funcs(struct elf_file *f);
/* Index of the function that holds the address, and where it ends; -1 when none does. */
long elf_func_at(const struct elf_file *f, uint64_t at);
uint64_t elf_func_end(const struct elf_file *f, size_t i);

/* The slot at exactly this address, NULL for none; index of the first one not below it. */
const struct elf_slot *elf_slot_at(const struct elf_file *f, uint64_t at);
size_t elf_slot_from(const struct elf_file *f, uint64_t at);
/* The first export of that name, NULL for none; others of the same name follow it. */
const struct elf_export *elf_export(const struct elf_file *f, const char *name);

#endif
