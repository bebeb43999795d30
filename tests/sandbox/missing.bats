#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A kernel that lacks a layer: the program does not start, the layer and its option are named, and
# the profile may do without by name. Calls are taken away by a filter of the test's own.
load sandbox.bash

setup_file() {
	chmod 755 "$BATS_FILE_TMPDIR"
	gcc -D_GNU_SOURCE -o "$BATS_FILE_TMPDIR/without" "$BATS_TEST_DIRNAME/without.c"
}

# number NAME: of a system call here
number() { echo "#include <asm/unistd.h>
__NR_$1" | gcc -E -P - | tail -n 1; }

without() { # CALL... -- COMMAND
	local numbers=()
	while [ "$1" != -- ]; do numbers+=("$(number "$1")"); shift; done
	"$BATS_FILE_TMPDIR/without" "${numbers[@]}" "$@"
}

profile_of() { # ACCEPTED
	profile t <<-EOF
	[program]
	exec = /bin/sleep
	${1:+accept-missing = $1}
	EOF
}

@test "without Landlock: not started, named with its option; started where the profile accepts it" {
	profile_of
	run without landlock_create_ruleset -- "$H" run "$D/t.conf" 0
	echo "$output"
	[ "$status" = 3 ] && [ "${#lines[@]}" = 1 ]
	[[ $output == *"layer landlock"* && $output == *CONFIG_SECURITY_LANDLOCK* && $output == *accept-missing* ]]
	profile_of landlock
	run without landlock_create_ruleset -- "$H" run "$D/t.conf" 0
	echo "$output"
	[ "$status" = 0 ] && [[ $output == *"without layer landlock"* ]]
}

@test "without filters, without a tree, without namespaces: not started, in one line" {
	local missing
	profile_of
	for missing in seccomp mount_setattr clone3 pivot_root close_range; do
		run without $missing -- "$H" run "$D/t.conf" 0
		echo "$missing: $output"
		[ "$status" = 3 ] && [ "${#lines[@]}" = 1 ]
	done
	! ls -d /sys/fs/cgroup/*/holdfast-t.* 2>/dev/null
}

@test "a call list for other machines alone: not started, or at the default level where the profile says so" {
	printf '%s\n' '[program]' 'exec = /bin/sleep' '[syscalls mips64]' 'list = learned' 'allow = read' >"$D/t.conf"
	run "$H" run "$D/t.conf" 0
	echo "$output"
	[ "$status" = 2 ] && [ "${#lines[@]}" = 1 ] && [[ $output == *"t.conf:4: "*"none for"* ]]
	printf '%s\n' '[syscalls]' 'list = default' >>"$D/t.conf"
	run "$H" run "$D/t.conf" 0
	echo "$output"
	[ "$status" = 0 ] && [ "$output" = "holdfast: no call list for $(uname -m | sed 's/_/-/; s/aarch64/arm64/'): the default level" ]
	mkdir "$D/p" && mv "$D/t.conf" "$D/p" && sed -i 's,^exec.*,& 100,' "$D/p/t.conf"
	"$H" supervise "$D/p" >"$D/out" 2>&1 3>&- &
	sup=$!
	for _ in $(seq 100); do "$H" status | grep -q 't  *running' && break; sleep 0.1; done
	run "$H" status
	kill -TERM $sup
	wait $sup || true
	echo "$output"
	[[ $output == *"default level: its profile has no call list for "* ]]
	grep -q 't: no call list for .*: runs at the default level' "$D/out"
}

@test "a kernel without openat2 and rseq starts it all the same" {
	profile_of
	run without openat2 rseq -- "$H" run "$D/t.conf" 0
	echo "$output"
	[ "$status" = 0 ]
}

# Becomes it, without the file that tells of pid namespaces, as on a kernel that has none.
without_pids() { exec unshare -m sh -c 'mount -t tmpfs none /proc/$$/ns && exec "$@"' sh "$@"; }

@test "without pid namespaces: signals reach the program, and nothing outlives it" {
	gcc -D_GNU_SOURCE -O1 -o "$BATS_FILE_TMPDIR/actor" "$BATS_TEST_DIRNAME/actor.c"
	profile t <<-EOF
	[program]
	exec = $BATS_FILE_TMPDIR/actor
	accept-missing = pid
	EOF
	without_pids "$H" run "$D/t.conf" polite daemon print there sleep 20 >"$D/out" 2>&1 3>&- &
	run=$!
	for _ in $(seq 50); do ! grep -q there "$D/out" || break; sleep 0.1; done
	[ "$(pgrep -fc "^$BATS_FILE_TMPDIR/actor polite")" = 2 ]
	kill -TERM $run
	rc=0; wait $run || rc=$?
	cat "$D/out"
	[ $rc = 0 ] && grep -q "without layer pid" "$D/out" && grep -q bye "$D/out"
	[ "$(pgrep -fc "^$BATS_FILE_TMPDIR/actor polite")" = 0 ]
	! find /sys/fs/cgroup -maxdepth 3 -name "holdfast-t.$run" | grep .
}

@test "probe names what is missing and the option that gives it" {
	run without landlock_create_ruleset mount_setattr -- "$H" probe
	echo "$output"
	[ "$status" = 1 ]
	[[ $output == *"landlock comes with the kernel option CONFIG_SECURITY_LANDLOCK"* && $output == *"Tier: none"* ]]
	run without landlock_create_ruleset -- "$H" probe
	[[ $output == *"Tier: reduced"* ]]
}

@test "not root: said in one line" {
	command -v setpriv >/dev/null || skip "no setpriv"
	profile_of
	chmod 755 "$D" && chmod 644 "$D/t.conf"
	run setpriv --reuid 65534 --regid 65534 --clear-groups "$H" run "$D/t.conf" 0
	echo "$output"
	[ "$status" = 3 ] && [ "${#lines[@]}" = 1 ]
}
