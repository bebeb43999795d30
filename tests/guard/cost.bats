#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What the daemon takes, and what it writes.
load guard.bash

@test "at most 2 MB resident, and no more after work; at most 256 kB for the records" {
	start_guard
	resident() { awk '/^VmRSS/ { print $2 }' /proc/$daemon/status; }
	data() { awk '/^VmData/ { print $2 }' /proc/$daemon/status; }
	before=$(data)
	for i in $(seq 12); do
		link x$i 10.9.$((i + 10))
		ip -n $dev link del x${i}0
	done
	limited
	sleep 2
	echo "resident $(resident) kB, data $before kB, then $(data) kB"
	[ "$(resident)" -le 2048 ]
	[ "$(data)" = "$before" ]
	sum=0
	for fd in /proc/$daemon/fdinfo/*; do
		n=$(awk '/^memlock/ { print $2 }' $fd 2>/dev/null)
		sum=$((sum + ${n:-0}))
	done
	echo "kernel memory of maps and programs: $sum bytes"
	records=0
	for fd in /proc/$daemon/fdinfo/*; do
		grep -q ^map_type $fd 2>/dev/null || continue
		records=$((records + $(awk '/^memlock/ { print $2 }' $fd)))
	done
	echo "of maps: $records bytes"
	[ $records -gt 0 ] && [ $records -le $((256 * 1024)) ]
}

@test "metrics are there, whole, and count what is held back" {
	prom=$BATS_TEST_TMPDIR/holdfast.prom
	start_guard --metrics $prom
	limited
	for _ in $(seq 130); do
		grep -Eq '^holdfast.*silent.* [1-9]' $prom 2>/dev/null && break
		sleep 0.1
	done
	grep -E '^holdfast.*silent.* [1-9]' $prom
	[ ! -e $prom.new ]
}

@test "what is held back is told in the log, once a second at most" {
	start_guard
	send 400 198.18.3.3 "" 0.005
	sleep 1.2
	n=$(grep -c "held back .* (silent); peer 198.18.3.3, protocol 17, port 9" $LOG)
	cat $LOG
	[ $n -ge 1 ] && [ $n -le 6 ]
}
