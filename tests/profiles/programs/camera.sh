# A camera: GStreamer makes a picture, encodes it, and serves it by RTSP, over UDP and inside of TCP.
program=(/srv/camera/camera 8554 5000 5003)
user=service
comm=camera
env=(GST_REGISTRY=/var/cache/gst.reg GST_REGISTRY_FORK=no GST_REGISTRY_UPDATE=no ORC_CODE=backup) # no code made at run time
no_reload="it has no configuration but its command"
no_rotate="it writes no log"
no_full="it writes nothing"
prepare() {
	local arch=$(gcc -print-multiarch)
	mkdir -p /srv/camera
	gcc -O2 -Wall -o /srv/camera/camera "$here/camera.c" -I/usr/include/gstreamer-1.0 -I/usr/include/glib-2.0 \
		"-I/usr/lib/$arch/glib-2.0/include" -lgstrtspserver-1.0 -lgstreamer-1.0 -lgobject-2.0 -lglib-2.0 || return 1
	GST_REGISTRY=/var/cache/gst.reg GST_REGISTRY_FORK=no gst-inspect-1.0 jpegenc >/dev/null 2>&1
	chmod 644 /var/cache/gst.reg
}
ready() { tcp 8554; }
normal() {
	python3 "$here/rtsp.py" 8554 udp tcp udp tcp || return 1 # four viewers at once
	python3 "$here/rtsp.py" 8554 tcp || return 1 # one comes back
	python3 "$here/rtsp.py" 8554 udp gone || return 1 # one goes without a word
	# And GStreamer's own client, which decodes what it gets.
	for over in udp tcp; do
		rm -f frame-*
		timeout 20 gst-launch-1.0 -q rtspsrc location=rtsp://127.0.0.1:8554/live protocols=$over latency=0 ! rtpjpegdepay ! \
			jpegdec ! identity eos-after=10 ! multifilesink location=frame-%02d >/dev/null 2>&1
		[ "$(stat -c %s frame-05)" = 115200 ] || return 1 # 320 by 240, I420
	done
}
burst() { python3 "$here/rtsp.py" 8554 udp tcp udp tcp udp tcp udp tcp; }
