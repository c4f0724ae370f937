"""Python, its kernel, the disk and the folders."""

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from .findings import ROOT, Finding, command, install, one_line, python

LEAST = (3, 10)  # as pyproject.toml has it
SECONDS = 60  # for a kernel to start, on a slow disk for the first time; it takes one or two
# CIFAR-10 as an archive and unpacked, MNIST, and the cache of the embedded sets.
DOWNLOADS = 400_000_000  # bytes
SPARE = ("data/cache", "data/cifar-10-python.tar.gz", ".grading")  # made again when needed
OWN = ROOT / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
LOOK_ROUND = "import sys, helpers; print(sys.prefix, helpers.__path__[0], sep='\\n')"


def python_version():
    """Look at the Python that runs this, on which all that follows stands."""
    found = f"{'.'.join(map(str, sys.version_info[:3]))} ({python()})"
    least = ".".join(map(str, LEAST))
    if sys.version_info < LEAST:
        told = f"{found} is too old, {least} or newer is needed"
        yield Finding("Python", told, f"python{least} -m venv --clear .venv")
    elif OWN.exists() and not OWN.parents[1].samefile(sys.prefix):
        own = OWN.relative_to(ROOT)
        yield Finding("Python", f"{found} is not {own}", command(own, *sys.orig_argv[1:]))
    elif not OWN.exists() and find_spec("packaging") is None:
        told = f"{found} has none of the packages, and there is no .venv yet"
        yield Finding("Python", told, python("-m", "venv", ".venv"))
    else:
        yield Finding("Python", found)


def kernel():
    """Start the kernel that notebooks ask for, and ask it which Python and which helpers it has."""
    register = python("-m", "ipykernel", "install", "--sys-prefix")
    try:
        status, said = _ask_kernel(LOOK_ROUND)
    except ImportError:
        raise  # what starts kernels is missing, which is no fault of the kernel
    except Exception as error:
        told = f"it does not start ({type(error).__name__}: {error})"
        yield Finding("kernel python3", one_line(told), register)
        return
    if status != "ok":
        yield Finding("kernel python3", "it cannot import helpers", install())
        return
    prefix, helpers = (Path(line) for line in said.splitlines())
    if prefix.resolve() != Path(sys.prefix).resolve():
        yield Finding("kernel python3", f"it is that of another Python, {prefix}", register)
    elif helpers.resolve() != ROOT / "helpers":
        yield Finding("kernel python3", f"it has other helpers, {helpers}", install())
    else:
        yield Finding("kernel python3", "it starts, with this Python and these helpers")


def _ask_kernel(code):
    """Run code in a kernel of its own, and return the status and what was printed."""
    from jupyter_client.manager import start_new_kernel

    said = []
    with tempfile.TemporaryDirectory() as folder:  # not here, where helpers is found anyway
        manager, client = start_new_kernel(
            SECONDS, "python3", cwd=folder, stderr=subprocess.DEVNULL
        )
        try:
            reply = client.execute_interactive(
                code,
                timeout=SECONDS,
                output_hook=lambda message: said.append(message["content"].get("text", "")),
            )
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
    return reply["content"]["status"], "".join(said)


def disk(needed=DOWNLOADS, what="the full data sets"):
    """Look whether there is room on the disk.

    Parameters
    ----------
    needed : int
        Bytes.
    what : str
        For what.
    """
    free = shutil.disk_usage(ROOT).free
    told = f"{free / 1e9:.1f} GB free"
    if free >= needed:
        yield Finding("disk", told)
        return
    spare = [name for name in SPARE if (ROOT / name).exists()]
    mend = f"make {(needed - free) / 1e9:.1f} GB of room"
    if spare:
        mend += f"; these may be deleted at any time: {', '.join(spare)}"
    yield Finding("disk", f"{told}, {what} need {needed / 1e9:.1f} GB", mend)


def folders(*names):
    """Look whether folders can be written to.

    Parameters
    ----------
    *names : str
        Their paths in the workbook's folder; one that does not exist is passed over.
    """
    closed = []
    for folder in filter(Path.is_dir, (ROOT / name for name in names)):
        try:
            with tempfile.TemporaryFile(dir=folder):
                pass
        except OSError as error:
            closed.append((folder, error.strerror))
    for folder, reason in closed:
        yield Finding("folders", f"{folder} cannot be written to ({reason})", _opening(folder))
    if not closed:
        yield Finding("folders", "they can be written to")


def _opening(folder):
    if os.name == "nt":
        return command(
            "icacls", folder, "/grant", f"{os.environ.get('USERNAME', 'NAME')}:(OI)(CI)M", "/T"
        )
    if folder.stat().st_uid == os.getuid():
        return command("chmod", "-R", "u+w", folder)
    return command("sudo", "chown", "-R", str(os.getuid()), folder)
