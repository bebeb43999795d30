#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Several processors send at once to a peer that has answered: they share its window to the byte.
load guard.bash

# blast PROCESSES SIZE DESTINATION: each as much as a window holds, as fast as it can, from one port
blast() {
	in_dev python3 - "$@" <<-'PY'
	import os, socket, sys
	processes, size = int(sys.argv[1]), int(sys.argv[2])
	to = (sys.argv[3], 4000)
	assert to[0].startswith("198.18."), to
	s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
	s.bind(("10.9.0.1", 4000))
	s.connect(to)
	s.send(b"?")
	s.settimeout(5)
	s.recv(10)                      # its first answer: a window of 64 kB
	for _ in range(processes):
	    if os.fork() == 0:
	        for _ in range(65536 // (size + 42) + 50):
	            try:
	                s.send(b"x" * size)
	            except OSError:
	                pass
	        os._exit(0)
	while True:
	    try:
	        os.wait()
	    except ChildProcessError:
	        break
	PY
}

answer_once() { # ADDRESS
	ip -n $peer addr add $1/32 dev v1
	ip netns exec $peer python3 -c "
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('$1', 4000))
d, a = s.recvfrom(10)
s.sendto(b'!', a)
time.sleep(10)" 3>&- & # a port that closed would refuse, and narrow the window
	answerer=$!
	for _ in $(seq 50); do
		ip netns exec $peer ss -lun | grep -q "$1:4000" && return
		sleep 0.1
	done
	return 1
}

of_why() { # ADDRESS KEY
	in_dev $H why --json --pin $PIN $1 | python3 -c "import json, sys; print(json.load(sys.stdin)['peer']['$2'])"
}

@test "a window holds to the byte, however many processors use it up" {
	start_guard
	n=0
	for size in 60 333 1200; do
		n=$((n + 1)) to=198.18.$((8 + n)).9 # a network for each: first window, own trickle
		answer_once $to
		blast 4 $size $to
		kill $answerer; wait $answerer || true # not %%: that is the guard once this one is reaped
		since=$(of_why $to sent_since_answer_bytes) window=$(of_why $to window_bytes)
		echo "size $size: $since of $window"
		[ $since -le $window ]
		[ $((since + size + 42)) -gt $window ]
	done
}
