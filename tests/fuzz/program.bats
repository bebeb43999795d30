#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Any file as a program under the sanitizers. HOLDFAST_FUZZ_RUNS=N for more.

setup() {
	export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
	target=$(dirname "$HOLDFAST_BUILD")/build-asan/tests/program_fuzz
	[ -x "$target" ] || skip "no sanitizer build"
}

@test "files as programs break no promise" {
	run "$target" --runs "${HOLDFAST_FUZZ_RUNS:-100000}" --seed 1 --max 512
	echo "$output"
	[ "$status" -eq 0 ]
	[[ $output != *"in 0 of"* ]]
}
