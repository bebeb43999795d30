#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# `holdfast supervise`: real programs in real sandboxes, in a run folder of the test's own.
load sandbox.bash

setup_file() {
	[ "$(id -u)" = 0 ] || return 0
	chmod 755 "$BATS_FILE_TMPDIR"
	gcc -O1 -w -o "$BATS_FILE_TMPDIR/actor" "$BATS_TEST_DIRNAME/actor.c"
}

# A supervisor that is killed takes its programs along, but leaves their control groups, empty.
kill_hard() {
	kill -9 $sup 2>/dev/null || return 0
	wait $sup 2>/dev/null || true
	sleep 0.3
	find /sys/fs/cgroup -depth -type d -name "*.$sup" -exec rmdir {} + 2>/dev/null || true
}

teardown() {
	[ -z "${sup:-}" ] || kill_hard
	[ -z "${other:-}" ] || kill -9 $other 2>/dev/null || true
	! mountpoint -q "$D/small" 2>/dev/null || umount -l "$D/small"
	return 0
}

# actor NAME "WORDS" [LINE...]: a profile; lines of [program] follow
actor() {
	local name=$1 words=$2; shift 2
	mkdir -p "$D/p" "$D/logs"
	{
		echo "[program]"
		echo "exec = $BATS_FILE_TMPDIR/actor $words"
		printf '%s\n' "$@"
	} >"$D/p/$name.conf"
}

# start [ARGUMENT...]: in the foreground, its lines in $D/out
start() {
	"$H" supervise "$@" "$D/p" >"$D/out" 2>&1 3>&- &
	sup=$!
	until_true test -e "$HOLDFAST_RUN/supervise.sock"
}

stop() { kill -TERM $sup; wait $sup; }

# until_true COMMAND...: for at most 20 s; this machine may be busy
until_true() {
	local end=$((SECONDS + 20))
	while [ $SECONDS -lt $end ]; do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	echo "in vain: $*"
	cat "$D/out"
	return 1
}

said() { grep -qE "$1" "$D/out"; }

