#!/usr/bin/env bats
# The same packets through the guard's programs in this kernel (tests/qemu has it for 6.1).

decides_alike() { # PROGRAM
	[ "$(id -u)" = 0 ] || skip "needs root"
	for seed in 1 2 3; do
		run "$HOLDFAST_BUILD/tests/$1" "$seed" 200000
		echo "$output"
		[ "$status" -eq 0 ]
		[[ "$output" != *SKIP* ]] || skip "${output#*SKIP }"
	done
}

@test "the kernel decides as user space does" { decides_alike kernel_verdicts; }
@test "also where tables are so small that places change hands all the time" { decides_alike kernel_crowded; }
