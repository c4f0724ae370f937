"""Put the cells of a submission back into the form in which nbgrader can grade them."""

from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor


class Repair(NbGraderPreprocessor):
    """Give the cells of a submission back what the release gave them.

    nbgrader finds cells by their metadata, and one bad value there aborts the grading of a whole
    class. So the metadata of every known cell is written anew, and copies and unknown ids lose
    theirs; given, check and test cells that were deleted come back, and a test that was moved
    above what it tests goes back behind it.
    """

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        with Gradebook(about["db_url"]) as gradebook:
            released = _released_cells(
                gradebook.find_notebook(about["notebook"], about["assignment"])
            )
        _remove_untouched_copies(nb.cells, released)
        _put_in_order(nb.cells, released, self.log)
        found = set()
        for cell in reversed(nb.cells):  # the last copy counts
            name = _name(cell, released)
            if name is not None and name not in found:
                found.add(name)
                cell.metadata["nbgrader"] = dict(released[name].metadata["nbgrader"])
            else:
                cell.metadata.pop("nbgrader", None)
        return nb, resources


def _remove_untouched_copies(cells, released):
    """Remove copies of answers that are as released, where another copy has been written in.

    The stub of such a copy would undo what the student wrote above it.
    """
    touched = {
        name
        for cell in cells
        if (name := _name(cell, released)) and cell.source.strip() != released[name].source.strip()
    }
    cells[:] = [
        cell
        for cell in cells
        if (name := _name(cell, released)) not in touched
        or not utils.is_solution(released[name])
        or cell.source.strip() != released[name].source.strip()
    ]


def _put_in_order(cells, released, log):
    """Put locked cells and answers back that are missing, and tests behind what they test."""
    place = 0  # behind every cell that comes before in the release
    for name, cell in released.items():
        at = next((i for i, here in enumerate(cells) if _name(here, released) == name), None)
        if at is None:
            if utils.is_locked(cell) or utils.is_grade(cell):
                # A TODO cell is not put back: its stub would undo what stands in another cell.
                log.warning("Cell '%s' was missing and is put back", name)
                cells.insert(place, cell)
                place += 1
        elif at < place and utils.is_grade(cell) and not utils.is_solution(cell):
            log.warning("Cell '%s' stood too early and is moved", name)
            cells.insert(place - 1, cells.pop(at))
        else:
            place = max(place, at + 1)


def _name(cell, released):
    """Return which released cell a submitted one is, by grade_id or else by cell id, or None."""
    metadata = cell.metadata.get("nbgrader")
    told = metadata.get("grade_id") if isinstance(metadata, dict) else None
    known = (name for name in (told, cell.get("id")) if isinstance(name, str) and name in released)
    return next(known, None)


def _released_cells(notebook):
    """Return the cells that the gradebook holds for a notebook, by name and in order."""
    points = {cell.name: cell.max_score for cell in notebook.grade_cells}
    solutions = {cell.name for cell in notebook.solution_cells}
    cells = {}
    for saved in notebook.source_cells:
        metadata = {
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
            metadata["points"] = points[saved.name]
        make = new_code_cell if saved.cell_type == "code" else new_markdown_cell
        cells[saved.name] = make(saved.source, id=saved.name, metadata={"nbgrader": metadata})
    return cells
