#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
# An attack shape sends nowhere but inside a lab, and a lab leaves nothing behind.

setup_file() {
	export LAB=fence$$
	[ "$(id -u)" != 0 ] || "$BATS_TEST_DIRNAME/../../lab/net" up "$LAB"
}
teardown_file() { [ "$(id -u)" != 0 ] || "$BATS_TEST_DIRNAME/../../lab/net" down "$LAB"; }
setup() {
	[ "$(id -u)" = 0 ] || skip "needs root for network namespaces"
	net=$BATS_TEST_DIRNAME/../../lab/net shape=$HOLDFAST_BUILD/lab/holdfast-lab-shape
}

@test "outside a lab nothing is sent" {
	run -3 "$shape" udp --to 198.18.2.10
	[[ $output == *"no host of a lab"* ]]
	run -3 unshare -n "$shape" udp --to 198.18.2.10
	[[ $output == *"no host of a lab"* ]]
}
@test "nor to other addresses than those for testing" {
	for to in 9.9.9.9 198.20.0.1 198.18.0.0/14 2001:db8::1 ::/0 192.168.77.21; do
		run -2 "$net" exec "$LAB" device "$shape" udp --to "$to"
		[[ $output == *"$to is outside 198.18.0.0/15"* ]]
	done
	run -2 "$net" exec "$LAB" device "$shape" udp --to 9.9.9.9 --lan 9.0.0.0/8
	[[ $output == *"9.0.0.0/8 is no private network"* ]]
}
@test "nor for longer, faster or more than the caps" {
	run -2 "$net" exec "$LAB" device "$shape" udp --to 198.18.2.10 --seconds 121
	run -2 "$net" exec "$LAB" device "$shape" udp --to 198.18.2.10 --rate 200001
	run -2 "$net" exec "$LAB" device "$shape" udp --to 198.18.2.10 --count 20000001
}
@test "a spoofed source needs a raw or packet socket, a shape its family" {
	run -2 "$net" exec "$LAB" device "$shape" udp --to 198.18.2.10 --from 198.19.0.1
	run -2 "$net" exec "$LAB" device "$shape" chain --to 198.18.2.10 --via raw
	[[ $output == *"does not exist over IPv4"* ]]
}
@test "what is sent arrives, packet for packet" {
	count=$HOLDFAST_BUILD/lab/holdfast-lab-count
	for to in 198.18.2.10 2001:2:0:200::10; do
		"$net" exec "$LAB" victim "$count" -s 1.5 "all:data,udp" "other:data,tcp" >"$BATS_TEST_TMPDIR/c" 2>/dev/null &
		sleep 0.3
		"$net" exec "$LAB" device "$shape" udp --to "$to" --count 300 --seconds 1
		wait
		grep -q '"all":{"packets":300' "$BATS_TEST_TMPDIR/c"
		grep -q '"other":{"packets":0' "$BATS_TEST_TMPDIR/c"
	done
}
@test "a lab's name is checked, and a second one of a name is refused" {
	run -2 "$net" up "a/b"
	run -1 "$net" up "$LAB"
	[[ $output == *"is up already"* ]]
}
@test "several labs live side by side and leave nothing behind" {
	"$net" up "${LAB}b"
	"$net" list | grep -qx "${LAB}b"
	"$net" exec "${LAB}b" device "$shape" udp --to 198.18.2.10 --count 5
	"$net" down "${LAB}b"
	run ! grep -q "hf-${LAB}b-" <(ip netns)
	run ! test -e "/run/holdfast-lab/${LAB}b"
}
