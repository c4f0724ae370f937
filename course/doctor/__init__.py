"""``course doctor``: is everything here that building, grading and teaching need?

What students need too is looked at by `helpers.doctor`. Nothing else is imported before the check
that needs it: the doctor has to work where packages are missing.
"""

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

from helpers import doctor
from helpers.doctor import Finding

EXTRAS = ("staff",)
# `.grading` keeps about a megabyte of each submission: seven notebooks of a class of 300, and the
# full data sets.
ROOM = 2_500_000_000  # bytes
FOLDERS = ("source", "release", "submitted", "autograded", "feedback", ".grading", "data")
SEE = "see docs/teachers/doctor.md"  # where no one command mends it
COMMANDS = ("nbgrader", "jupyter", "alembic")  # nbgrader itself calls the last one


def run(course):
    """Make all checks and print what they find.

    Parameters
    ----------
    course : paths.Course

    Returns
    -------
    int
        0 if nothing is wrong, else 1.
    """
    checks = {
        "Python": doctor.python_version,
        "packages": lambda: doctor.packages(EXTRAS),
        "PyTorch": doctor.pytorch,
        "commands": commands,
        "entry points": entry_points,
        "kernel python3": doctor.kernel,
        "data": doctor.data,
        "PDF report": doctor.report,
        "disk": lambda: doctor.disk(ROOM, "a class of 300 and the full data sets"),
        "folders": lambda: doctor.folders(".", *FOLDERS),
        "sandbox": lambda: sandbox(course),
        "gradebook": lambda: _gradebook(course),
        "notebooks": lambda: notebooks(course),
    }
    return doctor.examine(checks, EXTRAS)


def commands():
    """Look whether the commands lie beside this Python, where nbgrader_config.py expects them."""
    here = Path(sys.executable).parent
    missing = [name for name in COMMANDS if not shutil.which(name, path=here)]
    if missing:
        mend = doctor.install(EXTRAS, "--force-reinstall")
        yield Finding("commands", f"{', '.join(missing)} not in {here}", mend)
    else:
        yield Finding("commands", f"{', '.join(COMMANDS)} lie beside Python")


def entry_points():
    """Look whether Jupyter finds the report and the sandbox for kernels."""
    for group, name, what in (
        ("nbconvert.exporters", "report", "Report in JupyterLab's menu"),
        ("jupyter_client.kernel_provisioners", "workbook-sandbox", "sandbox for kernels"),
    ):
        yield from doctor.entry_point(group, name, what, EXTRAS)


def sandbox(course):
    """Open the sandbox that nbgrader_config.py asks for."""
    from .. import nbgrader_calls, nbgrader_steps
    from .. import sandbox as sandboxes

    settings = nbgrader_calls.config(course)
    way = nbgrader_steps.Execute(config=settings).sandbox
    if way == "none":
        told = "switched off: student code can do whatever you can"
        yield Finding("sandbox", told, "delete `c.Execute.sandbox` from nbgrader_config.py")
        return
    try:
        sandboxes.check(way)
    except sandboxes.Unavailable as missing:
        remedy = re.search("`(.+?)`", str(missing))
        yield Finding("sandbox", str(missing), remedy[1] if remedy else SEE)
        return
    command = _inside(way)
    tried = subprocess.run(command, capture_output=True, text=True)
    if tried.returncode != 0:
        told = doctor.one_line(f"{way}: `{shlex.join(command[-4:])}` fails: {tried.stderr}")
        yield Finding("sandbox", told, SEE)
    else:
        yield Finding("sandbox", f"{way} opens one, and Python runs in it")


def _inside(way):
    """Return a command that runs NumPy in a sandbox."""
    from .. import container
    from .. import sandbox as sandboxes

    numpy = ["-s", "-c", "import numpy"]
    if way == "bubblewrap":
        return [*sandboxes.bubblewrap(), sys.executable, *numpy]
    image, limits = container.Containers().image, sandboxes.Limits()
    return [*sandboxes.container(image, "grading-doctor", limits), "python", *numpy]


def _gradebook(course):
    from .gradebook import gradebook  # brings nbgrader

    return gradebook(course)


def notebooks(course):
    """Compare the derived notebooks with their texts."""
    from .. import build

    problems = build.check(course)
    if problems:
        yield Finding("notebooks", "; ".join(problems), doctor.python("-m", "course", "build"))
    else:
        yield Finding("notebooks", "they are what their texts say")
