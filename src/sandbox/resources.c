// SPDX-License-Identifier: MIT
#include "sandbox/resources.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MIB (1ull << 20)

static uint64_t given(uint64_t value, uint64_t otherwise)
{
	return value ? value : otherwise;
}

void limits_make(struct limits *to, const struct profile *p, uint64_t ram, unsigned processors)
{
	to->memory = given(p->memory, ram / 2 < 256 * MIB ? ram / 2 : 256 * MIB);
	to->file_size = given(p->file_size, 1024 * MIB);
	to->processes = (uint32_t)given(p->processes, 128);
	to->cpu_percent = (uint32_t)given(p->cpu_percent, processors > 1 ? 100 : 80);
	to->files = (uint32_t)given(p->files, 1024);
	/* What lies in a private /tmp counts as the program's memory. */
	to->tmp_size = to->memory / 4 < 64 * MIB ? to->memory / 4 : 64 * MIB;
}

/* The kernel's own call: its limits have 64 bits everywhere. */
static int limit(int what, const struct rlimit64 *now, struct rlimit64 *had)
{
	return (int)syscall(SYS_prlimit64, 0, what, now, had);
}

/* Never above what the caller itself has. */
static int lower(int what, uint64_t to)
{
	struct rlimit64 had, now = {to, to};

	if (!limit(what, &now, NULL))
		return 0;
	if (limit(what, NULL, &had) || had.rlim_max >= to)
		return -1;
	now.rlim_cur = now.rlim_max = had.rlim_max;
	return limit(what, &now, NULL);
}

int limits_enter(const struct limits *l, struct err *e)
{
	/* 1, not 0: no file is made of a dump so, and no program of core_pattern's is run either.
	 */
	if (lower(RLIMIT_CORE, 1) || lower(RLIMIT_NOFILE, l->files) ||
	    lower(RLIMIT_FSIZE, l->file_size) || lower(RLIMIT_NPROC, l->processes) ||
	    lower(RLIMIT_MSGQUEUE, 256 << 10) || lower(RLIMIT_MEMLOCK, 256 << 10) ||
	    lower(RLIMIT_RTPRIO, 0) || lower(RLIMIT_NICE, 0))
		return err_sys(e, errno, "resource limits");
	return 0;
}
