# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="OpenVPN tunnel, full, over UDP (openvpn, iperf3)"
load=bulk
vpn() { # HOST ADDR PEER-ADDR OPTIONS...
	bg "vpn-$1" "$1" openvpn --dev "vpn$1" --dev-type tun --ifconfig "$2" "$3" --proto "udp$family" --cipher AES-256-GCM \
		--ca "$CERT" --cert "$CERT" --key "$KEY" --peer-fingerprint "$FINGERPRINT" --verb 1 "${@:4}"
}
setup() {
	certificate
	FINGERPRINT=$(openssl x509 -in "$CERT" -noout -fingerprint -sha256 | cut -d= -f2)
	vpn cloud 10.98.0.1 10.98.0.2 --tls-server --dh none --port 1194
	bg iperf cloud iperf3 -s
	serves cloud t 5201
}
run() {
	local first
	vpn device 10.98.0.2 10.98.0.1 --tls-client --remote "$CLOUD" 1194 --nobind
	first=$(first_of on device ping -c 1 -W 1 10.98.0.1)
	on device iperf3 -c 10.98.0.1 -t "$SECS" -f k >report
	result "$(calc "1000 * $(awk '/receiver/ {print $7}' report)")" bit/s "$first"
	end vpn-device
}
