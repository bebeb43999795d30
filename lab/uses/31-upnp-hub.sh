# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="Smart-home hub that searches and scans its link for devices all the time (upnpc, nmap)"
setup() {
	local h a
	for h in near1 near2 mate router; do
		case $h in near1) a=$NEAR1_4 ;; near2) a=$NEAR2_4 ;; mate) a=$MATE4 ;; *) a=$ROUTER4 ;; esac
		web $h 49152
		bg "upnp-$h" $h "$TOOLS/use-peer" upnp "$a" "http://$a:49152/page"
	done
	serves router u 1900
}
search() { on device upnpc -m eth0 -l | grep -c '^ desc: http'; }
run() {
	local t first n=0; t=$(now)
	first=$(first_of search)
	while [ "$(calc "$(since "$t") < $SECS")" = 1 ]; do
		n=$((n + $(search) + $(on device nmap -n -T4 -p 80,1400,8008,49152 192.168.77.1-80 | grep -c '/tcp *open')))
	done
	result "$(calc "$n / ($(since "$t"))")" found/s "$first"
}
