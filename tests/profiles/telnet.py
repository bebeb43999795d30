# SPDX-License-Identifier: MIT
# Logs in over telnet, runs one line in the shell, prints what it says. Usage: telnet.py PORT PASSWORD LINE
# Ends with 3 when it is not let in.
import socket
import sys
import time

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
BEGIN, END = "--it-begins--", "--that-was-it--"
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
s.settimeout(10)
text = ""
rest = b""


def receive():
    """Everything that the server offers or asks for is declined."""
    global rest, text
    data = s.recv(4096)
    if not data:
        raise EOFError
    rest += data
    while IAC in rest or rest:
        at = rest.find(IAC)
        text += rest[:at if at >= 0 else None].decode(errors="replace")
        rest = rest[at:] if at >= 0 else b""
        if len(rest) < 2 or (rest[1] in (DO, DONT, WILL, WONT) and len(rest) < 3):
            return
        if rest[1] == SB:
            end = rest.find(bytes([IAC, SE]))
            if end < 0:
                return
            rest = rest[end + 2:]
        elif rest[1] in (DO, WILL):
            s.sendall(bytes([IAC, WONT if rest[1] == DO else DONT, rest[2]]))
            rest = rest[3:]
        else:
            rest = rest[3 if rest[1] in (DONT, WONT) else 2:]


def until(words, within):
    end = time.monotonic() + within
    while not any(w in text for w in words):
        if time.monotonic() > end:
            sys.exit("no %s in %r" % (words, text))
        receive()


try:
    until(["password: "], 10)
    text = ""
    s.sendall(sys.argv[2].encode() + b"\r\n")
    until(["$ ", "password: "], 10)
    if "password: " in text:
        sys.exit(3)
    text = ""
    # The line is echoed: what it prints is between the marks, of which only the printed ones are whole.
    s.sendall(b"echo --it-''begins--; %s; echo --that-''was-it--\r\n" % sys.argv[3].encode())
    until([END], 30)
    s.sendall(b"exit\r\n")  # not before: telnetd drops what a shell that has ended said last
except (EOFError, socket.timeout, ConnectionError) as e:
    sys.exit("%s after %r" % (type(e).__name__, text))
print(text.split(END)[0].split(BEGIN)[1].replace("\r", "").strip("\n"))
