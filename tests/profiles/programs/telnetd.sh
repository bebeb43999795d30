# Telnet: inetutils-inetd starts telnetd for each connection, which asks for the device's password and
# gives a shell of BusyBox. No root in it: see docs/learn.md.
program=(/usr/sbin/inetutils-inetd -d /etc/inetd.conf)
user=service
comm=inetutils-inetd
state=(/var/lib/service)
no_rotate="it writes no log, only to syslog"
login=/usr/share/holdfast/profiles/telnet-login
applets=/usr/lib/telnet-login
configure() { # NAME OF THE SECOND SERVICE
	echo "23 stream tcp nowait service /usr/sbin/telnetd telnetd -h -E $login" >/etc/inetd.conf
	[ -z "${1:-}" ] || echo "$1 stream tcp nowait service /usr/sbin/telnetd telnetd -h -E $login" >>/etc/inetd.conf
}
prepare() {
	mkdir -p ${login%/*} /etc/telnet $applets
	install -m 755 "$here/../../packaging/profiles/telnet-login" $login
	for a in $(busybox --list); do [[ $a = *[\[/]* ]] || ln -sf /usr/bin/busybox "$applets/$a"; done
	echo secret | busybox mkpasswd -m sha512 -S saltsalt -P 0 >/etc/telnet/password
	mine /etc/telnet /var/lib/service && chmod 600 /etc/telnet/password
	echo "not for telnet" >/srv/other && chmod 644 /srv/other
	configure
}
ready() { tcp 23; }
talk() { python3 "$here/telnet.py" "${port:-23}" "$@"; }
normal() {
	[ "$(talk secret 'echo hello from $((20 + 3))')" = 'hello from 23' ] || return 1
	[ "$(talk secret 'tty; id -u')" = "/dev/pts/0
$(id -u service)" ] || return 1
	talk secret 'ls -l /var/lib/service; ps; free; ifconfig lo; cat /proc/uptime; vi --help' | grep lo >/dev/null || return 1
	[ "$(talk secret 'cd; echo kept >note; cat note; rm note')" = kept ] || return 1
	talk wrong 'echo in'
	[ $? = 3 ] # not let in
}
reload() { # a second port
	configure 2323
	tell HUP
	await tcp 2323 && [ "$(port=2323 talk secret 'echo there')" = there ]
}
full() {
	[ "$(talk secret 'echo hello')" = hello ] || return 1
	talk secret 'cd; cat /proc/self/maps /proc/self/maps >note && echo kept; rm -f note' | grep 'No space' >/dev/null
}
burst() { local i; for i in 1 2 3; do talk secret 'seq 100000 | tail -n1' & done; wait; }
