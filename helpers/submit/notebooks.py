"""What a student hands in, and what the notebook was when it was released."""

from pathlib import Path

import nbformat

from ..files import write_in_one_move
from ..repair import is_answer, is_todo, repair
from ..report.cells import workbook
from ..report.files import parse

RELEASED = Path(__file__).parent / "released"


class CannotHandIn(ValueError):
    """Nothing can be handed in; the message says why and what to do."""


class Released:
    """An assignment as it was released.

    Parameters
    ----------
    name : str

    Raises
    ------
    CannotHandIn
        If there is no such assignment.
    """

    def __init__(self, name):
        self.name = name
        known = sorted(path.stem for path in RELEASED.glob("*.ipynb"))
        if name not in known:
            raise CannotHandIn(
                f"there is no assignment {name}, only {', '.join(known)}; fetch the course anew "
                "if it is a new one"
            )
        path = RELEASED / f"{name}.ipynb"
        self.data = path.read_bytes()
        self.cells = {cell.id: cell for cell in parse(self.data, path).cells}

    @property
    def graded(self):
        """The cells to which nbgrader has given settings, by name."""
        return {name: cell for name, cell in self.cells.items() if "nbgrader" in cell.metadata}

    @property
    def todos(self):
        return [name for name, cell in self.graded.items() if is_todo(cell)]

    @property
    def answers(self):
        return [name for name, cell in self.graded.items() if is_answer(cell)]

    def role(self, name):
        """Return the role of a cell, or "" if the release has none of that name."""
        return workbook(self.cells[name]).get("role", "") if name in self.cells else ""

    def checks_of(self, todo):
        """Return the names of the visible checks of a TODO: they begin with its name."""
        names = sorted(self.todos, key=len, reverse=True)
        checks = [name for name in self.cells if self.role(name) == "check"]
        return [name for name in checks if _first(names, name.removeprefix("check_")) == todo]


def _first(names, rest):
    return next((name for name in names if rest == name or rest.startswith(f"{name}_")), None)


class Notebook:
    """A student's notebook, as it was saved and as it is handed in.

    Parameters
    ----------
    path : Path

    Attributes
    ----------
    saved : bytes
        The file as it is.
    data : bytes
        What is handed in: the same, unless something had to be repaired.
    cells : list of NotebookNode
        Of what is handed in.
    repaired : list of str
        What was repaired, in sentences.

    Raises
    ------
    CannotHandIn
        If the file holds no notebook of this course.
    ReportError
        If it holds no notebook.
    """

    def __init__(self, path):
        self.path, self.saved = path, path.read_bytes()
        self.node = parse(self.saved, path)
        cells = self.node.get("cells")
        if not isinstance(cells, list) or not all(map(_is_cell, cells)):
            raise CannotHandIn(
                f"{path}: some of its cells are damaged; open and save it in Jupyter"
            )
        name = workbook(self.node).get("assignment")
        if not isinstance(name, str):
            raise CannotHandIn(
                f"{path} does not say which assignment it is; copy your cells into the notebook "
                "that you were given, save it, and hand in that"
            )
        self.released = Released(name)
        self.repaired = repair(cells, self.released.graded)
        self.data = self.saved
        if self.repaired:
            self.node.nbformat, self.node.nbformat_minor = 4, 5
            # Half of a surrogate pair is no character, and grading would replace it too.
            self.data = (nbformat.v4.writes(self.node) + "\n").encode("utf-8", "replace")

    @property
    def cells(self):
        return self.node.cells

    def cell(self, name):
        """Return the cell of a name, or None."""
        return next((cell for cell in self.cells if cell.get("id") == name), None)

    def write_back(self):
        """Repair the file itself; return where it is kept as it was."""
        numbers = ("", *(f"-{number}" for number in range(2, 1000)))
        kept = (self.path.with_suffix(f".as-it-was{number}.ipynb") for number in numbers)
        backup = next(path for path in kept if not path.exists())
        write_in_one_move(backup, self.saved)
        write_in_one_move(self.path, self.data)
        return backup


def _is_cell(cell):
    return (
        isinstance(cell, dict)
        and cell.get("cell_type") in ("code", "markdown", "raw")
        and isinstance(cell.get("source"), str)
        and isinstance(cell.get("metadata"), dict)
        and isinstance(cell.get("outputs", []), list)
    )
