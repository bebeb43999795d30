# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="traceroute, UDP and ICMP, to another place every second (traceroute)"
setup() { tracer=$(command -v traceroute || command -v traceroute.db); }
run() {
	local t i first=-1; t=$(now)
	for i in $(seq "$SECS"); do
		on device "$tracer" -n -w 1 -m 6 "$(live $((i * 250)))" >>trace
		[ "$first" != -1 ] || first=$(since "$t")
		on device "$tracer" -I -n -w 1 -m 6 "$(live $((i * 250)))" >>trace
		sleep "$(calc "$(since "$t") < $i ? $i - ($(since "$t")) : 0")"
	done
	result "$(calc "$(grep -o ' ms' trace | wc -l) / ($(since "$t"))")" answers/s "$first"
}
