#!/usr/bin/env bats
# The lock in a virtual machine that needs no hardware help: half a minute each. What cannot be
# fetched, or has not been built (tests/qemu/kernel-own), is a counted skip.

machine() { # CHECKS KERNEL OPTION...
	command -v qemu-system-x86_64 >/dev/null || skip "no qemu-system-x86_64"
	"$BATS_TEST_DIRNAME/kernel" x86_64 >/dev/null || skip "Debian's packages are out of reach"
	run "$BATS_TEST_DIRNAME/run" x86_64 "$@"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "Debian's 6.1: locked, root can do nothing about it" {
	machine lock-checks debian lsm=landlock,lockdown,yama,bpf
}

@test "Debian's 6.1 without BPF LSM: what is missing is said, children inherit the rest" {
	machine lock-checks debian lsm=landlock,lockdown,yama lock=part
}

@test "6.12 of our own: locked, root can do nothing about it" {
	image=$("$BATS_TEST_DIRNAME/kernel-own" --cached) || skip "not built: tests/qemu/kernel-own"
	machine lock-checks "$image" lsm=landlock,lockdown,yama,bpf
}

@test "6.12 of our own without BPF LSM" {
	image=$("$BATS_TEST_DIRNAME/kernel-own" --cached) || skip "not built: tests/qemu/kernel-own"
	machine lock-checks "$image" lsm=landlock,lockdown,yama lock=part
}
