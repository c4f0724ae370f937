"""``course results``: run the reference solutions on the real data and write docs/results.md.

Numbers come from a run of this command, never from memory; what the original published stands
beside what this course reaches, with its source. Each notebook has a module with its rows.
"""

import os
import platform
from datetime import date

from .. import build
from ..sections import write_section
from . import batchnorm_dropout, beras, convnet, deep_nets, pytorch, softmax, two_layer
from .measure import SEEDS

NOTEBOOKS = (softmax, two_layer, beras, deep_nets, batchnorm_dropout, convnet, pytorch)
HEAD = f"""\
# Measured results

Written by `make results` on the full data sets; do not edit. Where a figure depends on the seed, it
is the median of seeds {", ".join(map(str, SEEDS))}, with its range.
"""


def write(course, names=()):
    """Measure notebooks and put their sections into ``docs/results.md``, each when it is done.

    Parameters
    ----------
    course : paths.Course
        With the full data sets under ``data/``.
    names : iterable of str
        Of assignments; all if empty. The sections of the others stay as they are.

    Returns
    -------
    Path

    Raises
    ------
    text.TextError
        If a name is that of no assignment.
    """
    path = course.root / "docs" / "results.md"
    chosen = {text.stem for text in build.texts(course, names)}
    for notebook in NOTEBOOKS:
        if notebook.NAME in chosen:
            write_section(path, HEAD, notebook.NAME, _measured(notebook, course))
    return path


def _measured(notebook, course):
    import numpy

    lines = [notebook.ABOUT, ""]
    lines += ["| what | the original | to reach | here |", "| --- | --- | --- | --- |"]
    lines += [f"| {' | '.join(row)} |" for row in notebook.rows(course)]
    lines += [
        "",
        f"Measured on {date.today()}: Python {platform.python_version()}, NumPy"
        f" {numpy.__version__}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores.",
    ]
    return lines
