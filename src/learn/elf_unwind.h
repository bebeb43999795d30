/* SPDX-License-Identifier: MIT
 *
 * Where functions start, from what exceptions and debuggers unwind the stack by: it is there even
 * in files without symbols.
 */
#ifndef LEARN_ELF_UNWIND_H
#define LEARN_ELF_UNWIND_H

#include "learn/elf_file.h"

/* The sorted table at the end of .eh_frame_hdr (LSB, "Exception Frame Header"), loaded at `at`:
 * pairs of 32-bit distances from its start. */
void unwind_read_table(struct elf_file *f, uint64_t at, const uint8_t *p, size_t size);

/* .eh_frame itself (LSB, "The .eh_frame section"), for files without the table. */
void unwind_read_frames(struct elf_file *f, uint64_t at, const uint8_t *p, size_t size);

#endif
