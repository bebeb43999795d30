# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="ping, five a second (iputils)"
setup() { :; }
run() {
	local first
	first=$(first_of on device ping -c 1 -W 1 "$WORLD")
	on device ping -i 0.2 -w "$SECS" -W 1 "$WORLD" >report
	result "$(calc "$(sed -n 's/.* \([0-9]*\) received.*/\1/p' report) / $SECS")" answers/s "$first"
}
