#!/usr/bin/env bats
# holdfast-kit learn on programs compiled for it: what a run shows, daemons, threads, signals,
# merging, static analysis for arm64, hostile files, exit codes.

bats_require_minimum_version 1.5.0

setup_file() {
	export KIT=$HOLDFAST_BUILD/src/cli/holdfast-kit T=$BATS_FILE_TMPDIR
	cc -O2 -o "$T/daemon" "$BATS_TEST_DIRNAME/daemon.c" -pthread
	cc -O2 -D_GNU_SOURCE -o "$T/sample" "$BATS_TEST_DIRNAME/sample.c"
	cc -O2 -o "$T/odd" "$BATS_TEST_DIRNAME/odd.c" -pthread -ldl
	cc -O2 -o "$T/without" "$BATS_TEST_DIRNAME/without.c" -lseccomp
}

learn() {
	run --separate-stderr timeout 60 "$KIT" learn "$@"
	echo "$output" "$stderr"
}

has() { grep -qE "^$1( ;|\$)" <<<"$output"; }

# "! grep" in the middle of a test could not make it fail.
lacks() { if grep -E "$1" <<<"${2-$output}"; then return 1; fi; }

# Passes the program's own check, where there is one.
checked() {
	printf '%s\n' "$output" >"$T/checked.conf"
	"$KIT" --help | grep -q '^  profile ' || return 0
	"$KIT" profile check "$T/checked.conf"
}

@test "a program that ends: its output apart from the profile, which passes the check" {
	learn -- "$T/sample"
	[ "$status" -eq 0 ]
	has "exec = $T/sample"
	has "list = learned"
	has "allow = write"
	has "network = none"
	grep -q '^allow = getpriority ; seen in 1 of 1 run: 1 times' <<<"$output"
	grep -q '^allow = mremap ; reachable: ' <<<"$output"
	grep -qE '^[0-9-]+$' <<<"$stderr"
	lacks '^allow = reboot'
	checked
}

@test "a daemon that forks twice, its thread, ports and files; ended by SIGTERM" {
	mkdir "$T/state"
	timeout 60 "$KIT" learn -o "$T/daemon.conf" -- "$T/daemon" "$T/state" 18554 &
	pid=$!
	for _ in $(seq 200); do [ -s "$T/state/pid" ] && break; sleep 0.05; done
	kill -TERM "$(pgrep -P $pid holdfast-kit || echo $pid)"
	wait $pid
	[ -s "$T/state/ended" ] # it was asked, not killed
	output=$(cat "$T/daemon.conf")
	echo "$output"
	has "listen = 18554/tcp"
	has "listen = 18554/udp"
	has "write = $T/state"
	grep -q '^allow = getpriority ; seen in 1 of 1 run' <<<"$output"
	grep -q '^allow = setsid ; seen' <<<"$output"
	grep -q '^allow = clone ; seen in 1 of 1 run: .*thread' <<<"$output"
	lacks "^network = none"
	checked
}

@test "Ctrl-C reaches a daemon that has left the terminal" {
	mkdir "$T/typed"
	run timeout 60 python3 - "$KIT" learn --no-static -o "$T/typed.conf" -- "$T/daemon" "$T/typed" 18555 <<-P
		import os, pty, sys, time
		pid, terminal = pty.fork()
		if not pid:
		    os.execv(sys.argv[1], sys.argv[1:])
		while not os.path.exists("$T/typed/pid"):
		    time.sleep(0.05)
		os.write(terminal, b"\x03")
		start = time.time()
		os.waitpid(pid, 0)
		sys.exit(time.time() - start > 8)
	P
	echo "$output"
	[ "$status" -eq 0 ]
	[ -s "$T/typed/ended" ]
}

@test "a signal that is sent twice at once, as timeout does, asks and does not kill" {
	"$KIT" learn --no-static -o "$T/twice.conf" -- sh -c 'trap "sleep 1; echo >$0; exit" TERM; echo >$0.on; while :; do sleep 0.1; done' "$T/twice" &
	pid=$!
	for _ in $(seq 200); do [ -e "$T/twice.on" ] && break; sleep 0.05; done
	kill -TERM $pid; sleep 0.2; kill -TERM $pid
	wait $pid
	[ -e "$T/twice" ]
}

@test "where ptrace is refused, or says too little: one line, at once" {
	run timeout 10 "$T/without" ptrace "$KIT" learn -- true
	[ "$status" -eq 3 ]
	[[ $output == *"ptrace is not allowed here"* ]]
	run timeout 10 "$T/without" ptrace=0x420e "$KIT" learn -- true
	[ "$status" -eq 3 ]
	[[ $output == *"does not tell about calls"* ]]
}

