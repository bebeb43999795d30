#!/usr/bin/env bats
# The limiter decides alike on every architecture: the same stream of packets, built by Debian's
# compilers and run under user-mode emulation, gives the same text with the same hashes.
# A missing compiler or emulator is a counted skip (packaging/deps.sh cross installs them).

setup_file() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	export OUT=$BATS_FILE_TMPDIR
	build gcc "$OUT/native" && verdicts "$OUT/native" >"$OUT/expected"
}

build() { # COMPILER OUTPUT
	$1 -std=gnu11 -O2 -Wall -Wextra -Wno-unused-parameter -Werror -static -Isrc -Itests/cross -o "$2" \
		tests/cross/{verdicts,traffic,oddities,bursts,headers}.c src/limiter/limiter.c
}

verdicts() { # COMMAND...
	local seed
	for seed in 1 2 3 4; do "$@" "$seed" 250000 || return 1; done
}

same() { # COMPILER EMULATOR
	cd "$BATS_TEST_DIRNAME/../.."
	command -v "${1%% *}" || skip "no ${1%% *}"
	[ -z "$2" ] || command -v "$2" || skip "no $2"
	build "$1" "$OUT/other"
	# shellcheck disable=SC2086
	verdicts $2 "$OUT/other" >"$OUT/got"
	diff "$OUT/expected" "$OUT/got"
}

@test "the stream reaches every verdict" {
	cd "$BATS_TEST_DIRNAME/../.."
	for seed in 1 2 3 4 5 6 7 8; do "$OUT/native" "$seed" 500000; done |
		awk '$3 == "out" { n[$1] += $2 + $4 } END { for (r in n) if (!n[r]) { print r; bad = 1 } exit bad }'
}

@test "the short way (quick.h) leaves the state as the long way does" { same "gcc -DLIM_LONG_WAY" ""; }
@test "x86-64: another compiler, no optimisation" { same "clang -O0" ""; }
@test "arm64" { same aarch64-linux-gnu-gcc qemu-aarch64-static; }
@test "armhf" { same arm-linux-gnueabihf-gcc qemu-arm-static; }
@test "mipsel" { same mipsel-linux-gnu-gcc qemu-mipsel-static; }
@test "s390x, big-endian" { same s390x-linux-gnu-gcc qemu-s390x-static; }
