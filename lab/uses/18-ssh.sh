# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="SSH from the internet: 20 commands a second in one session (dropbear, openssh)"
setup() {
	mkdir -p .ssh && chmod 700 . .ssh
	dropbearkey -t ed25519 -f hostkey
	ssh-keygen -q -t ed25519 -N '' -f id
	cp id.pub .ssh/authorized_keys && chmod 600 .ssh/authorized_keys
	printf 'root:x:0:0::%s:/bin/sh\n' "$WORK" >passwd && mount --bind passwd /etc/passwd
	printf '/bin/sh\n' >shells
	bg dropbear device dropbear -F -E -s -r hostkey -p 22 -P pid
	serves device t 22
}
run() {
	local first
	first=$(first_of on world ssh -q -T -i id -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		"root@$HOME_ADDR" true)
	while sleep 0.05; do echo 'echo yes'; done | on world timeout "$SECS" ssh -q -T -i id -o BatchMode=yes \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "root@$HOME_ADDR" sh >answers
	result "$(calc "$(wc -l <answers) / $SECS")" answers/s "$first"
}