@test "calls of another architecture are not taken for this one's" {
	[ "$(uname -m)" = x86_64 ] || skip "int 0x80 is x86"
	"$T/odd" other-arch || skip "this kernel has no 32-bit calls"
	learn --no-static -- "$T/odd" other-arch
	lacks '^allow = writev'
	grep -q '^; it makes calls of another architecture' <<<"$output"
}

@test "a call that was seen once, and failed, is allowed" {
	learn -- "$T/odd" no-such-program
	grep -q '^allow = execve ; seen in 1 of 1 run: 1 times' <<<"$output"
	lacks '^exec-also'
}

@test "questions in other families of netlink take no power" {
	learn --no-static -- "$T/odd" netlink
	[ "$status" -eq 0 ]
	grep -q '^allow = socket ; seen.*netlink raw' <<<"$output"
	lacks '^power'
}

@test "ports where descriptors cannot be copied, names that are only sent to, the highest descriptor" {
	output=$(timeout 60 "$T/without" pidfd_getfd "$KIT" learn --no-static -- "$T/odd" listens 18556)
	has "listen = 18556/tcp"
	python3 -c 'import socket, sys, time
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1]); time.sleep(60)' "$T/socket" 3>&- &
	server=$!
	for _ in $(seq 100); do [ -S "$T/socket" ] && break; sleep 0.05; done
	learn --no-static -- "$T/odd" sends-to "$T/socket"
	kill $server
	has "read = $T/socket"
	learn --no-static -- "$T/odd" descriptors
	has "files = 2804"
}

@test "a library that is loaded and closed again is analysed; a name through a link is the right file" {
	printf '#include <unistd.h>\n#include <sys/syscall.h>\nint f(void) { return syscall(SYS_getpriority, 0, 0); }\n' >"$T/lib.c"
	cc -shared -fPIC -o "$T/closed.so" "$T/lib.c"
	learn -- "$T/odd" loads "$T/closed.so"
	grep -q '^;allow = getpriority ; not seen' <<<"$output"
	mkdir -p "$T/deep/down" && echo text >"$T/deep/text" && ln -s deep/down "$T/link"
	learn --no-static -- "$T/odd" up-from-link "$T/link/../text"
	has "read = $T/deep/text"
	lacks "^read = $T/text"
}

@test "exec from a thread, and more threads than are watched" {
	learn --no-static -- "$T/odd" thread-execs "$T/sample"
	[ "$status" -eq 0 ]
	has "exec-also = $T/sample"
	grep -q '^allow = getpriority ; seen' <<<"$output"
	"$T/odd" threads 4300 || skip "no 4300 threads here"
	learn --no-static -- "$T/odd" threads 4300
	[ "$status" -eq 0 ]
	grep -q '^; it has more threads than are watched' <<<"$output"
	grep -q '^; Last run: .* ended with 0\.$' <<<"$output"
}

@test "--for ends a program that would not; a second run is merged" {
	learn --for 1s -o "$T/sleep.conf" -- sleep 100
	[ "$status" -eq 0 ]
	learn -m "$T/sleep.conf" -- sleep 0
	[ "$status" -eq 0 ]
	grep -q '^; learned: 2 runs$' <<<"$output"
	grep -q '^allow = close ; seen in 2 of 2 runs' <<<"$output"
	[ "$(grep -c '^exec = ' <<<"$output")" -eq 1 ]
	checked
}

@test "what is written by hand is kept by a merge" {
	printf '[program]\nuser = daemon\n[allow]\nread = /etc/login.defs\npower = jit\n' >"$T/hand.conf"
	learn -m "$T/hand.conf" -- true
	[ "$status" -eq 0 ]
	has "user = daemon"
	has "read = /etc/login.defs"
	has "power = jit"
	grep -q '^; learned: 1 run$' <<<"$output"
	checked
}

@test "scripts, programs that are started, private and secret files" {
	cat >"$T/script" <<-S
		#!/bin/sh
		echo secret >/tmp/holdfast-learn-\$\$; rm /tmp/holdfast-learn-\$\$
		cat /etc/shadow >/dev/null
		cat "$T/with a blank/file" >/dev/null
		mkdir -p "$T/out/new" && echo x >"$T/out/new/x"
	S
	chmod +x "$T/script"
	mkdir "$T/out" "$T/with a blank" && echo text >"$T/with a blank/file"
	learn -- "$T/script" "a;b" 'c"d'
	[ "$status" -eq 0 ]
	has "exec = /bin/sh $T/script \"a\\\\;b\" \"c\\\\\"d\""
	grep -qE '^exec-also = (/usr)?/bin/cat ; seen' <<<"$output"
	grep -q '^;read = /etc/shadow ; holds secrets' <<<"$output" || [ "$(id -u)" != 0 ]
	lacks 'holdfast-learn-'
	has "write = $T/out"
	grep -q "^read = \"$T/with a blank/file\" ;" <<<"$output"
	checked
}

