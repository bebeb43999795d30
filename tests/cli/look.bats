# SPDX-License-Identifier: MIT
# holdfast status, top and why: without a guard, and beside a live one in network namespaces of
# their own: a device, and a router with a server that answers and an address that does not.

setup_file() {
	: "${HOLDFAST_BUILD:?is the build directory}"
	export HOLDFAST=$HOLDFAST_BUILD/src/cli/holdfast
	export NS=hf-look-$$
	export LOOK_PIN=/sys/fs/bpf/$NS
	[ "$(id -u)" = 0 ] && command -v ip >/dev/null || return 0
	ip netns add "$NS-d"
	ip netns add "$NS-r"
	ip link add dev0 netns "$NS-d" type veth peer name net0 netns "$NS-r"
	ip -n "$NS-d" addr add 192.168.77.2/24 dev dev0
	ip -n "$NS-d" link set dev0 up
	ip -n "$NS-r" addr add 192.168.77.1/24 dev net0
	ip -n "$NS-r" addr add 198.18.0.7/32 dev net0
	ip -n "$NS-r" link set net0 up
	ip -n "$NS-d" route add default via 192.168.77.1
	# Sent to 198.18.0.66 nothing comes back, not even an error.
	ip -n "$NS-r" route add blackhole 198.18.0.66/32
	device "$HOLDFAST" guard --daemon --pin "$LOOK_PIN" 3>&- || true
}

teardown_file() {
	[ "$(id -u)" = 0 ] || return 0
	"$HOLDFAST" guard off --pin "$LOOK_PIN" 2>/dev/null || true
	[ ! -d "$LOOK_PIN" ] || rmdir "$LOOK_PIN" # left by a guard that could not start
	ip netns del "$NS-d" 2>/dev/null || true
	ip netns del "$NS-r" 2>/dev/null || true
}

teardown() { [ -z "${sup:-}" ] || kill -TERM "$sup" 2>/dev/null || true; }

device() { nsenter --net="/run/netns/$NS-d" "$@"; }

live() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	command -v ip >/dev/null || skip "no iproute2"
	export HOLDFAST_PIN=$LOOK_PIN
}

is_json() { python3 -c 'import json,sys; json.load(sys.stdin)'; }
json() { python3 -c "import json,sys; d=json.load(sys.stdin); print($1)"; }

@test "status without a guard: 1, and what to do" {
	run "$HOLDFAST" status --pin "$BATS_TEST_TMPDIR/none"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == "NOT PROTECTED"* ]]
	[[ $output == *"holdfast guard"* ]]
	run "$HOLDFAST" status --json --pin "$BATS_TEST_TMPDIR/none"
	[ "$status" -eq 1 ]
	[ "$(json 'd["protected"]' <<<"$output")" = False ]
}

@test "top without a guard: 1, one line" {
	run "$HOLDFAST" top --once --pin "$BATS_TEST_TMPDIR/none"
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "why without a guard: 3, for 1 would mean that something is held back" {
	run "$HOLDFAST" why 198.18.0.7 --pin "$BATS_TEST_TMPDIR/none"
	[ "$status" -eq 3 ]
	[ "${#lines[@]}" -eq 1 ]
}

@test "why what is no address: 2, and the text is named" {
	for bad in example.com 1.2.3 1.2.3.4/8 fe80::1%eth0 ""; do
		run "$HOLDFAST" why "$bad"
		echo "$output"
		[ "$status" -eq 2 ]
		[[ $output == *"'$bad'"* ]]
	done
	run "$HOLDFAST" why
	[ "$status" -eq 2 ]
	[[ $output == *ADDRESS* ]]
	run "$HOLDFAST" why 1.2.3.4 5.6.7.8
	[ "$status" -eq 2 ]
	[[ $output == *"'5.6.7.8'"* ]]
}

@test "top: a bad interval or order is named, 2" {
	run "$HOLDFAST" top --interval 5y
	[ "$status" -eq 2 ]
	[[ $output == *"'5y'"* ]]
	run "$HOLDFAST" top --interval 1ms
	[ "$status" -eq 2 ]
	[[ $output == *"'1ms' is too small"* ]]
	run "$HOLDFAST" top --order size
	[ "$status" -eq 2 ]
	[[ $output == *"out|in|held"* ]]
}

@test "status beside a live guard: 0, its interface and address" {
	live
	run "$HOLDFAST" status
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == protected ]]
	[[ $output == *dev0* ]]
	[[ $output == *192.168.77.2/24* ]]
	run "$HOLDFAST" status --json
	[ "$(json 'd["protected"], d["daemon_pid"] > 0, d["interfaces"][0]["name"]' <<<"$output")" = \
		"True True dev0" ]
	[ "$(json '0 < d["memory_bytes"] <= 262144' <<<"$output")" = True ]
}

