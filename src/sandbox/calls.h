/* SPDX-License-Identifier: MIT
 *
 * System calls by name and number. The table of this machine's own calls is made at build time from
 * the target's <asm/unistd.h>, and from the list of newer calls in calls.awk, whose numbers are the
 * same on every architecture (Linux gives one number for all since 5.1).
 *
 * Numbers start at 0 on most architectures, at 4000, 5000 or 6000 on MIPS. Profiles and their call
 * lists count from there: an *index* is the native number minus call_native.base. This is the one
 * place that knows.
 */
#ifndef SANDBOX_CALLS_H
#define SANDBOX_CALLS_H

#include <stdint.h>

/* name of the architecture in profiles and records, AUDIT_ARCH_* (linux/audit.h), first number */
#define CALL_ARCHES(X)                                                                             \
	X("x86-64", 0xC000003Eu, 0)                                                                \
	X("arm64", 0xC00000B7u, 0)                                                                 \
	X("arm", 0x40000028u, 0)                                                                   \
	X("mipsel", 0x40000008u, 4000)                                                             \
	X("mips", 0x00000008u, 4000)                                                               \
	X("mipsel64", 0xC0000008u, 5000)                                                           \
	X("mips64", 0x80000008u, 5000)                                                             \
	X("riscv64", 0xC00000F3u, 0)                                                               \
	X("ppc64le", 0xC0000015u, 0)                                                               \
	X("s390x", 0x80000016u, 0)                                                                 \
	X("i386", 0x40000003u, 0)

/* An architecture and how its calls are called. Tools on the host have others than the native one
 * (profile/arch.h). */
struct call_arch {
	const char *name;
	uint32_t audit; /* AUDIT_ARCH_*, as the filter sees it */
	uint32_t base;	/* number of the call with index 0 */
	/* NULL for an index that is no call; -1 for a name that is none. The name is good until
	 * the one after the next is asked for. */
	const char *(*name_of)(const struct call_arch *a, unsigned index);
	int (*index_of)(const struct call_arch *a, const char *name);
};

/* This machine's. */
extern const struct call_arch call_native;

/* Index of a native number; -1 when it is no index of a profile (foreign, or private to the
 * architecture as ARM's set_tls is). */
int call_index(long number);
long call_number(unsigned index);

/* "openat" for its index, NULL for none; index of a name, -1 for none. */
const char *call_name(unsigned index);
int call_from_name(const char *name);

/* One above the highest index that has a name: calls from here on are newer than this program. */
unsigned call_limit(void);

/* "arm64" for its AUDIT_ARCH_*; NULL when it is none of the above. call_arch_audit() is the
 * reverse; 0 for a name that is none. */
const char *call_arch_name(uint32_t audit);
uint32_t call_arch_audit(const char *name);

#endif