@test "a run with a network and one without, in either order: the profile has it" {
	cat >"$T/net.py" <<-P
		import socket, sys
		if len(sys.argv) > 1: socket.socket()
	P
	for order in "'' x" "x ''"; do
		eval "set -- $order"
		learn --no-static -o "$T/net1.conf" -- python3 "$T/net.py" $1
		learn --no-static -m "$T/net1.conf" -- python3 "$T/net.py" $2
		[ "$status" -eq 0 ]
		grep -q '^; learned: 2 runs$' <<<"$output"
		lacks '^network'
	done
}

@test "a merge keeps what programs of earlier runs can reach" {
	printf '#!/bin/sh\n[ $# = 0 ] || exec sort /dev/null\n' >"$T/sometimes"
	chmod +x "$T/sometimes"
	learn -o "$T/with.conf" -- "$T/sometimes" x
	learn -m "$T/with.conf" -- "$T/sometimes"
	calls() { grep -oE '^allow = [a-z0-9_]+' | sort -u; }
	echo "$output" | calls >"$T/merged"
	calls <"$T/with.conf" | diff - "$T/merged" | grep '^<' && return 1
	true
}

@test "a command that a profile cannot hold is refused before it is run" {
	learn -- sh -c $'touch '"$T"$'/ran\ntrue'
	[ "$status" -eq 2 ]
	[[ $stderr == *"cannot hold the word"*"line break"* ]]
	learn -- touch "$T/ran" "$(printf '%0200d' 0)"
	[ "$status" -eq 2 ]
	learn -- touch $(printf "$T/ran %.0s" $(seq 64))
	[ "$status" -eq 2 ]
	[[ $stderr == *"more than 64 words"* ]]
	[ ! -e "$T/ran" ]
	# Long, but not too long; with what begins a comment elsewhere.
	learn --no-static -- sh -c 'true ; true' $(printf 'word%.0s ' $(seq 30)) "$(printf '%0150d' 0)" 'a "b" c'
	[ "$status" -eq 0 ]
	checked
}

@test "the environment is kept only when asked for" {
	SECRET=hush GIVEN="a b" learn -e GIVEN -- true
	[ "$status" -eq 0 ]
	lacks hush
	has 'environment = "GIVEN=a b"'
	checked
}

@test "JSON says the same as the profile" {
	learn --json -- "$T/sample"
	[ "$status" -eq 0 ]
	python3 -c '
import json, sys
j = json.load(sys.stdin)
calls = [l for l in j["lines"] if l["section"].startswith("syscalls ") and l["key"] == "allow"]
assert j["runs"] == 1 and j["schema"] == "holdfast-learn-1"
assert sum(l["origin"] == "seen" for l in calls) == j["observed"] > 15
assert sum(l["origin"] == "reachable" for l in calls) == j["added"] > 10
assert sum(l["origin"] == "offered" for l in calls) == j["not_allowed"]
' <<<"$output"
}

@test "where a program starts is kept when it looks for files from there, or asks where that is" {
	mkdir -p "$T/start/in"; echo yes >"$T/start/in/file"
	cd "$T/start"
	learn -- /bin/cat in/file
	has "directory = $T/start"
	learn -- /usr/bin/python3 -c 'import os; print(open(os.getcwd() + "/in/file").read())'
	has "directory = $T/start"
	learn -- /bin/cat "$T/start/in/file"
	lacks '^directory'
	[ "$(id -u)" = 0 ] || skip "needs root"
	learn -o "$T/start.conf" -- /bin/cat in/file
	HOLDFAST_RUN=$T/run run "$HOLDFAST_BUILD/src/cli/holdfast" run "$T/start.conf"
	[ "$output" = yes ]
}

