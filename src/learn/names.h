/* SPDX-License-Identifier: MIT
 *
 * Names of system calls, for both machines that are analysed, wherever the tool runs.
 */
#ifndef LEARN_NAMES_H
#define LEARN_NAMES_H

#include "learn/elf_file.h"

#define NAMES_CALLS 512 /* numbers that are looked at: 0-511 */

/* "openat" for 257 on x86-64; NULL for a number that is none (known to libseccomp, or one of the
 * few that are newer). The text lives as long as the program. */
const char *names_call(enum elf_machine m, int64_t number);

enum elf_machine names_native(void);

#endif
