#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
# The simulated device sends what a real one does: some rows of lab/fleet, two homes, a minute. All rows
# and ten homes: lab/fleet --devices 10.

@test "two homes in namespaces and two simulated ones: the same bytes at the victim, within 10 %" {
	[ "$(id -u)" = 0 ] || skip "needs root for network namespaces"
	for row in "full datagrams" "ping, answered" connections; do
		run "$BATS_TEST_DIRNAME/../../lab/fleet" --build "$HOLDFAST_BUILD" --devices 2 --seconds 5 --only "$row"
		echo "$output"
		[ "$status" -eq 0 ]
		[ "$(grep -c agrees <<<"$output")" -eq 2 ]
	done
}
