// SPDX-License-Identifier: MIT
// bench_pin PATH pass|drop: pins a program of two instructions that lets every packet go on, or
// drops it. The first is what any BPF program costs, the second what a spray is compared with.
#include <stdio.h>
#include <string.h>

#include "bpf/call.h"

int main(int argc, char **argv)
{
	struct bpf_insn code[] = {
	    {.code = 0xb7, .imm = 2}, /* r0 = TC_ACT_SHOT */
	    {.code = 0x95},	      /* exit */
	};
	int fd, n;

	if (argc != 3 || (strcmp(argv[2], "pass") && strcmp(argv[2], "drop")))
		return 2;
	if (*argv[2] == 'p')
		code[0].imm = -1; /* TC_ACT_UNSPEC */
	fd = call_prog_load(argv[2], code, 2, NULL, 0);
	n = fd < 0 ? fd : call_pin(fd, argv[1]);
	if (n < 0)
		fprintf(stderr, "bench_pin: %s: %s\n", argv[1], strerror(-n));
	return n < 0 ? 3 : 0;
}