@test "status counts what the guard held back" {
	live
	held='sum(r["packets"] for r in d["held"])'
	before=$("$HOLDFAST" status --json | json "$held")
	device bash -c 'for i in {1..40}; do echo x >/dev/udp/198.18.0.66/9; done' 2>/dev/null || true
	after=$("$HOLDFAST" status --json | json "$held")
	echo "$before to $after"
	[ $((after - before)) -ge 20 ]
	[ $((after - before)) -le 40 ]
	"$HOLDFAST" status | grep -q '198.18.0.66:9: the peer or its network does not answer'
}

@test "why somebody silent: 1, and the reason" {
	live
	device bash -c 'for i in {1..20}; do echo x >/dev/udp/198.18.0.66/9; done' 2>/dev/null || true
	run "$HOLDFAST" why 198.18.0.66
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"never answered"* ]]
	[[ $output == *"198.18.0.0/24"* ]]
	"$HOLDFAST" why --json 198.18.0.66 >"$BATS_TEST_TMPDIR/why" || true
	[ "$(json 'd["free"], d["peer"]["held_packets"] > 0' <"$BATS_TEST_TMPDIR/why")" = "False True" ]
}

@test "why somebody who answers: 0, and how long that counts" {
	live
	answer='import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("198.18.0.7", 4433))
d, a = s.recvfrom(2000); s.sendto(d, a)'
	ask='import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(5)
s.connect(("198.18.0.7", 4433)); s.send(b"hello"); print(s.recv(2000))'
	nsenter --net="/run/netns/$NS-r" timeout 10 python3 -c "$answer" 3>&- &
	for _ in {1..50}; do
		nsenter --net="/run/netns/$NS-r" grep -q ':1151 ' /proc/net/udp && break
		sleep 0.1
	done
	# Its network has a trickle left only once it has come back.
	for _ in {1..40}; do
		[ "$("$HOLDFAST" why --json 198.18.0.7 | json 'd["datagram"]["passes"]')" = True ] && break
		sleep 0.5
	done
	run device python3 -c "$ask"
	echo "$output"
	[ "$status" -eq 0 ]
	run "$HOLDFAST" why 198.18.0.7
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == *"passes freely" ]]
	[[ $output == *"It answered"* ]]
	wait
}

@test "why the device itself and its link: 0" {
	live
	run "$HOLDFAST" why 192.168.77.2
	[ "$status" -eq 0 ]
	[[ $output == *"It is this device."* ]]
	run "$HOLDFAST" why 192.168.77.1
	[ "$status" -eq 0 ]
	[[ $output == *"own network"* ]]
}

@test "top --once: 0, one picture without a terminal's codes" {
	live
	run "$HOLDFAST" top --once --interval 200ms --order held
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[0]} == protected* ]]
	[[ $output == *"most held back first"* ]]
	[[ $output != *$'\033'* ]]
}

@test "top gives the terminal back, whatever ends it" {
	live
	for how in q TERM SEGV; do
		run python3 "$BATS_TEST_DIRNAME/pty_top.py" "$HOLDFAST" "$how"
		echo "$output"
		[ "$status" -eq 0 ]
	done
}

