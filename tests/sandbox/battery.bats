#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
# The battery of attacks (lab/battery): nothing of it succeeds under Holdfast, and it has teeth.

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	battery=$BATS_TEST_DIRNAME/../../lab/battery/run
	[ -x "$HOLDFAST_BUILD/lab/battery/holdfast-lab-battery" ] || skip "the battery is not built for this processor"
}

run_there() { "$HOLDFAST_BUILD/src/cli/holdfast" run --help >/dev/null 2>&1 || skip "holdfast run is not there"; }

# none COLUMN: no attack succeeds there, and all were tried
none() {
	run_there
	run "$battery" --build "$HOLDFAST_BUILD" --columns "$1" --races 20
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == *" 0 of "* && $output != *"not run"* ]]
}

@test "the default profile, a dynamic program: 0 attacks succeed" { none holdfast; }
@test "the default profile, a static program: 0 attacks succeed" { none holdfast-static; }
@test "the default profile, a static musl program: 0 attacks succeed" {
	[ -x "$HOLDFAST_BUILD/lab/battery/holdfast-lab-battery-musl" ] || skip "no musl-gcc"
	none holdfast-musl
}
@test "with a folder to write: 0 attacks succeed" { none holdfast-state; }
@test "user = root: 0 attacks succeed" { none holdfast-root; }
@test "exec-also = /bin/sh: 0 attacks succeed but those that run the shell" { none holdfast-sh; }

@test "the battery has teeth: at least 200 attacks, most of which succeed on a plain root" {
	run -0 "$battery" --build "$HOLDFAST_BUILD" --columns root
	[[ $output =~ ([0-9]+)\ of\ ([0-9]+)\ succeed ]]
	echo "$output"
	[ "${BASH_REMATCH[2]}" -ge 200 ] && [ "${BASH_REMATCH[1]}" -ge 150 ]
}

@test "what is found is found: a secret in reach of a plain uid is read, one of another's is not" {
	run -0 "$battery" --build "$HOLDFAST_BUILD" --columns uid --only read-other,read-secret,exec-tmp -v
	echo "$output"
	[[ $output == *"2 of 3 succeed"* && $output == *read-other* && $output == *exec-tmp* ]]
}

@test "a column that does not exist is wrong use" {
	run -2 "$battery" --build "$HOLDFAST_BUILD" --columns nosuch
}
