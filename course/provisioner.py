"""Start a Jupyter kernel in the sandbox: for a person who wants to run a submission by hand.

Grading itself needs no kernel. But a teacher who opens a student's notebook runs what is in it;
with the kernel "Python (sandbox)" it runs where grading runs it. The provisioner is found by its
entry point, and named in the kernel's own ``kernel.json``: one named in a configuration file is
passed over in silence by some clients.
"""

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Enum, Unicode

from . import sandbox

KERNEL = {
    "argv": [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
    "display_name": "Python (sandbox)",
    "language": "python",
    "interrupt_mode": "message",  # a signal would go to bwrap, and end it
    "metadata": {"kernel_provisioner": {"provisioner_name": "workbook-sandbox"}},
}


class SandboxProvisioner(LocalProvisioner):
    """A kernel behind bubblewrap or a container; its sockets are files in a folder of its own."""

    way = Enum(["bubblewrap", "container"], "bubblewrap", help="What keeps the kernel apart.").tag(
        config=True
    )
    image = Unicode("nn-workbook", help="The image that a container is made of.").tag(config=True)
    _folder = None

    async def pre_launch(self, **kwargs):
        """Refuse to start without a sandbox; put the kernel's command inside it."""
        sandbox.check(self.way)
        manager = self.parent
        if self._folder is None:  # a restarted kernel has the same sockets: clients hold on to them
            self._folder = tempfile.mkdtemp(prefix="kernel-", dir=_short_folder())
        manager.transport = "ipc"
        manager.ip = str(Path(self._folder, "s"))
        manager.connection_file = str(Path(self._folder, "connection.json"))
        kwargs = await super().pre_launch(**kwargs)
        kwargs["cmd"] = self._shut_in(kwargs["cmd"])
        kwargs["env"] = {"PATH": os.environ.get("PATH", os.defpath)}  # nothing of the teacher's
        kwargs.pop("cwd", None)
        return kwargs

    def _shut_in(self, command):
        limits = sandbox.Limits()
        if self.way == "container":
            name = Path(self._folder).name
            return [
                *sandbox.container(self.image, name, limits, self._folder),
                "python",
                *command[1:],
            ]
        _, _, module, *arguments = command  # python -m module ...
        arguments = f"{module!r}, {arguments!r}, {vars(limits)!r}"
        code = sandbox.START.format(paths=[sandbox.INSIDE], module="limited", arguments=arguments)
        return [*sandbox.bubblewrap(shared=self._folder), sys.executable, "-s", "-c", code]

    async def cleanup(self, restart=False):
        """Remove the sockets."""
        await super().cleanup(restart=restart)
        if self._folder and not restart:
            shutil.rmtree(self._folder, ignore_errors=True)


def _short_folder():
    # A socket's path may have 107 characters.
    return os.environ.get("XDG_RUNTIME_DIR") or "/tmp"


def install(prefix=sys.prefix):
    """Make the kernel known to Jupyter.

    Returns
    -------
    str
        Where it was written.
    """
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "kernel.json").write_text(json.dumps(KERNEL, indent=1), encoding="utf-8")
        return KernelSpecManager().install_kernel_spec(folder, "python-sandbox", prefix=prefix)
