"""The wrong and right answers of the course, for tests that only read them."""

import re

from course.paths import HERE

# As jupytext writes a cell: a line with its options, and all lines to the next such line.
CELL = re.compile(r'^# %% todo="(\w+)".*\n((?:(?!# %%).*\n)*)', re.MULTILINE)


def answers(name):
    """Return what the course's answers to an assignment write into TODOs.

    Returns
    -------
    list of tuple of (str, str)
        The TODO, and the code.
    """
    files = [HERE / "tests" / "answers" / f"{name}_{kind}.py" for kind in ("wrong", "right")]
    found = [cell for file in files for cell in CELL.findall(file.read_text(encoding="utf-8"))]
    return [(todo, code.strip("\n")) for todo, code in found]
