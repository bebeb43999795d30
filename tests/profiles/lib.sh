# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# How exercise starts, ends and watches the program; what programs/*.sh are written with.
kit=${HOLDFAST_BUILD:-}/src/cli/holdfast-kit hf=${HOLDFAST_BUILD:-}/src/cli/holdfast
export HOLDFAST_RUN=/run/holdfast-test
declare -A has

fail() {
	echo "exercise $name ($what): $* (after:$phases)" >&2
	[ "$what" = phases ] || { tail -n 15 /mnt/work/out; "$hf" denials; } >&2
	[ -z "$job" ] || { kill -TERM "$job" 2>/dev/null; wait "$job"; }
	exit 1
}
await() { local i; for i in $(seq 200); do "$@" >/dev/null 2>&1 && return 0; sleep 0.05; done; return 1; }
tcp() { ss -Hltn "sport = :$1" | grep -q .; }
udp() { ss -Hlun "sport = :$1" | grep -q .; }
short_name() { basename "${comm:-${program[0]}}" | cut -c1-15; }
pid() { pgrep -o -x "$(short_name)"; }
tell() { kill "-$1" "$(pid)"; }
mine() { chown -R "$user:" "$@"; } # folders that the program writes
# The other end of the device's interface becomes a machine of its home, in a namespace of its own.
at_home() { ip netns add home && ip link set lan1 netns home && nsenter --net=/run/netns/home ip link set lan1 up; }
# In learning the tool outlives the program, to read its files.
job_lives() { [ -n "$job" ] && kill -0 "$job" 2>/dev/null; }
is_alive() { job_lives && { [ "$what" != learn ] || pid >/dev/null; }; }
# get URL: the body; status URL ARGUMENT...: the status alone
get() { curl -s -m 10 "$@"; }
status() { curl -s -m 10 -o /dev/null -w '%{http_code}' "$@"; }

learning() { # PROFILE
	local merge=$1 keep=() as=()
	if [ ! -s "$merge" ]; then
		printf '[program]\nuser = %s\n%s\n' "$user" "$hand" >hand.conf
		merge=hand.conf
	fi
	for e in "${env[@]}"; do keep+=(-e "${e%%=*}"); done
	# As the user that it will be, with the powers that it will have, so that what root alone could do
	# is not learned.
	[ "$user" = root ] || as=(setpriv --reuid "$user" --regid "$user" --clear-groups ${powers:+--inh-caps "$powers" --ambient-caps "$powers"})
	chmod 777 .
	rm -f /run/*.pid # of the run before; in the sandbox /run begins empty
	cp "$merge" merge.conf
	(cd / && exec "${as[@]}" env "${env[@]}" "$kit" learn -n "$name" -m /mnt/work/merge.conf "${keep[@]}" \
		-o /mnt/work/learned.conf -- "${program[@]}") <>"$input" >out 2>&1 &
}

# start PROFILE: and it is ready. start_or_end: or it ends by itself, in time, with a status of its own.
start_or_end() {
	if [ "$what" = learn ]; then learning "$1"; else "$hf" run "$1" <>"$input" >out 2>&1 & fi
	job=$!
	await ready_or_over
}
ready_or_over() { ! job_lives || ready; }
start() {
	start_or_end "$1"
	is_alive || fail "ended at its start"
	ready >/dev/null 2>&1 || fail "does not start"
}

stop() {
	local i wait=10
	[ "$what" != learn ] || wait=150 # a large program takes a while to read
	tell "${stop:-TERM}" 2>/dev/null
	for i in $(seq $((wait * 20))); do job_lives || break; sleep 0.05; done
	! job_lives || { kill -TERM "$job"; sleep 1; kill -9 "$job" 2>/dev/null; }
	wait "$job" 2>/dev/null
	job=
	[ "$what" != learn ] || cp learned.conf "$file" || fail "nothing was learned"
	await sh -c "! pgrep -x $(short_name)" || fail "does not end"
}

clean() { # every denial is a failure
	[ "$what" = confined ] || return 0
	"$hf" denials --json >denials.json || fail "denials cannot be read"
	python3 -c '
import json, sys
d = json.load(open("denials.json"))["denials"]
for x in d: print(x, file=sys.stderr)
sys.exit(bool(d))' || fail "denied"
}
