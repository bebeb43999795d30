#!/usr/bin/env bats
# A profile packed on the host is what its device reads: the same bytes, and the calls under the
# device's own numbers, from its own headers. Under user-mode emulation.

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	kit=$HOLDFAST_BUILD/src/cli/holdfast-kit
	printf '%s\n' '[program]' 'name = x' 'exec = /usr/bin/x' 'user = me' '[limits]' 'memory = 5G' '[syscalls]' \
		'list = learned' 'allow = read openat exit_group clone futex mseal' >"$BATS_FILE_TMPDIR/x.conf"
	for a in x86-64 arm64 arm mipsel s390x; do
		"$kit" profile compile -a $a -o "$BATS_FILE_TMPDIR/$a.hfp" "$BATS_FILE_TMPDIR/x.conf"
	done
}

reads() { # ARCHITECTURE COMPILER EMULATOR
	cd "$BATS_TEST_DIRNAME/../.."
	command -v "$2" || skip "no $2"
	[ -z "$3" ] || command -v "$3" || skip "no $3"
	local d=$BATS_TEST_TMPDIR
	echo '#include <asm/unistd.h>' | "$2" -E -dM - | awk -f src/sandbox/calls.awk >"$d/calls_native.h"
	"$2" -std=gnu11 -O1 -static -D_GNU_SOURCE -Isrc "-I$d" -o "$d/records" tests/cross/records.c \
		src/sandbox/{record,calls,layers,profile_check,profile_keys,profile_never}.c src/base/err.c
	run $3 "$d/records" "$BATS_FILE_TMPDIR/$1.hfp"
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output == "x $1 "*" same" ]]
	[ "$(wc -w <<<"$output")" -eq 9 ]
	for call in read openat exit_group clone futex mseal; do [[ " $output " == *" $call "* ]]; done
	for other in x86-64 arm64 arm mipsel s390x; do
		[ $other = "$1" ] || $3 "$d/records" "$BATS_FILE_TMPDIR/$other.hfp" | grep -q '^x foreign '
	done
}

@test "x86-64" { [ "$(uname -m)" = x86_64 ] || skip "another machine"; reads x86-64 gcc ""; }
@test "arm64" { reads arm64 aarch64-linux-gnu-gcc qemu-aarch64-static; }
@test "armhf" { reads arm arm-linux-gnueabihf-gcc qemu-arm-static; }
@test "mipsel, whose numbers begin at 4000" { reads mipsel mipsel-linux-gnu-gcc qemu-mipsel-static; }
@test "s390x, which is big endian" { reads s390x s390x-linux-gnu-gcc qemu-s390x-static; }
