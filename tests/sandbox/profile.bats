#!/usr/bin/env bats
# holdfast-kit profile, and what the manual says about profiles. Needs no sandbox and no privileges.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	K=$HOLDFAST_BUILD/src/cli/holdfast-kit
	D=$BATS_TEST_TMPDIR
	page=docs/man/holdfast-profile.5
}

# profile NAME LINE...: the smallest with more lines
profile() {
	local name=$1; shift
	printf '%s\n' '[program]' 'exec = /usr/bin/true' "$@" >"$D/$name.conf"
}

keys() { # of profile_keys.h, read another way: "section key"
	tr -d '\n' <src/sandbox/profile_keys.h | grep -oE 'X\([A-Z_]+,[^"]*"[a-z]+",[^"]*"[a-z-]+"' |
		sed -E 's/.*"([a-z]+)",[^"]*"([a-z-]+)"/\1 \2/'
}

@test "the manual names every key, every power, every layer, and no other" {
	[ "$(keys | wc -l)" -gt 25 ]
	inside() { sed -n "/^\.Ss \[$1\]/,/^\.S[sh] [^[]*\(\[\|[A-Z]\)/p" "$page"; }
	keys | while read -r section key; do
		echo "[$section] $key"
		inside "$section" | grep -qE "^\.It Cm $key No = "
	done
	sed -nE 's/^\.It Cm ([a-z-]+) No = .*/\1/p' "$page" | sort -u >"$D/page"
	keys | cut -d' ' -f2 | sort -u >"$D/table"
	diff "$D/page" "$D/table"
	sed -n '/define POWERS/,/^enum/p' src/sandbox/profile.h | grep -oE '"[a-z-]+", "' |
		tr -d '", ' >"$D/powers"
	[ "$(wc -l <"$D/powers")" -gt 5 ]
	while read -r p; do echo "$p"; grep -qx "\.It Cm $p" "$page"; done <"$D/powers"
	for l in $(sed -n '/define LAYERS/,/^enum/p' src/sandbox/layers.h | sed -nE 's/.*X\([A-Z_]+, "([a-z-]+)".*/\1/p'); do
		echo "$l"
		grep -qE "^\.Cm (.* )?$l( |\$)" "$page"
	done
}

@test "the examples of the manual are right, and compile" {
	awk -v d="$D" '/^\.Bd/ { n++; f = d "/example" n ".conf"; next } /^\.Ed/ { f = "" } f { print > f }' "$page"
	[ "$(ls "$D"/example*.conf | wc -l)" -eq 3 ]
	for f in "$D"/example*.conf; do
		"$K" profile check --no-files "$f"
		"$K" profile compile "$f"
		"$K" profile diff "$f" "${f%.conf}.hfp"
		run "$K" profile diff "$f" "${f%.conf}.hfp"
		[ "$output" = "0 wider, 0 narrower, 0 other" ]
	done
}

@test "check tells every fault, a line each, with its place" {
	printf '%s\n' '[program]' 'exek = /x' 'user = a b' '[alow]' '[limits]' 'cpu = 80' >"$D/x.conf"
	run "$K" profile check "$D/x.conf"
	echo "$output"
	[ "$status" -eq 1 ]
	[ "${#lines[@]}" -eq 4 ]
	[[ ${lines[0]} == *"x.conf:2: exek = /x: no such key in [program]; did you mean 'exec'?" ]]
	[[ ${lines[2]} == *"x.conf:4: [alow]: no such section; did you mean [allow]?" ]]
}

