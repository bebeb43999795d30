# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="Busy link: mDNS, services announced and found by a neighbour (avahi)"
avahi() { # NAME HOST: its own bus and daemon
	printf '[server]\nhost-name=%s\nallow-interfaces=eth0\n[rlimits]\n' "$1" >"avahi-$1.conf"
	cat >"bus-$1.conf" <<-C
		<busconfig><listen>unix:path=$WORK/sock-$1</listen><auth>EXTERNAL</auth>
		<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>
		<allow send_type="signal"/><allow send_requested_reply="true"/><allow receive_type="method_call"/>
		<allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/>
		</policy></busconfig>
	C
	bg "bus-$1" "$2" dbus-daemon --nofork --nopidfile --config-file="bus-$1.conf"
	await test -S "sock-$1" || return
	DBUS_SYSTEM_BUS_ADDRESS=unix:path=$WORK/sock-$1 bg "avahi-$1" "$2" unshare -m sh -c \
		"mount -t tmpfs a /run/avahi-daemon && exec avahi-daemon --no-drop-root --no-rlimits -f '$WORK/avahi-$1.conf'"
	await say "$1" timeout 2 avahi-browse -at
}
say() { DBUS_SYSTEM_BUS_ADDRESS=unix:path=$WORK/sock-$1 "${@:2}"; }
setup() {
	account avahi
	avahi phone near1 && avahi camera device && sleep 1 # names are probed for before they are used
}
run() {
	local i t first; t=$(now)
	say phone bg finder near1 timeout "$SECS" avahi-browse -rp _lab._tcp
	for i in $(seq $((SECS * 4 - 8))); do
		say camera bg "service$i" device timeout "$SECS" avahi-publish -s "service$i" _lab._tcp $((1000 + i))
		[ "$i" != 1 ] || { await grep -q '^=' finder; first=$(since "$t"); }
		sleep 0.1
	done
	wait "${pids[finder]}"
	result "$(calc "$(grep '^=.*IPv4' finder | sort -u | wc -l) / $SECS")" services/s "$first"
}
