# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="traceroute, UDP and ICMP, of 4 places (traceroute)"
setup() { tracer=$(command -v traceroute || command -v traceroute.db); }
run() {
	local t i first=-1 n=0; t=$(now)
	for i in 0 1 2 3; do
		on device "$tracer" -n -q 2 -w 1 -m 6 "$(cloud "$i")" >trace
		on device "$tracer" -I -n -q 2 -w 1 -m 6 "$(cloud "$i")" >>trace
		n=$((n + $(grep -o ' ms' trace | wc -l)))
		[ "$first" != -1 ] || first=$(since "$t")
	done
	result "$(calc "$n / ($(since "$t"))")" answers/s "$first"
}
