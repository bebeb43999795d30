# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck source=lab/uses/14-wireguard.sh
. "$here/14-wireguard.sh"
title="WireGuard tunnel, idle but for a keepalive a second and a ping from home (wireguard-go)"
load=paced
run() {
	local first
	endpoint device 10.99.0.2 "$(wg pubkey <key-cloud)" 10.99.0.1 "$(url "$CLOUD"):51820"
	on device wg set wg-device peer "$(wg pubkey <key-cloud)" persistent-keepalive 1
	first=$(first_of on device ping -c 1 -W 1 10.99.0.1)
	sleep 1
	on cloud ping -i 1 -w $((SECS - 1)) -W 1 10.99.0.2 >report
	result "$(calc "$(sed -n 's/.* \([0-9]*\) received.*/\1/p' report) / ($SECS - 1)")" answers/s "$first"
	on device ip link del wg-device
}