# supervised: a program that takes half of a processor and is refused a file, and one that sleeps
supervised() {
	export HOLDFAST_RUN=$BATS_TEST_TMPDIR/run
	mkdir "$BATS_TEST_TMPDIR/p"
	printf '%s\n' '[program]' "exec = /bin/sh -c 'true </etc/shadow; while :; do :; done'" 'log = none' \
		'[limits]' 'cpu = 50%' 'memory = 24M' >"$BATS_TEST_TMPDIR/p/busy.conf"
	printf '%s\n' '[program]' 'exec = /bin/sleep 1000' '[limits]' 'memory = 8M' >"$BATS_TEST_TMPDIR/p/calm.conf"
	"$HOLDFAST" supervise "$BATS_TEST_TMPDIR/p" >"$BATS_TEST_TMPDIR/out" 2>&1 3>&- &
	sup=$!
	for _ in {1..100}; do
		[ "$("$HOLDFAST" status --json | json '[p["state"] for p in d["programs"]].count("running")')" = 2 ] && return 0
		sleep 0.1
	done
	cat "$BATS_TEST_TMPDIR/out"
	return 1
}

@test "top beside a supervisor: its programs, the busy one first" {
	live
	supervised
	run "$HOLDFAST" top --once --interval 1s
	echo "$output"
	[ "$status" -eq 0 ]
	part=$(sed -n '/^program /,/^peer /p' <<<"$output" | sed '$d')
	[ "$(wc -l <<<"$part")" -eq 3 ]
	[ "$(awk '{ if (length > n) n = length } END { print n }' <<<"$part")" -le 80 ]
	[[ $(sed -n 2p <<<"$part") =~ ^busy\ +running\ +([0-9]+)%\ +[0-9.]+\ [kM]B\ of\ 25\ MB\ +0\ +0\ +1$ ]]
	[ "${BASH_REMATCH[1]}" -ge 5 ] && [ "${BASH_REMATCH[1]}" -le 65 ]
	[[ $(sed -n 3p <<<"$part") =~ ^calm\ +running\ +[0-9.]+%\ +[0-9.]+\ [kM]B\ of\ 8.4\ MB\ +0\ +0\ +0$ ]]
	"$HOLDFAST" status --json | json '{p["name"]: (p["denials"], p["cpu_seconds"] > 0.1) for p in d["programs"]}' |
		grep -F "'busy': (1, True), 'calm': (0, False)"
}

@test "top draws the programs anew: a share at first unknown, one that ends, none without a supervisor" {
	live
	supervised
	(sleep 2; "$HOLDFAST" status --json | json '[p["pid"] for p in d["programs"] if p["name"] == "calm"][0]' |
		xargs kill -KILL) 3>&- &
	run python3 "$BATS_TEST_DIRNAME/pty_top.py" "$HOLDFAST" q 'busy +running +- ' 'busy +running +[1-9][0-9.]*% ' \
		'calm +waiting ' 'calm +running .* +1 +[01] +0'
	echo "$output"
	[ "$status" -eq 0 ]
	kill -TERM "$sup"; wait "$sup"
	run "$HOLDFAST" top --once --interval 100ms
	[ "$status" -eq 0 ]
	[[ $output == *"budgets left"* ]]
	! grep -E '^(program|busy|calm) ' <<<"$output"
}

@test "top without a terminal: 3, and what to do instead" {
	live
	run "$HOLDFAST" top </dev/null
	[ "$status" -eq 3 ]
	[[ $output == *--once* ]]
}

@test "an answer that cannot be written is not a success" {
	live
	run bash -c "'$HOLDFAST' status >/dev/full"
	[ "$status" -eq 3 ]
}

@test "the override shows, and ends" {
	live
	device bash -c 'for i in {1..20}; do echo x >/dev/udp/198.18.0.66/9; done' 2>/dev/null || true
	"$HOLDFAST" guard override --for 60s --to 198.18.0.0/24
	"$HOLDFAST" status | grep -q '^override  *on for .*, to 198.18.0.0/24'
	"$HOLDFAST" why 198.18.0.66 | grep -q "the owner's override is on"
	"$HOLDFAST" guard override --end
	"$HOLDFAST" status | grep -q '^override  *off'
}

@test "without its daemon the limits hold, and status says that nobody follows" {
	live
	kill -9 "$("$HOLDFAST" status --json | json 'd["daemon_pid"]')"
	for _ in {1..20}; do
		[ "$("$HOLDFAST" status --json | json 'd["daemon_pid"]')" = 0 ] && break
		sleep 0.1
	done
	run "$HOLDFAST" status
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"not running: the limits hold"* ]]
}

@test "after guard off: not protected, 1" {
	live
	"$HOLDFAST" guard off
	run "$HOLDFAST" status
	[ "$status" -eq 1 ]
}
