#!/usr/bin/env bats
# What of `holdfast lock` can be run on a machine that is to be used afterwards: looking and trying,
# never locking. Locking is in tests/qemu/lock.bats.

setup() {
	: "${HOLDFAST_BUILD:?is the build directory}"
	holdfast=$HOLDFAST_BUILD/src/cli/holdfast
	export HOLDFAST_PIN=/sys/fs/bpf/holdfast-none-$$
}

root() { [ "$(id -u)" = 0 ] || skip "not root"; }
json() { python3 -c "import json,sys; d=json.load(sys.stdin); $1"; }

@test "check names every row, what is missing and what gives it" {
	run "$holdfast" lock --check
	echo "$output"
	[ "$status" -eq 1 ] # no guard at that pin, to begin with
	[[ $output == *"30 rows, "* ]]
	[[ $output == *"guard "*MISSING* ]]
	"$holdfast" lock --check --json | json 'assert len(d["rows"]) == 30 and not d["complete"]
for r in d["rows"]: assert r["needs"] and (r["why"] or r["state"] not in ("missing", "weak")), r'
}

@test "wrong use ends with 2 and names it" {
	run "$holdfast" lock --accept-missing nonsense
	[ "$status" -eq 2 ]
	[[ $output == *nonsense* ]]
	run "$holdfast" lock --keep 0
	[ "$status" -eq 2 ]
	run "$holdfast" lock --verify --check
	[ "$status" -eq 2 ]
	run "$holdfast" lock operand
	[ "$status" -eq 2 ]
}

@test "verify tries every row in namespaces of its own, says what works, and leaves nothing" {
	root
	unshare -nm true || skip "no namespaces"
	before=$(ls -d /tmp/holdfast-verify-* 2>/dev/null | wc -l)
	run unshare -nm "$holdfast" lock --verify
	echo "$output"
	[ "$status" -eq 1 ]
	[[ $output == *" tried, "* ]]
	unshare -nm "$holdfast" lock --verify --json | json 'a = d["attempts"]
assert len(a) == d["tried"] >= 90 and sum(x["open"] for x in a) == d["open"] > 0
assert len({x["row"] for x in a}) == 29'
	[ "$(ls -d /tmp/holdfast-verify-* 2>/dev/null | wc -l)" -eq "$before" ]
}

@test "verify says no to who is not root" {
	root
	command -v setpriv >/dev/null || skip "no setpriv"
	dir=$(mktemp -d) && chmod 755 "$dir" && cp "$holdfast" "$dir/" # nobody may not look into a build
	run setpriv --reuid 65534 --regid 65534 --clear-groups "$dir/holdfast" lock --verify
	rm -rf "$dir"
	echo "$output"
	[ "$status" -eq 3 ]
	[[ $output == *root* ]]
}
