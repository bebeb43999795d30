#!/usr/bin/env bats
# Any text as a profile, any bytes as a packed one, under the sanitizers. HOLDFAST_FUZZ_RUNS=N for
# more.

setup() {
	export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
	tests=$(dirname "$HOLDFAST_BUILD")/build-asan/tests
	[ -x "$tests/profile_fuzz" ] || skip "no sanitizer build"
	runs=${HOLDFAST_FUZZ_RUNS:-20000}
}

fuzz() { # TARGET ARGUMENT...: no promise is broken, and some inputs are taken
	run "$tests/$1" "${@:2}"
	echo "$output"
	[ "$status" -eq 0 ] || return 1
	[[ $output =~ \#\ [1-9][0-9]*\ of ]]
}

@test "short profiles break no promise" {
	fuzz profile_fuzz --runs "$runs" --seed 1 --max 24
}

@test "long profiles break no promise" {
	fuzz profile_fuzz --runs "$((runs / 5))" --seed 2
}

@test "the manual's profiles, changed, break no promise" {
	page=$BATS_TEST_DIRNAME/../../docs/man/holdfast-profile.5
	# A blank in front: the target takes it for "the text itself".
	awk -v d="$BATS_TEST_TMPDIR" '/^\.Bd/ { n++; f = d "/" n; printf " " > f; next }
		/^\.Ed/ { f = "" } f { print > f }' "$page"
	fuzz profile_fuzz --runs "$((runs / 2))" --seed 3 "$BATS_TEST_TMPDIR"/[0-9]
}

@test "records break no promise" {
	fuzz record_fuzz --runs "$((2 * runs))" --seed 1 --max 24
	fuzz record_fuzz --runs "$runs" --seed 2 --max 200
}
