# mDNS: announces a service of the device; found by its own protocol.
program=(/usr/sbin/avahi-daemon --no-drop-root --no-chroot -f /etc/avahi/avahi-daemon.conf)
user=avahi
prepare() {
	mkdir -p /run/avahi-daemon /etc/avahi/services && mine /run/avahi-daemon
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
ready() { udp 5353 && sleep 2; }
normal() {
	[ "$(dig +short +time=3 +tries=1 @198.18.7.1 -p 5353 device.local)" = 198.18.7.1 ] || return 1
	dig +short +time=3 +tries=1 @198.18.7.1 -p 5353 ptr _http._tcp.local | grep -q Device
}
reload() { sed -i 's,<port>80,<port>8080,' /etc/avahi/services/web.service; tell HUP; sleep 2; }