@test "check looks at the machine" {
	profile x 'user = nobody-here' 'directory = /etc/passwd' 'log = /nowhere/x.log' '[allow]' \
		'read = /nowhere/a -/nowhere/b' 'device = /dev/null /dev/pts' "exec-also = /etc/passwd $D/script"
	printf '#!/bin/sh\n' >"$D/script"; chmod 755 "$D/script"
	run "$K" profile check "$D/x.conf"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"read = /nowhere/a: No such file or directory; write -/nowhere/a if it may be missing"* ]]
	[[ $output != *"/nowhere/b"* ]]
	[[ $output == *"device = /dev/pts: not a device node"* ]]
	[[ $output == *"exec-also = /etc/passwd: nobody may execute it"* ]]
	[[ $output == *"script: a script: it needs exec-also = /bin/sh too"* ]]
	[[ $output == *"directory = /etc/passwd: not a folder"* ]]
	[[ $output == *"log = /nowhere: No such file or directory"* ]]
	[[ $output == *"user = nobody-here: no such user"* ]]
	[ "${#lines[@]}" -eq 7 ]
	profile good 'user = nobody' '[allow]' 'read = /etc/passwd'
	run "$K" profile check "$D/good.conf"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *": right" ]]
}

@test "what no program may write: check and compile say so in one line" {
	for path in / /usr /usr/lib -/bin/x /boot /etc /etc/holdfast /etc/ld.so.preload /var /run /run/holdfast /sys; do
		profile x '[allow]' "write = $path"
		run "$K" profile check --no-files "$D/x.conf"
		echo "$output"
		[ "$status" -eq 1 ] && [ "${#lines[@]}" -eq 1 ]
		[[ $output == *"x.conf:4: write = ${path#-}: "* ]]
		run "$K" profile compile -o "$D/x.hfp" "$D/x.conf"
		[ "$status" -eq 2 ] && [ "${#lines[@]}" -eq 1 ] && [ ! -e "$D/x.hfp" ]
	done
	profile x '[allow]' 'write = /usr/lib'
	run "$K" profile check --no-files "$D/x.conf"
	[[ $output == *": never: code that others run lies there; give it a folder of its own, e.g. /var/lib/NAME" ]]
	profile x '[allow]' 'write = /var/lib/x /etc/x.conf /opt/x /srv'
	"$K" profile check --no-files "$D/x.conf"
}

