# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="MQTT over TLS: 50 readings a second to a broker in the cloud (mosquitto)"
setup() {
	certificate
	printf 'listener 8883\ncertfile %s\nkeyfile %s\nallow_anonymous true\nuser root\n' "$CERT" "$KEY" >broker.conf
	bg broker cloud mosquitto -c broker.conf
	serves cloud t 8883
	bg app world mosquitto_sub -h "$CLOUD" -p 8883 --cafile "$CERT" --insecure -t 'home/#' -q 1 -F '%U'
	sleep 0.5
}
run() {
	local t; t=$(now)
	for _ in $(seq $((SECS * 10))); do
		printf '%s\n' {1,2,3,4,5}'{"temperature":21.5,"humidity":40}'
		sleep 0.095
	done | on device timeout $((SECS + 6)) mosquitto_pub -h "$CLOUD" -p 8883 --cafile "$CERT" --insecure -t home/a -q 1 -l
	sleep 0.3
	result "$(calc "$(wc -l <app) / $SECS")" messages/s "$(calc "$(head -1 app) - $t")"
}
