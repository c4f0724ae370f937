"""What the gradebook holds of an assignment: its cells as nbgrader saved them at release."""

import json
import os
from functools import lru_cache

from nbformat.notebooknode import from_dict
from nbgrader.api import Gradebook
from sqlalchemy.engine import make_url


def released_cells(notebook):
    """Return the cells that the gradebook holds for a notebook, with their hidden tests.

    Parameters
    ----------
    notebook : nbgrader.api.Notebook
        While its gradebook is open.

    Returns
    -------
    dict of str to NotebookNode
        By name, in the order of the notebook; with the metadata that nbgrader asks for.
    """
    points = {cell.name: cell.max_score for cell in notebook.grade_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    cells = {}
    for saved in notebook.source_cells:
        settings = {
            "cell_type": saved.cell_type,
            "checksum": saved.checksum,
            "grade": saved.name in points,
            "grade_id": saved.name,
            "locked": saved.locked,
            "schema_version": 3,
            "solution": saved.name in solutions,
            "task": False,
        }
        if saved.name in points:
            settings["points"] = points[saved.name]
        cell = {
            "cell_type": saved.cell_type,
            "id": saved.name,
            "metadata": {"nbgrader": settings},
            "source": saved.source,
        }
        if saved.cell_type == "code":
            cell |= {"execution_count": None, "outputs": []}
        cells[saved.name] = from_dict(cell)
    return cells


def load(db_url, assignment, notebook):
    """Return `released_cells` and the kernelspec of a notebook; read again only after a change."""
    stamp = _stamp(db_url)
    read = _read if stamp else _read.__wrapped__
    return read(db_url, assignment, notebook, stamp)


@lru_cache(maxsize=8)
def _read(db_url, assignment, notebook, stamp):
    with Gradebook(db_url) as gradebook:
        found = gradebook.find_notebook(notebook, assignment)
        return released_cells(found), json.loads(found.kernelspec or "null")


def _stamp(db_url):
    """Return what changes with each commit to a gradebook, or None if that cannot be told."""
    url = make_url(db_url)
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    if any(os.path.exists(url.database + end) for end in ("-journal", "-wal")):
        return None  # the file alone is not the whole gradebook
    try:
        with open(url.database, "rb") as file:
            # SQLite counts its commits in these bytes; a clock may stand still between two.
            commits = file.read(28)[24:]
            stat = os.fstat(file.fileno())
    except OSError:
        return None
    return stat.st_ino, stat.st_mtime_ns, stat.st_size, commits
