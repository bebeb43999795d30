# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="NTP server for 600 strangers (chrony)"
setup() {
	printf 'local stratum 5\nallow all\ncmdport 0\nbindcmdaddress /\npidfile %s/c.pid\n' "$WORK" >server.conf
	bg server device chronyd -d -x -u root -f server.conf
	serves device u 123
	for i in $(seq 600); do live "$i"; done >strangers
}
run() {
	on world "$TOOLS/use-peer" strangers strangers "$SECS" \
		"23$(printf '0%.0s' $(seq 94))" 123 "$HOME_ADDR" >score
	result "$(calc "$(field packets <score) / $SECS")" answers/s "$(field first <score)"
}
