# SPDX-License-Identifier: MIT
# shellcheck shell=bash
title="Camera, RTSP and 4 Mbit/s RTP over UDP, viewer off-link (GStreamer)"
setup() {
	SECS=$((SECS * 3)) # a viewer reports every 2.5 to 7.5 s (RFC 3550 6.2)
	bg camera device "$TOOLS/use-camera" 8080 4000
	serves device t 8080
	on world gst-launch-1.0 --version # the registry of plug-ins, once
}
run() {
	local t first; t=$(now)
	bg viewer world timeout $((SECS + 8)) gst-launch-1.0 -q rtspsrc latency=0 protocols=udp \
		"location=rtsp://$(url "$HOME_ADDR"):8080/" ! filesink buffer-mode=unbuffered location=video
	await test -s video
	first=$(since "$t")
	sleep "$SECS" # from the first picture on, which is a large one
	result "$(calc "8 * $(stat -c %s video) / $SECS")" bit/s "$first"
}
