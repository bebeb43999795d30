# SPDX-License-Identifier: MIT
# What the suites of the sandbox share. Everything is in a folder of the test's own.
H=$HOLDFAST_BUILD/src/cli/holdfast

setup() {
	[ "$(id -u)" = 0 ] || skip "needs root"
	export HOLDFAST_RUN=$BATS_TEST_TMPDIR/run
	D=$BATS_TEST_TMPDIR
}

# profile NAME: from standard input
profile() { cat >"$D/$1.conf"; }

# Its programs, built once for the whole file: dynamic, static, and with the other libc if it is here.
build_programs() {
	local p=$BATS_FILE_TMPDIR here=$BATS_TEST_DIRNAME
	[ "$(id -u)" = 0 ] || return 0
	chmod 755 "$p"
	gcc -D_GNU_SOURCE -O1 -o "$p/tries" "$here/tries.c"
	gcc -D_GNU_SOURCE -O1 -static -o "$p/tries-static" "$here/tries.c"
	! command -v musl-gcc >/dev/null || musl-gcc -D_GNU_SOURCE -O1 -static -o "$p/tries-musl" "$here/tries.c"
}
