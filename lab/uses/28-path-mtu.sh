# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="Path MTU discovery across a 1400-byte link, then 20 Mbit/s through it (tracepath, curl)"
setup() {
	web cloud 80
	on provider ip link set p-cloud mtu 1400 && on cloud ip link set eth0 mtu 1400
}
run() {
	local first
	first=$(first_of on device sh -c "tracepath -n -m 5 $CLOUD | grep -q 'pmtu 1400'")
	on device curl -gs --limit-rate 2500K -m "$SECS" -T "$WORK/web-cloud-80/doc/big" "http://$(url "$CLOUD")/put/a" -w '\n%{size_upload}\n' >up
	on provider ip link set p-cloud mtu 1500; on cloud ip link set eth0 mtu 1500
	result "$(calc "8 * $(tail -n 1 up) / $SECS")" bit/s "$first"
}
