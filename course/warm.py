"""The warm interpreter, seen from outside: start it in its sandbox, ask it for runners, end it."""

import asyncio
import json
import os
import socket
import sys
import tempfile
import warnings

from .paths import HERE
from .sandbox import (
    IMPORTS,
    INSIDE,
    START,
    Unavailable,
    bubblewrap,
    environment,
    font_list,
    kept,
    remedy,
)


class Zygote:
    """A warm interpreter in a sandbox; each submission runs in a fork of it, sealed off again.

    Parameters
    ----------
    way : str
        "bubblewrap" or "none".
    """

    def __init__(self, way="bubblewrap", imports=IMPORTS):
        self.way, self.imports = way, imports
        self.process, self.lost, self.folder = None, False, None

    async def start(self):
        """Start it and wait until it is ready.

        Raises
        ------
        Unavailable
            If it does not come up, with what it said.
        """
        if self.way == "none":
            self.folder = tempfile.TemporaryDirectory(prefix="grading-", ignore_cleanup_errors=True)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        options = {"apart": self.way == "bubblewrap", "imports": list(self.imports)}
        command, variables = self._command(theirs.fileno(), options)
        ours.setblocking(False)
        self.control = ours
        with theirs:
            self.process = await asyncio.create_subprocess_exec(
                *command,
                pass_fds=[theirs.fileno()],
                env=variables,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
        answer = await asyncio.get_running_loop().sock_recv(ours, 4096)
        if not answer:
            said = (await self.process.stderr.read()).decode(errors="replace").strip()
            await self.process.wait()
            raise Unavailable(f"the sandbox did not start: {said[-2000:]}{remedy()}")
        if (threads := json.loads(answer)["threads"]) != 1:
            warnings.warn(
                f"the warm interpreter has {threads} threads, forks get one", stacklevel=2
            )

    def _command(self, control, options):
        if self.way == "bubblewrap":
            paths = [INSIDE]
            command = bubblewrap(["CAP_SYS_ADMIN", "CAP_SYS_RESOURCE"])
            variables = {"PATH": os.environ.get("PATH", os.defpath)}
        else:
            paths, command = [str(HERE), str(HERE / "course")], []
            variables = {**environment(), "WORKBOOK_DATA": str(HERE / "data")}
            variables["MPLCONFIGDIR"] = str(font_list().parent)
        code = START.format(paths=paths, module="zygote", arguments=f"{control}, {options!r}")
        return [*command, sys.executable, "-s", "-c", code], variables

    @property
    def alive(self):
        return self.process is not None and self.process.returncode is None and not self.lost

    def fork(self, limits):
        """Ask for a runner.

        Returns
        -------
        stream, leash : socket
            Conversation with the runner; hold on it: closing the leash ends the runner.
        """
        stream, theirs = socket.socketpair()
        leash, held = socket.socketpair()
        folder = tempfile.mkdtemp(dir=self.folder.name) if self.folder else ""
        message = json.dumps({**vars(limits), "folder": folder, "kept": kept()}).encode()
        try:
            socket.send_fds(self.control, [message], [theirs.fileno(), held.fileno()])
        except OSError:  # it has been ended from outside, and may not be known to have ended yet
            self.lost = True
            stream.close()
            leash.close()
            raise
        finally:
            theirs.close()
            held.close()
        return stream, leash

    async def stop(self):
        """End it and everything that runs in it."""
        if self.control:
            self.control.close()
        if self.process is None:
            return
        if self.process.returncode is None:
            self.process.kill()
        await self.process.wait()
        self.process = self.control = None
        if self.folder:
            self.folder.cleanup()
