// SPDX-License-Identifier: MIT
#include "sandbox/calls.h"

#include <asm/unistd.h>
#include <linux/audit.h>
#include <stddef.h>
#include <string.h>

#include "sandbox/profile.h"

#if defined __x86_64__
#define CALLS_AUDIT AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define CALLS_AUDIT AUDIT_ARCH_AARCH64
#elif defined __arm__
#define CALLS_AUDIT AUDIT_ARCH_ARM
#elif defined __mips__ && _MIPS_SIM == _ABIO32
#define CALLS_BASE 4000
#ifdef __MIPSEL__
#define CALLS_AUDIT AUDIT_ARCH_MIPSEL
#else
#define CALLS_AUDIT AUDIT_ARCH_MIPS
#endif
#elif defined __mips__ && _MIPS_SIM == _ABI64
#define CALLS_BASE 5000
#ifdef __MIPSEL__
#define CALLS_AUDIT AUDIT_ARCH_MIPSEL64
#else
#define CALLS_AUDIT AUDIT_ARCH_MIPS64
#endif
#elif defined __riscv && __riscv_xlen == 64
#define CALLS_AUDIT AUDIT_ARCH_RISCV64
#elif defined __powerpc64__ && defined __LITTLE_ENDIAN__
#define CALLS_AUDIT AUDIT_ARCH_PPC64LE
#elif defined __s390x__
#define CALLS_AUDIT AUDIT_ARCH_S390X
#elif defined __i386__
#define CALLS_AUDIT AUDIT_ARCH_I386
#else
#error "an architecture that calls.h does not list"
#endif
#ifndef CALLS_BASE
#define CALLS_BASE 0
#endif

#include "calls_native.h"

_Static_assert(CALLS_LIMIT <= PROFILE_CALLS, "a profile holds every call");

static const struct {
	const char *name;
	uint32_t audit, base;
} arches[] = {
#define ARCH_X(name, audit, base) {name, audit, base},
    CALL_ARCHES(ARCH_X)
#undef ARCH_X
};

const char *call_arch_name(uint32_t audit)
{
	for (size_t i = 0; i < sizeof arches / sizeof arches[0]; i++)
		if (arches[i].audit == audit)
			return arches[i].name;
	return NULL;
}

uint32_t call_arch_audit(const char *name)
{
	for (size_t i = 0; i < sizeof arches / sizeof arches[0]; i++)
		if (!strcmp(arches[i].name, name))
			return arches[i].audit;
	return 0;
}

/* Both ways walk the names: it is done when a profile is read and when a denial is shown, and a
 * table beside the names would be as large as they are. */
const char *call_name(unsigned index)
{
	const char *s = call_names;

	if (index >= CALLS_LIMIT)
		return NULL;
	for (unsigned i = 0; i < index; i++)
		s += strlen(s) + 1;
	return *s ? s : NULL;
}

int call_from_name(const char *name)
{
	const char *s = call_names;

	for (int i = 0; *name && i < CALLS_LIMIT; i++, s += strlen(s) + 1)
		if (!strcmp(s, name))
			return i;
	return -1;
}

int call_index(long number)
{
	return number >= CALLS_BASE && number < CALLS_BASE + PROFILE_CALLS
		   ? (int)(number - CALLS_BASE)
		   : -1;
}

long call_number(unsigned index)
{
	return (long)index + CALLS_BASE;
}

unsigned call_limit(void)
{
	return CALLS_LIMIT;
}

static const char *native_name(const struct call_arch *a, unsigned index)
{
	return call_name(index);
}

static int native_index(const struct call_arch *a, const char *name)
{
	return call_from_name(name);
}

#define ARCH_X(arch_name, arch_audit, base) CALLS_AUDIT == (arch_audit) ? arch_name:
const struct call_arch call_native = {
    .name = CALL_ARCHES(ARCH_X) "",
    .audit = CALLS_AUDIT,
    .base = CALLS_BASE,
    .name_of = native_name,
    .index_of = native_index,
};
