# SPDX-License-Identifier: MIT
# What was built, looked at from outside: the artefact counts, not its source.

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	: "${HOLDFAST_BUILD:?is the build directory}"
	holdfast=$HOLDFAST_BUILD/src/cli/holdfast
	kit=$HOLDFAST_BUILD/src/cli/holdfast-kit
}

commands() { # PROGRAM: the names in its help
	"$1" --help | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'
}

@test "holdfast is a position-independent executable" {
	readelf -hW "$holdfast" | grep -q 'Type: *DYN'
	readelf -dW "$holdfast" | grep -q 'FLAGS_1.*PIE'
}

@test "holdfast has full relro" {
	readelf -lW "$holdfast" | grep -q GNU_RELRO
	readelf -dW "$holdfast" | grep -q BIND_NOW
}

@test "holdfast has no executable stack and no writable code" {
	readelf -lW "$holdfast" | grep GNU_STACK | grep -q ' RW  *0x'
	run bash -c "readelf -lW '$holdfast' | grep -E '^ *LOAD .* RWE'"
	[ -z "$output" ]
}

@test "holdfast needs the kernel and nothing else: no library, no interpreter" {
	run bash -c "readelf -dW '$holdfast' | grep NEEDED; readelf -lW '$holdfast' | grep INTERP"
	echo "$output"
	[ -z "$output" ]
}

@test "of inih, which Debian builds against glibc, holdfast takes nothing that musl has not" {
	lib=$(pkg-config --variable=libdir inih)/libinih.a
	run bash -c "nm -u '$lib' | sed -n 's/.* U //p' |
		grep -vxE '_GLOBAL_OFFSET_TABLE_|__ctype_b_loc|__stack_chk_fail|f(close|gets|open64|open)|free|malloc|realloc|str(chr|len)'"
	echo "$output"
	[ -z "$output" ]
}

@test "holdfast is at most 512 kB when stripped" {
	strip -o "$BATS_TEST_TMPDIR/holdfast" "$holdfast"
	size=$(stat -c %s "$BATS_TEST_TMPDIR/holdfast")
	echo "$size bytes"
	[ "$size" -le 524288 ]
}

@test "launcher and supervisor are at most 120 KiB of code, profiles and refusals included" {
	code=$(size "$HOLDFAST_BUILD"/src/sandbox/lib{sandbox,profile}.a "$HOLDFAST_BUILD"/src/supervise/libsupervise.a \
		"$HOLDFAST_BUILD"/src/supervise/libthrottle.a | awk '!/throttle.c/ { n += $1 } END { print n }')
	echo "# launcher and supervisor: $code bytes" >&3
	[ "$code" -le 122880 ]
}

@test "holdfast names no path of the machine it was built on" {
	# Relative ones (assertions of a build elsewhere) begin with dots.
	run bash -c "strings '$holdfast' | grep -F '$PWD' | grep -vF '..$PWD'"
	echo "$output"
	[ -z "$output" ]
}

@test "the limiter imports nothing from a libc" {
	# GCC may call these four even in freestanding code, and its stack protector that one.
	run bash -c "nm -u '$HOLDFAST_BUILD/src/limiter/liblimiter.a' | sed -n 's/.* U //p' |
		grep -vxE 'mem(cpy|set|move|cmp)|__stack_chk_fail'"
	echo "$output"
	[ -z "$output" ]
}

@test "the limiter exports lim_ names only, and writes to no global" {
	run bash -c "nm -g --defined-only '$HOLDFAST_BUILD/src/limiter/liblimiter.a' |
		sed -n 's/^[0-9a-f]* [A-Z] //p' | grep -v '^lim_'"
	[ -z "$output" ]
	written=$(size -A "$HOLDFAST_BUILD/src/limiter/liblimiter.a" |
		awk '$1 == ".data" || $1 == ".bss" { n += $2 } END { print n + 0 }')
	[ "$written" -eq 0 ]
}

@test "every command answers --help with 0, and a wrong option with 2" {
	for program in "$holdfast" "$kit"; do
		[ -n "$(commands "$program")" ]
		for c in $(commands "$program"); do
			run "$program" "$c" --help
			echo "$program $c --help: $status"
			[ "$status" -eq 0 ]
			[[ $output == "usage: "* ]]
			run "$program" "$c" --no-such-option
			echo "$program $c --no-such-option: $status $output"
			[ "$status" -eq 2 ]
			[[ $output == *--no-such-option* ]]
		done
	done
}

@test "a command that is none ends with 2, no command with 2, --help and --version with 0" {
	for program in "$holdfast" "$kit"; do
		run "$program" no-such-command
		[ "$status" -eq 2 ]
		[[ $output == *no-such-command* ]]
		run "$program"
		[ "$status" -eq 2 ]
		run "$program" --help
		[ "$status" -eq 0 ]
		run "$program" --version
		[ "$status" -eq 0 ]
		[[ $output =~ ^holdfast(-kit)?\ [0-9] ]]
	done
}

@test "the tree is formatted" {
	command -v clang-format >/dev/null || skip "no clang-format"
	git rev-parse --git-dir >/dev/null 2>&1 || skip "not a git tree"
	run bash -c "git ls-files '*.c' '*.h' | xargs clang-format --dry-run -Werror 2>&1 |
		sed -n 's/^\([^: ]*\):[0-9].*/\1/p' | sort | uniq -c"
	echo "$output"
	[ -z "$output" ]
}

@test "every source file names its licence" {
	git rev-parse --git-dir >/dev/null 2>&1 || skip "not a git tree"
	run bash -c "git ls-files 'src/*.c' 'src/*.h' 'tests/*.c' 'tests/*.h' 'lab/*.c' 'lab/*.h' |
		xargs -r grep -L 'SPDX-License-Identifier: MIT'"
	echo "$output"
	[ -z "$output" ]
}
