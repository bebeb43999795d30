# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="SSH from the internet: 20 commands a second in one session (dropbear, openssh)"
setup() { shell_server; }
typing() {
	local i
	for i in $(seq $((SECS * 20))); do echo 'echo yes'; sleep 0.05; done
}
run() {
	local t first
	first=$(first_of login world "$HOME_ADDR" true)
	t=$(now)
	typing | login world "$HOME_ADDR" sh >answers
	result "$(calc "$(wc -l <answers) / $SECS")" answers/s "$first"
}
