#!/usr/bin/env bats
# The guard on Debian's 6.1 kernels, in a virtual machine that needs no hardware help. About a
# minute for both. What cannot be fetched or emulated here is a counted skip.

machine() { # ARCH EMULATOR COMPILER
	command -v "$2" >/dev/null || skip "no $2"
	command -v "$3" >/dev/null || skip "no $3"
	"$BATS_TEST_DIRNAME/kernel" "$1" >/dev/null || skip "Debian's packages are out of reach"
	run "$BATS_TEST_DIRNAME/run" "$1"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "x86-64" { machine x86_64 qemu-system-x86_64 gcc; }
@test "arm64" { machine arm64 qemu-system-aarch64 aarch64-linux-gnu-gcc; }
