#!/usr/bin/env bats
# holdfast denials: what is in the log, for people and as JSON. Needs no sandbox.

setup() {
	H=$HOLDFAST_BUILD/src/cli/holdfast
	K=$HOLDFAST_BUILD/src/cli/holdfast-kit
	deny=$HOLDFAST_BUILD/tests/deny
	export HOLDFAST_RUN=$BATS_TEST_TMPDIR/run
	cd "$BATS_TEST_TMPDIR" || return 1
}

@test "nothing was refused" {
	run "$H" denials
	[ "$status" -eq 0 ]
	[ "$output" = "Nothing was refused." ]
	run "$H" denials camera
	[ "$output" = "Nothing was refused to camera." ]
}

@test "what, how often, and the line" {
	"$deny" camera read openat /etc/shadow 12
	"$deny" broker call ptrace ""
	"$deny" broker call mount ""
	run "$H" denials
	echo "$output"
	[ "$status" -eq 0 ]
	[[ ${lines[1]} == *" 12 "*" camera "*" read /etc/shadow "*"[allow] read = /etc/shadow" ]]
	[[ ${lines[2]} == *" 1 "*" broker "*" call ptrace "*"[allow] power = ptrace" ]]
	[[ ${lines[3]} == *" call mount "*" never: "* ]]
	run "$H" denials camera
	[ "${#lines[@]}" -eq 2 ]
}

@test "the lines, pasted as they are, make a profile that allows them" {
	"$deny" x read openat "/etc/a b's \$c" 
	"$deny" x listen bind 554/tcp
	"$deny" x exec execve /bin/sh
	"$deny" x call add_key ""
	"$deny" x write openat /srv/x
	printf '[program]\nexec = /usr/bin/x\n' >x.conf
	"$H" denials --json | python3 -c '
import json, sys
for d in json.load(sys.stdin)["denials"]: print(d["line"])' >>x.conf
	cat x.conf
	[ "$(wc -l <x.conf)" -eq 7 ]
	"$K" profile check --no-files x.conf
	"$K" profile explain x.conf | grep -F "reads /etc/a b's \$c"
	"$K" profile explain x.conf | grep -F "executes /bin/sh"
}

@test "a file that is not there is said to be missing, in a comment" {
	"$deny" x write openat "$PWD/none"
	"$deny" x write openat "$PWD"
	run "$H" denials
	echo "$output"
	[[ ${lines[1]} == *"write = $PWD/none ; not there: "* ]]
	[[ ${lines[2]} == *"write = $PWD" ]]
}

@test "text of a hijacked program does not reach the terminal" {
	"$deny" x read openat $'/etc/\033]0;owned\a\nroot' 
	run "$H" denials
	[[ $output != *$'\033'* ]]
	[[ $output == *'/etc/\x1b]0;owned\x07\x0aroot'* ]]
	[ "${#lines[@]}" -eq 2 ]
	"$H" denials --json | python3 -c '
import json, sys
assert json.load(sys.stdin)["denials"][0]["detail"] == "/etc/\x1b]0;owned\x07\nroot"'
}

@test "JSON says everything" {
	"$deny" camera call clock_settime "" 3
	"$deny" camera call bpf ""
	"$H" denials --json | python3 -c '
import json, sys, time
all = json.load(sys.stdin)
a, b = all["denials"]
assert a["program"] == "camera" and a["pid"] == 42 and a["kind"] == "call", a
assert a["call"] == "clock_settime" and a["times"] == 3 and a["line"] == "[allow] power = time", a
assert abs(a["last"] - time.time()) < 60 and a["never"] is None, a
assert b["line"] is None and b["never"] == "it would run code in the kernel", b
assert all["unwritten"] == 0'
}

@test "follow shows what comes, an object a line" {
	"$deny" camera read openat /before
	"$H" denials --follow --json >out & pid=$!
	sleep 0.5
	"$deny" camera read openat /after
	"$deny" camera read openat /before
	for _ in $(seq 50); do [ "$(wc -l <out)" -ge 3 ] && break; sleep 0.1; done
	kill $pid
	cat out
	[ "$(python3 -c '
import json
print(" ".join("%s:%d" % (d["detail"], d["times"]) for d in map(json.loads, open("out"))))')" = \
		"/before:1 /after:1 /before:2" ]
}

@test "a flood is shown with its count, and what was not noted is said" {
	"$deny" loud read openat /x 100000
	run "$H" denials
	[[ ${lines[1]} == *" 100000 "* ]]
	for i in $(seq 3); do "$deny" loud read openat "/y$i"; done
	[ "$("$H" denials | wc -l)" -eq 5 ]
}

@test "no log of ours is one line" {
	mkdir run
	echo nonsense >run/denials
	run "$H" denials
	echo "$output"
	[ "$status" -eq 2 ]
	[ "${#lines[@]}" -eq 1 ]
	run "$H" denials one two
	[ "$status" -eq 2 ]
}

@test "a call that a power lets pass names that power" {
	# policy.tsv again: what is refused as a whole, and has a power.
	grep -v '^#' "$BATS_TEST_DIRNAME/../../src/sandbox/policy.tsv" |
		awk '$2 == "refuse" && $3 != "-" { print $1, $3 }' >rows
	[ "$(wc -l <rows)" -gt 8 ]
	while read -r call power; do
		"$deny" "x-$call" call "$call" "" || return 1
	done <rows
	"$H" denials --json >out
	python3 - <<-'EOF'
	import json
	lines = {d["program"]: d for d in json.load(open("out"))["denials"]}
	for call, power in map(str.split, open("rows")):
	    d = lines["x-" + call]
	    # A call that this processor does not have was noted under no name.
	    assert d["call"] is None or d["line"] == "[allow] power = " + power, d
	EOF
}
