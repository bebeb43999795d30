# DNS forwarder and DHCP server with leases on disk.
program=(/usr/sbin/dnsmasq -k -C /etc/dnsmasq.conf)
state=(/var/lib/misc /var/log/dnsmasq)
user=dnsmasq
powers=+net_admin # for whom its address is not yet: an entry of the ARP table
hand=$'[allow]\npower = net-admin'
log=/var/log/dnsmasq/dnsmasq.log
prepare() {
	mine /var/lib/misc /var/log/dnsmasq
	cat >/etc/dnsmasq.conf <<-C
		port=5353
		no-resolv
		server=198.18.7.3
		user=dnsmasq
		address=/device.lan/198.18.7.9
		addn-hosts=/etc/dnsmasq.hosts
		log-facility=$log
		log-queries
		interface=lo
		interface=lan0
		bind-interfaces
		dhcp-range=198.18.7.100,198.18.7.150,1h
		dhcp-option=option:router,198.18.7.1
		dhcp-authoritative
		no-ping
	C
	echo "198.18.7.8 other.lan" >/etc/dnsmasq.hosts
	at_home
	printf '#!/bin/sh\n[ "$1" != bound ] || echo "$ip $router" >>/mnt/work/lease\n' >lease.sh && chmod 755 lease.sh
}
ready() { udp 5353 && udp 67; }
ask() { dig +short +time=2 +tries=1 @127.0.0.1 -p 5353 "$@"; }
# lease NUMBER [OPTION]: a machine of the home asks for an address
lease() {
	rm -f lease
	nsenter --net=/run/netns/home ip link set lan1 down
	nsenter --net=/run/netns/home ip link set lan1 address "02:00:00:00:00:$1" up
	shift
	nsenter --net=/run/netns/home busybox udhcpc -i lan1 -n -q -f -t 5 -T 1 -s /mnt/work/lease.sh "$@" >/dev/null 2>&1
	grep -qE '^198\.18\.7\.1[0-5][0-9] 198\.18\.7\.1$' lease
}
normal() {
	[ "$(ask device.lan)" = 198.18.7.9 ] || return 1
	[ "$(ask +tcp other.lan)" = 198.18.7.8 ] || return 1
	ask unknown.example >/dev/null # asked upstream, where nobody is
	lease 01 || return 1 # unicast: the answer goes to the address that is only offered
	lease 02 -B || return 1 # broadcast
	grep -q ' 02:00:00:00:00:01 198' /var/lib/misc/dnsmasq.leases && grep -q ' 02:00:00:00:00:02 198' /var/lib/misc/dnsmasq.leases
}
reload() { echo "198.18.7.7 third.lan" >>/etc/dnsmasq.hosts; tell HUP; sleep 0.3; [ "$(ask third.lan)" = 198.18.7.7 ]; }
rotate() {
	mv $log $log.1 && tell USR2 && sleep 0.3
	tell USR1 # its figures, into the log
	ask after.lan >/dev/null
	sleep 0.3
	grep -q 'cache size' $log && grep -q 'after.lan' $log
}
full() {
	[ "$(ask device.lan)" = 198.18.7.9 ] || return 1
	lease 03 # an address is given though it cannot be written down
}
