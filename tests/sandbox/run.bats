#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `holdfast run`: a program in its sandbox has what its profile says, and nothing else.
load sandbox.bash

setup_file() { build_programs; }

expect() { # NAME WHAT: in $output
	grep -qxF "$1: $2" <<<"$output" || { echo "wanted '$1: $2' in:"; echo "$output"; return 1; }
}

refused_all() {
	local no="Operation not permitted"
	expect fork ok
	expect execve "$no"; expect "execve self" "$no"; expect "execveat self" "$no"; expect memfd "$no"
	expect "tcp 81" ok; expect "tcp 8080" "Permission denied"; expect "tcp 0" "Permission denied"
	expect "udp 81" "Permission denied"; expect "udp 0" ok; expect unix ok
	local good
	for good in name "name's user and mode" "name listens" "name's listener" "name by a way" "name there" folder \
		"name of the kernel's" "no dumps" "no dumps, and what was" "limit of dumps"; do expect "$good" ok; done
	grep -qE "^name taken: Address (already )?in use$" <<<"$output" # glibc's words, and musl's
	expect "name nowhere" "No such file or directory"
	expect "name in usr" "Read-only file system"; expect "name in a closed folder" "Permission denied"
	expect dumps "$no"
	expect packet "Address family not supported by protocol"
	expect vsock "Address family not supported by protocol"; expect raw "$no"
	expect "mmap wx" "$no"; expect "shmat x" "$no"; expect personality "$no"
	! grep -qx "mprotect x: ok" <<<"$output"
	expect "write tmp" ok; expect "write usr" "Read-only file system"; expect "write etc" "Read-only file system"
	expect shadow "No such file or directory"; expect home "No such file or directory"
	expect "first's root" "No such file or directory"; expect "first's memory" "No such file or directory"
	expect "own memory" "Read-only file system"; expect sys "No such file or directory"
	expect null ok; expect setuid "$no"; expect node "$no"; expect state ok
	expect "user namespace" "$no"; expect "clone into one" "$no"; expect clone3 "Function not implemented"
	expect ptrace "$no"; expect "kill first" "$no"; expect io_uring "Function not implemented"
	expect keyctl "$no"; expect bpf "$no"; expect "a call of tomorrow" "Function not implemented"
	expect "type into terminal" "$no"
}

tries() { # PROGRAM
	[ -x "$BATS_FILE_TMPDIR/$1" ] || skip "no $1: no such compiler here"
	profile tries <<-EOF
	[program]
	exec = $BATS_FILE_TMPDIR/$1
	[allow]
	listen = 81/tcp
	write = /var/lib/holdfast-test
	EOF
	run "$H" run "$D/tries.conf" 7
	rm -rf /var/lib/holdfast-test
	[ "$status" = 7 ]
	refused_all
}

@test "a dynamic program" { tries tries; }
@test "a static program" { tries tries-static; }
@test "a static musl program" { tries tries-musl; }

@test "a program with a stack that is written and executed does not start, but where the profile says so" {
	[ "$(id -u)" = 0 ] || skip "needs root"
	echo 'int main(void) { return 7; }' | gcc -x c -z execstack -o "$BATS_FILE_TMPDIR/stack" - 2>/dev/null
	printf '[program]\nexec = %s\n' "$BATS_FILE_TMPDIR/stack" | profile stack
	run "$H" run "$D/stack.conf"
	[ "$status" = 2 ]
	[[ $output == *"stack that is written and executed"*"accept-missing = mdwe"* ]]
	printf '[program]\nexec = %s\naccept-missing = mdwe\n' "$BATS_FILE_TMPDIR/stack" | profile stack
	run "$H" run "$D/stack.conf"
	[ "$status" -eq 7 ]
	[[ $output == *"without layer mdwe"* ]]
	printf '[program]\nexec = %s\n[allow]\npower = jit\n' "$BATS_FILE_TMPDIR/stack" | profile stack
	run "$H" run "$D/stack.conf"
	[ "$status" = 7 ]
}

@test "a program starts where it is told to, with all its rights" {
	mkdir "$D/data"; echo inside >"$D/data/file"
	local at
	for at in /tmp/made /srv/made /usr/share "$D/data" /; do
		printf '[program]\nexec = /bin/sh -c "pwd; /bin/true && : >/dev/null && : >/tmp/new && echo can; cat file"\ndirectory = %s\n[allow]\nexec-also = /bin/true /bin/cat\n' "$at" | profile start
		[ "$at" != "$D/data" ] || echo "read = $at" >>"$D/start.conf"
		run "$H" run "$D/start.conf"
		echo "$at: $output"
		[ "${lines[0]}" = "$at" ] && [ "${lines[1]}" = can ]
		[ "$at" != "$D/data" ] || [ "${lines[2]}" = inside ]
	done
}

