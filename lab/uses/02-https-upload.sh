# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="HTTPS upload to the cloud (curl, nginx)"
load=line
setup() { web cloud 443 tls; }
put() { on device curl -gsk -m "${LEFT:-2}" -T "$WORK/web-cloud-443/doc/$1" "https://$(url "$CLOUD")/put/$1" -w '\n%{size_upload}\n'; }
run() {
	local first
	first=$(first_of put page)
	result "$(bulk put big)" bit/s "$first"
}
