# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="WireGuard tunnel, full: all it carries is one UDP peer (wireguard-go, iperf3)"
load=bulk
endpoint() { # HOST ADDR PEER-PUBLIC-KEY PEER-ADDR [ENDPOINT]
	bg "wg-$1" "$1" env WG_PROCESS_FOREGROUND=1 WG_TUN_NAME_FILE="$WORK/tun-$1" LOG_LEVEL=error wireguard-go -f "wg-$1"
	await on "$1" wg show "wg-$1" || return
	on "$1" wg set "wg-$1" private-key "key-$1" listen-port 51820 peer "$3" allowed-ips "$4/32" persistent-keepalive 5 \
		${5:+endpoint "$5"}
	on "$1" ip addr add "$2/24" dev "wg-$1" && on "$1" ip link set "wg-$1" mtu 1380 up
}
setup() {
	mkdir -p /run/wireguard && mount -t tmpfs wg /run/wireguard && umask 077 || return
	wg genkey >key-device && wg genkey >key-cloud
	endpoint cloud 10.99.0.1 "$(wg pubkey <key-device)" 10.99.0.2 || return
	bg iperf cloud iperf3 -s
	serves cloud t 5201
}
run() {
	local first t
	t=$(now)
	endpoint device 10.99.0.2 "$(wg pubkey <key-cloud)" 10.99.0.1 "$(url "$CLOUD"):51820"
	first=$(first_of on device ping -c 1 -W 1 10.99.0.1)
	on device iperf3 -c 10.99.0.1 -t "$SECS" -f k >report
	result "$(calc "1000 * $(awk '/receiver/ {print $7}' report)")" bit/s "$first"
	on device ip link del wg-device
}