# /run is mounted without devices nearly everywhere, and some run folders cannot hold any: then each tree has
# its own.
@test "devices are there wherever the run folder is, the same for all, and not to be changed" {
	profile devices <<-EOF
	[program]
	exec = /bin/sh -c 'echo hi >/dev/null && [ -c /dev/urandom ] && head -c 8 /dev/urandom | wc -c; chmod 700 /dev/null; true >/dev/new; rm /dev/zero'
	[allow]
	exec-also = /bin/chmod /bin/rm /usr/bin/head /usr/bin/wc
	EOF
	mkdir -p "$HOLDFAST_RUN"
	for how in rw,nodev,nosuid,noexec blocked; do
		mount -t tmpfs -o "${how/blocked/rw}" none "$HOLDFAST_RUN"
		[ $how != blocked ] || touch "$HOLDFAST_RUN/dev"
		run "$H" run "$D/devices.conf"
		[ ! -d "$HOLDFAST_RUN/dev" ] || ls -l "$HOLDFAST_RUN/dev"
		umount "$HOLDFAST_RUN"
		echo "$how: $output"
		grep -qx 8 <<<"$output"
		[ "$(grep -c 'Read-only file system' <<<"$output")" -eq 3 ]
	done
}

# The launcher is not in the program's control group: what it spends on refusing is nobody's share.
@test "a program that is refused without end costs the launcher a fifth of a processor" {
	cat >"$D/flood.c" <<-EOF
	#include <sys/ptrace.h>
	int main(void) { for (;;) ptrace(PTRACE_TRACEME, 0, 0, 0); }
	EOF
	gcc -O1 -o "$D/flood" "$D/flood.c" && chmod 755 "$D" "$D/flood"
	profile flood <<-EOF
	[program]
	exec = $D/flood
	EOF
	"$H" run "$D/flood.conf" 3>&- &
	local pid=$! before after
	spent() { awk '{ print $14 + $15 }' /proc/$pid/stat; } # hundredths of a second
	sleep 4 # its first second is free
	before=$(spent); sleep 4; after=$(spent)
	kill -TERM $pid; wait $pid || true
	echo "spent $((after - before)) of 400"
	[ $((after - before)) -gt 0 ] && [ $((after - before)) -lt 160 ]
}

@test "the exit status is the program's: code, or 128 and the signal" {
	profile t <<-EOF
	[program]
	exec = $BATS_FILE_TMPDIR/tries
	EOF
	run "$H" run "$D/t.conf" 3
	[ "$status" = 3 ]
	run "$H" run "$D/t.conf" -- -6
	[ "$status" = 0 ] || [ "$status" = 134 ]
	run "$H" run "$D/t.conf" -11
	[ "$status" = 139 ]
}

