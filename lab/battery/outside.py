# SPDX-License-Identifier: MIT
"""What lies outside the sandboxes for the battery to reach: secrets, processes, sockets, descriptors,
a terminal. Whoever is reached says so here; the battery's word is not needed for it."""
import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import termios
import threading
import time
import fcntl

PYTHON = "/usr/bin/python3"  # which any uid may run
MATE, STRANGER = 61001, 61002  # the uid of the sandboxed program, and that of another

libc = ctypes.CDLL(None, use_errno=True)

# Which signal means which attack (signal.c).
SIGNALS = {signal.SIGUSR1: "signal-kill", signal.SIGUSR2: "signal-tgkill", signal.SIGHUP: "signal-queue",
           signal.SIGWINCH: "signal-pidfd", signal.SIGURG: "signal-owner"}
ROOT_SIGNAL = "signal-root"

SLEEPER = """
import os, signal, sys
out = open(sys.argv[1], "a", buffering=1)
keep = open(sys.argv[2])
for s in (signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP, signal.SIGWINCH, signal.SIGURG):
    signal.signal(s, lambda n, _: out.write(f"{n}\\n"))
out.write("ready\\n")
while True:
    signal.pause()
"""


class World:
    """Everything outside; use with `with`."""

    def __init__(self, programs):
        self.secret = "HFSECRET-" + secrets.token_hex(12)
        self.base = f"/var/lib/hf-battery-{os.getpid()}"
        self.bin = f"/opt/hf-battery-{os.getpid()}"
        self.segment = -1
        self.programs, self.running, self.listeners = programs, [], []

    def path(self, *parts):
        return os.path.join(self.base, *parts)

    def plant(self, name, uid, mode):
        with open(self.path(name), "w", encoding="ascii") as f:
            f.write(self.secret + "\n")
        os.chmod(self.path(name), mode)
        os.chown(self.path(name), uid, uid)

    def folder(self, name, uid=0, mode=0o755):
        os.makedirs(self.path(name), exist_ok=True)
        os.chown(self.path(name), uid, uid)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def __enter__(self):
        try:
            self.build()
        except BaseException:
            self.__exit__()
            raise
        return self

    def build(self):
        os.makedirs(self.base)
        os.chmod(self.base, 0o755)
        os.makedirs(self.bin)
        for name in ("run", "other"):
            self.folder(name)
        self.folder("home", MATE)
        self.folder("heard", 0, 0o777)
        for name, file in self.programs.items():
            shutil.copy(file, f"{self.bin}/{name}")
            os.chmod(f"{self.bin}/{name}", 0o755)
        self.plant("other/secret", STRANGER, 0o600)
        self.plant("other/readable", STRANGER, 0o644)
        self.plant("run/state", 0, 0o644)
        with open(self.path("passwd"), "w", encoding="ascii") as f:
            f.write(open("/etc/passwd", encoding="utf-8").read())
            f.write(f"hfbattery:x:{MATE}:{MATE}::{self.path('home')}:/bin/sh\n")
        self.listen("abstract", "\0hf-battery-" + str(os.getpid()))
        self.listen("named", self.path("socket"))
        os.chmod(self.path("socket"), 0o666)
        self.share()
        self.mate = self.sleeper("mate", MATE)
        self.stranger = self.sleeper("stranger", STRANGER)

    def __exit__(self, *_):
        for p in self.running:
            p.kill()
            p.wait()
        for s in self.listeners:
            s.close()
        if self.segment >= 0:
            libc.shmctl(self.segment, 0, None)  # IPC_RMID
            os.unlink(f"/dev/shm/hf-battery-{self.key}")
        for folder in (self.base, self.bin):
            shutil.rmtree(folder, ignore_errors=True)

    def listen(self, kind, name):
        s = socket.socket(socket.AF_UNIX)
        s.bind(name)
        s.listen(8)
        self.listeners.append(s)

        def greet():
            while True:
                try:
                    c, _ = s.accept()
                except OSError:
                    return
                c.sendall(self.secret.encode())
                c.close()
        threading.Thread(target=greet, daemon=True).start()

    def sleeper(self, name, uid):
        """A program that is not the sandboxed one: secrets in its arguments, its environment and a file that it
        has open; notes each signal."""
        heard = self.path("heard", name)
        p = subprocess.Popen([PYTHON, "-c", SLEEPER, heard, self.path("other/readable"), self.secret],
                             env={"PATH": os.environ["PATH"], "TOKEN": self.secret}, cwd=self.base, user=uid, group=uid,
                             extra_groups=[], start_new_session=True)
        self.running.append(p)
        for _ in range(200):
            if os.path.exists(heard) and "ready" in open(heard, encoding="ascii").read():
                return p.pid
            time.sleep(0.02)
        raise OSError("the process outside did not start")

    def share(self):
        """A SysV segment and a file of /dev/shm that anybody on the machine may read."""
        self.key = 0x48460000 | os.getpid() & 0xffff
        libc.shmat.restype = ctypes.c_void_p
        self.segment = libc.shmget(self.key, 64, 0o1666)  # IPC_CREAT
        at = libc.shmat(self.segment, None, 0)
        ctypes.memmove(at, self.secret.encode(), len(self.secret))
        libc.shmdt(ctypes.c_void_p(at))
        with open(f"/dev/shm/hf-battery-{self.key}", "w", encoding="ascii") as f:
            f.write(self.secret)

    def outlived(self):
        """Is a process of the program still there, although the program has ended?"""
        time.sleep(0.5)  # for a sandbox to be taken down
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/comm", encoding="utf-8", errors="replace") as f:
                    if f.read().strip() == "hf-outlives":
                        return True
            except OSError:
                pass  # it has ended meanwhile
        return False

    def heard(self):
        """The attacks whose signals have come since the last call."""
        time.sleep(0.1)
        got = set()
        for name in ("mate", "stranger"):
            with open(self.path("heard", name), encoding="ascii") as f:
                numbers = [int(x) for x in f.read().split() if x.isdigit()]
            if name == "mate":
                got |= {SIGNALS[n] for n in numbers if n in SIGNALS}
            elif signal.SIGUSR1 in numbers:
                got.add(ROOT_SIGNAL)
            os.truncate(self.path("heard", name), 0)
        return got

    def facts(self, launcher="", state=""):
        words = ["--secret", self.path("other/secret"), "--readable", self.path("other/readable"),
                 "--abstract", f"hf-battery-{os.getpid()}", "--socket", self.path("socket"),
                 "--run", self.path("run"), "--key", str(self.key), "--mate", str(self.mate), "--stranger", str(self.stranger)]
        if launcher:
            words += ["--launcher", launcher]
        if state:
            words += ["--state", state]
        return words

    def run(self, command, env, timeout):
        """Runs it with a terminal as descriptor 0 and descriptors left open. Returns its output."""
        master, slave = os.openpty()
        left = [os.open("/", os.O_RDONLY), os.open(self.path("other/readable"), os.O_RDONLY), os.eventfd(0)]
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        left.append(udp.fileno())

        def start():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        try:
            p = subprocess.Popen(command, stdin=slave, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=left,
                                 preexec_fn=start, cwd="/", text=True, errors="replace",
                                 env={**env, "SECRET": self.secret, "LD_LIBRARY_PATH": "/nonexistent"})
            drain = threading.Thread(target=self.drain, args=(master,), daemon=True)
            drain.start()
            try:
                out, err = p.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                os.killpg(p.pid, signal.SIGKILL)
                out, err = p.communicate()
            return out, err, p.returncode
        finally:
            for fd in left[:3] + [slave]:
                os.close(fd)
            udp.close()
            try:
                os.close(master)
            except OSError:
                pass

    @staticmethod
    def drain(fd):
        try:
            while os.read(fd, 4096):
                pass
        except OSError:
            pass
