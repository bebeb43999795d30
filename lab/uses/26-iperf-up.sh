# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="iperf3, TCP up, through a line of 300 Mbit/s"
load=bulk line=300 direction=
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