@test "what cannot be started is one line, and nothing is left" {
	profile none <<-EOF
	[program]
	exec = /nowhere/x
	EOF
	run "$H" run "$D/none.conf"
	[ "$status" = 3 ] && [ "${#lines[@]}" = 1 ] && [[ $output == *"/nowhere/x"* ]]
	! ls -d /sys/fs/cgroup/*/holdfast-none.* 2>/dev/null
}

@test "what no program may write: refused, from a profile and from a record" {
	for path in /usr/lib /etc /boot /run/holdfast "$HOLDFAST_RUN" "$D" "$HOLDFAST_RUN/etc"; do
		profile t <<-EOF
		[program]
		exec = /usr/bin/touch $path/holdfast-test
		[allow]
		write = $path
		EOF
		run "$H" run "$D/t.conf"
		echo "$output"
		[ "$status" = 2 ] && [ "${#lines[@]}" = 1 ]
		[[ $output == *"write = $path: never: "*"give it a folder of its own, e.g. /var/lib/NAME" ]]
		[ ! -e "$path/holdfast-test" ]
	done
	# A record whose checksum is right: made by hand, or before there was such a rule.
	printf '%s\n' '[program]' 'exec = /usr/bin/touch /usr/lib/holdfast-test' '[allow]' 'write = /srv/lib' >"$D/r.conf"
	"${H}-kit" profile compile -o "$D/r.hfp" "$D/r.conf"
	python3 - "$D/r.hfp" <<-EOF
	import struct, sys, zlib
	b = open(sys.argv[1], "rb").read()
	assert b.count(b"/srv/lib\0") == 1
	b = b.replace(b"/srv/lib\0", b"/usr/lib\0")
	open(sys.argv[1], "wb").write(b[:16] + struct.pack("<I", zlib.crc32(b[:16] + b[20:])) + b[20:])
	EOF
	for try in "$H run" "${H}-kit profile check --no-files" "${H}-kit profile explain"; do
		run $try "$D/r.hfp"
		echo "$output"
		[ "$status" != 0 ] && [ "${#lines[@]}" = 1 ]
		[[ $output == *"[allow] write = /usr/lib: never: code that others run lies there; "* ]]
	done
	[ ! -e /usr/lib/holdfast-test ]
}

@test "a signal to holdfast reaches the program" {
	profile sleeper <<-EOF
	[program]
	exec = /bin/sleep
	EOF
	"$H" run "$D/sleeper.conf" 60 &
	local pid=$!
	sleep 0.5
	kill -TERM $pid
	wait $pid && rc=0 || rc=$?
	[ $rc = 143 ]
}

@test "a script, and a program of a language" {
	printf '#!/bin/sh\necho hello from $0 "$@"; echo $HOME; read x < /etc/hosts && echo hosts\n' >"$D/s.sh"
	chmod 755 "$D" "$D/s.sh"
	profile s <<-EOF
	[program]
	exec = $D/s.sh
	EOF
	run "$H" run "$D/s.conf" a b
	[ "$status" = 0 ] && [[ $output == *"hello from $D/s.sh a b"* ]] && [[ $output == *hosts* ]]
	command -v python3 >/dev/null || skip "no python3"
	echo 'import ssl, json, socket; print(socket.gethostbyname("localhost"))' >"$D/x.py"
	profile p <<-EOF
	[program]
	exec = /usr/bin/python3 $D/x.py
	[allow]
	read = $D/x.py
	EOF
	run "$H" run "$D/p.conf"
	[ "$status" = 0 ] && [ "$output" = 127.0.0.1 ]
}

@test "what is refused is in the list of refusals, with the line that would allow it" {
	profile tries <<-EOF
	[program]
	exec = $BATS_FILE_TMPDIR/tries
	EOF
	"$H" run "$D/tries.conf" >/dev/null
	run "$H" denials
	echo "$output"
	[[ $output == *"[allow] listen = 8080/tcp"* && $output == *"[allow] exec-also = /bin/true"* ]]
}

@test "probe: a table, JSON, and a tier" {
	run "$H" probe
	[[ ${lines[0]} == layer*here*found*does && $output == *"Tier: "* ]]
	[ "$(grep -c . <<<"$output")" -ge 17 ]
	"$H" probe --json | python3 -c 'import json, sys; p = json.load(sys.stdin)
assert len(p["layers"]) == 15 and p["tier"] in ("none", "reduced", "full")
assert all(l["state"] in ("yes", "partly", "missing") for l in p["layers"])' || [ "${PIPESTATUS[0]}" = 1 ]
}

@test "files that the sandbox keeps back are reported; those that are nowhere are not" {
	printf '#!/bin/sh\nexec 2>/dev/null\nread x < /root/.profile; read x < /nowhere/x; echo x > /etc/hosts; read x < /etc/hosts\ncd /tmp; echo y > y; read x < y; echo x > /usr/share/x; echo x > /tmp/../usr/y\n' >"$D/s.sh"
	chmod 755 "$D" "$D/s.sh"
	touch /etc/holdfast-test-$$
	echo "read x < /etc/holdfast-test-$$" >>"$D/s.sh"
	profile s <<-EOF
	[program]
	exec = $D/s.sh
	EOF
	"$H" run "$D/s.conf" || true
	rm /etc/holdfast-test-$$
	run "$H" denials
	echo "$output"
	[[ $output == *"[allow] read = /root/.profile"* && $output == *"[allow] read = /etc/holdfast-test-$$"* ]]
	[[ $output == */etc/hosts* && $output == *"/usr/share/x"* ]]
	[[ $output != *nowhere* && $output != */tmp/y* ]]
	sed -i 's/^exec/report = calls\nexec/' "$D/s.conf"
	rm "$HOLDFAST_RUN/denials"
	"$H" run "$D/s.conf" || true
	run "$H" denials
	[[ $output != *"/root/.profile"* ]]
}

