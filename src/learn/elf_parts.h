/* SPDX-License-Identifier: MIT
 *
 * The sections of an ELF file into struct elf_file: symbols, relocations, the dynamic section, the
 * table of functions that unwinding uses.
 */
#ifndef LEARN_ELF_PARTS_H
#define LEARN_ELF_PARTS_H

#include "learn/elf_file.h"

/* Fills the arrays of f, not yet sorted. Returns 0, or -1 when there are no section headers that
 * can be read. */
int elf_read_sections(struct elf_file *f);

#endif
