"""What is executed for a submission, and for the reference solution beside it."""

import base64
import functools
import hashlib
import importlib.metadata
import json
import sys
from pathlib import Path

import nbformat
from nbgrader import utils

from . import seal
from .paths import HERE

# A submission's hidden inputs are one of so many sets: which one, nobody can tell who does not
# know the hidden tests; and the reference solution has to be run for each set only once.
SETS_OF_INPUTS = 16
LARGEST_FILES = 20 << 20  # bytes of all files beside a notebook


class StaleRelease(RuntimeError):
    """The tests in the gradebook are not those of the source; the text says what to run."""


class ReferenceFails(RuntimeError):
    """The course's own solution does not run to its end, so nobody can be graded."""


def submission(notebook, files, limits):
    """Return the job of one sanitised submission.

    Parameters
    ----------
    notebook : NotebookNode
        Its test cells hold the hidden tests; they leave sealed.
    files : dict of str to Path
        What stands beside the notebook.
    limits : sandbox.Limits

    Returns
    -------
    dict
        See `execute.execute`.
    """
    cells = []
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            kind = "test" if is_test(cell) else "run"
            source = seal.seal(cell.source).code if kind == "test" else cell.source
            cells.append({"number": number, "kind": kind, "source": source})
    return {
        "cells": cells,
        "files": _packed(files),
        "seed": seed(notebook),
        "limits": dict(vars(limits)),
    }


def seed(notebook):
    """Return the seed of a submission's hidden inputs; whoever lacks the tests cannot tell it."""
    one_of = int(key([cell.source for cell in notebook.cells])[:8], 16) % SETS_OF_INPUTS
    tests = [cell.source for cell in notebook.cells if is_test(cell)]
    return int(key([one_of, *tests])[:8], 16)


def reference(path, notebook, seed, limits):
    """Return the job that tells what the hidden tests of a submission want.

    Parameters
    ----------
    path : Path
        The source notebook, with the solution.
    notebook : NotebookNode
        The sanitised submission.
    seed : int
        That of the submission's job.
    limits : sandbox.Limits

    Raises
    ------
    StaleRelease
        If the source's tests are not those of the submission.
    """
    source = nbformat.read(path, as_version=4)
    tests = {name_of(cell): cell.source for cell in notebook.cells if is_test(cell)}
    if tests != {name_of(cell): cell.source for cell in source.cells if is_test(cell)}:
        name = path.stem
        raise StaleRelease(
            f"{path} has other hidden tests than the gradebook: "
            f"run `nbgrader generate_assignment {name} --force`, then grade again"
        )
    cells = []
    for number, cell in enumerate(source.cells):
        if cell.cell_type != "code" or not cell.metadata.get("nbgrader"):
            continue
        if is_test(cell):
            cells.append({"number": number, "kind": "expect", "source": cell.source})
        elif not name_of(cell).startswith("check_"):
            cells.append({"number": number, "kind": "run", "source": cell.source})
    return {"cells": cells, "files": {}, "seed": seed, "limits": dict(vars(limits))}


def wants(path, outcome):
    """Return what the hidden tests want, by name of the cell: lists of `Expected` as JSON.

    Raises
    ------
    ReferenceFails
    """
    source = nbformat.read(path, as_version=4)
    found = {}
    for number, cell in enumerate(source.cells):
        if is_test(cell):
            left = outcome["cells"][str(number)]
            if left["error"] or left["end"]:
                said = left["end"] or f"{left['error']['ename']}: {left['error']['evalue']}"
                raise ReferenceFails(
                    f"{path}: the reference solution fails in {name_of(cell)}: {said}; "
                    f"run `python -m course check {path.stem}`"
                )
            found[name_of(cell)] = left["wants"]
    return found


def is_test(cell):
    """Tell whether a cell is a hidden test."""
    return utils.is_grade(cell) and not utils.is_solution(cell)


def name_of(cell):
    return cell.metadata.nbgrader.grade_id


def key(job):
    """Return the name under which the outcome of a job is kept: a hash of all that it rests on."""
    text = json.dumps([job, _environment()], sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@functools.cache
def _environment():
    """Return what besides the job decides its outcome: this package, and those it runs on."""
    packages = {}
    for name in ("ipython", "ipywidgets", "matplotlib", "numpy"):
        packages[name] = importlib.metadata.version(name)
    code = hashlib.sha256()
    for folder in ("helpers", "course/inside"):
        for path in sorted((HERE / folder).rglob("*.py")):
            code.update(path.read_bytes())
    return [sys.version, packages, code.hexdigest()]


def _packed(files):
    packed, room = {}, LARGEST_FILES
    for name, path in sorted(files.items()):
        room -= Path(path).stat().st_size
        if room >= 0:
            packed[name] = base64.b64encode(Path(path).read_bytes()).decode()
    return packed
