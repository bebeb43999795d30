# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="DNS server on the device, 100 queries/s from strangers (unbound)"
setup() {
	RESOLVER4=$DEVICE4 RESOLVER6=$DEVICE6
	resolver device
	local i
	for i in $(seq 400); do live "$i"; done >strangers
}
run() {
	on world "$TOOLS/use-peer" strangers strangers "$SECS" 123401000001000000000000046c61627804746573740000010001 53 "$HOME_ADDR" >score
	result "$(calc "$(field packets <score) / $SECS")" answers/s "$(field first <score)"
}
