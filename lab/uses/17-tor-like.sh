# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="Tor-like client: 8 long TLS connections to 8 relays, 2 Mbit/s each (curl, nginx)"
setup() { web cloud 443 tls; }
run() {
	local t i; t=$(now)
	for i in $(seq 0 7); do
		bg "relay$i" device curl -gsk -m "$SECS" "https://$(url "$(cloud "$i")")/slow" \
			-o /dev/null -w '%{size_download} %{time_starttransfer}\n'
	done
	for i in $(seq 0 7); do wait "${pids[relay$i]}"; done
	result "$(calc "8 * ($(cat relay? | awk '{n += $1} END {print n}')) / $SECS")" bit/s \
		"$(cat relay? | awk '$2 > m {m = $2} END {print m}')"
}