@test "a list says which machine it is for: others are kept by a merge, and have the default level" {
	command -v aarch64-linux-gnu-gcc >/dev/null || skip "no aarch64-linux-gnu-gcc"
	[ "$(uname -m)" = x86_64 ] || skip "merges x86-64 with arm64"
	aarch64-linux-gnu-gcc -O2 -D_GNU_SOURCE -static -o "$T/both" "$BATS_TEST_DIRNAME/sample.c"
	learn --static-only -o "$T/arm64.conf" -- "$T/both"
	[ "$status" -eq 0 ]
	run "$KIT" profile check -a x86-64 --no-files "$T/arm64.conf"
	[ "$status" -eq 0 ]
	[[ $output == *"arm64.conf: right; at the default level, it has no call list for x86-64" ]]
	run "$KIT" profile check -a arm64 --no-files "$T/arm64.conf"
	[[ $output == *"arm64.conf: right" ]]
	cp "$T/sample" "$T/both"
	learn -m "$T/arm64.conf" -o "$T/two.conf" -- "$T/both"
	[ "$status" -eq 0 ]
	[ "$(grep -c '^\[syscalls' "$T/two.conf")" -eq 3 ]
	diff <(sed -n '/^.syscalls arm64/,/^$/p' "$T/arm64.conf" | grep '^allow') <(sed -n '/^.syscalls arm64/,/^$/p' "$T/two.conf" | grep '^allow')
	for a in x86-64 arm64; do
		run "$KIT" profile check -a $a --no-files "$T/two.conf"
		[[ $output == *"two.conf: right" ]]
	done
	"$KIT" profile explain -a arm64 "$T/two.conf" | grep 'system calls:' >"$T/arm64.calls"
	"$KIT" profile explain -a x86-64 "$T/two.conf" | grep 'system calls:' | diff -q - "$T/arm64.calls" && return 1
	# Learned again on this machine: what its analysis found is found anew, that of the other stays.
	learn -m "$T/two.conf" -o "$T/again.conf" -- "$T/both"
	diff <(grep '^allow' "$T/two.conf" | cut -d' ' -f1-3 | sort) <(grep '^allow' "$T/again.conf" | cut -d' ' -f1-3 | sort)
}

