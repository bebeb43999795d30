#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a sandbox costs: calls of a start, memory while it runs, code. The figures of docs/sandbox.md.
load sandbox.bash

sleeper() {
	profile sleeper <<-EOF
	[program]
	exec = /bin/sleep
	EOF
}

@test "a start takes at most 150 system calls; holdfast run from its own exec to the program's at most 260" {
	command -v strace >/dev/null || skip "no strace"
	sleeper
	"$H" run "$D/sleeper.conf" 0 # the copies of /etc are made
	strace -f -o "$D/trace" "$H" run "$D/sleeper.conf" 0
	local start all
	all=$(sed '/execveat(/q' "$D/trace" | grep -cv 'resumed>\|+++\|---')
	# From the socket pair between launcher and sandbox to the exec of the program.
	start=$(sed -n '/socketpair(/,/execveat(/p' "$D/trace" | grep -cv 'resumed>\|+++\|---')
	echo "start $start, all $all"
	[ "$start" -gt 50 ] && [ "$start" -le 150 ]
	[ "$all" -le 260 ]
}

private() { awk '/^Private_(Clean|Dirty)/ { n += $2 } END { print n }' "/proc/$1/smaps_rollup"; }

@test "resident: at most 64 KiB private for the sandbox's first process" {
	sleeper
	"$H" run "$D/sleeper.conf" 30 &
	local pid=$! first
	sleep 2
	first=$(pgrep -P $pid)
	echo "first process $(private "$first") KiB, holdfast run $(private $pid) KiB"
	local n=$(private "$first")
	kill $pid; wait $pid || true
	[ "$n" -gt 0 ] && [ "$n" -le 64 ]
}

@test "launcher and supervisor: at most 120 KiB of code" {
	local n=0 lib
	for lib in sandbox/libsandbox.a sandbox/libprofile.a supervise/libsupervise.a supervise/libthrottle.a; do
		[ -f "$HOLDFAST_BUILD/src/$lib" ] || continue
		n=$((n + $(size "$HOLDFAST_BUILD/src/$lib" | awk 'NR > 1 { n += $1 + $2 } END { print n }')))
	done
	echo "$n bytes"
	[ "$n" -gt 20000 ] && [ "$n" -le $((120 * 1024)) ]
}
