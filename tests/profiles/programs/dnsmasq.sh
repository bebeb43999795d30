# DNS forwarder and DHCP server with leases on disk.
program=(/usr/sbin/dnsmasq -k -C /etc/dnsmasq.conf)
state=(/var/lib/misc)
user=dnsmasq
prepare() {
	mkdir -p /var/lib/misc && mine /var/lib/misc
	cat >/etc/dnsmasq.conf <<-C
		port=5353
		no-resolv
		user=dnsmasq
		address=/device.lan/198.18.7.9
		addn-hosts=/etc/dnsmasq.hosts
		log-facility=-
		log-queries
		listen-address=127.0.0.1
		bind-interfaces
	C
	echo "198.18.7.8 other.lan" >/etc/dnsmasq.hosts
}
ready() { udp 5353; }
normal() {
	[ "$(dig +short +time=2 @127.0.0.1 -p 5353 device.lan)" = 198.18.7.9 ] || return 1
	[ "$(dig +short +time=2 +tcp @127.0.0.1 -p 5353 other.lan)" = 198.18.7.8 ] || return 1
	dig +time=1 +tries=1 @127.0.0.1 -p 5353 unknown.example >/dev/null
	return 0
}
reload() { echo "198.18.7.7 third.lan" >>/etc/dnsmasq.hosts; tell HUP; sleep 0.3; [ "$(dig +short +time=2 @127.0.0.1 -p 5353 third.lan)" = 198.18.7.7 ]; }
rotate() { tell USR1; tell USR2; sleep 0.3; }
