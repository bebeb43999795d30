# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="HTTPS download from the cloud (curl, nginx)"
load=line
setup() { web cloud 443 tls; }
get() { on device curl -gsk -m "${LEFT:-2}" "https://$(url "$CLOUD")/$1" -o /dev/null -w '%{size_download}\n'; }
run() {
	local first
	first=$(first_of get page)
	result "$(bulk get big)" bit/s "$first"
}
