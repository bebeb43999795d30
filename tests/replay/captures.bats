#!/usr/bin/env bats
# The public captures, where they are there (HOLDFAST_CAPTURES): nothing of an honest device is
# dropped, little of other honest use, attacks are cut.

setup() {
	list=$HOLDFAST_CAPTURES/index.tsv
	[ -f "$list" ] || skip "no captures in '$HOLDFAST_CAPTURES'"
	kit=$HOLDFAST_BUILD/src/cli/holdfast-kit
	judged=$BATS_FILE_TMPDIR/judged.json
	[ -f "$judged" ] || "$kit" replay --json --manifest "$list" >"$judged"
}

ask() { python3 -c "
import json, sys
d = json.load(open('$judged'))
of = lambda group: [c for c in d['captures'] if c['group'] == group]
$1"; }

@test "every capture is read to its end and has a device" {
	run ask '
bad = [c["file"] for c in d["captures"] if c["error"] or not c["usable"]]
print(*bad, sep="\n")
sys.exit(bool(bad) or len(d["captures"]) < 100)'
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "nothing of an ordinary device is dropped, even if it had just started each time" {
	judged=$BATS_FILE_TMPDIR/fresh.json
	"$kit" replay --json --fresh --manifest "$list" >"$judged"
	run ask '
bad = [c for c in of("benign device") if c["dropped"]]
for c in bad: print(c["file"], c["dropped"], "of", c["out"], c["drop_reasons"])
sys.exit(bool(bad))'
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "of the other honest captures at most three are touched, those that docs/limiter.md explains" {
	run ask '
import re
doc = open("'"$BATS_TEST_DIRNAME"'/../../docs/limiter.md").read()
table = doc.split("## Captures")[1].split("\n## ")[0]
known = [row.split("|")[1].strip() for row in re.findall(r"^\| .*", table, re.M)]
bad = [c for c in of("benign other") if c["dropped"] and not any(k in c["file"] for k in known)]
for c in bad: print(c["file"], c["dropped"], "of", c["out"], c["drop_reasons"])
sys.exit(bool(bad) or sum(c["dropped"] > 0 for c in of("benign other")) > 3)'
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "unanswered traffic of attacks stays within 20 packets/s and 64 kbit/s over any minute" {
	run ask '
bad = [c for c in of("attack") if c["unanswered_60s"]["packets"] > 20 * 60
       or c["unanswered_60s"]["bytes"] > 8000 * 60]
for c in bad: print(c["file"], c["unanswered_60s"])
sys.exit(bool(bad))'
	echo "$output"
	[ "$status" -eq 0 ]
}

@test "the device is guessed right in nine captures of ten, and in every one of a device" {
	run "$kit" replay --manifest "$list" --explain-guess
	right=$(grep -c '^right' <<<"$output") wrong=$(grep -c '^differs' <<<"$output")
	grep '^differs' <<<"$output"
	echo "$right right, $wrong differ"
	[ "$right" -ge $((9 * wrong)) ]
	! grep '^differs' <<<"$output" | grep -E 'Sentinel|IoT|iot|gateway|nb6|camera|hub'
}
