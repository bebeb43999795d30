#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The limits are in force from start to `off`, whatever becomes of the daemon; for both ways of
# attaching.
load guard.bash

clsact() { export HOLDFAST_ATTACH=clsact; }
need_tcx() { ls $PIN/link-* >/dev/null 2>&1 || skip "this kernel has no tcx"; }

in_force_until_off() {
	unlimited
	start_guard
	limited
	kill -9 $daemon
	wait $daemon || true
	limited
	run in_dev $H guard off --pin $PIN
	[ $status -eq 0 ]
	unlimited
	[ ! -e $PIN ]
}

@test "tcx: in force until off; kill -9 changes nothing" {
	in_force_until_off
}

@test "clsact: in force until off; kill -9 changes nothing" {
	clsact
	in_force_until_off
	[ -z "$(in_dev tc qdisc show dev v0 | grep clsact)" ]
}

no_gap() {
	start_guard
	[ -z "$1" ] || need_tcx
	local before=$(received)
	send 2000 198.18.200.77 "" 0.002 &
	local sender=$!
	sleep 0.5
	kill -9 $daemon
	wait $daemon || true
	start_guard
	kill $daemon
	wait $daemon
	start_guard
	wait $sender
	local n=$(($(received) - before))
	echo "$n of 2000 arrived"
	[ $n -ge 5 ] && [ $n -le 20 ]
}

@test "tcx: restarting opens no gap and forgets nothing" {
	no_gap tcx
}

@test "clsact: restarting opens no gap and forgets nothing" {
	clsact
	no_gap ""
}

@test "SIGTERM ends the daemon and leaves the limits" {
	start_guard
	kill $daemon
	wait $daemon
	grep -q "limits stay in force" $LOG
	limited
}

@test "--daemon returns when the limits are in force" {
	in_dev $H guard --pin $PIN --daemon 3>&-
	limited
	in_dev $H guard off --pin $PIN
	unlimited
}

@test "off ends a running daemon" {
	start_guard
	in_dev $H guard off --pin $PIN
	wait $daemon
	unlimited
}

@test "off where nothing is in force says so" {
	run in_dev $H guard off --pin $PIN
	[ $status -eq 1 ]
	[[ $output == *"no guard is in force at $PIN"* ]]
}

@test "a second daemon is refused, and the first stays" {
	start_guard
	run in_dev $H guard --pin $PIN
	[ $status -eq 3 ]
	[[ $output == *"another guard is running at $PIN"* ]]
	kill -0 $daemon
	limited
}

@test "a state of another layout is replaced, nearly empty, and said so" {
	start_guard
	limited
	kill -9 $daemon
	wait $daemon || true
	rm $PIN/report
	start_guard
	grep -q "begun anew" $LOG
	limited
}

@test "a program behind ours on the same interface still runs" {
	printf '[budgets]\nsilent-packets.depth = 3\n' >$BATS_TEST_TMPDIR/strict.conf
	in_dev $H guard --pin $PIN-b --config $BATS_TEST_TMPDIR/strict.conf --daemon 3>&-
	start_guard
	n=$(arrived 60 198.18.77.7)
	in_dev $H guard off --pin $PIN-b
	echo "$n of 60"
	[ $n -ge 1 ] && [ $n -le 4 ]
	limited
}
