# SPDX-License-Identifier: MIT
"""The part of lab/demo in which the camera is broken into: the same intruder, the same holes, once with
the camera as root beside the guard, once with the camera under `holdfast run`."""
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys

HERE = os.path.dirname(os.path.realpath(__file__))
SCAN, FLOOD = 400, 20000

# step, for people; what it means when it worked: harm, the maker's own hole, or the device's work
STEPS = [
    ("injection", "a shell command behind a form's field", "harm"),
    ("overflow", "a name too long for the parser", "hole"),
    ("drop", "drops a program and runs it", "harm"),
    ("inject", "memory to write and execute", "harm"),
    ("persist", "stays after a reboot", "harm"),
    ("read", "reads another program's password", "harm"),
    ("kill", "ends another program", "harm"),
    ("guard", "takes the guard off", "harm"),
    ("sniff", "listens to the home", "harm"),
    ("scan", f"looks for the next device: {SCAN} strangers", "harm"),
    ("flood", f"floods a victim: {FLOOD:,} packets", "harm"),
    ("work", "the camera's own work", "work"),
]


class Refused(Exception):
    """The demo cannot go on."""


class Camera:
    """The camera in one of the two homes, a recorder beside it, and the break-in."""

    def __init__(self, home, sandboxed):
        self.home, self.lab, self.sandboxed = home, home.lab, sandboxed
        self.folder = f"/var/lib/{self.lab.name}"
        self.job = f"/etc/cron.d/{self.lab.name}"
        self.token, self.recorder, self.result = secrets.token_hex(8), None, {}

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self):
        if not self.home.guarded:
            self.lab.guard_on()
        os.makedirs(self.path("recorder"))
        os.makedirs("/etc/cron.d", exist_ok=True)
        shutil.copy(f"{self.home.opt.build}/lab/camera/holdfast-lab-camera", self.path("camera"))
        with open(self.path("recorder/password"), "w", encoding="ascii") as f:
            f.write(self.token + "\n")
        os.chmod(self.path("recorder/password"), 0o600)
        self.recorder = subprocess.Popen(["sleep", "600"])
        self.lab.start("device", self.command())
        env = self.home.env
        self.counters = [self.lab.start(host, [self.lab.tool("count"), "-i", "eth0", "-s", "60", words], wait_ready=True)
                         for host, words in (("world", f"m:dst={env['SILENT_NET4']}"), ("victim", f"m:dst={env['VICTIM_NET4']}"))]

    def command(self):
        if not self.sandboxed:
            return [self.path("camera"), "8080"]
        with open(self.path("camera.conf"), "w", encoding="ascii") as f:
            f.write(f"[program]\nname = camera\nexec = {self.path('camera')} 8080\nlog = none\n[allow]\nlisten = 8080/tcp\n")
        return ["env", f"HOLDFAST_RUN={self.path('run')}", self.home.opt.holdfast, "run", self.path("camera.conf")]

    def break_in(self):
        env = self.home.env
        facts = {"home": env["HOME4"], "port": 8080, "camera": self.path("camera"), "job": self.job,
                 "payload": f"{self.home.opt.build}/lab/camera/holdfast-lab-payload", "secret": self.path("recorder/password"),
                 "token": self.token, "recorder": self.recorder.pid, "holdfast": self.home.opt.holdfast, "pin": self.lab.pin,
                 "strangers": env["SILENT_NET4"].split("/")[0], "scan": SCAN, "victim": env["VICTIM4"], "flood": FLOOD}
        with open(self.path("facts.json"), "w", encoding="ascii") as f:
            json.dump(facts, f)
        done = self.lab.run("accomplice", [sys.executable, f"{HERE}/camera/intruder", self.path("facts.json")], timeout=60)
        for line in done.stdout.splitlines():
            step = json.loads(line)
            self.result[step["step"]] = step
        missing = [s for s, _, _ in STEPS if s not in self.result]
        if missing:
            raise Refused(f"the intruder got no further than {missing[0]}: {done.stderr.strip()[-200:]}")
        self.judge()

    def judge(self):
        """What the far ends have seen, and the recorder, is what counts."""
        for c in self.counters:
            c.send_signal(signal.SIGINT)
        reached, flooded = (json.loads(c.communicate(timeout=30)[0])["m"] for c in self.counters)
        step = self.result
        if step["scan"]["worked"] is None:
            n = reached["destinations"]
            step["scan"].update(worked=n > SCAN / 4, text=f"{n} strangers reached", value=n)
        if step["flood"]["worked"] is None:
            n = flooded["packets"]
            step["flood"].update(worked=n > FLOOD / 4, text=f"{n:,} packets arrive", value=n)
        step["kill"]["worked"] = self.recorder.poll() is not None

    def end(self):
        if self.recorder:
            self.recorder.kill()
            self.recorder.wait()
        self.lab.end_all()
        if not self.home.guarded:
            self.lab.guard_off()
        for f in (self.job,):
            if os.path.exists(f):
                os.unlink(f)
        shutil.rmtree(self.folder, ignore_errors=True)


def break_in(homes, both, screen):
    """Returns the steps, each with what came of it in the two homes."""
    screen.say()
    screen.say("Broken into: the same camera with the same holes, as root beside the guard, and under holdfast run", 1)
    screen.say(f"  {'the intruder':<42} {'as root':<38} holdfast run", 2)
    screen.progress("the cameras start")
    cameras = [Camera(h, h.guarded) for h in homes]
    try:
        both(cameras, "start")
        screen.progress("the intruder is at work")
        both(cameras, "break_in")
    finally:
        for c in cameras:
            c.end()
    steps = []
    for step, name, kind in STEPS:
        free, held = (c.result[step] for c in cameras)
        steps.append({"step": step, "name": name, "kind": kind, "without": free, "with": held})
        tell = lambda r: screen.paint(31 if r["worked"] == (kind != "work") else 32, f"{r['text']:<38}")  # noqa: E731
        screen.say(f"  {name:<42} {tell(free)} {tell(held)}")
    return steps


def failures(steps):
    """What Holdfast should have stopped, and what proves nothing because it fails without it as well."""
    out = []
    for s in steps:
        if s["kind"] == "harm" and s["with"]["worked"]:
            out.append(f"not stopped: {s['name']}")
        if s["kind"] != "work" and not s["without"]["worked"]:
            out.append(f"does not even work without: {s['name']}")
        if s["kind"] == "work" and not s["with"]["worked"]:
            out.append(f"broken: {s['name']}")
    return out
