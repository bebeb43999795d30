# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="Resolver for a household, 60 queries/s of which 1 in 10 is new (unbound, dnsperf)"
setup() {
	resolver
	cat >home.conf <<-C
		server:
			interface: $DEVICE
			access-control: 0.0.0.0/0 allow
			access-control: ::0/0 allow
			username: ""
			chroot: ""
			directory: "$WORK"
			pidfile: ""
			use-syslog: no
			do-daemonize: no
			module-config: "iterator"
			do-not-query-localhost: no
		forward-zone:
			name: "."
			forward-addr: $RESOLVER
	C
	bg home device unbound -c home.conf
	serves device u 53
	local i
	for i in $(seq $((SECS * 60))); do
		if [ $((i % 10)) = 0 ]; then echo "new$i.test A"; else echo "known$((i % 7)).test A"; fi
	done >queries
}
run() {
	local first
	first=$(first_of on near1 dig +tries=1 +time=2 "@$DEVICE" first.test)
	on near1 dnsperf -s "$DEVICE" -d queries -Q 60 -n 1 -c 4 -t 2 >report
	result "$(sed -n 's/.*Queries per second: *//p' report)" answers/s "$first"
}
