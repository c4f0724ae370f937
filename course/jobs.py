"""What is executed for a submission, and for the reference solution beside it."""

import base64
import contextlib
import functools
import hashlib
import importlib.metadata
import json
import sys
from pathlib import Path

import nbformat
from nbgrader import utils

from helpers.expected import Expected

from . import libraries, seal
from .looking import LARGEST_FILES
from .paths import HERE

# A submission's hidden inputs are one of so many sets: which one, nobody can tell who does not
# know the hidden tests; and the reference solution runs on all of them once.
SETS_OF_INPUTS = 8


class StaleRelease(RuntimeError):
    """The tests in the gradebook are not those of the source; the text says what to run."""


class ReferenceFails(RuntimeError):
    """The course's own solution does not run to its end, so nobody can be graded."""


def submission(notebook, files, limits, uses):
    """Return the job of one sanitised submission.

    Parameters
    ----------
    notebook : NotebookNode
        Its test cells hold the hidden tests; they leave sealed.
    files : dict of str to Path
        What stands beside the notebook.
    limits : sandbox.Limits
    uses : sequence of str
        Which of `libraries.REFUSED` it may import after all: those of the reference solution.

    Returns
    -------
    dict
        See `execute.execute`.
    """
    cells = []
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            if is_test(cell):
                sealed = seal.seal(cell.source).code
                told = {"kind": "test", "source": sealed, "name": name_of(cell)}
            else:
                told = {"kind": "run", "source": cell.source}
            cells.append({"number": number, **told})
    sources = [cell.source for cell in notebook.cells]
    one_of = int(key(sources)[:8], 16) % SETS_OF_INPUTS
    return {
        "cells": cells,
        "files": _packed(files),
        "seed": seeds(tests_of(notebook))[one_of],
        "uses": list(uses),
        "without": [name for name in libraries.REFUSED if name not in uses],
        "limits": dict(vars(limits)),
    }


def tests_of(notebook):
    """Return the sources of a notebook's hidden tests, by name."""
    return {name_of(cell): cell.source for cell in notebook.cells if is_test(cell)}


def seeds(tests):
    """Return the seeds of hidden inputs; whoever lacks the tests cannot tell them."""
    return [int(key([number, tests])[:8], 16) for number in range(SETS_OF_INPUTS)]


def reference(path, limits):
    """Return the job that tells what hidden tests want, for every set of inputs.

    Parameters
    ----------
    path : Path
        The source notebook, with the solution.
    limits : sandbox.Limits
    """
    source = nbformat.read(path, as_version=4)
    before, expects = [], []
    for cell in source.cells:
        if cell.cell_type != "code" or not cell.metadata.get("nbgrader"):
            continue
        if is_test(cell):
            expects.append({"kind": "expect", "source": cell.source, "name": name_of(cell)})
        elif not name_of(cell).startswith("check_"):
            before.append({"kind": "run", "source": cell.source})
    found = seeds(tests_of(source))
    cells = [*before, *({**cell, "seed": seed} for seed in found for cell in expects)]
    return {
        "cells": [{"number": number, **cell} for number, cell in enumerate(cells)],
        "files": {},
        "seed": found[0],
        "uses": libraries.used(cell["source"] for cell in cells),
        "without": [],
        "limits": dict(vars(limits)),
    }


def wants(job, outcome):
    """Return what the hidden tests want, from the run of the reference solution.

    Parameters
    ----------
    job, outcome : dict
        See `reference` and `execute.execute`.

    Returns
    -------
    dict of (int, str) to list of Expected
        By seed and name of the cell.

    Raises
    ------
    ReferenceFails
    """
    found = {}
    for cell in job["cells"]:
        left = outcome["cells"][str(cell["number"])]
        if cell["kind"] != "expect":
            continue
        if left["error"] or left["end"]:
            said = left["end"] or f"{left['error']['ename']}: {left['error']['evalue']}"
            raise ReferenceFails(
                f"the reference solution fails in {cell['name']}: {said}; "
                "run `python -m course check`"
            )
        found[cell["seed"], cell["name"]] = [Expected.from_json(want) for want in left["wants"]]
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
    for name in ("ipython", "ipywidgets", "matplotlib", "numpy", *libraries.EXTRAS):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            packages[name] = importlib.metadata.version(name)
    code = hashlib.sha256()
    parts = [*(HERE / "helpers").rglob("*.py"), *(HERE / "course" / "inside").rglob("*.py")]
    parts += [HERE / "course" / name for name in ("execute.py", "outputs.py", "sandbox.py")]
    for path in sorted([*parts, *(HERE / "data").glob("*.npz")]):
        code.update(path.read_bytes())
    return [sys.version, packages, code.hexdigest()]


def _packed(files):
    packed, room = {}, LARGEST_FILES
    for name, path in sorted(files.items()):
        size = Path(path).stat().st_size
        if size <= room:  # `looking.look` tells of what is beyond
            room -= size
            packed[name] = base64.b64encode(Path(path).read_bytes()).decode()
    return packed
