// SPDX-License-Identifier: MIT
#include "learn/names.h"

#include <seccomp.h>
#include <stdlib.h>

/* Newer than the libseccomp of Debian 12; one number for all machines since 424. */
static const char *const newer[] = {
    [448] = "process_mrelease",	 [449] = "futex_waitv",	     [450] = "set_mempolicy_home_node",
    [451] = "cachestat",	 [452] = "fchmodat2",	     [453] = "map_shadow_stack",
    [454] = "futex_wake",	 [455] = "futex_wait",	     [456] = "futex_requeue",
    [457] = "statmount",	 [458] = "listmount",	     [459] = "lsm_get_self_attr",
    [460] = "lsm_set_self_attr", [461] = "lsm_list_modules", [462] = "mseal",
};

const char *names_call(enum elf_machine m, int64_t number)
{
	static const char *known[2][NAMES_CALLS];

	if (number < 0 || number >= NAMES_CALLS)
		return NULL;
	if (!known[m][number])
		known[m][number] = seccomp_syscall_resolve_num_arch(
		    m == ELF_X86_64 ? SCMP_ARCH_X86_64 : SCMP_ARCH_AARCH64, (int)number);
	if (!known[m][number] && (size_t)number < sizeof newer / sizeof *newer)
		known[m][number] = newer[number];
	return known[m][number];
}

enum elf_machine names_native(void)
{
#if defined __aarch64__
	return ELF_ARM64;
#else
	return ELF_X86_64;
#endif
}
