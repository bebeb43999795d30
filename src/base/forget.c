// SPDX-License-Identifier: MIT
#include "base/forget.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define DEEPEST (1u << 16) /* bytes; further down no call of ours has been */

void forget_bytes(void *from, size_t n)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t first = ((uintptr_t)from + page - 1) & ~(page - 1);
	uintptr_t end = ((uintptr_t)from + n) & ~(page - 1);

	if (end > first)
		madvise((void *)first, end - first, MADV_DONTNEED);
}

/* The frames of this call and the next are in use. */
#define IN_USE 1024

void __attribute__((noinline)) forget_stack(void)
{
	char *here = __builtin_frame_address(0);

	forget_bytes(here - DEEPEST, DEEPEST - IN_USE);
}
