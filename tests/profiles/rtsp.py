# SPDX-License-Identifier: MIT
# Viewers of an RTSP camera: each asks, sets up, plays, receives whole pictures and says goodbye.
# Usage: rtsp.py PORT udp|tcp... [gone]      all at the same time; gone: leaves in the middle
import re
import socket
import struct
import sys
import threading

PORT, HOW, GONE = int(sys.argv[1]), [w for w in sys.argv[2:] if w != "gone"], "gone" in sys.argv
URL = "rtsp://127.0.0.1:%d/live" % PORT
PICTURES = 8


class Viewer:
    def __init__(self, over):
        self.over, self.seq, self.session = over, 0, None
        self.tcp = socket.create_connection(("127.0.0.1", PORT), 10)
        self.tcp.settimeout(10)
        self.file = self.tcp.makefile("rb")
        self.udp = []

    def send(self, method, url=URL, **header):
        self.seq += 1
        lines = ["%s %s RTSP/1.0" % (method, url), "CSeq: %d" % self.seq]
        lines += ["Session: " + self.session] if self.session else []
        lines += ["%s: %s" % (k, v) for k, v in header.items()]
        self.tcp.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return self.answer()

    def answer(self):
        """Media may stand before it, interleaved."""
        first = self.file.read(1)
        while first == b"$":
            self.file.read(struct.unpack(">BH", self.file.read(3))[1])
            first = self.file.read(1)
        status = int((first + self.file.readline()).split()[1])
        header = {}
        while (line := self.file.readline().strip()):
            key, value = line.decode().split(":", 1)
            header[key.lower()] = value.strip()
        assert int(header["cseq"]) == self.seq, header
        return status, header, self.file.read(int(header.get("content-length", 0))).decode()

    def transport(self):
        if self.over == "tcp":
            return "RTP/AVP/TCP;unicast;interleaved=0-1"
        while len(self.udp) < 2:  # an even port and the one behind it
            self.udp = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
            self.udp[0].bind(("127.0.0.1", 0))
            port = self.udp[0].getsockname()[1]
            try:
                assert port % 2 == 0
                self.udp[1].bind(("127.0.0.1", port + 1))
            except (AssertionError, OSError):
                self.udp = []
        self.udp[0].settimeout(10)
        return "RTP/AVP;unicast;client_port=%d-%d" % (port, port + 1)

    def packet(self):
        if self.udp:
            return self.udp[0].recv(65536)
        while True:
            assert self.file.read(1) == b"$"
            channel, length = struct.unpack(">BH", self.file.read(3))
            data = self.file.read(length)
            if channel == 0:
                return data

    def pictures(self):
        """JPEG over RTP (RFC 2435), whole: fragments follow each other until the marker."""
        whole = offset = 0
        last = None
        while whole < PICTURES:
            p = self.packet()
            seq, = struct.unpack(">H", p[2:4])
            assert p[0] >> 6 == 2 and p[1] & 127 == 26, p[:12]
            at = int.from_bytes(p[13:16], "big")
            assert (p[18] * 8, p[19] * 8) == (320, 240)
            if at == 0:
                offset, last = 0, None
            if at == offset and (last is None or seq == (last + 1) % 65536):
                size = len(p) - 20
                if at == 0 and p[17] >= 128:  # its quantization tables
                    size -= 4 + int.from_bytes(p[22:24], "big")
                offset, last = at + size, seq
                if p[1] & 128:
                    assert offset > 1000
                    whole += 1
            else:
                offset = -1

    def watch(self):
        assert "DESCRIBE" in self.send("OPTIONS")[1]["public"]
        assert self.send("DESCRIBE", URL + "-none")[0] == 404
        status, header, sdp = self.send("DESCRIBE", Accept="application/sdp")
        assert status == 200 and re.search(r"m=video 0 RTP/AVP 26", sdp), (status, sdp)
        track = re.findall(r"a=control:(\S+)", sdp)[-1]
        base = header.get("content-base", URL + "/")
        status, header, _ = self.send("SETUP", track if "://" in track else base + track, Transport=self.transport())
        assert status == 200, (status, header)
        self.session = header["session"].split(";")[0]
        assert self.send("PLAY")[0] == 200
        self.pictures()
        if GONE:
            return
        assert self.send("GET_PARAMETER")[0] == 200
        assert self.send("PAUSE")[0] == 200
        assert self.send("PLAY")[0] == 200
        self.pictures()
        assert self.send("TEARDOWN")[0] == 200


done = []


def one(over):
    Viewer(over).watch()
    done.append(over)


threads = [threading.Thread(target=one, args=(over,)) for over in HOW]
for t in threads:
    t.start()
for t in threads:
    t.join()
sys.exit(len(done) != len(HOW))
