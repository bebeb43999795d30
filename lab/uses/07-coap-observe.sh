# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="CoAP: 10 observers off-link are told every second (libcoap)"
setup() {
	bg coap device coap-server-notls -A :: -p 5000
	serves device u 5000
}
run() {
	local t i; t=$(now)
	for i in 1 2 3 4 5 6 7 8 9 10; do
		bg "observer$i" world coap-client-notls -s "$SECS" -B "$SECS" -m get "coap://$(url "$HOME_ADDR"):5000/time"
	done
	await test -s observer1
	local first; first=$(since "$t")
	for i in 1 2 3 4 5 6 7 8 9 10; do wait "${pids[observer$i]}"; done
	result "$(calc "$(cat observer? observer10 | grep -o '[0-9][0-9]:[0-9][0-9]:[0-9][0-9]' | wc -l) / $SECS")" notices/s "$first"
}
