# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="iperf3, TCP up, as fast as the machine is"
load=bulk line=none direction=
setup() {
	bg iperf cloud iperf3 -s
	serves cloud t 5201
}
run() {
	local first
	first=$(first_of on device iperf3 -c "$CLOUD" -n 20K)
	on device iperf3 -c "$CLOUD" -t "$SECS" -f k $direction >report
	result "$(calc "1000 * $(awk '/receiver/ {print $7}' report)")" bit/s "$first"
}
