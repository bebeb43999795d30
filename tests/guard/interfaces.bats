#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Interfaces and addresses that come, go and change.
load guard.bash

@test "an interface that appears is protected" {
	start_guard
	link w 10.9.1
	wait_log "w0 is protected"
	ip -n $dev route replace default via 10.9.1.2
	in_dev ping -qc1 -W1 10.9.1.2 >/dev/null
	before=$(received w1)
	send 60 198.18.9.9
	n=$(($(received w1) - before))
	echo "$n of 60"
	[ $n -ge 1 ] && [ $n -le 14 ]
}

@test "a renamed interface stays protected; a removed one is forgotten" {
	start_guard
	ip -n $dev link set v0 down
	ip -n $dev link set v0 name other0
	ip -n $dev link set other0 up
	ip -n $dev route add default via 10.9.0.2
	limited
	ip -n $dev link del other0
	wait_log "other0 is gone"
	sleep 0.2
	run ls $PIN
	[[ $output != *link-* ]]
	link v 10.9.0
	wait_log "v0 is protected"
}

@test "an interface removed while no daemon runs is forgotten at the next start" {
	link w 10.9.1
	start_guard
	kill -9 $daemon
	wait $daemon || true
	ip -n $dev link del w0
	start_guard
	wait_log "w0 is gone"
	limited
}

@test "upper devices are left alone; what carries their packets is not" {
	ip -n $dev link add br0 type bridge
	start_guard
	grep -q "v0 is protected" $LOG
	! grep -q "br0 is protected" $LOG
	! grep -q "lo is protected" $LOG
}

@test "a TUN device is protected as raw IP" {
	start_guard
	in_dev ip tuntap add dev tun9 mode tun
	wait_log "tun9 is protected"
	in_dev python3 - <<-'PY'
	import fcntl, os, select, socket, struct, subprocess, time
	f = os.open("/dev/net/tun", os.O_RDWR)
	fcntl.ioctl(f, 0x400454ca, struct.pack("16sH", b"tun9", 0x1001))  # TUNSETIFF, TUN without header
	subprocess.check_call("ip addr add 10.9.7.1/24 dev tun9; ip link set tun9 up; ip route add 198.18.7.0/24 dev tun9", shell=True)
	time.sleep(0.5)
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	for i in range(60):
	    try:
	        s.sendto(b"x" * 100, ("198.18.7.77", 9))
	    except OSError:
	        pass
	n = 0
	while select.select([f], [], [], 0.3)[0]:
	    os.read(f, 2048)
	    n += 1
	print(n, "of 60")
	assert 1 <= n <= 14, n
	PY
}

at_rest() { # nothing is being loaded aside
	for _ in $(seq 100); do
		[ -n "$(cat /proc/$daemon/task/$daemon/children)" ] || return 0
		sleep 0.1
	done
	return 1
}

@test "the first tunnel is protected at once, and its packets are not taken for forged" {
	start_guard
	sleep 0.1
	at_rest
	in_dev python3 - $LOG <<-'PY'
	import fcntl, os, select, socket, struct, subprocess, sys, time
	f = os.open("/dev/net/tun", os.O_RDWR)
	fcntl.ioctl(f, 0x400454ca, struct.pack("16sH", b"tun9", 0x1001))
	start = time.monotonic()
	while "tun9 is protected" not in open(sys.argv[1]).read():
	    assert time.monotonic() - start < 0.4, "not protected after 0.4 s"
	    time.sleep(0.002)
	print("protected after %.0f ms" % ((time.monotonic() - start) * 1000))
	subprocess.check_call("ip addr add 10.9.7.1/24 dev tun9; ip link set tun9 up", shell=True)
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	for i in range(5):
	    time.sleep(0.05)
	    s.sendto(b"x" * 20, ("10.9.7.2", 9))
	    assert select.select([f], [], [], 1)[0], "packet %d was held back" % i
	    os.read(f, 2048)
	PY
	run in_dev $H status --pin $PIN
	[[ $output != *spoof* ]]
}

@test "--interface protects only that one" {
	link w 10.9.1
	start_guard --interface w0
	grep -q "w0 is protected" $LOG
	! grep -q "v0 is protected" $LOG
	unlimited
}

@test "an address added later may be used; one not ours may not" {
	start_guard
	ip -n $dev addr add 10.9.0.5/24 dev v0
	sleep 0.3
	[ "$(arrived 5 10.9.0.2 10.9.0.5)" -ge 5 ]
	ip -n $dev addr del 10.9.0.5/24 dev v0
	sleep 1.5
	before=$(received4)
	in_dev python3 - <<-'PY'
	import socket, struct
	def packet(src):
	    body = struct.pack("!HHHH", 9, 9, 108, 0) + b"x" * 100
	    head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), 1, 0, 64, 17, 0, socket.inet_aton(src), socket.inet_aton("10.9.0.2"))
	    return head + body
	raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
	link = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
	for src in ("10.9.0.5", "10.9.0.77", "198.18.0.1"):
	    for i in range(3):
	        try:
	            raw.sendto(packet(src), ("10.9.0.2", 0))
	        except OSError:
	            pass
	        try:
	            link.sendto(packet(src), ("v0", 0x0800, 0, 0, b"\xff" * 6))
	        except OSError:
	            pass
	PY
	n=$(($(received4) - before))
	echo "$n spoofed packets arrived"
	[ $n -eq 0 ]
}

