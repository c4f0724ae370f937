"""The file to hand in, and what it says of itself."""

import contextlib
import datetime
import hashlib
import importlib.metadata
import io
import json
import platform
import sys
import zipfile

from ..check_view import MARKS, Progress
from ..data.sets import present
from ..handin import (
    AS_SAVED,
    FORM,
    LARGEST_FILES,
    LARGEST_NOTEBOOK,
    MOST_FILES,
    RECEIPT,
    is_other_file,
)
from ..record import NOT_ATTEMPTED, PASSED
from .notebooks import CannotHandIn
from .standing import ANSWERED, EMPTY

PACKAGES = ("ipykernel", "jupyterlab", "matplotlib", "numpy", "torch")


def members(notebook, beside=()):
    """Return what is handed in, by name: the notebook, as it was if it was repaired, other files.

    Raises
    ------
    CannotHandIn
        If something of it is larger than grading takes, or has a name that it does not take.
    """
    if len(beside) > MOST_FILES or sum(path.stat().st_size for path in beside) > LARGEST_FILES:
        raise CannotHandIn(
            f"at most {MOST_FILES} files and {LARGEST_FILES / 1e6:.0f} MB are handed in with a "
            "notebook; leave some out"
        )
    if len(notebook.data) > LARGEST_NOTEBOOK:
        raise CannotHandIn(
            f"{notebook.path} has more than {LARGEST_NOTEBOOK / 1e6:g} MB; clear long outputs in "
            "Jupyter and save it"
        )
    found = {f"{notebook.released.name}.ipynb": notebook.data}
    if notebook.repaired:
        found[AS_SAVED] = notebook.saved
    for path in beside:
        if not is_other_file(path.name) or path.name in found:
            raise CannotHandIn(
                f"{path}: a file beside the notebook has a name of its own, of letters, digits, "
                "spaces and . _ - only, and is no notebook; rename it"
            )
        found[path.name] = path.read_bytes()
    return found


def receipt(notebook, student, files, run, todos, answers, warnings, now=None):
    """Return the receipt of a hand-in.

    Parameters
    ----------
    notebook : notebooks.Notebook
    student : str
    files : dict of str to bytes
        From `members`.
    run : bool
        Whether the checks ran afresh; else their state is that of the saved file.
    todos : dict of str to Record
    answers : dict of str to str
    warnings : list of str
    now : datetime, optional

    Returns
    -------
    dict
        Plain JSON.
    """
    now = now or datetime.datetime.now(datetime.timezone.utc).astimezone()
    return {
        "form": FORM,
        "assignment": notebook.released.name,
        "student": student,
        "time": now.isoformat(timespec="seconds"),
        "files": {name: _hash(data) for name, data in files.items()},
        "released": _hash(notebook.released.data),
        "run": run,
        "todos": {name: record.to_json() for name, record in todos.items()},
        "answers": answers,
        "repaired": notebook.repaired,
        "warnings": warnings,
        "environment": _environment(),
    }


def _hash(data):
    return hashlib.sha256(data).hexdigest()


def _environment():
    versions = {}
    for name in (*PACKAGES, "nn-workbook"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[name] = importlib.metadata.version(name)
    return {
        "python": sys.version.split()[0],
        "platform": platform.platform(),
        "packages": versions,
        "data": present(),
    }


def pack(files, told):
    """Return the zip to hand in; the same content gives the same bytes.

    Parameters
    ----------
    files : dict of str to bytes
    told : dict
        From `receipt`.
    """
    stream = io.BytesIO()
    text = json.dumps(told, indent=1) + "\n"
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {**files, RECEIPT: text.encode()}.items():
            member = zipfile.ZipInfo(name)  # dated 1980: the time is in the receipt
            member.compress_type, member.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(member, data)
    return stream.getvalue()


def progress(todos, answers):
    """Return the lines that tell what is done, wrong, not attempted, answered and empty."""
    lines = [repr(Progress(todos))]
    if answers:
        done = sum(state == ANSWERED for state in answers.values())
        lines.append(f"{done} of {len(answers)} report questions answered")
        marks = {ANSWERED: MARKS[PASSED], EMPTY: MARKS[NOT_ATTEMPTED]}
        lines += [f"{marks[state]} {name}: {state}" for name, state in answers.items()]
    return "\n".join(lines)


def in_words(told, packed, name, standing):
    """Return the receipt for the student to keep.

    Parameters
    ----------
    told : dict
        From `receipt`.
    packed : bytes
        The file to hand in.
    name : str
        Its name.
    standing : str
        From `progress`.
    """
    where = told["environment"]
    data = ", ".join(f"{name} ({form})" for name, form in where["data"].items())
    packages = ", ".join(f"{name} {version}" for name, version in where["packages"].items())
    lines = [
        f"Receipt for {told['assignment']}, handed in by {told['student']}",
        f"Made    {told['time']}",
        f"File    {name}, {len(packed)} bytes",
        f"sha256  {_hash(packed)}",
        *(f"        {digest}  {inside}" for inside, digest in told["files"].items()),
        f"Release {told['released']}",
        f"With    Python {where['python']} on {where['platform']}; {packages}",
        f"Data    {data}",
        "",
        "The checks were run afresh." if told["run"] else "The checks were not run afresh.",
        standing,
    ]
    for heading, said in (("Repaired:", told["repaired"]), ("Warnings:", told["warnings"])):
        if said:
            lines += ["", heading, *(f"- {one}" for one in said)]
    return "\n".join(lines) + "\n"
