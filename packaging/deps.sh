#!/bin/sh
# Installs what building, testing and the demo need, from Debian alone. Quick when all is there.
# Usage: packaging/deps.sh [build|test|demo|bench|cross|vm|kernel|lab|uses]...
set -eu
build="gcc libc6-dev make meson ninja-build pkg-config clang llvm linux-libc-dev libpcap-dev libinih-dev libcmocka-dev
	libcapstone-dev libelf-dev libseccomp-dev libopenmpi-dev openmpi-bin musl-tools"
test="bats debhelper strace bubblewrap firejail systemd iproute2 iputils-ping nftables procps python3-minimal clang-format mandoc"
# Half a minute together, most of it for the four compilers.
cross="qemu-user-static gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-arm-linux-gnueabihf libc6-dev-armhf-cross
	gcc-mipsel-linux-gnu libc6-dev-mipsel-cross gcc-s390x-linux-gnu libc6-dev-s390x-cross"
vm="qemu-system-x86 qemu-system-arm seabios cpio file"
# For a kernel of our own (tests/qemu/kernel-own); never in a test.
kernel="flex bison bc libelf-dev dwarves xz-utils"
demo="iproute2 nftables procps python3"
# Outside programs that lab/attack runs beside its own shapes.
lab="bubblewrap firejail systemd hping3 iperf3 masscan nmap"
# For lab/uses/run; these are unpacked beside the system, not installed, because half of them are
# servers that would start: five seconds, 29 MB to fetch.
uses="aria2 avahi-daemon avahi-utils bind9-dnsutils busybox chrony coturn curl dbus-daemon dnsmasq-base dnsperf
	dropbear-bin gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-tools iperf3 iputils-arping
	iputils-ping iputils-tracepath libcoap3-bin miniupnpc mosquitto mosquitto-clients nginx-light ngtcp2-client
	ngtcp2-server nmap openssh-client openssl openvpn sip-tester traceroute unbound wireguard-go wireguard-tools"
unpack=
want="$build"
for group in "$@"; do
	case $group in
	build) ;;
	test) want="$want $test $cross $vm $demo $lab" unpack=yes ;;
	cross) want="$want $cross" ;;
	vm) want="$want $vm" ;;
	kernel) want="$want $kernel" ;;
	lab) want="$want $demo $lab" ;;
	demo | uses) want="$want $demo" unpack=yes ;;
	bench) want="$want $demo" ;;
	*) echo "deps.sh: no group '$group'" >&2; exit 2 ;;
	esac
done
missing=
for p in $want; do
	dpkg-query -W -f='${Status}\n' "$p" 2>/dev/null | grep -q '^install ok installed' || missing="$missing $p"
done
if [ -n "$missing" ]; then
	if [ "$(id -u)" != 0 ]; then
		echo "deps.sh: missing packages, and only root can install them: apt-get install$missing" >&2
		exit 3
	fi
	export DEBIAN_FRONTEND=noninteractive
	echo "installing:$missing"
	apt-get update -qq
	# shellcheck disable=SC2086
	apt-get install -y -qq --no-install-recommends $missing >/dev/null
fi
# shellcheck disable=SC2086
[ -z "$unpack" ] || "$(dirname "$0")/../lab/uses/programs" $uses
