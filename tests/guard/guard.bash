# Two namespaces, the device and everybody else, with a guard of its own in the first.
# Everything is addressed to 198.18.0.0/15 or to the link between the two.

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	H=$HOLDFAST_BUILD/src/cli/holdfast
	dev=hfg$$d peer=hfg$$p
	PIN=/sys/fs/bpf/holdfast-test-$$-$BATS_TEST_NUMBER
	LOG=$BATS_TEST_TMPDIR/log
	ip netns add $dev && ip netns add $peer
	for ns in $dev $peer; do
		ip netns exec $ns sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1
	done
	ip -n $dev link set lo up
	link v 10.9.0
	ip -n $dev route add default via 10.9.0.2
	in_dev ping -qc1 -w5 10.9.0.2 >/dev/null # both know each other's hardware address
}

teardown() {
	[ -z "$daemon" ] || kill -9 $daemon 2>/dev/null || true
	in_dev $H guard off --pin $PIN 2>/dev/null || true
	ip netns del $dev 2>/dev/null; ip netns del $peer 2>/dev/null
	! [ -d $PIN ] || { umount $PIN; rm -rf $PIN; } 2>/dev/null
	true
}

# link NAME NET: a pair NAME0 (device, NET.1) and NAME1 (peer, NET.2), and more of NET on the device
link() {
	ip -n $dev link add ${1}0 type veth peer name ${1}1 netns $peer
	ip -n $dev addr add $2.1/24 dev ${1}0 && ip -n $dev link set ${1}0 up
	ip -n $peer addr add $2.2/24 dev ${1}1 && ip -n $peer link set ${1}1 up
}

in_dev() { nsenter --net=/run/netns/$dev "$@"; }

# start_guard [ARGUMENT...]: in the foreground, log in $LOG; returns when the limits are in force
start_guard() {
	: >$LOG
	nsenter --net=/run/netns/$dev $H guard --pin $PIN "$@" 2>>$LOG 3>&- & # not in_dev: its pid counts
	daemon=$!
	for _ in $(seq 200); do
		grep -q "in force" $LOG && return 0
		kill -0 $daemon 2>/dev/null || { cat $LOG; return 1; }
		sleep 0.05
	done
	return 1
}

wait_log() { # TEXT
	for _ in $(seq 80); do
		grep -q "$1" $LOG && return 0
		sleep 0.05
	done
	cat $LOG
	return 1
}

received() { # [INTERFACE]: packets that have reached the peer
	ip netns exec $peer cat /sys/class/net/${1:-v1}/statistics/rx_packets
}

received4() { # IPv4 packets that have reached the peer; neighbour discovery comes and goes as it likes
	ip netns exec $peer awk '/^Ip: [0-9]/ {print $4}' /proc/net/snmp
}

# send COUNT DESTINATION [SOURCE [GAP]]: datagrams from the device
send() {
	in_dev python3 - "$@" <<-'PY'
	import socket, sys, time
	count, to = int(sys.argv[1]), sys.argv[2]
	assert to.startswith(("198.18.", "198.19.", "10.9.")), to
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	if len(sys.argv) > 3 and sys.argv[3]:
	    s.bind((sys.argv[3], 0))
	for i in range(count):
	    try:
	        s.sendto(b"x" * 100, (to, 9))
	    except OSError:
	        pass
	    if len(sys.argv) > 4:
	        time.sleep(float(sys.argv[4]))
	PY
}

# arrived COUNT DESTINATION...: how many of the datagrams sent reach the peer
arrived() {
	local before=$(received)
	send "$@"
	echo $(($(received) - before))
}

limited() { # a network not addressed before, and nobody there: 10 of 60 pass
	third=$((third + 1))
	local n=$(arrived 60 198.18.$third.77)
	echo "limited? $n of 60 arrived"
	[ $n -ge 1 ] && [ $n -le 14 ]
}

unlimited() {
	third=$((third + 1))
	local n=$(arrived 60 198.18.$third.77)
	echo "unlimited? $n of 60 arrived"
	[ $n -ge 60 ]
}
