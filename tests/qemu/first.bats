#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The sandbox on a machine with control groups of version 2, the supervisor as process 1 of a machine, and
# beside other processes 1, each in a virtual machine that needs no hardware help. About four minutes.
# What cannot be fetched here is a counted skip.

setup() {
	command -v qemu-system-x86_64 >/dev/null || skip "no qemu-system-x86_64"
	"$BATS_TEST_DIRNAME/kernel" x86_64 >/dev/null || skip "Debian's packages are out of reach"
}

machine() { # CHECKS KERNEL OPTION...
	run "$BATS_TEST_DIRNAME/run" "${ARCH:-x86_64}" "$@"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "control groups of version 2: every limit bites, nothing stays, the battery gets nowhere" {
	machine sandbox-checks debian
}

@test "the same on arm64" {
	command -v qemu-system-aarch64 >/dev/null || skip "no qemu-system-aarch64"
	command -v aarch64-linux-gnu-gcc >/dev/null || skip "no aarch64-linux-gnu-gcc"
	"$BATS_TEST_DIRNAME/kernel" arm64 >/dev/null || skip "Debian's packages are out of reach"
	ARCH=arm64 machine sandbox-checks debian
}

@test "the same on a 6.12 of our own" {
	image=$("$BATS_TEST_DIRNAME/kernel-own" --cached) || skip "not built: tests/qemu/kernel-own"
	machine sandbox-checks "$image"
}

@test "the same on an initramfs, whose root pivot_root cannot take away" {
	machine sandbox-checks debian root=initramfs
}

# One way for a machine to end, whose process 1 is the supervisor.
first() { # HOW
	"$BATS_TEST_DIRNAME/kernel" x86_64 full >/dev/null || skip "Debian's packages are out of reach"
	export QEMU_CONSOLE=$BATS_TEST_TMPDIR/console QEMU_MORE="-device i6300esb -action watchdog=reset ${QEMU_MORE:-}"
	machine first-checks debian-full "first=$1"
	tr -d '\r' <"$QEMU_CONSOLE" | grep -v '^TAP ' | tail -n 8
}
# The last programs' words, the supervisor's and the kernel's, in this order.
orderly() { # KERNEL_SAYS
	tr -d '\r' <"$QEMU_CONSOLE" | grep -oE '^bye$|^all programs have stopped|reboot: .*' | tail -n 3 >"$BATS_TEST_TMPDIR/end"
	printf '%s\n' bye "all programs have stopped" "reboot: $1" | diff - "$BATS_TEST_TMPDIR/end"
}

@test "process 1 of a machine: mounts, reaps, restarts; SIGTERM stops all in order and starts the machine again" {
	first term
	orderly "Restarting system"
}

@test "process 1 of a machine: SIGUSR2 switches it off" {
	first off
	orderly "Power down"
}

@test "process 1 of a machine: SIGUSR1 halts it" {
	export QEMU_WHEN="System halted" QEMU_SAY=quit
	first halt
	orderly "System halted"
}

@test "process 1 of a machine: Ctrl-Alt-Del is an orderly stop" {
	export QEMU_WHEN="press the keys" QEMU_SAY="sendkey ctrl-alt-delete"
	first keys
	orderly "Restarting system"
}

# The emulator skips the time in which nothing happens: minutes are seconds.
@test "the hardware's watchdog: does not bite while the supervisor lives, bites when it hangs" {
	export QEMU_MORE="-icount shift=4,sleep=off"
	first dog
	grep -q "TAP ok .* no bite" "$QEMU_CONSOLE"
	tail -n 1 "$QEMU_CONSOLE" | grep -q "waiting for the bite"
	! grep -q "still there" "$QEMU_CONSOLE"
}

@test "process 1 of a machine with nothing to run: says so, and starts the machine again" {
	export QEMU_MORE="-icount shift=4,sleep=off" QEMU_CONSOLE=$BATS_TEST_TMPDIR/console
	run "$BATS_TEST_DIRNAME/run" x86_64 first-checks debian first=amiss
	cat "$QEMU_CONSOLE"
	grep -q "/dev/nothing: No such file or directory: goes on without a watchdog" "$QEMU_CONSOLE"
	grep -q "/etc/nothing: No such file or directory: the machine starts again in 60 s" "$QEMU_CONSOLE"
	grep -q "reboot: Restarting system" "$QEMU_CONSOLE"
}

@test "BusyBox's init: the scripts, lines that respawn, and an orderly end" {
	export QEMU_CONSOLE=$BATS_TEST_TMPDIR/console
	machine busybox-checks debian
	tr -d '\r' <"$QEMU_CONSOLE" | grep -oE 'all programs have stopped|reboot: .*' | tail -n 2 >"$BATS_TEST_TMPDIR/end"
	printf '%s\n' "all programs have stopped" "reboot: Power down" | diff - "$BATS_TEST_TMPDIR/end"
}

@test "systemd, with control groups of version 2: both units" {
	[ -x /lib/systemd/systemd ] || skip "systemd is not installed"
	export QEMU_MEMORY=512
	machine systemd-checks debian
	[[ $output == *"1..35"* ]]
}
