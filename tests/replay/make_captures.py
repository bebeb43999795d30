#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes small captures for the tests of replay, and for its fuzz target to start from.

Usage: make_captures.py DIR

One device (MAC 02:00:00:00:00:10, 192.168.7.10) behind a router (02:00:00:00:00:01,
192.168.7.1) talks to servers in 198.18.0.0/15 and 2001:2::/48, the benchmark ranges.
"""
import os
import socket
import struct
import sys

DEVICE, ROUTER, PHONE = (bytes([2, 0, 0, 0, 0, n]) for n in (0x10, 0x01, 0x20))
ALL = b"\xff" * 6
ME, GATE, CLOUD = "192.168.7.10", "192.168.7.1", "198.18.0.1"
ME6, CLOUD6 = "fd00:7::ff:fe00:10", "2001:2::1"
SYN, ACK, PSH, FIN, RST = 2, 16, 8, 1, 4


def addr(text):
    return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)


def ip(src, dst, proto, payload, ttl=64):
    if ":" in src:
        head = struct.pack("!IHBB", 0x60000000, len(payload), proto, ttl)
    else:
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0, ttl, proto, 0)
    return head + addr(src) + addr(dst) + payload


def udp(src, sport, dst, dport, data=b"", ttl=64):
    return ip(src, dst, 17, struct.pack("!HHHH", sport, dport, 8 + len(data), 0) + data, ttl)


def tcp(src, sport, dst, dport, flags, seq=0, ack=0, data=b"", ttl=64):
    head = struct.pack("!HHIIBBHHH", sport, dport, seq, ack, 0x50, flags, 8192, 0, 0)
    return ip(src, dst, 6, head + data, ttl)


def icmp(src, dst, kind, code=0, data=b"\0\0\0\0"):
    return ip(src, dst, 58 if ":" in src else 1, struct.pack("!BBH", kind, code, 0) + data, 255)


def eth(src, dst, packet, kind=None, vlan=None):
    kind = kind or (0x86DD if packet[0] >> 4 == 6 else 0x0800)
    tag = struct.pack("!HH", 0x8100, vlan) if vlan is not None else b""
    return dst + src + tag + struct.pack("!H", kind) + packet


def arp(op, mac, sender, target):
    body = struct.pack("!HHBBH", 1, 0x0800, 6, 4, op) + mac + addr(sender)
    return eth(mac, ALL, body + b"\0" * 6 + addr(target), 0x0806)


def dhcp(op, options, given="0.0.0.0"):
    head = struct.pack("!BBBBIHH", op, 1, 6, 0, 7, 0, 0) + b"\0" * 4 + addr(given)
    head += b"\0" * 8 + DEVICE.ljust(16, b"\0") + b"\0" * 192
    return head + b"\x63\x82\x53\x63" + options + b"\xff"


def join_network():
    yield 0, eth(DEVICE, ALL, udp("0.0.0.0", 68, "255.255.255.255", 67, dhcp(1, b"\x35\x01\x01")))
    lease = b"\x35\x01\x05\x01\x04\xff\xff\xfe\x00\x03\x04" + addr(GATE)
    yield 0.1, eth(ROUTER, DEVICE, udp(GATE, 67, ME, 68, dhcp(2, lease, ME)))
    yield 0.2, arp(1, DEVICE, ME, GATE)
    yield 0.21, eth(ROUTER, DEVICE, arp(2, ROUTER, GATE, ME)[14:], 0x0806)
    yield 0.3, eth(DEVICE, b"\x33\x33\0\0\0\x02", icmp("fe80::ff:fe00:10", "ff02::2", 133))


def talk(start=1.0, port=40000, sent=5):
    """A DNS query and a TCP connection that is answered."""
    query = struct.pack("!HHHHHH", 7, 0x100, 1, 0, 0, 0) + b"\x05cloud\x04test\0\0\1\0\1"
    answer = struct.pack("!HH", 7, 0x8180) + query[4:]
    yield start, eth(DEVICE, ROUTER, udp(ME, port, GATE, 53, query))
    yield start + 0.01, eth(ROUTER, DEVICE, udp(GATE, 53, ME, port, answer))
    yield start + 0.02, eth(DEVICE, ROUTER, tcp(ME, port, CLOUD, 443, SYN, 100))
    yield start + 0.04, eth(ROUTER, DEVICE, tcp(CLOUD, 443, ME, port, SYN | ACK, 500, 101, ttl=52))
    at, seq = start + 0.05, 101
    for n in range(sent):
        yield at, eth(DEVICE, ROUTER, tcp(ME, port, CLOUD, 443, ACK | PSH, seq, 501, b"x" * 100))
        seq += 100
        yield at + 0.02, eth(ROUTER, DEVICE, tcp(CLOUD, 443, ME, port, ACK, 501, seq, ttl=52))
        at += 0.05
    yield at, eth(DEVICE, ROUTER, udp(ME6, port, CLOUD6, 4433, b"q" * 40))
    yield at + 0.02, eth(ROUTER, DEVICE, udp(CLOUD6, 4433, ME6, port, b"a" * 40, 52))


def flood(count=200, src=ME, mac=DEVICE, start=3.0):
    for n in range(count):
        yield start + n / 1000, eth(mac, ROUTER, udp(src, 5000, "198.18.9.9", 9, b"f" * 200))


def spoof(count=100):
    for n in range(count):
        yield 4 + n / 1000, eth(DEVICE, ROUTER, tcp(f"198.19.{n}.{n}", 1000 + n, CLOUD, 80, SYN))


def behind(answered):
    """A phone that the device routes: one hop away; with or without answers."""
    for n in range(20):
        packet = tcp("10.9.9.2", 6000 + n, CLOUD, 443, SYN, ttl=63)
        yield 5 + n / 10, eth(DEVICE, ROUTER, packet)
        if answered:
            back = tcp(CLOUD, 443, "10.9.9.2", 6000 + n, SYN | ACK, 1, 1, ttl=50)
            yield 5.02 + n / 10, eth(ROUTER, DEVICE, back)


def amid(acknowledged, count=8):
    """A connection begun before the recording, 11 kB before the far side says anything; or a flood
    that looks the same."""
    for n in range(count):
        part = tcp(ME, 40404, CLOUD, 5223, ACK, 1000 + 1400 * n, 77, b"m" * 1400)
        yield 1 + n / 1000, eth(DEVICE, ROUTER, part)
    if acknowledged:
        yield 1.2, eth(ROUTER, DEVICE, tcp(CLOUD, 5223, ME, 40404, ACK, 77, 1000 + 1400 * count))


def one_way(head, peers=1):
    """Forty records of 300 bytes to each of some peers, and no answer."""
    for n in range(40 * peers):
        to = f"198.18.{3 + n % peers}.1"
        yield 1 + n / 100, eth(DEVICE, ROUTER, udp(ME, 443, to, 60000, head + b"d" * 300))


def everything():
    yield from join_network()
    yield from talk()
    yield 2.5, eth(DEVICE, ROUTER, udp(ME, 1, CLOUD, 2, b"v"), vlan=7)
    yield 2.6, eth(DEVICE, ALL, b"\x00" * 46, 0x888E)
    yield 2.7, eth(DEVICE, ROUTER, ip(ME, CLOUD, 47, b"\0\0\x08\0" + udp(ME, 1, CLOUD, 2)))
    yield 2.8, eth(ROUTER, DEVICE, icmp(CLOUD, ME, 3, 3, b"\0" * 4 + udp(ME, 1, CLOUD, 2)))


# Containers -------------------------------------------------------------------------------------
def pcap(frames, link=1, order="<", nano=False, snap=65535, cut=None):
    unit = 1e9 if nano else 1e6
    magic = 0xA1B23C4D if nano else 0xA1B2C3D4
    out = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, snap, link)
    for at, data in frames:
        kept = data[:cut] if cut else data
        sub = int((at % 1) * unit)
        out += struct.pack(order + "IIII", 1700000000 + int(at), sub, len(kept), len(data)) + kept
    return out


def block(kind, body):
    body += b"\0" * (-len(body) % 4)
    size = 12 + len(body)
    return struct.pack("<II", kind, size) + body + struct.pack("<I", size)


def pcapng(frames, link=1):
    out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1))
    out += block(1, struct.pack("<HHI", link, 0, 65535))
    for at, data in frames:
        micro = 1700000000 * 1000000 + int(at * 1000000)
        head = struct.pack("<IIIII", 0, micro >> 32, micro & 0xFFFFFFFF, len(data), len(data))
        out += block(6, head + data)
    return out


def bare(frames):
    """Ethernet frames without their link header; only IP remains."""
    for at, data in frames:
        if data[12:14] in (b"\x08\0", b"\x86\xdd"):
            yield at, data[14:]


def cooked(frames, second):
    for at, data in frames:
        kind = 4 if data[6:12] == DEVICE else 1 if data[:6] == ALL else 0
        mac = data[6:12] + b"\0\0"
        if second:
            head = data[12:14] + struct.pack("!HIHBB", 0, 2, 1, kind, 6) + mac
        else:
            head = struct.pack("!HHH", kind, 1, 6) + mac + data[12:14]
        yield at, head + data[14:]


def family(frames, order):
    for at, data in bare(frames):
        yield at, struct.pack(order + "I", 30 if data[0] >> 4 == 6 else 2) + data


def only(frames, version):
    return ((at, data) for at, data in bare(frames) if data[0] >> 4 == version)


def loose(frames, link):
    """Records as tests/fuzz/capture_fuzz.c reads them: 2 bytes of time, 1 of length, the bytes."""
    out = bytes([0xE0, link])
    for at, data in frames:
        data = data[:255]
        out += bytes([int(at % 8) * 16 + 1, int(at * 256) & 255, len(data)]) + data
    return out


def captures():
    good = list(everything())
    bad = good + list(flood())
    yield "ethernet.pcap", pcap(good)
    yield "nano.pcap", pcap(good, nano=True)
    yield "big-endian.pcap", pcap(good, order=">")
    yield "ethernet.pcapng", pcapng(good)
    yield "short.pcap", pcap(good, cut=60)
    yield "raw.pcap", pcap(bare(good), 101)
    yield "raw12.pcap", pcap(bare(good), 12)
    yield "raw.pcapng", pcapng(bare(good), 101)
    yield "ipv4.pcap", pcap(only(good, 4), 228)
    yield "ipv6.pcap", pcap(only(good, 6), 229)
    yield "sll.pcap", pcap(cooked(good, False), 113)
    yield "sll2.pcap", pcap(cooked(good, True), 276)
    yield "null.pcap", pcap(family(good, "<"), 0)
    yield "null-be.pcap", pcap(family(good, ">"), 0)
    yield "loop.pcap", pcap(family(good, ">"), 108)
    yield "flood.pcap", pcap(bad)
    yield "flood-raw.pcap", pcap(bare(bad), 101)
    yield "flood-sll.pcap", pcap(cooked(bad, False), 113)
    yield "spoof.pcap", pcap(good + list(spoof()))
    yield "behind.pcap", pcap(good + list(behind(True)))
    yield "behind-silent.pcap", pcap(good + list(behind(False)))
    yield "older.pcap", pcap(amid(True))
    yield "ack-flood.pcap", pcap(amid(False, 80))
    dtls = b"\x17\xfe\xfd\0\1" + b"\0" * 6 + b"\1\x2c"
    yield "dtls-one-way.pcap", pcap(one_way(dtls))
    yield "dtls-many.pcap", pcap(one_way(dtls, 4))
    yield "dtls-hello.pcap", pcap(one_way(b"\x16\xfe\xfd\0\0" + dtls[5:]))
    yield "empty.pcap", pcap([])
    yield "radiotap.pcap", pcap(good, 127)
    yield "cut-record.pcap", pcap(good)[:-7]
    yield "cut-header.pcap", pcap(good)[:-200][: 24 + 16 * 3]
    yield "cut-file.pcap", pcap(good)[:11]
    yield "cut.pcapng", pcapng(good)[:-30]
    yield "nothing.pcap", b""
    yield "text.pcap", b"not a capture at all, only some text\n" * 4
    long = bytearray(pcap(good))
    struct.pack_into("<I", long, 24 + 8, 0x7FFFFFFF)
    yield "long-record.pcap", bytes(long)
    yield "tiny-frames.pcap", pcap([(n / 10, b"\x02" * n) for n in range(20)] + good)
    yield "tiny-cooked.pcap", pcap([(n / 10, b"\x02" * n) for n in range(22)], 276)
    yield "fuzz-ethernet.bin", loose(bad, 0)
    yield "fuzz-spoof.bin", loose(good + list(spoof()) + list(behind(True)), 0)
    yield "fuzz-raw.bin", loose(bare(bad), 2)
    yield "fuzz-sll.bin", loose(cooked(bad, False), 3)
    yield "fuzz-sll2.bin", loose(cooked(bad, True), 9)
    yield "fuzz-loop.bin", loose(family(bad, ">"), 5)
    back = [(30 - at, data) for at, data in good] + [(at + 40, data) for at, data in good]
    yield "backwards.pcap", pcap(back)
    yield "jump.pcap", pcap(good + [(at + 2.5e9, data) for at, data in talk(port=40001)])


def main():
    os.makedirs(sys.argv[1], exist_ok=True)
    for name, data in captures():
        with open(os.path.join(sys.argv[1], name), "wb") as f:
            f.write(data)


if __name__ == "__main__":
    main()
