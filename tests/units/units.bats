#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# The Debian package and the systemd units in it: built from the committed tree, installed in a copy of this
# machine whose process 1 is systemd, used, and removed. A minute and a half, most of it the build.

setup_file() {
	[ "$(id -u)" = 0 ] && command -v dh >/dev/null || return 0
	"$BATS_TEST_DIRNAME/../../packaging/build-deb" "$BATS_FILE_TMPDIR/deb" >"$BATS_FILE_TMPDIR/build" 2>&1 || cat "$BATS_FILE_TMPDIR/build"
}

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	command -v dh >/dev/null || skip "no debhelper"
	deb=$BATS_FILE_TMPDIR/deb
}

@test "the packages are built, and the device's needs no library" {
	ls "$deb"/holdfast_*.deb "$deb"/holdfast-kit_*.deb
	! dpkg-deb -f "$deb"/holdfast_*.deb Depends | grep .
}

@test "the units under systemd: start, restart, kill, stop, off, reload, watchdog, removal" {
	run "$BATS_TEST_DIRNAME/../../lab/systemd/boot" -- true
	[ "$status" = 0 ] || skip "$output"
	place=/var/lib/holdfast-units.$$ # which is seen there, as /tmp is not
	mkdir "$place"
	cp "$deb"/holdfast_*.deb "$place/holdfast.deb"
	gcc -D_GNU_SOURCE -O1 -o "$place/actor" "$BATS_TEST_DIRNAME/../sandbox/actor.c"
	chmod 755 "$place"
	run "$BATS_TEST_DIRNAME/../../lab/systemd/boot" --net -- \
		"$(realpath "$BATS_TEST_DIRNAME/within")" "$place/holdfast.deb" "$place/actor"
	rm -r "$place"
	echo "$output"
	[ "$status" = 0 ] && ! grep -q "^not ok" <<<"$output" && grep -q "^1\.\.42" <<<"$output"
}
