#!/usr/bin/env bats
# The same packets through the guard's programs in this kernel (tests/qemu has it for 6.1).

@test "the kernel decides as user space does" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	for seed in 1 2 3; do
		run "$HOLDFAST_BUILD/tests/kernel_verdicts" "$seed" 200000
		echo "$output"
		[ "$status" -eq 0 ]
		[[ "$output" != *SKIP* ]] || skip "${output#*SKIP }"
	done
}
