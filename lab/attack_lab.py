# SPDX-License-Identifier: MIT
"""What lab/attack does inside a lab: far ends, the guard, one attack, what was counted of it."""
import json
import os
import re
import shutil
import subprocess
import time

HERE = os.path.dirname(os.path.realpath(__file__))

# Where a row is counted: (host, interface, selection) each; the worst counts.
PLACES = {
    "victim": [("victim", "eth0", "data,dst={victim_net}"), ("router", "p-device", "data,dst={victim_net}")],
    "link": [("router", "p-device", "data,dst={victim_net}")],
    "link-all": [("router", "p-device", "")],
    "world": [("world", "eth0", "data,dst={world}"), ("router", "p-device", "data,dst={world}")],
    "silent": [("world", "eth0", "data,dst={silent}"), ("router", "p-device", "data,dst={silent}")],
    "world-udp": [("world", "eth0", "udp,dst={silent}"), ("router", "p-device", "udp,dst={silent}")],
    "visited": [("router", "p-device", "udp,dst={silent}"), ("router", "p-device", "out,udp,src={silent}")],
    "dns": [("router", "p-device", "out,dnsfail")],
    "reflect": [("router", "p-device", "data,dst={victim_net}"), ("router", "p-device", "out,udp,src={victim_net}")],
    "accepted": [("router", "p-device", "synack")],
    "near1": [("near1", "eth0", "data,dst={near1}")],
    "probes": [("router", "p-device", "probe")],
    "frames": [("router", "p-device", "other")],
}

# What the far end of a row needs: programs on hosts, silence, an accomplice, an innocent flow.
FAR = {
    "quiet": [("drop", "victim")],
    "near-quiet": [("drop", "near1")],
    "refuse": [],
    "silent": [],
    "open": [("serve", "victim", "tcp:80", "echo:7")],
    "standing": [("serve", "cloud", "echo:7"), ("first", "udp --to {cloud} --port 7 --rate 30 --count 20")],
    "live": [("serve", "world", "tcp:23", "echo:7")],
    "coop": [("serve", "accomplice", "tcp:23", "echo:7")],
    "forge": [("serve", "device", "amplify:5000:0"),
              ("shape", "accomplice", "udp --via raw --from {silent} --sweep --rate 500 --to {home} --port 5000 --source-port 9")],
    "visit": [("serve", "device", "amplify:5000:0"),
              ("shape", "accomplice", "udp --via raw --from {silent} --sweep --rate 500 --to {home} --port 5000 "
               "--source-port 9", "early")],
    "nxdomain": [("serve", "provider", "nxdomain:53"), ("serve", "router", "nxdomain:53")],
    "amplify": [("drop", "victim"), ("serve", "device", "amplify:1900:20", "amplify:5000:20")],
    "login": [("serve", "device", "tcp:22")],
    "innocent": [("serve", "cloud", "tcp:80"), ("fetch",)],
    "iperf-falls-silent": [("run", "victim", "iperf3", "-s"), ("later", "drop")],
    "no": [("serve", "victim", "echo:7"), ("later", "no")],
    "falls-silent": [("serve", "victim", "echo:7"), ("later", "drop")],
}


class Refused(Exception):
    """The system does not let us."""


def read_env():
    env = {}
    with open(os.path.join(HERE, "net.env"), encoding="utf-8") as f:
        for line in f:
            if line[0] != "#":
                env.update(re.findall(r'(\w+)=(?:"[^"]*"|(\S+))', line))
    return env


def names_for(env, family):
    """The words in braces that rows may use."""
    words = {"cloud": "CLOUD", "victim": "VICTIM", "victim_net": "VICTIM_NET", "silent": "SILENT_NET",
             "refuse": "REFUSE_NET", "live": "LIVE_NET", "world": "WORLD_NET", "device": "DEVICE",
             "accomplice_net": "ACCOMPLICE_NET", "resolver": "RESOLVER", "router": "ROUTER",
             "lan": "LAN", "near1": "NEAR1_", "near2": "NEAR2_"}
    names = {w: env[v + str(family)] for w, v in words.items()}
    names["v6flag"] = "-6" if family == 6 else "-4"
    names["device_b"] = env["DEVICE4B" if family == 4 else "DEVICE6B"]
    names["home"] = env["HOME4"] if family == 4 else env["DEVICE6"]
    return names


