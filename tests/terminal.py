"""Running the command line with standard error on a terminal."""

import os
import pty
import subprocess
import sys


def run_on_terminal(*words):
    """Return what a command wrote to standard output, and what the terminal showed."""
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "emlir.cli.main", *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=follower, env={**os.environ, "TERM": "xterm"}
    ) as process:
        os.close(follower)
        out = process.stdout.read()
    shown = b"".join(_pieces(leader))
    os.close(leader)
    return out.decode(), shown.decode()


def _pieces(leader):
    while True:
        try:
            piece = os.read(leader, 1 << 16)
        except OSError:  # the other end is closed
            return
        if not piece:
            return
        yield piece
