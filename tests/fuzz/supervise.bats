#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Whatever the supervisor is told, under the sanitizers. HOLDFAST_FUZZ_RUNS=N for more.

@test "messages, words, ends, lines, logs and ledgers break no promise" {
	export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
	target=$(dirname "$HOLDFAST_BUILD")/build-asan/tests/supervise_fuzz
	[ -x "$target" ] || skip "no sanitizer build"
	run "$target" --runs "${HOLDFAST_FUZZ_RUNS:-20000}" --seed 1 --max 700
	echo "$output"
	[ "$status" -eq 0 ]
}
