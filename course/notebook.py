"""The notebook that a text stands for: roles become nbgrader metadata, ids become cell ids."""

import ast
import re
import textwrap

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from . import text

COURSE_TITLE = "Neural networks from scratch"
WIDTH = 98  # characters that a cell shows without scrolling


def to_bytes(source):
    """Return the source notebook of a text, as the bytes of its ``.ipynb``.

    Parameters
    ----------
    source : text.Text

    Returns
    -------
    bytes
    """
    notebook = new_notebook(
        cells=[_notebook_cell(cell) for cell in source.cells], metadata=metadata(source)
    )
    nbformat.validate(notebook)
    return (nbformat.writes(notebook) + "\n").encode()


def metadata(source):
    """Return the metadata of a source or released notebook."""
    return {
        "kernelspec": {
            "display_name": "Python 3 (ipykernel)",
            "language": "python",
            "name": "python3",
        },
        "language_info": {"name": "python"},
        "workbook": {"assignment": source.name, "course": COURSE_TITLE, "title": source.title},
    }


def cell_metadata(cell):
    """Return what a cell's role means to nbgrader and to the report."""
    role = text.ROLES[cell.role]
    found = {"workbook": {"report": cell.report, "role": cell.role}}
    grade, solution = role.get("grade", False), role.get("solution", False)
    if grade or solution or role.get("locked"):
        found["nbgrader"] = {
            "grade": grade,
            "grade_id": cell.id,
            "locked": role.get("locked", False),
            "schema_version": 3,
            "solution": solution,
            "task": False,
        }
        if grade:
            found["nbgrader"]["points"] = 0 if cell.bonus else cell.points
    return found


def cell_source(cell):
    """Return the source of a cell as it stands in the notebook.

    A test's docstring becomes a comment that also tells its points: as a string it would be
    echoed as the cell's output.
    """
    if cell.role != "test":
        return cell.source
    first = ast.parse(cell.source).body[0]
    rest = cell.source.splitlines()[first.end_lineno :]
    return "\n".join([test_heading(cell), *rest])


def test_heading(cell):
    """Return the comment that stands in place of a test's docstring."""
    points = f"{cell.points:g} point" + ("" if cell.points == 1 else "s")
    points += " of extra credit" if cell.bonus else ""
    words = " ".join(text.docstring(cell).split())
    told = textwrap.fill(words, WIDTH, initial_indent="# ", subsequent_indent="# ")
    return f"# Hidden test, {points}\n{told}"


def bonus_points(source):
    """Return the points of extra credit that the heading of a test tells, or 0.

    Parameters
    ----------
    source : str
        Of a test cell as it stands in the gradebook, which keeps no other word of extra credit.

    Returns
    -------
    float
    """
    told = re.match(r"# Hidden test, ([0-9.]+) points? of extra credit$", source, re.MULTILINE)
    return float(told[1]) if told else 0.0


def _notebook_cell(cell):
    make = new_code_cell if cell.code else new_markdown_cell
    return make(cell_source(cell), id=cell.id, metadata=cell_metadata(cell))
