# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="traceroute, UDP and ICMP, to another place every second, typed by the owner in a shell on the device (traceroute)"
setup() { tracer=$(command -v traceroute || command -v traceroute.db); shell_server; }
typed() { # as a person does, key by key
	local i
	for ((i = 0; i < ${#1}; i++)); do printf '%s' "${1:i:1}"; sleep 0.03; done
	echo
}
session() {
	local i
	typed 'export LC_ALL=C'
	for i in $(seq "$SECS"); do
		echo "$tracer -n -w 1 -m 6 $(live $((i * 250))); $tracer -I -n -w 1 -m 6 $(live $((i * 250)))"
		sleep 1
	done
}
run() {
	local t first; t=$(now)
	first=$(first_of login near1 "$DEVICE" true)
	session | login near1 "$DEVICE" env LD_LIBRARY_PATH="$LD_LIBRARY_PATH" sh >trace
	result "$(calc "$(grep -o ' ms' trace | wc -l) / ($(since "$t"))")" answers/s "$first"
}
