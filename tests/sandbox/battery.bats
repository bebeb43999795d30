#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
# The battery of attacks (lab/battery): nothing of it succeeds under Holdfast, and it has teeth.

columns="holdfast holdfast-static holdfast-musl holdfast-state holdfast-root holdfast-sh"

# Two columns at a time; a minute together on two quiet processors.
setup_file() {
	[ "$(id -u)" = 0 ] || return 0
	export OUT=$BATS_FILE_TMPDIR
	local c
	for c in $columns; do
		[ "$(jobs -pr | wc -l)" -lt 2 ] || wait -n
		"$BATS_TEST_DIRNAME/../../lab/battery/run" --build "$HOLDFAST_BUILD" --columns $c --races 20 --timeout 300 \
			>"$OUT/$c" 2>&1 3>&- && echo none >>"$OUT/$c" &
	done
	wait
}
setup() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	battery=$BATS_TEST_DIRNAME/../../lab/battery/run
	[ -x "$HOLDFAST_BUILD/lab/battery/holdfast-lab-battery" ] || skip "the battery is not built for this processor"
}

# none COLUMN: no attack succeeds there, and all were tried
none() {
	cat "$OUT/$1"
	[ "$(tail -n 1 "$OUT/$1")" = none ] && grep -qE ' 0 of [0-9]{3} succeed' "$OUT/$1"
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

@test "under systemd, which is process 1 for it alone: a hardened unit does better than none, and nothing stays" {
	run "$BATS_TEST_DIRNAME/../../lab/systemd/boot" -- true
	[ "$status" = 0 ] || skip "$output"
	run -0 "$battery" --build "$HOLDFAST_BUILD" --columns systemd --only exec-tmp,mount-tmpfs,state-link,exec-itself --races 1 -v
	echo "$output"
	[[ $output == *"2 of 4 succeed"* && $output == *state-link* && $output == *exec-itself* ]]
	[ -z "$(find /sys/fs/cgroup -maxdepth 3 -name 'holdfast-systemd.*')" ]
	! ls -d /var/tmp/holdfast-systemd.* 2>/dev/null
}

@test "a column that does not exist is wrong use" {
	run -2 "$battery" --build "$HOLDFAST_BUILD" --columns nosuch
}
