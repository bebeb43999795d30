# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="Busy link: DHCP leases, ARP to the neighbours (dnsmasq, udhcpc, arping)"
setup() {
	bg dhcp router dnsmasq -k -C /dev/null -p 0 -i lan --dhcp-range=192.168.77.100,192.168.77.150,255.255.255.0 \
		--dhcp-leasefile="$WORK/leases" --dhcp-authoritative --user=root --pid-file="$WORK/dnsmasq.pid" --no-ping
	serves router u 67
}
lease() { on device busybox udhcpc -i eth0 -n -q -f -t 3 -T 1 -s /bin/true; }
neighbours() { local a; for a in "$ROUTER4" "$NEAR1_4" "$NEAR2_4" "$MATE4"; do on device arping -I eth0 -f -w 1 "$a"; done; }
run() {
	local t first n=0; t=$(now)
	first=$(first_of lease)
	while [ "$(calc "$(since "$t") < $SECS")" = 1 ]; do
		lease && n=$((n + 1))
		n=$((n + $(neighbours | grep -c '^Received 1')))
		sleep 0.3
	done
	result "$(calc "$n / ($(since "$t"))")" answers/s "$first"
}
