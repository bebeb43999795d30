# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# shellcheck source=lab/uses/18-ssh.sh
. "$here/18-ssh.sh"
title="scp of a file from the device, asked for from the internet (dropbear, openssh)"
load=line
copy() { # as bytes on standard output, cut off when the time is over
	on world timeout "${LEFT:-2}" scp -O -q -i id -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		"root@$(url "$HOME_ADDR"):$WORK/$1" copy
	stat -c %s copy
}
run() {
	local first
	truncate -s 100M big && truncate -s 20K small
	first=$(first_of copy small)
	result "$(bulk copy big)" bit/s "$first"
}
