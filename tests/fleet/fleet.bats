#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
bats_require_minimum_version 1.5.0
# holdfast-kit fleet as people use it: small fleets. Full size: bench/fleet.

setup_file() {
	export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
}
setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return 1
	kit=${HOLDFAST_BUILD:?}/src/cli/holdfast-kit
	tmp=$BATS_TEST_TMPDIR
}
figure() { # FILE CASE KEY: a figure of a case
	python3 -c 'import json, sys
print([c for c in json.load(open(sys.argv[1]))["cases"] if c["case"] == sys.argv[2]][0][sys.argv[3]])' "$@"
}
holds() { # FILE: every check holds, and there is one
	python3 -c 'import json, sys
checks = [k for c in json.load(open(sys.argv[1]))["cases"] for k in c["checks"]]
print(checks)
sys.exit(not checks or not all(k["holds"] for k in checks))' "$1"
}
mpi() { # RANKS COMMAND...
	command -v mpirun >/dev/null || skip "no mpirun"
	[ -e "$HOLDFAST_BUILD/src/fleet/holdfast-mpi.so" ] || skip "built without MPI"
	mpirun --oversubscribe -n "$1" "${@:2}"
}

@test "every scenario that comes along is listed, and right" {
	run -0 "$kit" fleet --list
	for s in ovh-2016 dyn-2016 azure-2025 mirai-spread half-protected billion code-red slammer; do
		grep -q "^$s " <<<"$output"
	done
}
@test "ovh-2016: a terabit without, a trickle with, and what is answered beside it" {
	"$kit" fleet ovh-2016 --devices 1500 --json >"$tmp/f.json"
	holds "$tmp/f.json"
	free=$(figure "$tmp/f.json" "without Holdfast" mean_bits)
	served=$(figure "$tmp/f.json" "answered: a server that takes uploads" mean_bits)
	[ "${served%.*}" -gt $((${free%.*} * 9 / 10)) ] # not hidden: nothing bounds this one
}
@test "dyn-2016 and azure-2025, a thousandth of the devices" {
	for s in dyn-2016 azure-2025; do
		"$kit" fleet $s --devices 500 --json >"$tmp/f.json"
		holds "$tmp/f.json"
	done
}
@test "half-protected: what arrives falls with the share" {
	"$kit" fleet half-protected --devices 2000 --sample 1000 --json >"$tmp/f.json"
	last=999999999999999
	for p in 0 10 25 50 75 90 100; do
		bits=$(figure "$tmp/f.json" "protected, $p %" sustained_bits)
		[ "${bits%.*}" -lt "$last" ]
		last=${bits%.*}
	done
}
@test "billion: a thousand million devices, the error said" {
	"$kit" fleet billion --sample 400 --json >"$tmp/f.json"
	holds "$tmp/f.json"
	[ "$(figure "$tmp/f.json" "without Holdfast" devices)" = 1000000000 ]
	[ "$(figure "$tmp/f.json" "without Holdfast" error)" != 0 ]
}
@test "mirai-spread, code-red and slammer double as published, and slowly with the limiter" {
	for s in mirai-spread code-red slammer; do
		"$kit" fleet $s --json >"$tmp/f.json"
		holds "$tmp/f.json"
	done
}
@test "a result that is not as published ends with 1 and says so" {
	sed 's/^published.bits = 1T/published.bits = 2T/' src/fleet/scenarios/ovh-2016.ini |
		sed '/^\[case with H/,$d' >"$tmp/wrong.ini"
	run -1 "$kit" fleet "$tmp/wrong.ini" --devices 300
	grep -q '^FAILS  without Holdfast: arrives' <<<"$output"
}
@test "the same bytes from threads, ranks and another time" {
	for s in "half-protected --devices 700 --sample 350" slammer; do
		# shellcheck disable=SC2086
		"$kit" fleet $s -j 1 --json >"$tmp/1.json"
		# shellcheck disable=SC2086
		"$kit" fleet $s -j 3 --json >"$tmp/3.json"
		cmp "$tmp/1.json" "$tmp/3.json"
	done
	# shellcheck disable=SC2086
	! "$kit" fleet $s -j 1 --seed 2 --json | cmp -s - "$tmp/1.json"
}
@test "one, two and four ranks of MPI give the same bytes" {
	for s in "half-protected --devices 700 --sample 350" slammer; do
		# shellcheck disable=SC2086
		"$kit" fleet $s -j 1 --json >"$tmp/0.json"
		for n in 1 2 4; do
			# shellcheck disable=SC2086
			mpi $n "$kit" fleet $s -j 1 --json >"$tmp/$n.json"
			cmp "$tmp/0.json" "$tmp/$n.json"
		done
	done
}
@test "a plain start neither needs nor loads MPI; a start by mpirun without the module says so" {
	! ldd "$kit" | grep -qi mpi
	mkdir -p "$tmp/bin"
	cp "$kit" "$tmp/bin/"
	"$tmp/bin/holdfast-kit" fleet src/fleet/scenarios/slammer.ini >/dev/null
	OMPI_COMM_WORLD_SIZE=2 run -3 "$tmp/bin/holdfast-kit" fleet src/fleet/scenarios/slammer.ini
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *"started by mpirun"*"openmpi-bin"* ]]
}
@test "nonsense in a scenario gets one clear line with file and line" {
	printf '[scenario]\nkind = flood\n[fleet]\ndevices = lots\n[case a]\nprotected = 0 %%\n' >"$tmp/bad.ini"
	run -2 "$kit" fleet "$tmp/bad.ini"
	[ "${#lines[@]}" -eq 1 ]
	[[ $output == *"bad.ini:4: devices = lots: not a number" ]]
	run -2 "$kit" fleet no-such-scenario
	[[ $output == *"--list"* ]]
	run -2 "$kit" fleet
	run -3 "$kit" fleet /nowhere/at.ini
}
@test "files: CSV, a page that needs nothing else, a picture" {
	"$kit" fleet half-protected --devices 200 --sample 100 --csv "$tmp/f.csv" --html "$tmp/f.html" --svg "$tmp/f.svg" >/dev/null
	head -n 1 "$tmp/f.csv" | grep -q '^case,second,bits,packets,connections,queries'
	python3 - "$tmp" <<-'P'
	import csv, sys, xml.dom.minidom
	rows = list(csv.reader(open(sys.argv[1] + "/f.csv", newline="")))
	assert len(rows) > 7 * 100 and all(len(r) == 6 for r in rows), len(rows)
	xml.dom.minidom.parse(sys.argv[1] + "/f.svg")
	page = open(sys.argv[1] + "/f.html").read()
	assert page.count("<svg") == 2 and "</html>" in page
	assert not any(w in page for w in ("src=", "href=", "@import", "<script"))
	P
	run -3 "$kit" fleet slammer --csv /nowhere/f.csv
}
@test "nothing of progress or colour where no terminal is" {
	"$kit" fleet slammer >"$tmp/out" 2>"$tmp/err"
	[ ! -s "$tmp/err" ]
	! grep -q $'\033' "$tmp/out"
}
@test "the manual has every key of a scenario" {
	for key in $("$kit" fleet --keys | sed -n 's/^  \([a-z][a-z-]*\) .*/\1/p'); do
		echo "$key"
		grep -q "^\.It Cm $key\( \|\$\)" docs/man/holdfast-kit-fleet.1
	done
}
