# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the uses are written with. lab/uses/one reads this file, then the use, inside process and
# mount namespaces of their own, so that whatever a use starts ends with it.
#
# Given: $LAB (name of the lab), $SECS (how long the use shall last), $WORK (a scratch directory),
# $TOOLS (where the use-* helpers are). A use sets `title`, `load` (paced: its rate is its own;
# line: as fast as the line, 100 Mbit/s; bulk: as fast as this machine or nearly) and may set `family` (4 or 6) and `line` (Mbit/s of the home's line, 100,
# or none: as fast as the machine is), and defines
#   setup   starts what the use needs; not timed
#   run     uses it, and calls `result`
# shellcheck source=lab/net.env
. "$(dirname "${BASH_SOURCE[0]}")/../net.env"

programs=${HOLDFAST_PROGRAMS:-/var/cache/holdfast-lab}/root
multiarch=$(gcc -print-multiarch 2>/dev/null || dpkg-architecture -qDEB_HOST_MULTIARCH)
PATH=$programs/usr/sbin:$programs/usr/bin:$programs/sbin:$programs/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH LD_LIBRARY_PATH=$programs/usr/lib/$multiarch:$programs/lib/$multiarch:$programs/usr/lib
export GST_PLUGIN_PATH=$programs/usr/lib/$multiarch/gstreamer-1.0 GST_REGISTRY=$programs/gst-registry
export GST_PLUGIN_SCANNER=$programs/usr/lib/$multiarch/gstreamer1.0/gstreamer-1.0/gst-plugin-scanner
export NMAPDIR=/usr/share/nmap
[ -d "$NMAPDIR" ] || NMAPDIR=$programs/usr/share/nmap

family=4 load=paced line=100

# on HOST CMD...: runs it there. bg NAME HOST CMD...: in the background, output to $WORK/NAME.
on() { local host=$1; shift; nsenter --net="/run/netns/hf-$LAB-$host" -- "$@"; }
bg() {
	local name=$1 host=$2
	shift 2
	nsenter --net="/run/netns/hf-$LAB-$host" -- "$@" >"$WORK/$name" 2>"$WORK/$name.err" &
	pids[$name]=$!
}
declare -A pids
# end NAME: asks it to stop and waits until it has
end() { kill -TERM "${pids[$1]}" 2>/dev/null; wait "${pids[$1]}" 2>/dev/null; return 0; }

# The addresses of the use's family: CLOUD, CLOUD_2.., DEVICE, NEAR1, NEAR2, RESOLVER, WORLD, and
# HOME as the world reaches the device (the router forwards IPv4 ports; IPv6 needs no forwarding).
choose_family() {
	local f=$family n
	for n in CLOUD DEVICE RESOLVER ROUTER; do declare -g "$n=$(eval echo "\$$n$f")"; done
	for n in NEAR1 NEAR2; do declare -g "$n=$(eval echo "\$${n}_$f")"; done
	if [ "$f" = 6 ]; then
		cloud() { echo "2001:2:0:100::$((10 + $1))"; }
		live() { printf '2001:2:0:%x::1\n' $((0xe000 + $1)); }
		HOME_ADDR=$DEVICE6 WORLD=2001:2:0:500::10
	else
		cloud() { echo "198.18.1.$((10 + $1))"; }
		live() { echo "198.19.$((192 + $1 / 250)).$((1 + $1 % 250))"; }
		HOME_ADDR=$HOME4 WORLD=198.18.5.10
	fi
}
url() { [ "$family" = 6 ] && echo "[$1]" || echo "$1"; }

now() { echo "$EPOCHREALTIME"; }
calc() { awk "BEGIN { printf \"%.6g\", ($1) }"; }
since() { calc "$(now) - $1"; }

# await CMD...: until it succeeds, 5 s at most
await() {
	local i
	for i in $(seq 100); do "$@" >/dev/null 2>&1 && return 0; sleep 0.05; done
	echo "use ${use:-?}: waited in vain for: $*" >&2
	return 1
}
listening() { on "$1" ss -Hln"$2" "sport = :$3" | grep -q .; }
serves() { await listening "$1" "${2:-t}" "$3"; } # HOST t|u PORT

# result RATE UNIT FIRST: what the use achieved, and seconds until its first success
result() { printf 'rate=%s\nunit=%s\nfirst=%s\n' "$1" "$2" "$3"; }

