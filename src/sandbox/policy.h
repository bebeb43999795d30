/* SPDX-License-Identifier: MIT
 *
 * What becomes of each system call under a profile. Pure; the filter (sandbox/filter.h) is made of
 * it. The rows are in policy.tsv.
 */
#ifndef SANDBOX_POLICY_H
#define SANDBOX_POLICY_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "sandbox/profile.h"

/* Verdicts behind VERDICT_ASK look at arguments: they allow, or refuse as VERDICT_REFUSE does. */
enum verdict {
	VERDICT_ALLOW,
	VERDICT_REFUSE, /* EPERM, reported */
	VERDICT_NOSYS,	/* ENOSYS, not reported */
	VERDICT_ASK,	/* the launcher does it on the program's behalf, or refuses */
	VERDICT_EXEC,	/* only the launcher's own, told by its pointers */
	VERDICT_CLONE,
	VERDICT_UNSHARE,
	VERDICT_SECCOMP,
	VERDICT_PERSONALITY,
	VERDICT_PRCTL,
	VERDICT_SETRLIMIT,
	VERDICT_PRLIMIT,
	VERDICT_SETSOCKOPT,
	VERDICT_MMAP,
	VERDICT_MPROTECT,
	VERDICT_SHMAT,
	VERDICT_MEMFD,
	VERDICT_SOCKET,
	VERDICT_SOCKETPAIR,
	VERDICT_IOCTL,
	VERDICT_OPEN,
	VERDICT_OPENAT,
	VERDICT_CHMOD,
	VERDICT_CHMODAT,
	VERDICT_MKNOD,
	VERDICT_MKNODAT,
	VERDICT_RENAME,
	VERDICT_COUNT
};

/* The first native call number: 4000 on MIPS o32, else 0. Call n of a profile is number base + n.
 */
#if defined(__mips__) && defined(_ABIO32) && _MIPS_SIM == _ABIO32
#define POLICY_BASE 4000
#else
#define POLICY_BASE 0
#endif
/* Calls from here on are newer than this table: ENOSYS. All processors share numbers by now. */
#define POLICY_KNOWN 463

struct policy {
	uint8_t verdict[PROFILE_CALLS]; /* by number - POLICY_BASE */
	uint32_t powers;		/* of the profile */
	bool mdwe;     /* the kernel itself keeps written memory from being executed */
	bool exec_any; /* the profile lists programs: exec is left to the tree and Landlock */
	bool paths;    /* opens go to the launcher, which reports what the tree keeps back */
	bool notify;   /* refusals go to the launcher; without: errno only */
};

/* mdwe, notify: what this start has. */
void policy_make(struct policy *to, const struct profile *p, bool mdwe, bool notify);

/* Whether an open with these arguments is refused: it would make a file that runs as its owner. */
#define POLICY_MAKES_FILE   (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))
#define POLICY_FOREIGN_MODE (S_ISUID | S_ISGID)
static inline bool policy_open_refused(uint32_t flags, uint32_t mode)
{
	return flags & POLICY_MAKES_FILE && mode & POLICY_FOREIGN_MODE;
}

#endif
