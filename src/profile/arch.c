// SPDX-License-Identifier: MIT
#include "profile/arch.h"

#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sandbox/profile.h"

/* libseccomp's own numbers for architectures are AUDIT_ARCH_*. */
static const char *name_of(const struct call_arch *a, unsigned index)
{
	static char names[2][64];
	static unsigned turn;
	char *name = seccomp_syscall_resolve_num_arch(a->audit, (int)(index + a->base));
	char *to = names[turn++ % 2];

	if (!name) /* libseccomp may be older than the call, which has one number everywhere */
		return index >= 424 ? call_name(index) : NULL;
	snprintf(to, sizeof names[0], "%s", name);
	free(name);
	return to;
}

/* libseccomp gives calls that an architecture has not negative numbers. */
static int index_of(const struct call_arch *a, const char *name)
{
	int n = seccomp_syscall_resolve_name_arch(a->audit, name);
	int here = call_from_name(name);

	if (n == __NR_SCMP_ERROR && here >= 424)
		return here;
	n -= (int)a->base;
	return n >= 0 && n < PROFILE_CALLS ? n : -1;
}

static const struct call_arch others[] = {
#define ARCH_X(arch_name, arch_audit, arch_base)                                                   \
	{arch_name, arch_audit, arch_base, name_of, index_of},
    CALL_ARCHES(ARCH_X)
#undef ARCH_X
};
#define OTHERS (sizeof others / sizeof others[0])

const struct call_arch *arch_of(uint32_t audit)
{
	if (!audit || audit == call_native.audit)
		return &call_native;
	for (size_t i = 0; i < OTHERS; i++)
		if (others[i].audit == audit)
			return &others[i];
	return NULL;
}

const struct call_arch *arch_named(const char *name, struct err *e)
{
	char names[160] = "";
	size_t n = 0;

	if (!name)
		return &call_native;
	if (call_arch_audit(name))
		return arch_of(call_arch_audit(name));
	for (size_t i = 0; i < OTHERS; i++)
		n += (size_t)snprintf(names + n, sizeof names - n, "%s%s", i ? ", " : "",
				      others[i].name);
	err_set(e, EXIT_WRONG_USE, "--arch: '%.20s' is none of %s", name, names);
	return NULL;
}
