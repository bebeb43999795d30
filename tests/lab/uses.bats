#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
# Everyday and off-label uses with real programs, each without and with the guard, about four
# minutes. A use in doubt is measured three times. More of each: lab/uses/run --repeats 5.

setup_file() {
	[ "$(id -u)" = 0 ] || return 0
	export FIGURES=$BATS_FILE_TMPDIR/figures.json
	"$BATS_TEST_DIRNAME/../../lab/uses/run" --build "$HOLDFAST_BUILD" --repeats 1 --json "$FIGURES" \
		>"$BATS_FILE_TMPDIR/out" 2>&1 || true
}
setup() { [ "$(id -u)" = 0 ] || skip "needs root for network namespaces"; }

# pass REGEX: every use whose name it matches passes, and there is one
pass() {
	python3 - "$FIGURES" "$1" <<-'P' || { cat "$BATS_FILE_TMPDIR/out"; return 1; }
	import json, re, sys
	uses = [u for u in json.load(open(sys.argv[1]))["uses"] if re.search(sys.argv[2], u["use"])]
	for u in uses:
	    print(u["use"], u["verdict"], u.get("ratio"), u.get("later"), u["held"], u.get("error", ""))
	sys.exit(0 if uses and all(u["verdict"] == "passes" for u in uses) else 1)
	P
}

@test "at least 20 uses were compared" {
	[ "$(grep -c '"ratio"' "$FIGURES")" -ge 20 ]
}
@test "telemetry: MQTT over TLS, CoAP, syslog" { pass 'mqtt|coap|syslog'; }
@test "HTTPS, QUIC, scp: up and down, IPv4 and IPv6" { pass 'https|quic|scp'; }
@test "cameras, recorder, calls, relayed media" { pass 'camera|nvr|sip|stun'; }
@test "time and names, asked and answered" { pass 'ntp|dns-'; }
@test "the link: DHCP, ARP, mDNS, UPnP, nmap" { pass 'dhcp|mdns|upnp|nmap'; }
@test "tunnels: WireGuard and OpenVPN, idle and full" { pass 'wireguard|openvpn'; }
@test "swarms and circuits: BitTorrent, Tor-like" { pass 'bittorrent|tor-like'; }
@test "games, on the device and off it" { pass 'game'; }
@test "owners look: ping, traceroute, path MTU, iperf3" { pass 'ping|traceroute|path-mtu|iperf'; }
@test "a crawler; a web server and a shell reached from the internet" { pass 'crawl|web-server|ssh'; }

@test "a use that loses a tenth, or starts late, does not pass" {
	python3 - "$BATS_TEST_DIRNAME/../../lab/uses/run" <<-'P'
	import importlib.machinery, importlib.util, sys
	sys.dont_write_bytecode = True
	loader = importlib.machinery.SourceFileLoader("run", sys.argv[1])
	run = importlib.util.module_from_spec(importlib.util.spec_from_loader("run", loader))
	loader.exec_module(run)
	class Use: name, title, load = "a", "b", "paced"
	def verdict(rate, first, free=100.0):
	    r = lambda rate, first: {"rate": rate, "first": first, "unit": "x", "held": {}}
	    return run.verdict(Use, {"without": [r(free, .1)] * 3, "with": [r(rate, first)] * 3})["verdict"]
	assert verdict(90.0, 1.0) == "passes"
	assert verdict(89.0, 0.1) == "SUFFERS"
	assert verdict(100.0, 1.2) == "SUFFERS"
	assert verdict(100.0, -1.0) == "SUFFERS"
	assert verdict(0.0, 0.1) == "SUFFERS"
	assert verdict(100.0, 0.1, free=0.0) == "broken without the guard"
	P
}
@test "a use that does not exist is wrong use" {
	run -2 "$BATS_TEST_DIRNAME/../../lab/uses/run" --build "$HOLDFAST_BUILD" nosuchuse
}
