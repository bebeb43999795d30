# SPDX-License-Identifier: MIT
"""Runs `holdfast top` on a pseudo-terminal, ends it with a key or a signal, and looks whether it
drew and whether the terminal is as it was. Usage: pty_top.py HOLDFAST q|TERM|SEGV|... [REGEX...]

The pictures must show what each REGEX means, one after the other, in a window of 80 columns."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

ENTER, LEAVE = b"\033[?1049h", b"\033[?25h\033[?1049l"


def read_until(fd, want, seconds):
    out, end = b"", time.monotonic() + seconds
    while want not in out and time.monotonic() < end:
        if select.select([fd], [], [], 0.1)[0]:
            try:
                out += os.read(fd, 65536)
            except OSError:
                break
    return out


def read_regex(fd, had, want, seconds):
    """Reads on until the text, colours and moves of the cursor left out, has it; gives what is behind
    it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        text = re.sub(rb"\033\[[0-9;?]*[A-Za-z]", b"", had)
        found = re.search(want.encode(), text)
        if found:
            return text[found.end() :]
        if select.select([fd], [], [], 0.1)[0]:
            had += os.read(fd, 65536)
    raise AssertionError(f"{want} is not in {had}")


def main(program, how, *wanted):
    pid, fd = pty.fork()
    if pid == 0:
        time.sleep(0.2)  # until the size is set
        os.environ.update(TERM="xterm", LANG="C.UTF-8")
        os.execv(program, [program, "top", "--interval", "100ms"])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    before = termios.tcgetattr(fd)
    out = read_until(fd, b"budgets left", 10)
    seen = out
    for want in wanted:
        seen = read_regex(fd, seen, want, 20)
    during = termios.tcgetattr(fd)
    assert ENTER in out and b"budgets left" in out, out
    assert not during[3] & termios.ICANON, "keys come line by line"
    if how == "q":
        os.write(fd, b"hq")
    else:
        os.kill(pid, getattr(signal, "SIG" + how))
    out = read_until(fd, LEAVE, 10)
    after = termios.tcgetattr(fd)
    _, status = os.waitpid(pid, 0)
    assert LEAVE in out, out
    assert after[3] == before[3], "the terminal is not as it was"
    if how == "q":
        assert os.WEXITSTATUS(status) == 0 and not os.WIFSIGNALED(status), status
    else:
        assert os.WTERMSIG(status) == getattr(signal, "SIG" + how), status


main(*sys.argv[1:])
