"""Run each submission in a container of its own, where bubblewrap cannot work.

Slower: every container starts its own interpreter. The rest is the same, for it has the same face
as `warm.Zygote`.
"""

import contextlib
import json
import os
import secrets
import select
import socket
import subprocess
import threading

from . import sandbox

TICK = 0.05  # seconds
START = (
    "import sys; del sys.path[0]; "  # the folder that student code may write to
    "from course.inside import alone; alone.main({limits!r}, {imports!r})"
)


class Containers:
    """Docker or Podman, asked for one container after another."""

    alive = True

    def __init__(self, image=None, imports=sandbox.IMPORTS):
        self.image = image or os.environ.get("WORKBOOK_IMAGE", "nn-workbook")
        self.imports = imports

    async def start(self):
        """Do nothing: there is nothing to warm."""

    def fork(self, limits):
        """Start a container; see `warm.Zygote.fork`."""
        stream, theirs = socket.socketpair()
        leash, held = socket.socketpair()
        name = f"grading-{secrets.token_hex(6)}"
        code = START.format(limits=vars(limits), imports=list(self.imports))
        command = sandbox.container(self.image, name, limits)
        with theirs:
            process = subprocess.Popen(
                [*command, "python", "-s", "-c", code],
                stdin=theirs,
                stdout=theirs,
                stderr=subprocess.DEVNULL,
            )
        threading.Thread(target=_keep, args=(process, held, name), daemon=True).start()
        return stream, leash

    async def stop(self):
        """Do nothing: each container ends with its submission."""


def _keep(process, leash, name):
    """Hold one container on its leash; tell how it ended."""
    while process.poll() is None:
        if not select.select([leash], [], [], TICK)[0]:
            continue
        if leash.recv(1) != b"i":
            break
        subprocess.run([sandbox.engine(), "kill", "--signal", "INT", name], capture_output=True)
        leash.send(b"a")  # see zygote.keep
    if process.poll() is None:
        subprocess.run([sandbox.engine(), "kill", name], capture_output=True)
    code = process.wait()
    report = {
        "why": "",
        "problem": "",
        "exit": 128 - code if code > 128 else code,  # an engine's way to tell a signal
        "cpu": 0.0,
        "memory": 0,
    }
    with leash, contextlib.suppress(OSError):
        leash.send(json.dumps(report).encode() + b"\n")
