"""``course results``: run the reference solutions on the real data and write docs/results.md.

Numbers come from a run of this command, never from memory; what the original published stands
beside what this course reaches, with its source. Each notebook has a module with its rows.
"""

import os
import platform
from datetime import date

from ..paths import write_in_one_move
from . import beras, softmax, two_layer
from .measure import SEEDS

NOTEBOOKS = (softmax, two_layer, beras)


def write(course):
    """Measure everything and write ``docs/results.md``.

    Parameters
    ----------
    course : paths.Course
        With the full data sets under ``data/``.

    Returns
    -------
    Path
    """
    import numpy

    lines = [
        "# Measured results",
        "",
        "Written by `make results` on the full data sets; do not edit. Where a figure depends on",
        f"the seed, it is the median of seeds {', '.join(map(str, SEEDS))}, with its range.",
        "",
        f"{date.today()}, Python {platform.python_version()}, NumPy {numpy.__version__},"
        f" {platform.system()} {platform.machine()}, {os.cpu_count()} cores.",
    ]
    for notebook in NOTEBOOKS:
        lines += ["", f"## {notebook.NAME}", "", notebook.ABOUT, ""]
        lines += ["| what | the original | to reach | here |", "| --- | --- | --- | --- |"]
        lines += [f"| {' | '.join(row)} |" for row in notebook.rows(course)]
    path = course.root / "docs" / "results.md"
    write_in_one_move(path, ("\n".join(lines) + "\n").encode())
    return path
