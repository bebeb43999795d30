# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="Busy link: 6 mDNS services a second announced and found (avahi)"
avahi() { # NAME HOST: its own bus and daemon
	printf '[server]\nhost-name=%s\nallow-interfaces=eth0\n[rlimits]\n' "$1" >"avahi-$1.conf"
	cat >"bus-$1.conf" <<-C
		<busconfig><listen>unix:path=$WORK/bus-$1</listen><auth>EXTERNAL</auth>
		<policy context="default"><allow send_destination="*"/><allow own="*"/><allow user="*"/></policy></busconfig>
	C
	bg "bus-$1" "$2" dbus-daemon --nofork --nopidfile --config-file="bus-$1.conf"
	await test -S "bus-$1" || return
	mkdir -p /run/avahi-daemon
	DBUS_SYSTEM_BUS_ADDRESS=unix:path=$WORK/bus-$1 bg "avahi-$1" "$2" unshare -m sh -c \
		"mount -t tmpfs a /run/avahi-daemon && exec avahi-daemon --no-drop-root --no-rlimits -f '$WORK/avahi-$1.conf'"
}
say() { DBUS_SYSTEM_BUS_ADDRESS=unix:path=$WORK/bus-$1 "${@:2}"; }
setup() {
	avahi phone near1 && avahi camera device || return
	await say phone avahi-browse -at && await say camera avahi-browse -at
	sleep 1
}
run() {
	local i t first; t=$(now)
	say phone bg finder near1 timeout "$SECS" avahi-browse -rp _lab._tcp
	for i in $(seq $((SECS * 6 - 6))); do
		say camera bg "service$i" device timeout "$SECS" avahi-publish -s "service$i" _lab._tcp $((1000 + i))
		[ "$i" != 1 ] || { await grep -q '^=' finder; first=$(since "$t"); }
		sleep 0.15
	done
	wait "${pids[finder]}"
	result "$(calc "$(grep '^=.*IPv4' finder | sort -u | wc -l) / $SECS")" services/s "$first"
}