# first_of CMD...: seconds until CMD first succeeds, trying for 8 s
first_of() {
	local t; t=$(now)
	while ! "$@" >/dev/null 2>&1; do
		[ "$(calc "$(since "$t") > 8")" = 0 ] || { echo -1; return 1; }
		sleep 0.05
	done
	since "$t"
}
# bulk CMD...: runs it (one transfer, printing its bytes as last line) again and again for $SECS; bit/s
bulk() {
	local t left total=0; t=$(now)
	while left=$(calc "$SECS - ($(since "$t"))"); [ "$(calc "$left > 0.1")" = 1 ]; do
		total=$(calc "$total + $(LEFT=$left "$@" | tail -n 1)")
	done
	calc "8 * $total / ($(since "$t"))"
}
# field NAME of `name value name value ...` on standard input
field() { tr ' ' '\n' | sed -n "/^$1\$/{n;p;q}"; }

# A shell on the device for whoever may log in with $WORK/id. login HOST ADDR CMD...
shell_server() {
	mkdir -p .ssh && chmod 700 . .ssh
	dropbearkey -t ed25519 -f hostkey
	ssh-keygen -q -t ed25519 -N '' -f id
	cp id.pub .ssh/authorized_keys && chmod 600 .ssh/authorized_keys
	printf 'root:x:0:0::%s:/bin/sh\n' "$WORK" >passwd && mount --bind passwd /etc/passwd
	printf '/bin/sh\n' >shells
	bg dropbear device dropbear -F -E -s -r hostkey -p 22 -P pid
	serves device t 22
}
login() {
	local host=$1 addr=$2
	shift 2
	on "$host" timeout "$((SECS * 3))" ssh -q -T -i id -o BatchMode=yes -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null "root@$addr" "$@"
}

# A key and certificate, made once.
certificate() {
	CERT=$programs/lab.crt KEY=$programs/lab.key
	[ -s "$KEY" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 \
		-subj /CN=lab -keyout "$KEY" -out "$CERT" 2>/dev/null
}

# account NAME: a user and a group that this use's processes can look up
account() {
	{ cat /etc/passwd; echo "$1:x:65000:65000::/:/bin/false"; } >"passwd-$1"
	{ cat /etc/group; echo "$1:x:65000:"; } >"group-$1"
	mount --bind "passwd-$1" /etc/passwd && mount --bind "group-$1" /etc/group
	mkdir -p "/run/$1-daemon"
}

# web HOST PORT [tls]: nginx; /big is 200 MB, /slow the same at 2 Mbit/s,
# /page 20 kB, PUT below /put
web() {
	local d=$WORK/web-$1-$2 tls=
	mkdir -p "$d/doc/put"
	certificate
	truncate -s 200M "$d/doc/big"
	head -c 20000 /dev/urandom >"$d/doc/page"
	[ -z "${3:-}" ] || tls="ssl"
	cat >"$d/conf" <<-C
		daemon off; master_process off; pid $d/pid; error_log $d/error;
		events { worker_connections 512; }
		http {
			access_log off; client_body_temp_path $d/body; proxy_temp_path $d/p; fastcgi_temp_path $d/f;
			uwsgi_temp_path $d/u; scgi_temp_path $d/s; sendfile on; client_max_body_size 0; types {}
			server {
				listen $2 $tls; listen [::]:$2 $tls;
				${tls:+ssl_certificate $CERT; ssl_certificate_key $KEY;}
				root $d/doc;
				location /put/ { dav_methods PUT; }
				location /slow { alias $d/doc/big; limit_rate 250k; }
			}
		}
	C
	bg "nginx-$1-$2" "$1" nginx -p "$d" -c "$d/conf" -e "$d/error"
	serves "$1" t "$2"
}

# resolver: answers for every name at the provider's resolver address; lab.test names its hosts
resolver() { # [HOST]
	cat >"$WORK/unbound.conf" <<-C
		server:
			interface: $RESOLVER4
			interface: $RESOLVER6
			access-control: 0.0.0.0/0 allow
			access-control: ::0/0 allow
			username: ""
			chroot: ""
			directory: "$WORK"
			pidfile: ""
			use-syslog: no
			do-daemonize: no
			local-zone: "test." redirect
			local-data: "test. 300 A $CLOUD4"
			local-data: "test. 300 AAAA $CLOUD6"
	C
	bg resolver "${1:-provider}" unbound -c "$WORK/unbound.conf"
	serves "${1:-provider}" u 53
}
