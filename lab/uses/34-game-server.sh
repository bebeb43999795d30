# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="Game server on the device, 8 players from the internet"
setup() {
	bg server device "$TOOLS/use-peer" game-server "$DEVICE" 27015
	serves device u 27015
}
run() {
	local i
	for i in 1 2 3 4 5 6 7 8; do bg "player$i" world "$TOOLS/use-peer" game "$HOME_ADDR" 27015 "$SECS"; done
	for i in 1 2 3 4 5 6 7 8; do wait "${pids[player$i]}"; done
	result "$(calc "($(awk '{n += $2} END {print n}' player?)) / $SECS")" packets/s "$(awk '$6 > m {m = $6} END {print m}' player?)"
}
