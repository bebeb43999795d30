# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="DNS client: pages of 20 names through the provider's resolver (dig, unbound)"
setup() { resolver; }
run() {
	local t n=0 page i first=-1; t=$(now)
	for page in $(seq "$SECS"); do
		for i in $(seq 10); do printf 'h%s-%s.test A\nh%s-%s.test AAAA\n' "$page" "$i" "$page" "$i"; done >names
		on device dig +short +tries=2 +time=2 "@$RESOLVER" -f names >>answers
		[ "$first" != -1 ] || first=$(since "$t")
		sleep "$(calc "($page - ($(since "$t"))) > 0 ? $page - ($(since "$t")) : 0")"
	done
	result "$(calc "$(grep -c '[.:]' answers) / $(since "$t")")" answers/s "$first"
}
