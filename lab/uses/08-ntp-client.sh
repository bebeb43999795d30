# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="NTP client with four servers (chrony)"
setup() {
	local i
	printf 'local stratum 5\nallow all\ncmdport 0\npidfile %s/c.pid\n' "$WORK" >server.conf
	bg server cloud chronyd -d -x -u root -f server.conf
	serves cloud u 123
	for i in 0 1 2 3; do echo "server $(cloud "$i") iburst minpoll -6 maxpoll -6 filter 1"; done >client.conf
	printf 'cmdport 0\nbindcmdaddress /\npidfile %s/d.pid\nmeasurements\n' "$WORK" >>client.conf
}
run() {
	local t; t=$(now)
	printf 'log measurements\nlogdir %s\n' "$WORK" >>client.conf
	sed -i '/^measurements$/d' client.conf
	bg client device timeout "$SECS" chronyd -d -x -u root -f client.conf
	await test -s measurements.log
	local first; first=$(since "$t")
	wait "${pids[client]}"
	result "$(calc "$(grep -c '^20' measurements.log) / $SECS")" answers/s "$first"
}
