# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="syslog and statsd, 300 lines a second one way to a collector on-link (logger)"
setup() { :; }
run() {
	bg collector near1 "$TOOLS/use-peer" sink 514
	serves near1 u 514
	# shellcheck disable=SC2016
	on device timeout $((SECS + 1)) sh -c 'for i in $(seq 1 '$((SECS * 300))'); do echo "web[$i]: request served in 12 ms to 10.0.0.7, 200 OK, GET /index.html"; [ $((i % 30)) -gt 0 ] || sleep 0.095; done' |
		on device logger -d -n "$NEAR1" -P 514 -t app
	sleep 0.2
	end collector
	result "$(calc "$(field packets <collector) / $SECS")" lines/s "$(field first <collector)"
}
