# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="UDP game: 60 packets a second both ways, server off-link"
setup() {
	bg server cloud "$TOOLS/use-peer" game-server "$CLOUD" 27015
	serves cloud u 27015
}
run() {
	on device "$TOOLS/use-peer" game "$CLOUD" 27015 "$SECS" >score
	result "$(calc "$(field packets <score) / $SECS")" packets/s "$(field first <score)"
}
