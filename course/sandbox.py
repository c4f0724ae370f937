"""Where student code runs: what it sees, what it may use, and how it is started.

bubblewrap makes a world without network, users, home or host folders; in it stand, read-only,
Python, its packages, `helpers` and the embedded data. Where it cannot work a container command
can, and a run without either only if the teacher says so.
"""

import functools
import os
import shutil
import site
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

from .errors import CourseError
from .inside import SCRATCH, WRITABLE
from .paths import HERE

WAYS = ("bubblewrap", "container", "none")
IMPORTS = (
    "numpy",
    "numpy.testing",
    "matplotlib.pyplot",
    "ipywidgets",
    "tqdm",
    "helpers.check",
    "helpers.data",
    "helpers.fast_layers",
    "helpers.gradcheck",
    "helpers.lab",
    "helpers.notebook",
    "helpers.plots",
    "helpers.solver",
)
# Not with -I, which passes over PYTHONHASHSEED too; the variables are ours. The first place to
# import from is that of the code in hand, a folder that student code may write to.
START = (
    "import sys; sys.path[:1] = {paths!r}; from inside import {module} as m; m.main({arguments})"
)
FONTS = "/tmp/matplotlib"
INSIDE = "/workbook"  # where the sandbox shows helpers, data and the code that runs cells


class Unavailable(CourseError):
    """Student code cannot be run safely here; the text says why, and what to do."""


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Parameters
    ----------
    cell_seconds : float
        Time for a cell; a cell after one that used it up gets ``patience`` seconds.
    patience : float
    memory : int
        Bytes of all processes together.
    address_space : int
        Bytes of each process, so that one great array fails alone, as a MemoryError.
    processes : int
        And threads, all together.
    disk : int
        Bytes that can be written in each of three places; they are memory too.
    seconds : int
        CPU time of each process.
    output : int
        Bytes that all cells together may show.
    notebook_seconds : float
        Time after which no further cell begins.
    """

    cell_seconds: float = 30.0
    patience: float = 1.0
    memory: int = 3 << 30
    address_space: int = 8 << 30
    processes: int = 64
    disk: int = 256 << 20
    seconds: int = 600
    output: int = 64 << 20
    notebook_seconds: float = 900.0


def environment():
    """Return the environment variables of student code; nothing of the teacher's own is in it."""
    # A class is graded on the embedded data, so that a grade does not depend on what happens to
    # be downloaded; and with one BLAS thread: two workers with two each are slower, not faster.
    threads = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return {
        **dict.fromkeys(threads, "1"),
        "HOME": "/scratch",
        "LANG": "C.UTF-8",
        "MPLCONFIGDIR": FONTS,
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONHASHSEED": "0",
        "TZ": "UTC",
        "USER": "student",
        "WORKBOOK_DATA": f"{INSIDE}/data",
        "WORKBOOK_DATA_SET": "embedded",
    }


def bubblewrap(rights=(), shared=None):
    """Return the command that opens a sandbox; what is to run in it comes behind.

    Parameters
    ----------
    rights : sequence of str
        Capabilities, inside the sandbox's own user namespace, that its first process keeps.
    shared : str, optional
        A folder that both sides may write to.
    """
    command = ["bwrap", "--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534"]
    command += ["--as-pid-1", "--die-with-parent", "--new-session", "--hostname", "grading"]
    command += ["--cap-drop", "ALL"]
    for right in rights:
        command += ["--cap-add", right]
    command += ["--clearenv"]
    for name, value in environment().items():
        command += ["--setenv", name, value]
    command += ["--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", "--tmpfs", "/scratch"]
    for source, target in _shown():
        command += ["--ro-bind", str(source), str(target)]
    for link in ("/bin", "/sbin", "/lib", "/lib32", "/lib64"):
        if os.path.islink(link):
            command += ["--symlink", os.readlink(link), link]
        elif os.path.isdir(link):
            command += ["--ro-bind", link, link]
    if shared:
        command += ["--bind", shared, shared]
    return [*command, "--chdir", "/scratch", "--remount-ro", "/dev", "--remount-ro", "/"]


def container(image, name, limits, shared=None):
    """Return the command that does the same with Docker or Podman.

    Parameters
    ----------
    image : str
        With this package installed; ``docs/grading.md`` says how to make one.
    name : str
        Of the container, by which it can be ended.
    limits : Limits
    shared : str, optional
        As in `bubblewrap`.
    """
    command = [engine(), "run", "--rm", "--interactive", "--name", name, "--network", "none"]
    command += ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
    command += ["--user", "65534:65534", "--memory", str(limits.memory)]
    command += ["--memory-swap", str(limits.memory), "--pids-limit", str(limits.processes)]
    for folder in ("/scratch", "/tmp"):
        command += ["--tmpfs", f"{folder}:size={limits.disk},mode=1777"]
    command += ["--workdir", "/scratch"]
    for variable, value in environment().items():
        if variable not in ("PATH", "WORKBOOK_DATA", "MPLCONFIGDIR"):  # the image has its own
            command += ["--env", f"{variable}={value}"]
    if shared:
        command += ["--volume", f"{shared}:{shared}"]
    return [*command, image]


