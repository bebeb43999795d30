#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
# The camera with its two holes: every step of the intruder works where it is root, and none of them,
# but the hole itself, under holdfast run (lab/demo BUILD break-in).

setup_file() {
	[ "$(id -u)" = 0 ] || return 0
	export OUT=$BATS_FILE_TMPDIR/out
	"$BATS_TEST_DIRNAME/../../lab/demo" "$HOLDFAST_BUILD" break-in >"$OUT" 2>&1 && echo fine >>"$OUT" || echo failed >>"$OUT"
}
setup() {
	[ "$(id -u)" = 0 ] || skip "needs root for network namespaces"
	[ -x "$HOLDFAST_BUILD/lab/camera/holdfast-lab-camera" ] || skip "the camera is not built for this processor"
}

# step NAME AS_ROOT UNDER_HOLDFAST: what came of it
step() {
	cat "$OUT"
	grep -qE "^  $1 +$2 +$3 *$" "$OUT"
}

@test "every step is told apart, and the demo finds nothing to complain of" {
	cat "$OUT"
	[ "$(tail -n 1 "$OUT")" = fine ]
}
@test "a shell command behind a field" { step "a shell command .*" "runs as 0.*" "no shell to be had"; }
@test "the overflow runs code in both, under Holdfast not as root" { step "a name too long .*" "code runs, uid 0" "code runs, uid [1-9][0-9]*"; }
@test "a dropped program" { step "drops a program and runs it" "runs" "refused \(EPERM\)"; }
@test "another program's password" { step "reads another .*" "has the recorder's password" "refused.*"; }
@test "the guard" { step "takes the guard off" "the guard is off" "refused.*"; }
@test "the camera goes on" { step "the camera's own work" "pictures as before" "pictures as before"; }
