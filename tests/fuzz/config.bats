#!/usr/bin/env bats
# Any text as the guard's configuration under the sanitizers. HOLDFAST_FUZZ_RUNS=N for more.

setup() {
	export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
	target=$(dirname "$HOLDFAST_BUILD")/build-asan/tests/config_fuzz
	[ -x "$target" ] || skip "no sanitizer build"
}

@test "short configurations break no promise" {
	run "$target" --runs "${HOLDFAST_FUZZ_RUNS:-50000}" --seed 1 --max 32
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "long configurations break no promise" {
	run "$target" --runs "$((${HOLDFAST_FUZZ_RUNS:-50000} / 10))" --seed 2
	echo "$output"
	[ "$status" -eq 0 ]
}
