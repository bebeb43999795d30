#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
# The main attack shapes, live, one case of each, 10 s each without and with the guard. All cases
# for 60 s: lab/attack --full.

lab() { "$BATS_TEST_DIRNAME/../../lab/$1" "${@:2}"; }
setup_file() {
	[ "$(id -u)" = 0 ] || return 0
	export FIGURES=$BATS_FILE_TMPDIR/figures.json
	lab attack --quick --build "$HOLDFAST_BUILD" --json "$FIGURES" >"$BATS_FILE_TMPDIR/out" 2>&1 || true
}
setup() { [ "$(id -u)" = 0 ] || skip "needs root for network namespaces"; }

# verdicts REGEX: "name verdict" of the rows it matches; fails when there is none
verdicts() {
	python3 - "$FIGURES" "$1" <<-'P' || { cat "$BATS_FILE_TMPDIR/out"; return 1; }
	import json, re, sys
	rows = [r for r in json.load(open(sys.argv[1]))["rows"] if re.fullmatch(sys.argv[2], r["name"])]
	good = {"holds", "skipped", "passes, as expected"}
	for r in rows:
	    print(r["name"], r["socket"], f"IPv{r['family']}", r["verdict"], r.get("error", ""), r["bounds"])
	sys.exit(0 if rows and all(r["verdict"] in good for r in rows) else 1)
	P
}

@test "a silent target gets a trickle: datagrams, TCP, echo" {
	verdicts 'udp|udp-gso|syn|ack|echo'
}
@test "so does it with tunnels, unknown protocols, fragments, header chains, VLAN tags" {
	verdicts 'gre|odd-protocol|first-fragment|hop-by-hop|header-chain|vlan'
}
@test "and from a device that has been answered before" {
	verdicts 'standing-.*'
}
@test "targets that refuse, or answer because they must" {
	verdicts 'udp-refused|echo-answered|syn-open|connect-flood'
}
@test "carpet bombing; a spray does not strand an innocent flow" {
	verdicts 'carpet-udp|spray-60000'
}
@test "scans: random, of a list, with accomplices who answer or forge answers" {
	verdicts 'scan-.*'
}
@test "no packet leaves with somebody else's address" {
	verdicts 'spoof-random'
}
@test "DNS failures, reflection, guessing of passwords" {
	verdicts 'dns-random|reflect-ssdp|guess-passwords'
}
@test "the word no silences, forged resets do not" {
	verdicts 'veto|reset-forged'
}
@test "on the link" {
	verdicts 'link-udp|arp-sweep|frames'
}
@test "outside programs: hping3, masscan" {
	verdicts 'hping3-flood|masscan'
}
@test "what passes by the queueing discipline is lockdown's, and passes today" {
	verdicts 'lockdown-.*'
}
