# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="QUIC upload and download, HTTP/3 (ngtcp2)"
load=bulk
setup() {
	certificate
	mkdir -p docs
	truncate -s 32M docs/big body
	head -c 20000 /dev/urandom >docs/page
	bg quic cloud gtlsserver -q -d docs "$CLOUD" 4433 "$KEY" "$CERT"
	serves cloud u 4433
}
get() {
	on device timeout "${LEFT:-2}" gtlsclient -q --exit-on-all-streams-close "$@" \
		"$CLOUD" 4433 "https://$(url "$CLOUD"):4433/${path:-page}"
}
both() {
	rm -f big
	path=big get --download=.
	if get -m POST -d body; then echo $(($(stat -c %s big) + 33554432)); else stat -c %s big; fi
}
run() {
	local first
	first=$(first_of get)
	result "$(bulk both)" bit/s "$first"
}
