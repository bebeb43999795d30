#!/usr/bin/env bats
# Any bytes as a kernel's types under the sanitizers. HOLDFAST_FUZZ_RUNS=N for more.

setup() {
	export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
	target=$(dirname "$HOLDFAST_BUILD")/build-asan/tests/btf_fuzz
	[ -x "$target" ] || skip "no sanitizer build"
}

@test "types break no promise" {
	run "$target" --runs "${HOLDFAST_FUZZ_RUNS:-50000}" --seed 1 --max 600
	echo "$output"
	[ "$status" -eq 0 ]
}
