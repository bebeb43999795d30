# A static program of musl without symbols: TCP and UDP echo with a counter on disk.
program=(/srv/echo/echod 7007 /var/lib/service)
state=(/var/lib/service)
user=service
comm=echod
prepare() {
	mkdir -p /srv/echo /var/lib/service && mine /var/lib/service
	musl-gcc -static -s -O2 -o /srv/echo/echod "$here/echod.c"
}
ready() { tcp 7007; }
normal() {
	[ "$(echo hello | timeout 3 bash -c 'exec 3<>/dev/tcp/127.0.0.1/7007; cat >&3; head -n1 <&3')" = hello ] || return 1
	[ "$(timeout 3 bash -c 'exec 3<>/dev/udp/127.0.0.1/7007; echo hi >&3; head -n1 <&3')" = hi ]
}
reload() { tell HUP; sleep 0.2; }
rotate() { mv /var/lib/service/log /var/lib/service/log.1; tell HUP; sleep 0.2; }
