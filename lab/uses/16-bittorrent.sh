# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="BitTorrent: a swarm of 20 peers, of which 6 live, 8 are silent and 6 refuse (aria2)"
load=line
size=67108864 piece=262144
escaped() { sed 's/../\\x&/g'; } # hexadecimal to what printf makes bytes of
peer() { # ADDR PORT, in hexadecimal
	local IFS=.
	# shellcheck disable=SC2086
	printf '%02x%02x%02x%02x%04x' $1 "$2"
}
torrent() {
	head -c $size /dev/urandom >seed/film
	split -b $piece --filter="sha1sum | cut -c1-40" seed/film | tr -d '\n' | escaped >pieces
	printf 'd8:announce%d:%s4:infod6:lengthi%de4:name4:film12:piece lengthi%de6:pieces%d:' \
		${#tracker} "$tracker" $size $piece $((size / piece * 20)) >film.torrent
	# shellcheck disable=SC2059
	{ printf "$(cat pieces)"; printf ee; } >>film.torrent
}
# The tracker is a file: it knows the same peers whoever asks.
swarm() {
	local i
	printf 'd8:intervali60e5:peers120:'
	# shellcheck disable=SC2059
	printf "$({
		for i in $(seq 6); do
			peer "198.19.$i.1" 6881
			peer "198.19.$((128 + i)).1" 6881
			peer "$(live $((i * 250)))" $((6880 + i))
		done
		peer 198.19.7.1 6881
		peer 198.19.8.1 6881
	} | escaped)"
	printf e
}
aria() { # NAME HOST DIRECTORY OPTIONS...
	bg "$1" "$2" aria2c --enable-dht=false --enable-dht6=false --bt-enable-lpd=false --enable-peer-exchange=false \
		--file-allocation=none --disk-cache=0 --summary-interval=0 --console-log-level=warn --dir "${@:3}" film.torrent
}
setup() {
	SECS=$((SECS * 4)) # a swarm takes its time
	local i
	mkdir seed got
	web cloud 80
	tracker=http://$CLOUD4/announce
	torrent
	swarm >web-cloud-80/doc/announce
	for i in $(seq 6); do
		aria "seed$i" world seed --listen-port=$((6880 + i)) --seed-ratio=0 --bt-seed-unverified \
			--max-upload-limit=500K --bt-tracker-interval=3600
	done
	serves world t 6886
}
run() {
	local t first; t=$(now)
	aria leecher device got --listen-port=6881 --seed-time=0
	await test -s got/film
	first=$(since "$t")
	sleep "$(calc "$SECS - $first")"
	end leecher
	result "$(calc "8 * $(du -B1 got/film | cut -f1) / ($SECS - $first)")" bit/s "$first"
}
