#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# A device that routes for a host behind it: what that host sends is dropped as forged, unless the
# owner says so; then it is limited as the device's own.
load guard.bash

eval "$(declare -f teardown | sed '1s/teardown/guard_teardown/')"
teardown() {
	ip netns del hfg$$h 2>/dev/null
	guard_teardown
}

# The peer is 198.18.50.1, too, and serves 2 MB there; home is 10.9.1.2, behind the device.
home_behind() {
	home=hfg$$h
	ip netns add $home
	ip -n $dev link add h0 type veth peer name h1 netns $home
	ip -n $dev addr add 10.9.1.1/24 dev h0 && ip -n $dev link set h0 up
	ip -n $home addr add 10.9.1.2/24 dev h1 && ip -n $home link set h1 up
	ip -n $home route add default via 10.9.1.1
	ip -n $peer route add 10.9.1.0/24 via 10.9.0.1
	ip -n $peer link set lo up && ip -n $peer addr add 198.18.50.1/32 dev lo
	in_dev sysctl -qw net.ipv4.ip_forward=1
	ip netns exec $home ping -qc1 -w5 198.18.50.1 >/dev/null
	ip netns exec $peer python3 - 3>&- <<-'PY' &
	import socket
	s = socket.create_server(("198.18.50.1", 8000))
	while True:
	    c, a = s.accept()
	    c.recv(10)
	    c.sendall(b"x" * 2000000)
	    c.close()
	PY
	server=$!
	for _ in $(seq 50); do
		ip netns exec $peer ss -ltn | grep -q 198.18.50.1:8000 && return
		sleep 0.1
	done
	return 1
}

fetch() { # bytes that arrive at home
	ip netns exec $home python3 - <<-'PY'
	import socket
	n = 0
	try:
	    s = socket.create_connection(("198.18.50.1", 8000), 3)
	    s.send(b"?")
	    while (data := s.recv(65536)):
	        n += len(data)
	except OSError:
	    pass
	print(n)
	PY
}

flood_from_home() { # COUNT DESTINATION: how many reach the peer
	local before=$(received4)
	ip netns exec $home python3 - "$@" <<-'PY'
	import socket, sys
	assert sys.argv[2].startswith("198.18."), sys.argv[2]
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	for i in range(int(sys.argv[1])):
	    s.sendto(b"x" * 100, (sys.argv[2], 9))
	PY
	echo $(($(received4) - before))
}

forge() { # COUNT DESTINATION: the device itself, in home's name; how many reach the peer
	local before=$(received4)
	in_dev python3 - "$@" <<-'PY'
	import socket, struct, sys
	assert sys.argv[2].startswith("198.18."), sys.argv[2]
	s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
	head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 48, 1, 0, 64, 17, 0, socket.inet_aton("10.9.1.2"),
	                   socket.inet_aton(sys.argv[2]))
	for i in range(int(sys.argv[1])):
	    try:
	        s.sendto(head + struct.pack("!HHHH", 40000, 9, 28, 0) + b"x" * 20, (sys.argv[2], 0))
	    except OSError:
	        pass
	PY
	echo $(($(received4) - before))
}

@test "without being told to, nothing is passed on" {
	home_behind
	[ "$(fetch)" = 2000000 ]
	start_guard
	n=$(fetch) m=$(flood_from_home 60 198.18.60.1)
	echo "$n bytes arrived, $m of 60"
	[ "$n" = 0 ] && [ "$m" = 0 ]
	kill $server
}

@test "told to, it passes on, within the limits, and forges nothing itself" {
	home_behind
	start_guard --forward
	[ "$(fetch)" = 2000000 ]
	m=$(flood_from_home 60 198.18.60.1)
	echo "$m of 60 arrived"
	[ "$m" -ge 1 ] && [ "$m" -le 14 ]
	n=$(forge 60 198.18.61.1)
	echo "$n of 60 forged ones arrived"
	[ "$n" = 0 ]
	limited # as one with the device's own
	in_dev $H status --pin $PIN | grep -i 'forward'
	kill $server
}

@test "the configuration file says so, too, and a restart keeps to what is said then" {
	home_behind
	printf '[guard]\nforward = yes\n' >$BATS_TEST_TMPDIR/conf
	start_guard --config $BATS_TEST_TMPDIR/conf
	[ "$(fetch)" = 2000000 ]
	kill $daemon && wait $daemon || true
	start_guard
	[ "$(fetch)" = 0 ]
	kill $server
	printf '[guard]\nforward = maybe\n' >$BATS_TEST_TMPDIR/conf
	run in_dev $H guard --check --config $BATS_TEST_TMPDIR/conf
	[ "$status" -eq 2 ]
	[[ "$output" == *"conf:2: forward = maybe: neither yes nor no"* ]]
}
