# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# No room on the disk, and no memory: for exercise.

# Each folder that it writes is a file system of its own, small enough to be filled.
small_disks() {
	local s
	for s in "${state[@]}"; do mkdir -p "$s" && mount -t tmpfs -o "size=$disk,mode=755" small "$s"; done
}
fill() {
	local s
	for s in "${state[@]}"; do dd if=/dev/zero of="$s/.fill" bs=4k status=none 2>/dev/null; done
	for s in "${state[@]}"; do [ "$(df --output=avail "$s" | tail -n1)" -eq 0 ] || fail "$s is not full"; done
}
room() { local s; for s in "${state[@]}"; do rm -f "$s/.fill"; done; }
rotate_full() { rotate >/dev/null 2>&1; } # that the new log is written to is not asked for here

burst() { local i; for i in 1 2 3; do normal; done; }
# Whatever becomes of it, within a time.
under_pressure() { timeout 10 bash -c "
	what=$what name=$name here=$here
	. '$here/lib.sh'; user=$user program=(${program[*]@Q}); . '$here/programs/$name.sh'
	declare -F burst >/dev/null || burst() { normal; normal; normal; }
	burst" >/dev/null 2>&1; }
# Memory is back: whoever supervises it starts it again, if it ended.
memory_back() { # NAME [REMARK]
	local how=lived i
	for i in 1 2 3 4; do
		sleep 0.3
		if ! is_alive; then
			[ "$what" != learn ] || { phases="$phases $1(ended)"; return 0; } # that has been learned
			how=restarted
			wait "$job" 2>/dev/null
			start "$file"
		fi
		! normal || { phases="$phases $1($how${2:-})"; return 0; }
		sleep 3
	done
	fail "$1: it does not come back"
}

# All processes of the program.
processes() {
	local p c
	for p in $(pgrep -P "$1"); do
		c=$(cat "/proc/$p/comm" 2>/dev/null)
		case $c in holdfast* | env | setpriv | '') ;; *) echo "$p" ;; esac
		processes "$p"
	done
}
# As its own user: root without CAP_SYS_RESOURCE, as in a container, may not.
address_limit() { # PROCESS SOFT
	setpriv --reuid "$(awk '$1 == "Uid:" { print $2 }' "/proc/$1/status")" --regid "$(awk '$1 == "Gid:" { print $2 }' "/proc/$1/status")" \
		--clear-groups prlimit --pid "$1" --as="$2:" 2>/dev/null
}
size_of() { awk '$1 == "VmSize:" { print $2 * 1024 }' "/proc/$1/status" 2>/dev/null; }

# No allocation succeeds beyond what it has: malloc() returns NULL, mmap() and brk() fail, threads and
# processes are not made.
short_of_addresses() {
	local p size n=0
	for p in $(processes "$job"); do
		size=$(size_of "$p")
		[ -n "$size" ] && address_limit "$p" $((size + ${slack:-65536})) && n=$((n + 1))
	done
	[ $n -gt 0 ] || fail "no process to take memory from"
	under_pressure
	for p in $(processes "$job"); do address_limit "$p" unlimited; done
	memory_back no-addresses
}

# Version 1 has it as holdfast-NAME.N beside others, version 2 as NAME.N in a group of Holdfast's.
group() { find /sys/fs/cgroup -type d -regex ".*/\(holdfast-\)?$name\(-[0-9]\)?\.[0-9]+" -exec sh -c 'test -e "$1/memory.max" -o -e "$1/memory.limit_in_bytes"' - {} \; -print 2>/dev/null | head -n1; }
hits() { # how often the group was at its limit
	if [ -e "$1/memory.failcnt" ]; then cat "$1/memory.failcnt"; else awk '$1 == "max" { print $2 }' "$1/memory.events"; fi
}
reclaim() { # a limit of version 1 that cannot be had takes back what it can before it fails
	if [ -e "$1/memory.limit_in_bytes" ]; then echo 0 >"$1/memory.limit_in_bytes"; else echo 1G >"$1/memory.reclaim"; fi 2>/dev/null
}
# Its control group holds what it has now and no page more: what it can do without is taken back, and
# if that is not enough, the kernel kills.
short_of_memory() {
	local g limit usage before hits more
	g=$(group)
	[ -n "$g" ] || fail "it has no control group with a limit of memory"
	limit=$g/memory.max usage=$g/memory.current
	[ -e "$limit" ] || limit=$g/memory.limit_in_bytes usage=$g/memory.usage_in_bytes
	before=$(cat "$limit")
	reclaim "$g"
	for more in 0 65536 262144 1048576; do
		echo $(($(cat "$usage") + more)) >"$limit" 2>/dev/null && break
	done
	[ $(($(cat "$limit") - $(cat "$usage"))) -le 1048576 ] || fail "its memory could not be limited"
	hits=$(hits "$g")
	under_pressure
	more=", group gone with it"
	if [ -e "$limit" ]; then
		more=", $(($(hits "$g") - hits)) times at the limit"
		[ "$more" != ", 0 times at the limit" ] || fail "memory was not short"
		echo "$before" >"$limit"
	fi
	memory_back no-memory "$more"
}
