#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What cannot be done is refused in one clear line with the right exit code, and nothing is
# half-applied.
load guard.bash

one_line() { [ "$(printf '%s\n' "$output" | wc -l)" -eq 1 ]; }
untouched() { unlimited && [ ! -e $PIN/state ]; }

config() { printf '%s\n' "$@" >$BATS_TEST_TMPDIR/guard.conf; }

refused() { # STATUS TEXT: with that configuration
	local want=$1; shift
	run in_dev $H guard --pin $PIN --config $BATS_TEST_TMPDIR/guard.conf
	echo "$output"
	[ $status -eq $want ] && one_line && [[ $output == *"$1"* ]]
	run in_dev $H guard --pin $PIN --config $BATS_TEST_TMPDIR/guard.conf --check
	[ $status -eq $want ] && [[ $output == *"$1"* ]]
}

@test "beyond a ceiling: file, line, text and the ceiling" {
	config "[budgets]" "contact.depth = 32" "contact.depth = 65"
	refused 2 "guard.conf:3: contact.depth = 65: beyond the ceiling of 64 contacts"
	config "[budgets]" "contact.period = 3s"
	refused 2 "guard.conf:2: contact.period = 3s: beyond the ceiling, one each 4 s"
	config "[values]" "consent = 16s"
	refused 2 "guard.conf:2: consent = 16s: outside its limits, 5 s to 15 s"
	untouched
}

@test "unknown keys, sections, units and lines" {
	config "" "[budgets]" "contact = 3"
	refused 2 "guard.conf:3: no budget 'contact'"
	config "[budgets]" "nonsense.depth = 3"
	refused 2 "guard.conf:2: no budget 'nonsense.depth'"
	config "[budget]" "contact.depth = 3"
	refused 2 "guard.conf:2: contact.depth: no section [budget]"
	config "[budgets]" "contact.depth = -3"
	refused 2 "guard.conf:2: contact.depth = -3: not a count of contacts"
	config "[budgets]" "contact.period = soon"
	refused 2 "guard.conf:2: contact.period = soon: not a time"
	config "[budgets]" "contact.depth 3"
	refused 2 "guard.conf:2: neither [section] nor key = value"
	config "[guard]" "metrics = relative"
	refused 2 "guard.conf:2: metrics = relative: not an absolute path"
	untouched
}

@test "a right configuration passes --check and is in force" {
	config "[guard]" "interface = v0" "[budgets]" "silent-packets.depth = 3"
	run in_dev $H guard --check --config $BATS_TEST_TMPDIR/guard.conf
	[ $status -eq 0 ]
	start_guard --config $BATS_TEST_TMPDIR/guard.conf
	n=$(arrived 60 198.18.77.7)
	echo "$n"
	[ $n -ge 1 ] && [ $n -le 4 ]
}

@test "no such configuration file, when one was named" {
	run in_dev $H guard --pin $PIN --config /nonexistent/guard.conf
	[ $status -eq 3 ] && one_line && [[ $output == *"/nonexistent/guard.conf: No such file"* ]]
}

@test "unknown interface: nothing is protected, nothing is left behind" {
	run in_dev $H guard --pin $PIN --interface v0 --interface nosuch0
	echo "$output"
	[ $status -eq 3 ]
	[[ $output == *"there is no interface 'nosuch0' to protect"* ]]
	untouched
	[ ! -e $PIN ]
}

@test "the same in the background" {
	run in_dev $H guard --daemon --pin $PIN --interface nosuch0
	[ $status -eq 3 ]
	[[ $output == *"there is no interface 'nosuch0'"* ]]
	untouched
}

@test "without privileges: one line that names them" {
	chmod a+rx $BATS_TEST_TMPDIR
	cp $H $BATS_TEST_TMPDIR/holdfast
	run in_dev setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --bounding-set=-all $BATS_TEST_TMPDIR/holdfast guard --pin $PIN
	echo "$output"
	[ $status -eq 3 ] && one_line
	[[ $output == *CAP_BPF*CAP_NET_ADMIN* ]]
	untouched
}

@test "a pin directory that is not absolute" {
	run in_dev $H guard --pin here
	[ $status -eq 2 ] && one_line && [[ $output == *"here: not an absolute path"* ]]
}

@test "override: over an hour, without a time, without a guard" {
	run in_dev $H guard override --pin $PIN --for 61m
	[ $status -eq 2 ]
	run in_dev $H guard override --pin $PIN
	[ $status -eq 2 ] && [[ $output == *"either --for TIME or --end"* ]]
	run in_dev $H guard override --pin $PIN --for 1m
	[ $status -eq 1 ] && [[ $output == *"no guard is in force"* ]]
}

@test "override: to one network, and no other, until its end" {
	start_guard
	in_dev $H guard override --pin $PIN --for 2m --to 198.18.40.0/24
	n=$(arrived 60 198.18.40.7)
	echo "overridden: $n"
	[ $n -ge 60 ]
	limited
	in_dev $H guard override --pin $PIN --end
	n=$(arrived 60 198.18.40.7)
	echo "ended: $n"
	[ $n -le 12 ]
}
