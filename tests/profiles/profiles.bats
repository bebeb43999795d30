#!/usr/bin/env bats
# Every ready profile: its program, of Debian, does all it is for while it is confined, and nothing is
# refused; so it does after a reload and a turned-over log, as far as it can with a full disk and with no
# memory, and again when there is room and memory. One row a profile; its phases are shown, and why it has
# not the others (exercise says what each of them is).

bats_require_minimum_version 1.5.0

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	: "${HOLDFAST_BUILD:?is the build directory}"
	profiles=$BATS_TEST_DIRNAME/../../packaging/profiles
}

one() {
	run timeout 200 "$BATS_TEST_DIRNAME/world" "$BATS_TEST_DIRNAME/exercise" confined "$1" \
		"$(realpath "${2:-$profiles/$1.conf}")"
	echo "$output"
	[ "$status" -eq 0 ]
	echo "# $(tail -n 1 <<<"$output")" >&3
}

@test "avahi-daemon" { one avahi-daemon; }
@test "busybox-httpd" { one busybox-httpd; }
@test "camera" { one camera; }
@test "dnsmasq" { one dnsmasq; }
@test "dropbear" { one dropbear; }
@test "lighttpd" { one lighttpd; }
@test "mosquitto" { one mosquitto; }
@test "musl-static" { one musl-static; }
@test "nginx" { one nginx; }
@test "node-service" { one node-service; }
@test "python-service" { one python-service; }
@test "sqlite" { one sqlite; }
@test "telnetd" { one telnetd; }

@test "each ready profile has its test" {
	for p in "$profiles"/*.conf; do
		echo "$p"
		grep -q "one $(basename "$p" .conf);" "$BATS_TEST_FILENAME"
	done
}

@test "each has every phase, or says why not; docs/learn.md has the same table" {
	"$BATS_TEST_DIRNAME/phases" >"$BATS_TEST_TMPDIR/phases"
	sed -n '/<!-- phases: begin -->/,/<!-- phases: end -->/{/<!--/!p}' "$BATS_TEST_DIRNAME/../../docs/learn.md" |
		diff - "$BATS_TEST_TMPDIR/phases"
}

@test "no profile hides what is refused" {
	! grep -l '^report' "$profiles"/*.conf
}

@test "a call less, and the same test fails with the line that would allow it" {
	sed '/^allow = fork /d' "$profiles/musl-static.conf" >"$BATS_TEST_TMPDIR/musl-static.conf"
	run timeout 200 "$BATS_TEST_DIRNAME/world" "$BATS_TEST_DIRNAME/exercise" confined musl-static \
		"$BATS_TEST_TMPDIR/musl-static.conf"
	echo "$output"
	[ "$status" -ne 0 ]
	[[ $output == *"[syscalls] allow = fork"* ]]
}

@test "the lists have 80 calls at most in the mean" {
	run "$BATS_TEST_DIRNAME/counts" "$profiles"
	echo "$output"
	[ "$status" -eq 0 ]
}
