# A camera's streaming half: GStreamer makes a picture, encodes it and sends RTP to a viewer.
program=(/usr/bin/gst-launch-1.0 -q videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=15/1
	! jpegenc ! rtpjpegpay ! udpsink host=127.0.0.1 port=5004 sync=false)
user=service
comm=gst-launch-1.0
env=(GST_REGISTRY=/var/cache/gst.reg GST_REGISTRY_FORK=no GST_REGISTRY_UPDATE=no ORC_CODE=backup) # no code made at run time
prepare() {
	GST_REGISTRY=/var/cache/gst.reg GST_REGISTRY_FORK=no gst-inspect-1.0 jpegenc >/dev/null 2>&1
	chmod 644 /var/cache/gst.reg
}
ready() { [ -n "$(pid)" ] && sleep 1; }
normal() { # a viewer: real packets of RTP version 2, payload 26 (JPEG)
	python3 -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.bind(("127.0.0.1", 5004)); s.settimeout(5)
n = 0
for _ in range(100):
	p = s.recv(2000); n += p[0] >> 6 == 2 and p[1] & 127 == 26 and len(p) > 20
sys.exit(n != 100)'
}
