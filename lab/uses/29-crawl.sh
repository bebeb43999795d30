# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="Web crawl: two new sites a second (curl, nginx)"
setup() { web world 80; }
run() {
	local t i first n; t=$(now)
	for i in $(seq $((SECS * 2))); do
		bg "site$i" device curl -gs -m 5 "http://$(url "$(live $((i * 250)))")/page" -o /dev/null -w '%{size_download} %{time_total}\n'
		sleep 0.48
	done
	for i in $(seq $((SECS * 2))); do wait "${pids[site$i]}"; done
	n=$(cat site* | grep -c '^20000 ')
	result "$(calc "$n / ($(since "$t"))")" pages/s "$(awk '{print $2}' site1)"
}
