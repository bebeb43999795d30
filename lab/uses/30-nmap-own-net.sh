# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="nmap of the own network by the owner (nmap)"
load=line
setup() { web near1 80; web near2 8080; }
run() {
	local t; t=$(now)
	on device nmap -n -sS -T4 -F --host-timeout 20s 192.168.77.1-80 >report
	result "$(calc "$(grep -c -e 'Host is up' -e '/tcp *open' report) / ($(since "$t"))")" findings/s \
		"$(first_of on device nmap -n -sn "$NEAR1_4")"
}
