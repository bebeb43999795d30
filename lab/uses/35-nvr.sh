# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="Recorder pulling 16 cameras of 1 Mbit/s on its link, RTSP and RTP over UDP (GStreamer)"
setup() {
	local i
	for i in $(seq 8); do
		bg "camera$i" near1 "$TOOLS/use-camera" $((8000 + 10 * i)) 1000
		bg "camera$((i + 8))" near2 "$TOOLS/use-camera" $((8000 + 10 * i)) 1000
	done
	serves near2 t 8080 && on device gst-launch-1.0 --version
}
run() {
	local i t pipeline=(); t=$(now)
	for i in $(seq 8); do
		pipeline+=(rtspsrc latency=0 protocols=udp "location=rtsp://$(url "$NEAR1"):$((8000 + 10 * i))/" ! filesink buffer-mode=unbuffered "location=a$i")
		pipeline+=(rtspsrc latency=0 protocols=udp "location=rtsp://$(url "$NEAR2"):$((8000 + 10 * i))/" ! filesink buffer-mode=unbuffered "location=b$i")
	done
	bg recorder device timeout $((SECS + 8)) gst-launch-1.0 -q "${pipeline[@]}"
	for i in $(seq 8); do await test -s "a$i"; await test -s "b$i"; done
	local first; first=$(since "$t")
	sleep "$SECS"
	result "$(calc "8 * ($(stat -c %s a? b? | awk '{n += $1} END {print n}')) / $SECS")" bit/s "$first"
}