@test "what the named user may not open anyway is no refusal of the sandbox; what he may is" {
	printf '#!/bin/sh\nexec 2>/dev/null\nfor f in "$@"; do read x < "$f"; echo x > "$f"; done; exit 0\n' >"$D/s.sh"
	mkdir "$D/in" && echo secret >"$D/in/root" && echo his >"$D/in/his" && echo all >"$D/in/all"
	mkdir "$D/in/closed" && echo all >"$D/in/closed/all"
	chown nobody "$D/in/his" && chmod 600 "$D/in/root" "$D/in/his" && chmod 644 "$D/in/all" "$D/in/closed/all"
	chmod 755 "$D/s.sh" "$D/in" && chmod 700 "$D/in/closed"
	for d in "$D" "${D%/*}" "${D%/*/*}"; do chmod o+x "$d"; done # as far as the folder of this run
	for user in nobody 65534 ''; do
		rm -f "$HOLDFAST_RUN/denials"
		profile s <<-EOF
		[program]
		${user:+user = $user}
		exec = $D/s.sh $D/in/root $D/in/his $D/in/all $D/in/closed/all $D/in/new
		EOF
		"$H" run "$D/s.conf"
		"$H" denials --json | python3 -c '
import json, sys
print(*sorted({d["kind"] + " " + d["detail"].rsplit("/in/", 1)[1] for d in json.load(sys.stdin)["denials"]}), sep="\n")' >"$D/got"
		if [ -n "$user" ]; then
			printf '%s\n' 'read all' 'read his' 'write his'
		else # a uid of its own: that it is not root is the sandbox's doing
			printf '%s\n' 'read all' 'read closed/all' 'read his' 'read root' \
				'write all' 'write closed/all' 'write his' 'write new' 'write root'
		fi | diff - "$D/got"
	done
}

@test "terminals: its own, where the profile asks for them, and no other's" {
	cat >"$D/s.py" <<-'P'
	import os, sys, termios, fcntl
	if sys.argv[1:] == ["none"]:
	    sys.exit(os.path.exists("/dev/ptmx") or os.path.exists("/dev/pts"))
	held = []
	try:
	    while len(held) < 100: held.append(os.openpty())
	except OSError: pass
	assert len(held) == 64, len(held)
	assert sorted(os.listdir("/dev/pts")) == sorted(map(str, range(64))) + ["ptmx"]
	master, slave = held[0]
	os.setsid() if os.getpid() != os.getsid(0) else None
	fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
	tty = os.open("/dev/tty", os.O_RDWR)
	os.write(tty, b"hello\n")
	assert os.read(master, 100) == b"hello\r\n"
	try: fcntl.ioctl(slave, termios.TIOCSTI, b"x")
	except OSError: print("no typing")
	P
	before=$(cat /proc/sys/kernel/pty/nr)
	for user in nobody root; do
		profile s <<-EOF
		[program]
		user = $user
		exec = /usr/bin/python3 -I $D/s.py
		[allow]
		read = $D/s.py
		device = /dev/ptmx
		EOF
		run "$H" run "$D/s.conf"
		echo "$output"
		[ "$status" = 0 ] && [ "$output" = "no typing" ]
	done
	[ "$(cat /proc/sys/kernel/pty/nr)" = "$before" ]
	sed -i '/^device/d' "$D/s.conf"
	"$H" run "$D/s.conf" none
}

@test "a running program sees a new file of /etc when another took the place of the old" {
	[ -w /etc ] || skip "/etc cannot be written"
	printf '#!/bin/sh\nfor i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do read a b < /etc/timezone; case $a in Test/*) echo seen; exit 0;; esac; /bin/sleep 1; done\n' >"$D/s.sh"
	chmod 755 "$D" "$D/s.sh"
	profile s <<-EOF
	[program]
	exec = $D/s.sh
	[allow]
	exec-also = /bin/sleep
	EOF
	local old=$D/timezone
	[ ! -e /etc/timezone ] || cp -p /etc/timezone "$old"
	"$H" run "$D/s.conf" >"$D/out" &
	local pid=$!
	sleep 2
	echo Test/Zone >/etc/timezone.new && mv /etc/timezone.new /etc/timezone
	wait $pid || true
	if [ -e "$old" ]; then mv "$old" /etc/timezone; else rm -f /etc/timezone; fi
	[ "$(cat "$D/out")" = seen ]
}

@test "a launcher with real-time priority keeps it to itself" {
	command -v chrt >/dev/null || skip "no chrt"
	chrt -f 10 true || skip "no real-time priority here"
	profile rt <<-EOF
	[program]
	exec = /bin/cat /proc/self/stat
	EOF
	run chrt -f 10 "$H" run "$D/rt.conf"
	echo "$output"
	[ "$status" = 0 ] && [ "$(awk '{ print $40, $41 }' <<<"$output")" = "0 0" ]
}
