#!/usr/bin/env bats
# Packets through the limiter under the sanitizers. HOLDFAST_FUZZ_RUNS=N for more than CI's share:
# a run is about 80 packets.

setup() {
	export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
	target=$(dirname "$HOLDFAST_BUILD")/build-asan/tests/packet_fuzz
	[ -x "$target" ] || skip "no sanitizer build"
}

@test "random and mutated packets break no promise" {
	run "$target" --runs "${HOLDFAST_FUZZ_RUNS:-50000}" --seed 1
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "long inputs break no promise" {
	run "$target" --runs "$((${HOLDFAST_FUZZ_RUNS:-50000} / 50))" --seed 2 --max 65536
	echo "$output"
	[ "$status" -eq 0 ]
}
