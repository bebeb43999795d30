/* SPDX-License-Identifier: MIT
 *
 * What the kernel itself opens to run a program: the interpreter of a script, the loader of an ELF
 * file.
 */
#ifndef SANDBOX_PROGRAM_H
#define SANDBOX_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define PROGRAM_PATH 256 /* the kernel's own limit for a script is 255 */

/* The interpreter named in the first n bytes of a file: 1 and to filled, 0 when it needs none (a
 * static program), -1 when it is no program that this machine runs. Pure. */
int program_interpreter(const uint8_t *head, size_t n, char to[PROGRAM_PATH]);

/* Whether the first n bytes are of an ELF file that the kernel gives a stack which is written and
 * executed (gcc -z execstack; on 32 bits also where none is said). Pure. */
bool program_runs_stack(const uint8_t *head, size_t n);

#define PROGRAM_HEAD 4096 /* enough for every linker's program headers */

/* Appends the interpreters of the program at path, and theirs, to to[0..max-1]. Returns how many in
 * all, or -1 with e naming the program. Sets *runs_stack where one of them does. */
int program_needs(const char *path, char to[][PROGRAM_PATH], int have, int max, bool *runs_stack,
		  struct err *e);

#endif