def engine():
    """Return the container command of this machine.

    Raises
    ------
    Unavailable
        If there is none.
    """
    for name in ("podman", "docker"):
        if shutil.which(name):
            return name
    raise Unavailable("neither podman nor docker is installed: `apt install podman`")


def _shown():
    """Return what the sandbox shows of this machine: (path here, path there)."""
    for path in ("/usr", "/etc/ld.so.cache", "/etc/fonts", "/etc/localtime", "/etc/alternatives"):
        if os.path.exists(path):
            yield path, path
    pythons = {Path(path).resolve() for path in (sys.base_prefix, sys.prefix)}
    pythons |= {Path(path).resolve() for path in site.getsitepackages() if os.path.isdir(path)}
    for path in sorted(pythons):
        if not path.is_relative_to("/usr") and pythons.isdisjoint(path.parents):
            yield path, path
    yield HERE / "helpers", f"{INSIDE}/helpers"
    yield HERE / "course" / "inside", f"{INSIDE}/inside"
    data = HERE / "data"
    for path in [*data.glob("*.npz"), data / "registry.txt", data / "cache"]:
        if path.exists():
            yield path, f"{INSIDE}/data/{path.name}"
    yield font_list(), f"{FONTS}/{font_list().name}"


@functools.cache
def kept():
    """Return what of Python lies where a submission gets fresh memory: somebody installed there."""
    return [
        str(target)
        for _, target in _shown()
        if any(Path(target).is_relative_to(folder) for folder in (*WRITABLE, SCRATCH))
        and Path(target).parent != Path(FONTS)
    ]


def font_list():
    """Return Matplotlib's list of fonts; making it takes a minute, so it is made once."""
    home = os.environ.get("MPLCONFIGDIR") or Path(
        os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "matplotlib"
    )
    found = sorted(Path(home).glob("fontlist-v*.json"))
    if not found:
        code = "import matplotlib.font_manager as f, matplotlib as m; print(m.get_cachedir())"
        made = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        found = sorted(Path(made.stdout.strip()).glob("fontlist-v*.json"))
    return found[-1]


def check(way="bubblewrap"):
    """Make sure that a sandbox can be opened here.

    Raises
    ------
    Unavailable
        With the remedy.
    """
    if way == "none":
        warnings.warn(
            "student code runs WITHOUT a sandbox: it can read and change whatever you can",
            stacklevel=2,
        )
        return
    if way == "container":
        tried = subprocess.run([engine(), "info"], capture_output=True, text=True)
        if tried.returncode != 0:
            raise Unavailable(f"{engine()} does not run: {tried.stderr.strip()[-500:]}")
        return
    if (HERE / "source").is_dir():
        hide(HERE)
    if not shutil.which("bwrap"):
        raise Unavailable(
            "bubblewrap is missing, and student code does not run outside a sandbox: "
            "`apt install bubblewrap` (or dnf, pacman), or set Execute.sandbox to 'container'"
        )
    tried = subprocess.run([*bubblewrap(), "/usr/bin/true"], capture_output=True, text=True)
    if tried.returncode != 0:
        raise Unavailable(f"bubblewrap cannot open a sandbox: {tried.stderr.strip()}{remedy()}")


def hide(folder):
    """Make sure that the sandbox does not show a folder.

    Raises
    ------
    Unavailable
        If it lies in what is shown of this machine: its solutions and grades would be in sight.
    """
    place = os.path.realpath(folder)
    for path in (os.path.realpath(path) for path, _ in _shown()):
        if os.path.commonpath([place, path]) == path:
            raise Unavailable(
                f"{folder} lies in {path}, which student code sees: move it elsewhere"
            )


def is_available():
    """Tell whether bubblewrap can open a sandbox here."""
    try:
        check()
    except Unavailable:
        return False
    return True


def remedy():
    switch = Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
    if switch.exists() and switch.read_text().strip() == "1":
        return (
            "; AppArmor forbids user namespaces here: `sudo sysctl -w "
            "kernel.apparmor_restrict_unprivileged_userns=0`, or give bwrap a profile that has "
            "`userns`, or set Execute.sandbox to 'container'"
        )
    limit = Path("/proc/sys/user/max_user_namespaces")
    if limit.exists() and limit.read_text().strip() == "0":
        return "; user namespaces are switched off: `sudo sysctl -w user.max_user_namespaces=15000`"
    return "; inside a container, start it with --security-opt seccomp=unconfined, or grade outside"
