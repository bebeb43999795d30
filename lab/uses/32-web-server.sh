# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="Web server on the device, 4 visitors from the internet, pages and a large file (nginx, curl)"
load=line
setup() { web device 80; }
get() { on world curl -gs --interface "$(live 7)" -m "${LEFT:-2}" "http://$(url "$HOME_ADDR")/$1" -o /dev/null -w '%{size_download}\n'; }
run() {
	local first
	first=$(first_of get page)
	for i in 1 2 3; do
		on world timeout "$SECS" sh -c "while :; do curl -gs --interface $(live "$i") 'http://$(url "$HOME_ADDR")/page' -o /dev/null; sleep 0.5; done" &
	done
	result "$(bulk get big)" bit/s "$first"
}
