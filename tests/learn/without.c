// SPDX-License-Identifier: MIT
// Runs a program in which a call fails with EPERM, as in containers and on older kernels.
// Usage: without CALL[=FIRST_ARGUMENT] PROGRAM ARGUMENT...
#include <errno.h>
#include <seccomp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	char *is = argc > 2 ? strchr(argv[1], '=') : NULL;
	int call;

	if (argc < 3)
		return 2;
	if (is)
		*is++ = 0;
	call = seccomp_syscall_resolve_name(argv[1]);
	if (seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), call, is ? 1 : 0,
			     SCMP_A0(SCMP_CMP_EQ, is ? strtoul(is, NULL, 0) : 0)) ||
	    seccomp_load(filter))
		return 9;
	execvp(argv[2], argv + 2);
	return 8;
}