# of NAME KEY: from the status of a program; none when there is no such program
of() {
	"$H" status --json --pin "$D/none" | awk -v name="\"$1\"," -v key="\"$2\":" '
		$1 == "\"name\":" { here = $2 == name }
		here && $1 == key && !found { sub(/,$/, "", $2); gsub(/"/, "", $2); print $2; found = 1 }
		END { if (!found) print "none" }'
}
is() { [ "$(of "$1" "$2")" = "$3" ]; } # NAME KEY VALUE
at_least() { [ "$(of "$1" "$2")" -ge "$3" ]; }

@test "programs are started in the order of their names and stopped in reverse" {
	actor 10-a "polite sleep 60"
	actor 20-b "polite sleep 60"
	actor 30-c "polite sleep 60"
	start
	for p in 10-a 20-b 30-c; do until_true is $p state running; done
	stop
	echo "$(cat "$D/out")"
	[ "$(sed -n 's/: started.*//p' "$D/out" | tr '\n' ' ')" = "10-a 20-b 30-c " ]
	[ "$(sed -n 's/: ended with status 0.*//p' "$D/out" | tr '\n' ' ')" = "30-c 20-b 10-a " ]
	is 10-a state stopped
}

@test "a broken profile is one line that names the place, the others run, and the exit status says it" {
	actor good "sleep 60"
	printf '[program]\nexec = relative/path\n' >"$D/p/bad.conf"
	start
	until_true is good state running
	[ "$(grep -c "bad.conf:2:" "$D/out")" = 1 ]
	is bad state failed
	is bad profile_right false
	[[ $("$H" status --pin "$D/none" || true) == *"profile not right: "*bad.conf:2* ]]
	rc=0; stop || rc=$?
	[ $rc = 1 ]
	run "$H" supervise --check "$D/p"
	[ "$status" = 2 ]
	[[ $output == *bad.conf:2* ]] && [[ $output == *"1 profile is right, 1 not"* ]]
	rm "$D/p/bad.conf"
	run "$H" supervise --check "$D/p"
	[ "$status" = 0 ]
}

# The hash of creds.c once more: two names of one uid.
same_uid() {
	python3 - <<-'EOF'
	seen = {}
	for i in range(100000):
	    h = 2166136261
	    for c in f"p{i}".encode():
	        h = (h ^ c) * 16777619 & 0xffffffff
	    uid = (h ^ h >> 13) & 0x1fff
	    if uid in seen:
	        print(seen[uid], f"p{i}")
	        break
	    seen[uid] = f"p{i}"
	EOF
}

@test "two names that make one uid: the second is not started, in one line that says what to do" {
	read -r one other <<<"$(same_uid)"
	actor "$one" "sleep 60"
	actor "$other" "sleep 60"
	run "$H" supervise --check "$D/p"
	echo "$output"
	[ "$status" = 2 ] && [[ $output == *"make the same uid"*"keeps the two apart"* ]]
	start
	until_true is "$one" state running
	said "'$other' and '$one' make the same uid|'$one' and '$other' make the same uid"
	actor "$other" "sleep 60" "user = 61234"
	kill -HUP $sup
	until_true is "$other" state running
	stop
}

@test "a crash doubles the wait, and neither a clean end nor a new supervisor forgives it" {
	actor crash "sleep 0.1 crash"
	start
	until_true is crash throttle_level 3
	until_true is crash state waiting
	echo "$(cat "$D/out")"
	is crash starts 3
	[ $(($(of crash crashes) + $(of crash child_crashes))) = 3 ]
	# Exact times are for virtual time, supervise_state_test; a busy machine takes some of them.
	[[ $(grep -o "starts again in .*" "$D/out" | tr '\n' ' ') == \
		"starts again in 1 s starts again in "[12]" s starts again in "[1234]" s " ]]
	kill_hard
	start
	until_true is crash state waiting
	is crash starts 0
	is crash throttle_level 3
	stop
}

@test "the owner can start a program that waits, and stop and restart one that runs" {
	actor crash "sleep 0.3 crash"
	actor calm "sleep 60"
	start
	until_true at_least crash throttle_level 2
	until_true is crash state waiting
	"$H" supervise start crash
	until_true is crash starts 3
	"$H" supervise stop crash
	until_true is crash state stopped
	pid=$(of calm pid)
	"$H" supervise restart calm
	until_true is calm starts 2
	[ "$(of calm pid)" != "$pid" ]
	run "$H" supervise restart nobody
	[ "$status" = 1 ]
	[[ $output == *"no program 'nobody'"* ]]
	stop
	run "$H" supervise restart calm
	[ "$status" = 1 ]
	[[ $output == *"no supervisor"* ]]
}

@test "crashes of children count: one is let be, the next ends the program" {
	actor fork "sleep 0.2 children 1 sleep 1 print alive children 1 sleep 60" "log = $D/logs/fork"
	start
	until_true is fork state running
	[ "$(of fork child_crashes_seen)" = true ] || skip "no taskstats here"
	until_true is fork child_crashes 1
	until_true grep -q alive "$D/logs/fork"
	until_true is fork child_crashes 2
	until_true is fork state waiting
	is fork crashes 0
	stop
}

@test "crashes of children that have changed their user count as well" {
	actor switch "sleep 0.2 become 33 children 2 sleep 60" "user = root" "[allow]" "power = switch-user"
	start
	until_true is switch state running
	[ "$(of switch child_crashes_seen)" = true ] || skip "no taskstats here"
	until_true is switch child_crashes 2
	until_true is switch state waiting
	stop
}

@test "children that crash together add their times up" {
	actor burst "sleep 0.2 burst 8 sleep 60"
	start
	until_true is burst state waiting
	[ "$(of burst child_crashes_seen)" = true ] || skip "no taskstats here"
	n=$(of burst child_crashes) wait=$(of burst starts_in_seconds)
	echo "$n crashes, wait $wait"
	[ "$n" -ge 6 ]
	python3 -c "n, wait = $n, $wait; assert 2 ** n - 1 - 20 < wait <= 2 ** n - 1"
	stop
}

@test "a program that ignores its stop signal is killed, and so is what it left behind" {
	actor deaf "ignore daemon daemon sleep 60" "stop-timeout = 1"
	start
	until_true is deaf state running
	sleep 0.3
	[ "$(pgrep -cf "$BATS_FILE_TMPDIR/actor ignore")" = 3 ]
	from=$SECONDS
	stop
	[ $((SECONDS - from)) -le 3 ]
	said "deaf: ended by signal 9"
	[ "$(pgrep -cf "$BATS_FILE_TMPDIR/actor ignore")" = 0 ]
}

@test "SIGHUP: unchanged programs go on, changed ones restart, gone ones stop, new ones start" {
	actor same "sleep 60"
	actor changed "sleep 60"
	actor gone "sleep 60"
	start
	until_true is gone state running
	same=$(of same pid) changed=$(of changed pid)
	actor changed "sleep 61"
	actor new "sleep 60"
	rm "$D/p/gone.conf"
	kill -HUP $sup
	until_true is new state running
	until_true is gone state none
	until_true is changed state running
	[ "$(of same pid)" = "$same" ]
	[ "$(of changed pid)" != "$changed" ]
	# One that is no longer right goes on as it was.
	echo "nonsense = 1" >>"$D/p/same.conf"
	kill -HUP $sup
	until_true is same profile_right false
	[ "$(of same pid)" = "$same" ]
	said "same: goes on with the profile it has"
	stop || true
}

@test "kill -9 of the supervisor ends its programs; a second one beside it is refused" {
	actor one "sleep 60"
	start
	until_true is one state running
	run "$H" supervise "$D/p"
	[ "$status" = 3 ]
	[[ $output == *"another supervisor is running"*"$sup"* ]]
	kill_hard
	[ "$(pgrep -cf "$BATS_FILE_TMPDIR/actor sleep 60")" = 0 ]
	start
	until_true is one state running
	stop
}

@test "as process 1 of a container: strangers are reaped, SIGTERM, SIGUSR1 and SIGUSR2 stop all and end it" {
	actor one "polite sleep 60"
	for sig in TERM USR1 USR2 INT; do
		rm -rf "$HOLDFAST_RUN" "$D/out"; : >"$D/out"
		unshare --pid --fork --kill-child --mount-proc "$H" supervise "$D/p" >"$D/out" 2>&1 3>&- &
		other=$!
		until_true said "one: started"
		first=$(pgrep -P $other)
		for _ in 1 2 3; do nsenter -t $first -p -m sh -c '(sleep 0.1 &) ; :'; done
		sleep 0.6
		zombies=$(nsenter -t $first -p -m sh -c 'cat /proc/[0-9]*/stat' | awk '$3 == "Z"' | wc -l)
		[ "$zombies" = 0 ]
		kill -$sig $first
		rc=0; wait $other || rc=$?
		echo "$sig: $rc"; cat "$D/out"
		[ $rc = 0 ]
		said "one: ended with status 0"
		said "all programs have stopped"
	done
	other=
}

@test "a program that floods its log: bounded, told, and nobody else suffers" {
	actor flood "flood 60" "log = $D/logs/flood" "[limits]" "log-size = 64K"
	actor calm "sleep 1.5 print here sleep 60" "log = $D/logs/calm"
	start
	until_true is flood state running
	from=$(date +%s%N)
	ticks() { awk '{ print $14 + $15 }' /proc/$sup/stat; }
	before=$(ticks)
	sleep 3
	spent=$(($(ticks) - before))
	echo "supervisor: $spent hundredths of a second in 3 s"
	echo "# a flood costs the supervisor $((spent / 3)) % of a processor" >&3
	[ $spent -le 30 ]
	grep -q here "$D/logs/calm"
	ls -l "$D/logs"
	[ "$(stat -c %s "$D/logs/flood")" -le 65536 ]
	[ "$(stat -c %s "$D/logs/flood.1")" -le 65536 ]
	at_least flood log_lines_left_out 1000
	grep -q "lines left out" "$D/logs/flood" "$D/logs/flood.1"
	stop
}

@test "a flood through /dev/log as well" {
	actor flood "floodlog 60" "log = $D/logs/flood" "[limits]" "log-size = 64K"
	start
	until_true is flood state running
	before=$(awk '{ print $14 + $15 }' /proc/$sup/stat)
	sleep 2
	spent=$(($(awk '{ print $14 + $15 }' /proc/$sup/stat) - before))
	echo "# a flood of datagrams costs the supervisor $((spent / 2)) % of a processor" >&3
	[ $spent -le 40 ]
	[ "$(stat -c %s "$D/logs/flood")" -le 65536 ]
	grep -q "the sky is falling" "$D/logs/flood"
	stop
}

@test "a flood of signs of life as well, and one among them is heard" {
	actor alive "floodnotify 60" "watchdog = 2s"
	start
	until_true is alive state running
	before=$(awk '{ print $14 + $15 }' /proc/$sup/stat)
	sleep 1
	spent=$(($(awk '{ print $14 + $15 }' /proc/$sup/stat) - before))
	echo "# a flood of messages costs the supervisor $spent % of a processor" >&3
	[ $spent -le 20 ]
	stop
	actor alive "tell WATCHDOG=1 again" "watchdog = 2s"
	start
	sleep 4
	is alive watchdog_bites 0
	is alive state running
	stop
}

@test "a full disk: lines are lost and counted, the program goes on" {
	mkdir -p "$D/small"
	mount -t tmpfs -o size=64k,mode=700 tmpfs "$D/small"
	actor talk "flood 1.5 print over sleep 0.3 print later sleep 0.2 again" "log = $D/small/log"
	start
	until_true at_least talk log_lines_lost 10
	said "talk: its log cannot be written: No space left on device"
	is talk state running
	is talk starts 1
	: >"$D/small/log"
	until_true said "talk: its log is written again"
	stop
}

@test "a watchdog that is not fed bites; one that is fed does not" {
	actor hangs "tell READY=1 sleep 60" "watchdog = 1"
	actor lives "printenv NOTIFY_SOCKET printenv WATCHDOG_USEC tell WATCHDOG=1 sleep 0.4 again" \
		"watchdog = 2" "log = $D/logs/lives"
	actor knows "sleep 0.3 tell WATCHDOG=trigger sleep 60" "watchdog = 50"
	start
	until_true is hangs watchdog_bites 1
	until_true is hangs starts 2
	until_true at_least knows watchdog_bites 1
	is lives starts 1
	is lives watchdog_bites 0
	grep -q "/run/supervise/notify" "$D/logs/lives"
	grep -q " 2000000" "$D/logs/lives"
	stop
}

@test "the hardware watchdog is fed while the loop goes round, and told at an orderly stop" {
	actor one "sleep 60"
	mkfifo "$D/dog"
	cat "$D/dog" >"$D/fed" 3>&- &
	other=$!
	until_true test -e "$D/fed"
	sleep 0.3 # for the reader to wait at the fifo: without one it cannot be opened
	start --watchdog "$D/dog"
	sleep 2.6
	n=$(stat -c %s "$D/fed")
	[ "$n" -ge 2 ] && [ "$n" -le 4 ]
	kill -STOP $sup # a supervisor that hangs
	sleep 2.2
	[ "$(stat -c %s "$D/fed")" = "$n" ]
	kill -CONT $sup
	stop
	wait $other
	[ "$(tail -c 1 "$D/fed")" = V ]
	other=
}

@test "syslog: in its own name, whatever it claims" {
	actor talk 'print "one line" log "through syslog" sleep 60'
	mkdir "$D/dev"
	cat >"$D/in" <<-'EOF'
	set -e
	for n in null zero full random urandom tty; do : >"$1/dev/$n"; mount --bind /dev/$n "$1/dev/$n"; done
	mount --rbind "$1/dev" /dev
	"$3" listen /dev/log >"$1/syslog" 2>&1 &
	sleep 0.3
	exec "$2" supervise "$1/p"
	EOF
	unshare -m sh "$D/in" "$D" "$H" "$BATS_FILE_TMPDIR/actor" >"$D/out" 2>&1 3>&- &
	sup=$!
	until_true grep -q "through syslog" "$D/syslog"
	cat "$D/syslog"
	grep -qE '^<30>[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} talk\[[0-9]+\]: one line$' "$D/syslog"
	grep -qE '^<29>[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} talk\[[0-9]+\]: .*through syslog$' "$D/syslog"
	pkill -P $sup -f "actor listen" || true
	stop
}

@test "its own init hears READY, RELOADING and STOPPING" {
	actor one "sleep 60"
	"$BATS_FILE_TMPDIR/actor" listen "$D/notify" >"$D/heard" 3>&- &
	other=$!
	until_true grep -q listening "$D/heard"
	NOTIFY_SOCKET=$D/notify WATCHDOG_USEC=400000 start
	until_true grep -q READY=1 "$D/heard"
	until_true grep -q WATCHDOG=1 "$D/heard"
	kill -HUP $sup
	until_true grep -q RELOADING=1 "$D/heard"
	stop
	grep -q STOPPING=1 "$D/heard"
}

@test "--daemon returns when all has been started, 1 with a broken profile, and the init script uses it" {
	actor one "sleep 60"
	run "$H" supervise --daemon "$D/p" 3>&-
	[ "$status" = 0 ]
	sup=$("$H" status --json --pin "$D/none" | sed -n 's/.*"supervisor_pid": \([0-9]*\).*/\1/p')
	is one state running
	kill $sup
	until_true is one state stopped
	: >"$D/p/bad.conf"
	script=$(realpath "$HOLDFAST_BUILD/packaging/S90holdfast-supervise")
	export HOLDFAST=$H PROGRAMS=$D/p
	run sh "$script" start 3>&-
	[ "$status" = 0 ] && [[ $output == *bad.conf* ]] && [[ $output == *"not right" ]]
	sup=$("$H" status --json --pin "$D/none" | sed -n 's/.*"supervisor_pid": \([0-9]*\).*/\1/p')
	is one state running
	run sh "$script" stop
	[ "$status" = 0 ]
	! kill -0 $sup 2>/dev/null
	sup=
}

# private NUMBER_OF_PROGRAMS: kB of private memory for each, supervisor and first processes together
private() {
	local sum=0 pid kb
	for pid in $sup $(pgrep -P $sup); do
		kb=$(awk '/^Private/ { n += $2 } END { print n }' /proc/$pid/smaps_rollup)
		sum=$((sum + kb))
	done
	echo $((sum / $1))
}

@test "64 KiB of private memory a program: supervisor and first processes together, with 11" {
	for i in $(seq 11); do actor p$i "sleep 60"; done
	start
	until_true is p9 state running
	sleep 0.5
	n=$(private 11)
	echo "# $n kB a program with 11; memory that nobody shares" >&3
	[ "$n" -le 64 ]
	stop
}
