#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a profile names is made, opened and bound where it says, whatever a hijacked program left there.
load sandbox.bash

trap_in() { # FOLDER: one that the program may write, in which a name of the profile is a link
	mkdir -p "$D/app" "$D/victim"
	chmod 777 "$D/app"
	ln -s "$D/victim" "$D/app/$1"
}

@test "a folder of state is not made through a link that the program could set" {
	trap_in a
	profile t <<-EOF
	[program]
	exec = /usr/bin/true
	[allow]
	write = $D/app/a/b
	EOF
	run "$H" run "$D/t.conf"
	echo "$output"
	[ "$status" -eq 3 ]
	[ "${#lines[@]}" -eq 1 ]
	[ ! -e "$D/victim/b" ]
}

@test "a folder of state that is a link is not the program's" {
	trap_in a
	owner=$(stat -c %u "$D/victim")
	profile t <<-EOF
	[program]
	exec = /usr/bin/true
	[allow]
	write = $D/app/a
	EOF
	run "$H" run "$D/t.conf"
	echo "$output"
	[ "$status" -eq 3 ]
	[ "$(stat -c %u "$D/victim")" = "$owner" ]
}

@test "what is read or executed is not found through such a link" {
	trap_in a
	echo secret >"$D/victim/key"
	cp /usr/bin/true "$D/victim/true"
	for line in "read = $D/app/a/key" "write = $D/app/a/key" "exec-also = $D/app/a/true"; do
		profile t <<-EOF
		[program]
		exec = /usr/bin/true
		[allow]
		$line
		EOF
		run "$H" run "$D/t.conf"
		echo "$line: $status $output"
		[ "$status" -eq 3 ]
	done
}

@test "a folder of state that is missing is made, and is the program's" {
	profile t <<-EOF
	[program]
	exec = /usr/bin/touch $D/state/x
	[allow]
	write = $D/state
	EOF
	chmod 711 "$D" "${D%/*}"
	run "$H" run "$D/t.conf"
	echo "$output"
	[ "$status" -eq 0 ]
	[ -e "$D/state/x" ]
	[ "$(stat -c %u "$D/state")" -ne 0 ]
	[ "$(stat -c %a "$D/state")" = 750 ]
}
