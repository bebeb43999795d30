#!/usr/bin/env bats
# Any text as a scenario of a fleet under the sanitizers. HOLDFAST_FUZZ_RUNS=N for more.

setup() {
	export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
	target=$(dirname "$HOLDFAST_BUILD")/build-asan/tests/scenario_fuzz
	[ -x "$target" ] || skip "no sanitizer build"
}

@test "composed and random scenarios break no promise" {
	run "$target" --runs "${HOLDFAST_FUZZ_RUNS:-50000}" --seed 1 --max 64
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "changed copies of the scenarios that come along break no promise" {
	run "$target" --runs "$((${HOLDFAST_FUZZ_RUNS:-50000} / 5))" --seed 2 src/fleet/scenarios/*.ini
	echo "$output"
	[ "$status" -eq 0 ]
}
