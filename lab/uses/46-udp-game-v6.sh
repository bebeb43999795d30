# SPDX-License-Identifier: MIT
# shellcheck shell=bash source=lab/uses/21-udp-game.sh
. "$here/21-udp-game.sh"
family=6 title="IPv6: $title"
