# A static program of musl without symbols: TCP and UDP echo with a log on disk.
program=(/srv/echo/echod 7007 /var/lib/service)
state=(/var/lib/service)
user=service
comm=echod
no_reload="it has no configuration but its command"
prepare() {
	mkdir -p /srv/echo && mine /var/lib/service
	musl-gcc -static -s -O2 -o /srv/echo/echod "$here/echod.c"
}
ready() { tcp 7007; }
echoes() {
	[ "$(echo hello | timeout 3 bash -c 'exec 3<>/dev/tcp/127.0.0.1/7007; cat >&3; head -n1 <&3')" = hello ] || return 1
	[ "$(timeout 3 bash -c 'exec 3<>/dev/udp/127.0.0.1/7007; echo hi >&3; head -n1 <&3')" = hi ]
}
normal() {
	local lines
	lines=$(wc -l </var/lib/service/log)
	echoes && await sh -c "[ \$(wc -l </var/lib/service/log) -gt $lines ]"
}
rotate() {
	mv /var/lib/service/log /var/lib/service/log.1
	tell HUP
	await sh -c "kill -0 $(pid) && test -e /var/lib/service/log" && echoes && await test -s /var/lib/service/log
}
full() { echoes; }
