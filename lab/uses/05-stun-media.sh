# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="WebRTC-like media with STUN consent, through TURN: 10 streams, echoed (coturn)"
setup() {
	bg turn cloud turnserver -n --no-auth --no-tls --no-dtls --no-cli --no-tcp-relay -L "$CLOUD" -E "$CLOUD" \
		--allow-loopback-peers -l stdout --pidfile turn.pid --db turn.db
	bg peer cloud turnutils_peer -L "$(cloud 5)" -p 3480
	serves cloud u 3478 && serves cloud u 3480
}
run() {
	local first
	first=$(first_of on device turnutils_stunclient "$CLOUD")
	on device timeout $((SECS + 12)) turnutils_uclient -m 10 -n $((SECS * 25)) -l 800 -e "$(cloud 5)" -r 3480 \
		-c -y "$CLOUD" >client 2>&1
	# Over the length that it is told to send for: when it ends, up to a second late, is its own affair.
	result "$(calc "8 * 800 * $(sed -n 's/.*tot_recv_msgs=//p' client | tail -n 1) / $SECS")" bit/s "$first"
}