@test "the ready profiles are right" {
	[ "$(ls packaging/profiles/*.conf | wc -l)" -gt 10 ]
	"$K" profile check --no-files packaging/profiles/*.conf
}

@test "check --root looks at an image, links and all, and nowhere else" {
	mkdir -p "$D/root/usr/bin" "$D/root/etc"
	cp /usr/bin/true "$D/root/usr/bin/real"
	ln -s /usr/bin/real "$D/root/usr/bin/true" # absolute: it means the image's
	echo 'camera:x:7:7::/:/bin/sh' >"$D/root/etc/passwd"
	profile x 'user = camera'
	run "$K" profile check --root "$D/root" "$D/x.conf"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"its interpreter /lib"*" does not exist" ]]
	[ "${#lines[@]}" -eq 1 ]
	printf '\177ELF\002\001\001' >"$D/root/usr/bin/real"
	head -c 200 /dev/zero >>"$D/root/usr/bin/real"
	run "$K" profile check --root "$D/root" "$D/x.conf"
	[[ $output == *"exec = /usr/bin/true: not a program for "* ]]
	rm "$D/root/usr/bin/real"
	run "$K" profile check --root "$D/root" "$D/x.conf"
	[[ $output == *"exec = /usr/bin/true: No such file or directory" ]]
}

@test "check --json" {
	profile x '[allow]' 'read = /nowhere'
	profile y
	run "$K" profile check --json "$D/x.conf" "$D/y.conf"
	echo "$output"
	[ "$status" -eq 1 ]
	python3 -c '
import json, sys
x, y = json.loads(sys.argv[1])
assert not x["right"] and len(x["faults"]) == 1 and y["right"] and not y["faults"]' "$output"
}

@test "compile gives the same bytes each time, and a record compiles to itself" {
	profile x 'user = nobody' '[allow]' 'listen = 80/tcp' '[syscalls]' 'allow = ptrace'
	"$K" profile compile -o "$D/a" "$D/x.conf"
	"$K" profile compile -o - "$D/x.conf" >"$D/b"
	"$K" profile compile "$D/x.conf"
	"$K" profile compile -o "$D/c" "$D/x.hfp"
	cmp "$D/a" "$D/b"; cmp "$D/a" "$D/x.hfp"; cmp "$D/a" "$D/c"
	[ ! -e "$D/a.new" ]
	[ "$(stat -c %s "$D/a")" -lt 300 ]
}

@test "compile refuses a broken profile and leaves what was there" {
	profile x 'cpu = 80%'
	echo before >"$D/x.hfp"
	run "$K" profile compile "$D/x.conf"
	echo "$output"
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
	[ "$(cat "$D/x.hfp")" = before ]
	run "$K" profile compile "$D/none.conf"
	[ "$status" -eq 3 ]
	profile x
	run "$K" profile compile -o "$D/none/x.hfp" "$D/x.conf"
	[ "$status" -eq 3 ]
}

@test "for another machine: its own numbers, and no mistake about them" {
	profile x '[syscalls]' 'list = learned' 'allow = read openat exit_group'
	for a in x86-64 arm64 arm mipsel riscv64 s390x; do
		"$K" profile compile -a "$a" -o "$D/$a.hfp" "$D/x.conf"
		"$K" profile explain "$D/$a.hfp" | grep -F '3 system calls:' | tr ' ' '\n' | grep -qx openat
		run "$K" profile diff "$D/x.conf" "$D/$a.hfp"
		[ "$output" = "0 wider, 0 narrower, 0 other" ]
	done
	[ "$(cmp -l "$D/arm64.hfp" "$D/x86-64.hfp" | wc -l)" -gt 3 ]
	profile y '[syscalls]' 'allow = arch_prctl'
	"$K" profile check --no-files -a x86-64 "$D/y.conf"
	run "$K" profile check --no-files -a arm64 "$D/y.conf"
	[ "$status" -eq 1 ]
	[[ $output == *"arch_prctl: arm64 has no such call"* ]]
	profile w '[syscalls]' 'list = default' '[syscalls arm64]' 'list = learned' 'allow = read openat exit_group'
	run "$K" profile check --no-files -a x86-64 "$D/w.conf"
	[ "$status" -eq 0 ]
	[[ $output == *"w.conf: right; at the default level, it has no call list for x86-64" ]]
	"$K" profile check --no-files -j -a x86-64 "$D/w.conf" | grep -q '"no_call_list_here": *true'
	run "$K" profile check --no-files -a arm64 "$D/w.conf"
	[[ $output == *"w.conf: right" ]]
	"$K" profile check --no-files -j -a arm64 "$D/w.conf" | grep -q '"no_call_list_here": *false'
	"$K" profile compile -a x86-64 -o "$D/w.hfp" "$D/w.conf"
	"$K" profile explain "$D/w.hfp" | grep -F 'ordinary services make: there is no list'
	profile z '[syscalls]' 'allow = opennat'
	run "$K" profile check --no-files -a mipsel "$D/z.conf"
	[[ $output == *"did you mean 'openat'?" ]]
	run "$K" profile check -a vax "$D/x.conf"
	[ "$status" -eq 2 ]
}

@test "diff marks what is wider, and says so with 1" {
	profile a '[allow]' 'read = /etc/x' 'write = /srv' '[limits]' 'memory = 24M'
	profile b '[allow]' 'read = /etc' '[limits]' 'memory = 12M'
	run "$K" profile diff "$D/a.conf" "$D/b.conf"
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *"wider     [allow] read = /etc "* ]]
	[[ $output == *"narrower  [allow] write = /srv "* ]]
	[[ $output == *"narrower  [limits] memory = 24M -> 12M"* ]]
	[[ ${lines[-1]} == "1 wider, 2 narrower, "* ]]
	run "$K" profile diff "$D/b.conf" "$D/a.conf"
	[ "$status" -eq 1 ] # memory, and write
	[[ $output != *"read = "*"(new)"* ]] # /etc/x lies in /etc
}

@test "diff: what each key makes wider" {
	widens() { # LINES-OF-A LINES-OF-B: from a to b wider, and back narrower
		printf '[program]\nname = x\nexec = /usr/bin/true\n%b\n' "$1" >"$D/a.conf"
		printf '[program]\nname = x\nexec = /usr/bin/true\n%b\n' "$2" >"$D/b.conf"
		run "$K" profile diff "$D/a.conf" "$D/b.conf"
		echo "$1 -> $2: $output"
		[ "$status" -eq 1 ] || return 1
		[[ ${lines[-1]} == "1 wider, 0 narrower, 0 other" ]] || return 1
		run "$K" profile diff "$D/b.conf" "$D/a.conf"
		echo "back: $output"
		[ "$status" -eq 0 ] || return 1
		[[ ${lines[-1]} == "0 wider, 1 narrower, 0 other" ]]
	}
	widens "" "user = root"
	widens "" "accept-missing = landlock"
	widens "" "[allow]\nread = /srv"
	widens "[allow]\nread = /srv" "[allow]\nwrite = /srv"
	widens "" "[allow]\ndevice = /dev/video0"
	widens "" "[allow]\nexec-also = /bin/sh"
	widens "" "[allow]\nlisten = 8080/tcp"
	widens "[allow]\nlisten = 8080/tcp" "[allow]\nlisten = any/tcp"
	widens "[allow]\nnetwork = none" ""
	widens "" "[allow]\npower = jit"
	widens "[limits]\ncpu = 10%" "[limits]\ncpu = 20%"
	widens "[syscalls]\nlist = learned\nallow = read" ""
	widens "[syscalls]\nlist = learned\nallow = read" "[syscalls]\nlist = learned\nallow = read write"
	widens "" "[syscalls]\nallow = add_key"
	widens "[syscalls]\ndeny = read" ""
}

@test "explain: what is open, what is shut, what to think about" {
	profile x 'user = root' '[allow]' 'read = /etc/shadow' 'device = /dev/sda' 'exec-also = /bin/sh' \
		'power = net-raw' '[limits]' 'memory = 24M'
	run "$K" profile explain "$D/x.conf"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *"as uid 0 of a user namespace"* ]]
	[[ $output == *"reads /etc/shadow"* ]]
	[[ $output == *"no other program is executed"* ]]
	[[ $output == *"takes at most 24M memory"* ]]
	[[ $output == *"read = /etc/shadow: password hashes"* ]]
	[[ $output == *"device = /dev/sda: raw storage"* ]]
	[[ $output == *"exec-also = /bin/sh: a shell"* ]]
	[[ $output == *"power = net-raw: "* ]]
	[[ $output == *"list = default: no call list"* ]]
	"$K" profile explain --json "$D/x.conf" | python3 -c '
import json, sys
x = json.load(sys.stdin)
assert {r["key"] for r in x["risks"]} == {"user", "read", "device", "exec-also", "power", "list"}
assert all(x[p] for p in ("is", "opens", "shut"))'
	profile y
	run "$K" profile explain "$D/y.conf"
	[[ $output == *"no program is executed after itself"* ]]
	[[ $output != *"net-raw"* ]]
}

@test "hostile files are one line each" {
	head -c 5000 /dev/urandom >"$D/noise.conf"
	printf '\x89HFP' >"$D/short.hfp"
	profile x
	"$K" profile compile "$D/x.conf"
	head -c 50 "$D/x.hfp" >"$D/cut.hfp"
	mkfifo "$D/pipe.conf"
	profile open; chmod 666 "$D/open.conf"
	for f in short.hfp cut.hfp pipe.conf open.conf; do
		run "$K" profile compile -o "$D/out" "$D/$f"
		echo "$f: $status $output"
		[ "$status" -eq 2 ]
		[ "${#lines[@]}" -eq 1 ]
		[ ! -e "$D/out" ]
	done
	run "$K" profile check "$D/noise.conf"
	[ "$status" -eq 1 ]
	[[ $output != *$'\033'* ]]
}

@test "options that do not go together" {
	profile x
	for a in "check --output x" "compile --json" "diff --root /" "explain --no-files" "diff" "nothing"; do
		# shellcheck disable=SC2086
		run "$K" profile $a "$D/x.conf"
		echo "$a: $output"
		[ "$status" -eq 2 ]
	done
}
