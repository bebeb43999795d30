#!/usr/bin/env bats
# Any bytes as an ELF file and as a profile to merge, under the sanitizers. HOLDFAST_FUZZ_RUNS=N for
# more.

setup() {
	export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
	target=$(dirname "$HOLDFAST_BUILD")/build-asan/tests/elf_fuzz
	[ -x "$target" ] || skip "no sanitizer build"
	tests=$(dirname "$HOLDFAST_BUILD")/build-asan/tests
}

@test "damaged programs break no promise of the analysis" {
	run "$target" --runs "$((${HOLDFAST_FUZZ_RUNS:-50000} / 50))" --seed 1 --max 65536 \
		"$tests/learn_sample" "$tests/learn_sample_all"
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "no programs at all, and profiles" {
	run "$target" --runs "$((${HOLDFAST_FUZZ_RUNS:-50000} / 10))" --seed 2 --max 4096 \
		"$BATS_TEST_DIRNAME/../learn/merge.conf"
	echo "$output"
	[ "$status" -eq 0 ]
}