@test "static analysis of arm64 programs: dynamic with its libraries, static without symbols" {
	command -v aarch64-linux-gnu-gcc >/dev/null || skip "no aarch64-linux-gnu-gcc"
	aarch64-linux-gnu-gcc -O2 -D_GNU_SOURCE -o "$T/arm" "$BATS_TEST_DIRNAME/sample.c"
	aarch64-linux-gnu-gcc -O2 -D_GNU_SOURCE -static -s -o "$T/arm-static" "$BATS_TEST_DIRNAME/sample.c"
	for p in arm arm-static; do
		learn --static-only --json -- "$T/$p"
		[ "$status" -eq 0 ]
		[ "$(grep -o '"section": *"syscalls [^"]*"' <<<"$output" | sort -u | sed 's/.*syscalls //')" = 'arm64"' ]
		calls=$(python3 -c '
import json, sys
for l in json.load(sys.stdin)["lines"]:
	if l["key"] == "allow": print(l["value"])' <<<"$output")
		for c in getpriority ioprio_get sched_get_priority_max umask getsid getpgid getitimer write; do
			echo "$p $c"
			grep -qx "$c" <<<"$calls"
		done
		for c in reboot kexec_load open fork; do
			echo "$p not $c"
			lacks "^$c\$" "$calls"
		done
	done
}

@test "a static program of musl, without symbols and without a table of functions" {
	command -v musl-gcc >/dev/null || skip "no musl-gcc"
	musl-gcc -O2 -D_GNU_SOURCE -static -s -fno-asynchronous-unwind-tables -o "$T/musl" "$BATS_TEST_DIRNAME/sample.c"
	learn --static-only -- "$T/musl"
	[ "$status" -eq 0 ]
	for c in getpriority ioprio_get sched_get_priority_max getpgid; do grep -qE "^;?allow = $c ;" <<<"$output"; done
}

@test "places that are easy to miss: found, or said to be unknown" {
	[ "$(uname -m)" = x86_64 ] || skip "x86-64 code"
	cc -nostdlib -static -o "$T/hidden" "$BATS_TEST_DIRNAME/hidden.S"
	learn --static-only --json -- "$T/hidden"
	[ "$status" -eq 0 ]
	calls=$(python3 -c '
import json, sys
for l in json.load(sys.stdin)["lines"]:
	if l["key"] == "allow": print(l["value"])' <<<"$output")
	echo "$calls"
	for c in getpriority sched_getparam getpid exit; do grep -qx $c <<<"$calls"; done
	lacks '^close$' "$calls"
	unknown=$(python3 -c 'import json, sys; print(*json.load(sys.stdin)["unknown"], sep="\n")' <<<"$output")
	[ "$(wc -l <<<"$unknown")" -eq 3 ]
	for place in by_pointer in_part exchanged; do
		at=$(nm "$T/hidden" | sed -n "s/^0*\([0-9a-f]*\) . $place\$/\1/p")
		grep -q "^hidden+0x$at" <<<"$unknown"
	done
}

@test "static analysis never knows less than a run: whatever was seen is reachable" {
	for p in /bin/ls /bin/date /usr/bin/sort; do
		learn --no-static --json -- "$p" /dev/null
		seen=$(python3 -c '
import json, sys
for l in json.load(sys.stdin)["lines"]:
	if l["key"] == "allow" and l["origin"] == "seen": print(l["value"])' <<<"$output")
		learn --static-only --json -- "$p"
		all=$(python3 -c '
import json, sys
for l in json.load(sys.stdin)["lines"]:
	if l["key"] == "allow": print(l["value"])' <<<"$output")
		for c in $seen; do
			echo "$p $c"
			grep -qx "$c" <<<"$all"
		done
	done
}

@test "hostile files, wrong use: one clear line and the exit code of it" {
	printf '\177ELF\2\1\1' >"$T/short"; chmod +x "$T/short"
	head -c 3000 "$T/sample" >"$T/cut"; chmod +x "$T/cut"
	for f in short cut; do
		learn --static-only -- "$T/$f"
		[ "$status" -eq 2 ]
		[ "$(wc -l <<<"$stderr")" -eq 1 ]
		[[ $stderr == *"$T/$f: "* ]]
	done
	learn -- "$T/cut"
	[ "$status" -eq 3 ]
	[ "$(wc -l <<<"$stderr")" -eq 1 ]
	learn -- /nonexistent/x
	[ "$status" -eq 2 ]
	learn -- nonexistent-program
	[ "$status" -eq 2 ]
	learn
	[ "$status" -eq 2 ]
	learn --static-only --no-static -- true
	[ "$status" -eq 2 ]
	printf '[allow]\nread\n' >"$T/bad.conf"
	learn -m "$T/bad.conf" -- true
	[ "$status" -eq 2 ]
	[[ $stderr == *"bad.conf:2: "* ]]
}

@test "hostile files come to an end: pointers in a circle, sections over one another" {
	[ "$(uname -m)" = x86_64 ] || skip "x86-64 code"
	cat >"$T/circle.S" <<-S
		.globl a, b, _start
		.section .got, "aw"
		a: .quad b
		b: .quad a
		.text
		_start: mov a@GOTPCREL(%rip), %rax
		mov \$60, %eax
		syscall
	S
	cc -nostdlib -shared -o "$T/circle" "$T/circle.S"
	run timeout 20 "$KIT" learn --static-only -- "$T/circle"
	[ "$status" -eq 0 ]
	python3 - "$T/sample" "$T/heap" <<-P
		import struct, sys
		b = bytearray(open(sys.argv[1], "rb").read()) + bytes(4 << 20)
		b += bytes(-len(b) % 24)
		at = len(b)
		for _ in range(60000):
		    b += struct.pack("<IIQQQQIIQQ", 0, 4, 0, 0, 0, at, 0, 0, 8, 24)
		struct.pack_into("<Q", b, 40, at)
		struct.pack_into("<HHH", b, 58, 64, 60000, 1)
		open(sys.argv[2], "wb").write(b)
	P
	chmod +x "$T/heap"
	run timeout 20 "$KIT" learn --static-only -- "$T/heap"
	[ "$status" -eq 2 ]
	[[ $output == *"$T/heap: damaged"* ]]
}

@test "an output that cannot be written leaves nothing behind" {
	echo old >"$T/kept.conf"
	learn -o "$T/none/x.conf" -- touch "$T/for-nothing"
	[ "$status" -eq 3 ]
	[ ! -e "$T/for-nothing" ] # said before a long run, not after it
	learn -o "$T/none.conf" -- "$T/none-there"
	[ "$status" -eq 2 ]
	[ ! -e "$T/none.conf.new" ]
	learn -o "$T/kept.conf" -- /nonexistent/x
	[ "$(cat "$T/kept.conf")" = old ]
	[ ! -e "$T/kept.conf.new" ]
}

@test "the walk-through: from an unknown binary to a confined service" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	command -v musl-gcc >/dev/null || skip "no musl-gcc"
	run timeout 120 "$BATS_TEST_DIRNAME/../../lab/walkthrough" "$HOLDFAST_BUILD"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"Nothing was refused."* ]]
	[[ $output == *"== done"* ]]
}
