# mDNS: announces a service of the device; found by its own protocol.
program=(/usr/sbin/avahi-daemon --no-drop-root --no-chroot -f /etc/avahi/avahi-daemon.conf)
user=avahi
no_rotate="it writes no log, only to syslog"
no_full="it writes nothing"
ask() { dig +short +time=3 +tries=1 @198.18.7.1 -p 5353 "$@"; }
prepare() {
	# Its /run/avahi-daemon is made by itself, in the /run of its sandbox: what a killed one left in a folder
	# that stays would say that it runs still, since all have the same process number there.
	mkdir -p /etc/avahi/services
	cat >/etc/avahi/avahi-daemon.conf <<-C
		[server]
		host-name=device
		enable-dbus=no
		allow-interfaces=lan0
		use-ipv6=no
		[publish]
		publish-workstation=no
	C
	cat >/etc/avahi/services/web.service <<-C
		<?xml version="1.0" standalone='no'?><!DOCTYPE service-group SYSTEM "avahi-service.dtd">
		<service-group><name>Device</name><service><type>_http._tcp</type><port>80</port></service></service-group>
	C
}
ready() { udp 5353 && [ "$(ask device.local)" = 198.18.7.1 ]; }
normal() {
	[ "$(ask device.local)" = 198.18.7.1 ] || return 1
	[ "$(ask -x 198.18.7.1)" = device.local. ] || return 1
	ask ptr _http._tcp.local | grep -q Device
}
reload() {
	sed -i 's,<port>80,<port>8080,' /etc/avahi/services/web.service
	tell HUP
	await sh -c 'dig +short +time=3 +tries=1 @198.18.7.1 -p 5353 srv Device._http._tcp.local | grep -q " 8080 device.local"'
}
burst() { # a hundred services more, for a while
	local i
	for i in $(seq 100); do sed "s,<name>.*</name>,<name>Device $i</name>," /etc/avahi/services/web.service >"/etc/avahi/services/more$i.service"; done
	tell HUP
	sleep 1
	normal
	rm /etc/avahi/services/more*
	tell HUP
	sleep 0.5
}