class Lab:
    """One lab of namespaces, used by one worker."""

    def __init__(self, name, options, env):
        self.name, self.opt, self.env, self.running = name, options, env, []
        self.pin = f"/sys/fs/bpf/holdfast-lab-{name}"
        done = subprocess.run([f"{HERE}/net", "up", name], capture_output=True, text=True)
        if done.returncode:
            raise Refused(done.stderr.strip())

    def down(self):
        self.end_all()
        subprocess.run([f"{HERE}/net", "down", self.name], check=False)
        if os.path.isdir(self.pin):
            os.rmdir(self.pin)

    def inside(self, host, command):
        return ["nsenter", f"--net=/run/netns/hf-{self.name}-{host}", "--"] + [str(c) for c in command]

    def run(self, host, command, **more):
        return subprocess.run(self.inside(host, command), capture_output=True, text=True, **more)

    def start(self, host, command, wait_ready=False):
        p = subprocess.Popen(self.inside(host, command), stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True)
        self.running.append(p)
        if wait_ready:
            line = p.stderr.readline()
            if line != "ready\n":
                raise Refused(f"{command[0]}: {line.strip() or 'died'}")
        return p

    def end_all(self):
        for p in self.running:
            if p.poll() is None:
                p.terminate()
        for p in self.running:
            try:
                p.communicate(timeout=5)
            except subprocess.TimeoutExpired:
                p.kill()
                p.communicate()
        self.running = []

    def tool(self, name):
        return f"{self.opt.build}/lab/holdfast-lab-{name}"

    def count(self, place, seconds, names):
        """Starts the counters of a place."""
        started = []
        for host, interface, words in PLACES[place]:
            command = [self.tool("count"), "-i", interface, "-s", f"{seconds:.1f}"]
            if interface == "p-device":
                for a in ("DEVICE4", "DEVICE4B", "DEVICE6", "DEVICE6B"):
                    command += ["--own", self.env[a]]
                # Asking for a neighbour on behalf of a packet that is not its own, it uses this one.
                command += ["--own", self.link_local()]
            started.append(self.start(host, command + ["m:" + words.format(**names)], wait_ready=True))
        return started

    def link_local(self):
        done = self.run("device", ["ip", "-6", "-o", "addr", "show", "dev", "eth0", "scope", "link"])
        found = re.search(r"inet6 (fe80::[0-9a-f:]+)/", done.stdout)
        if not found:
            raise Refused("the device has no link-local address")
        return found[1]

    def nft(self, host, rules):
        text = "table inet far { chain in { type filter hook prerouting priority -400; }; }\n"
        text += "".join(f"add rule inet far in {r}\n" for r in rules)
        done = self.run(host, ["nft", "-f", "-"], input=text)
        if done.returncode:
            raise Refused("nft: " + done.stderr.strip().splitlines()[0])

    def silence(self, host):
        key = {"victim": ("VICTIM_NET4", "VICTIM_NET6"), "near1": ("NEAR1_4", "NEAR1_6")}[host]
        # neighbour discovery goes on: a silent host is still a host
        self.nft(host, [f"ip daddr {self.env[key[0]]} drop",
                        f"icmpv6 type != {{ nd-neighbor-solicit, nd-neighbor-advert }} "
                        f"ip6 daddr {self.env[key[1]]} drop",
                        f"meta l4proto != ipv6-icmp ip6 daddr {self.env[key[1]]} drop"])

    def say_no(self):
        self.run("victim", ["nft", "-f", "-"], input=(
            "table inet far { chain no { type filter hook input priority 0; }; }\n"
            "add rule inet far no udp dport 7 reject with icmpx type admin-prohibited\n"))

    def clear(self):
        for host in ("victim", "near1"):
            self.run(host, ["nft", "delete", "table", "inet", "far"])

    def guard_on(self):
        done = self.run("device", [self.opt.holdfast, "guard", "--daemon", "--pin", self.pin], timeout=120)
        if done.returncode:
            raise Refused("guard: " + (done.stderr.strip() or f"exit status {done.returncode}"))

    def guard_off(self):
        self.run("device", [self.opt.holdfast, "guard", "off", "--pin", self.pin], timeout=60)

    # One attack --------------------------------------------------------------------------------

    def prepare_far(self, case, names, seconds):
        later, fetch, accomplices = None, False, []
        for far in case.far:
            for what, *rest in FAR[far]:
                if what == "drop":
                    self.silence(rest[0])
                elif what == "serve":
                    self.start(rest[0], [self.tool("target"), "serve", *rest[1:]], wait_ready=True)
                elif what == "shape":
                    words = [self.tool("shape"), "-r", self.opt.rate, "-s", seconds, *rest[1].format(**names).split()]
                    if "early" in rest:  # the call comes before the answer
                        self.start(rest[0], words)
                    else:
                        accomplices.append((rest[0], words))
                elif what == "first":
                    done = self.run("device", [self.tool("shape"), *rest[0].format(**names).split()])
                    if done.returncode:
                        raise Refused(done.stderr.strip())
                elif what == "run":
                    if not shutil.which(rest[1]):
                        raise Refused(f"no {rest[1]}")
                    self.start(rest[0], rest[1:])
                    time.sleep(0.5)
                elif what == "later":
                    later = rest[0]
                elif what == "fetch":
                    fetch = True
        return later, fetch, accomplices

    def fetch(self, names):
        done = self.run("device", [self.tool("target"), "fetch", names["cloud"], "80", "1000000",
                                   "-s", "8"])
        return json.loads(done.stdout) if done.returncode == 0 else None

    def attack(self, case, names, seconds):
        """Runs it for so many seconds and returns what was counted."""
        later, fetch, accomplices = self.prepare_far(case, names, seconds)
        innocent = []
        if fetch:
            innocent.append(self.fetch(names))
        # Counters outlast the shape, whose window is its own: a busy machine may start it late.
        if not later:
            counters = self.count(case.place, seconds + 60, names)
        asked = seconds + (4 if later else 0)
        shape = self.start(case.host, case.command(self, names, asked))
        for host, command in accomplices:
            time.sleep(1.5)  # an answer must not come before the question, however busy the machine
            self.start(host, command)
        if later:
            time.sleep(3)
            self.silence("victim") if later == "drop" else self.say_no()
            time.sleep(0.2)
            counters = self.count(case.place, seconds + 60, names)
        if fetch:
            time.sleep(seconds / 2)
            innocent.append(self.fetch(names))
        out, err = shape.communicate(timeout=seconds + 60)
        if case.via != "tool" and shape.returncode:
            raise Refused(err.strip())
        sent = None if case.via == "tool" else json.loads(out)
        return {"counts": [self.counted(c) for c in counters], "innocent": innocent, "sent": sent,
                "longer": max(0, sent["seconds"] - asked) if sent else 0}

    def counted(self, counter):
        time.sleep(0.1)
        counter.terminate()
        out, err = counter.communicate(timeout=30)
        if counter.returncode:
            raise Refused(err.strip())
        return json.loads(out)
