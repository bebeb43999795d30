#!/usr/bin/env bats
# Hostile captures through replay and its reports under the sanitizers. HOLDFAST_FUZZ_RUNS=N for
# more than CI's share.

setup() {
	export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
	target=$(dirname "$HOLDFAST_BUILD")/build-asan/tests/capture_fuzz
	[ -x "$target" ] || skip "no sanitizer build"
	corpus=$BATS_TEST_TMPDIR/corpus
	tests/replay/make_captures.py "$corpus"
}

@test "random and mutated captures break no promise" {
	run "$target" --runs "${HOLDFAST_FUZZ_RUNS:-50000}" --seed 1 "$corpus"/*
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "long captures break no promise" {
	run "$target" --runs "$((${HOLDFAST_FUZZ_RUNS:-50000} / 10))" --seed 2 --max 65536 "$corpus"/*
	echo "$output"
	[ "$status" -eq 0 ]
}
