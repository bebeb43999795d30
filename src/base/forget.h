/* SPDX-License-Identifier: MIT
 *
 * Memory that has served goes back to the kernel (madvise(2), MADV_DONTNEED): a supervisor runs for
 * years on a machine that has little.
 */
#ifndef HOLDFAST_BASE_FORGET_H
#define HOLDFAST_BASE_FORGET_H

#include <stddef.h>

/* Gives back what of n bytes at from is whole pages; they read as 0 afterwards. Private memory
 * without a file alone: of the zeroed data, a mapping, a stack. */
void forget_bytes(void *from, size_t n);

/* Gives back what lies below the caller's frame on the stack: what was called until now. */
void forget_stack(void);

#endif