@test "new addresses have a budget, and its end is told" {
	start_guard
	for i in $(seq 20 43); do ip -n $dev addr add 10.9.0.$i/24 dev v0; done
	wait_log "own-addresses: too many new ones"
	[ "$(arrived 5 10.9.0.2 10.9.0.22)" -ge 5 ]
	[ "$(arrived 5 10.9.0.2 10.9.0.43)" -eq 0 ]
	# a restart does not fill it again
	kill -9 $daemon
	wait $daemon || true
	start_guard
	sleep 0.3
	[ "$(arrived 5 10.9.0.2 10.9.0.22)" -ge 5 ]
	[ "$(arrived 5 10.9.0.2 10.9.0.43)" -eq 0 ]
}

@test "a wide prefix does not make strangers neighbours" {
	start_guard
	ip -n $dev addr add 198.18.5.1/8 dev v0
	ip -n $peer addr add 198.18.66.66/8 dev v1
	sleep 0.3
	before=$(received)
	in_dev python3 - <<-'PY'
	import socket
	s = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM)
	import struct
	body = struct.pack("!HHHH", 9, 9, 108, 0) + b"x" * 100
	p = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 128, 1, 0, 64, 17, 0, socket.inet_aton("198.18.5.1"), socket.inet_aton("198.18.99.1")) + body
	for i in range(100):
	    try:
	        s.sendto(p, ("v0", 0x0800, 0, 0, b"\x02\x00\x00\x00\x00\x01"))
	    except OSError:
	        pass
	PY
	n=$(($(received) - before))
	echo "$n of 100"
	[ $n -ge 1 ] && [ $n -le 14 ]
}

@test "what could not be attached is named, and tried again" {
	export HOLDFAST_ATTACH=clsact
	start_guard
	kill -STOP $daemon
	link w 10.9.1
	in_dev tc qdisc add dev w0 ingress # where clsact would be
	kill -CONT $daemon
	wait_log "w0 is not protected, to be tried again: "
	run in_dev $H status --pin $PIN
	[[ $output == *"NOT PROTECTED: w0 is open"* ]]
	in_dev tc qdisc del dev w0 ingress
	wait_log "w0 is protected"
	run in_dev $H status --pin $PIN
	[[ $output != *"NOT PROTECTED"* ]]
	[ $(grep -c "w0 is not protected" $LOG) -eq 1 ]
}

@test "an interface that cannot be had at the start is named, and the others are protected" {
	export HOLDFAST_ATTACH=clsact
	link w 10.9.1
	in_dev tc qdisc add dev w0 ingress # where clsact would be
	start_guard
	wait_log "w0 is not protected, to be tried again: cannot attach to w0: its queueing discipline 'ingress'"
	grep "in force on 1 interfaces" $LOG
	limited
	run in_dev $H status --pin $PIN
	[[ $output == *"NOT PROTECTED: w0 is open"* ]]
	kill $daemon; wait $daemon || true
	run in_dev $H guard --pin $PIN --interface w0 # asked for by name: nothing less will do
	[ $status -eq 3 ]
	[[ $output == *"cannot attach to w0"* ]]
}

@test "a flood of events hides no interface and loses none" {
	start_guard
	in_dev ip link add churn type veth peer name churn1
	wait_log "churn is protected"
	for i in $(seq 3000); do echo "link set churn up"; echo "link set churn down"; done >$BATS_TEST_TMPDIR/churn
	kill -STOP $daemon
	in_dev ip -batch $BATS_TEST_TMPDIR/churn # more than the socket holds
	link w 10.9.1
	in_dev ip -batch $BATS_TEST_TMPDIR/churn & # lists change while they are made
	kill -CONT $daemon
	wait_log "w0 is protected"
	wait $!
	sleep 1.2
	! grep "is gone" $LOG
	limited
}

@test "more interfaces than there is room for: said, and mended when there is" {
	start_guard
	for i in $(seq 70); do echo "tuntap add dev d$i mode tun"; done >$BATS_TEST_TMPDIR/many
	in_dev ip -batch $BATS_TEST_TMPDIR/many
	wait_log "is not protected: more than 64"
	run in_dev $H status --pin $PIN
	[[ $output == *"NOT PROTECTED: there are more than 64 interfaces"* ]]
	for i in $(seq 10); do echo "tuntap del dev d$i mode tun"; done >$BATS_TEST_TMPDIR/fewer
	in_dev ip -batch $BATS_TEST_TMPDIR/fewer
	wait_log "d70 is protected"
	sleep 1.2
	run in_dev $H status --pin $PIN
	echo "$output"
	[[ $output != *"NOT PROTECTED"* ]]
}

@test "addresses that come and go all the time do not disturb the others" {
	start_guard
	for i in $(seq 4000); do echo "addr add 10.9.0.200/24 dev v0"; echo "addr del 10.9.0.200/24 dev v0"; done >$BATS_TEST_TMPDIR/churn
	in_dev timeout 4 ip -batch $BATS_TEST_TMPDIR/churn &
	n=$(arrived 30 10.9.0.2 10.9.0.1 0.1)
	wait $! || true
	echo "$n of 30"
	run in_dev $H status --pin $PIN
	[[ $output != *spoof* ]]
}
