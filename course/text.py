"""Read ``source/X.py``, the text that is the truth of one notebook, into cells.

The text is jupytext's percent format with a role and an id on each cell (``docs/adr/0001``).
Everything that derives from a notebook starts here; nothing else parses the text.
"""

import ast
import re
from dataclasses import dataclass, field, replace
from pathlib import Path

from .errors import CourseError

# What each role means to nbgrader, and whether its cells go into the PDF report by default:
# "show" the cell, only its "output" or its "heading", or "hide" it.
ROLES = {
    "text": {"report": "heading"},
    "given": {"report": "hide", "locked": True},
    "todo": {"report": "show", "solution": True},
    "check": {"report": "hide", "locked": True},
    "test": {"report": "hide", "locked": True, "grade": True},
    "play": {"report": "output"},
    "explain": {"report": "show", "solution": True, "grade": True},
}
REPORT = ("show", "output", "heading", "hide")
ID = re.compile(r"[a-z0-9_]{1,64}")
BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"


class TextError(CourseError):
    """The text of a notebook breaks a rule; the message names file, line and remedy."""


@dataclass(frozen=True)
class Cell:
    """One cell of the text.

    Parameters
    ----------
    id : str
        Cell id and nbgrader's grade_id.
    role : str
        A key of `ROLES`.
    code : bool
        False for Markdown.
    source : str
    line : int
        Where the cell begins in the text, from 1.
    points : float or None
        For the graded roles "test" and "explain".
    report : str
        One of `REPORT`.
    bonus : bool
        Of a test: whether its points are extra credit (``docs/adr/0018-extra-credit.md``).
    """

    id: str
    role: str
    code: bool
    source: str
    line: int
    points: float | None = None
    report: str = "hide"
    bonus: bool = False

    @property
    def graded(self):
        return self.points is not None


@dataclass(frozen=True)
class Text:
    """The cells of one notebook, and where they came from."""

    path: Path
    cells: tuple[Cell, ...] = field(repr=False)

    @property
    def name(self):
        return self.path.stem

    @property
    def title(self):
        first = self.cells[0].source.splitlines()[0]
        return first.lstrip("# ").strip()

    def of(self, *roles):
        """Return the cells of these roles, in order."""
        return [cell for cell in self.cells if cell.role in roles]

    def belonging_to(self, todo, role):
        """Return the "check" or "test" cells whose id says that they belong to ``todo``."""
        # `softmax` and `softmax_gradient` may both be TODOs: the longest name that fits owns.
        names = sorted((cell.id for cell in self.of("todo")), key=len, reverse=True)
        return [cell for cell in self.of(role) if owner(cell.id, role, names) == todo]


def owner(cell_id, role, todos):
    """Return which of ``todos`` (longest first) a check or test belongs to, or None."""
    rest = cell_id.removeprefix(f"{role}_")
    if rest == cell_id:
        return None
    return next((name for name in todos if rest == name or rest.startswith(f"{name}_")), None)


def read(path):
    """Read and validate one text.

    Parameters
    ----------
    path : Path
        ``source/X.py``.

    Returns
    -------
    Text

    Raises
    ------
    TextError
        Naming the line and the rule: an unknown role, an id that is missing, malformed or used
        twice, points where none belong or none where they do, a region that does not close.
    """
    import jupytext  # only building needs it: a student's machine, which has none, grades nothing

    path = Path(path)
    written = path.read_text(encoding="utf-8")
    notebook = jupytext.reads(written, fmt="py:percent")
    starts = [
        number for number, line in enumerate(written.splitlines(), 1) if line.startswith("# %%")
    ]
    if not starts or len(starts) != len(notebook.cells):
        raise TextError(
            f"{path}:1: {len(starts)} lines begin with '# %%' and {len(notebook.cells)} cells were"
            " read: begin with a cell, and put no such line into a string"
        )
    required = _bonus_is_required(path, starts[0], notebook.cells[0])
    cells = tuple(_cell(path, line, raw) for line, raw in zip(starts, notebook.cells, strict=True))
    if required:
        cells = tuple(replace(cell, bonus=False) for cell in cells)
    seen = {}
    for cell in cells:
        if cell.id in seen:
            raise TextError(f"{path}:{cell.line}: id {cell.id!r} is used at line {seen[cell.id]}")
        seen[cell.id] = cell.line
    return Text(path, cells)


def _bonus_is_required(path, line, first):
    """Take the one setting about extra credit off the first cell: bonus="extra" or "required"."""
    setting = first.metadata.pop("bonus", "extra")
    if setting not in ("extra", "required"):
        raise TextError(f'{path}:{line}: bonus={setting!r}: write bonus="extra" or "required"')
    return setting == "required"


def _cell(path, line, raw):
    def refuse(problem):
        raise TextError(f"{path}:{line}: {problem}")

    options = dict(raw.metadata)
    options.pop("lines_to_next_cell", None)  # jupytext's note about blank lines
    if raw.cell_type not in ("code", "markdown"):
        refuse(f"a {raw.cell_type} cell: write Markdown or code")
    code = raw.cell_type == "code"
    role = options.pop("role", None if code else "text")
    cell_id = options.pop("id", None)
    if role not in ROLES:
        refuse(f"role {role!r}: write one of {', '.join(ROLES)}")
    if code == (role in ("text", "explain")):
        refuse(f"a cell with role {role!r} is {'Markdown' if code else 'code'}")
    if not isinstance(cell_id, str) or not ID.fullmatch(cell_id):
        refuse(f"id {cell_id!r}: write 1 to 64 of a-z, 0-9 and _")
    points = options.pop("points", None)
    graded = ROLES[role].get("grade", False)
    if graded and not (type(points) in (int, float) and 0 < points < float("inf")):
        refuse(f"{cell_id}: a graded cell needs points above 0, got {points!r}")
    if not graded and points is not None:
        refuse(f"{cell_id}: a cell with role {role!r} has no points")
    bonus = options.pop("bonus", False)
    if type(bonus) is not bool or (bonus and role != "test"):
        refuse(f"{cell_id}: bonus={bonus!r}: write bonus=true, on a cell with role 'test'")
    report = options.pop("report", ROLES[role]["report"])
    if report not in REPORT:
        refuse(f"{cell_id}: report {report!r}: write one of {', '.join(REPORT)}")
    if options:
        refuse(f"{cell_id}: unknown options {sorted(options)}")
    cell = Cell(cell_id, role, code, raw.source.strip("\n"), line, points, report, bonus)
    try:
        _check_source(cell)
    except TextError as problem:
        refuse(problem)
    except SyntaxError as problem:
        refuse(f"{cell_id}: line {problem.lineno} of the cell: {problem.msg}")
    return cell


def _check_source(cell):
    solution, hidden = regions(cell)
    if solution and cell.role != "todo":
        raise TextError(f"{cell.id}: a solution region in a cell with role {cell.role!r}")
    if hidden and cell.role != "test":
        raise TextError(f"{cell.id}: hidden tests in a cell with role {cell.role!r}")
    if cell.role in ("todo", "check"):
        ast.parse(cell.source)
    if cell.role == "todo" and not solution:
        raise TextError(f"{cell.id}: a TODO needs {BEGIN_SOLUTION} ... {END_SOLUTION}")
    if cell.role == "test" and not hidden:
        raise TextError(f"{cell.id}: a test needs {BEGIN_HIDDEN} ... {END_HIDDEN}")
    if cell.role == "test" and not docstring(cell):
        raise TextError(
            f"{cell.id}: the first line of a test is a docstring that students may read"
        )


def regions(cell):
    """Return the line ranges of the solution and of the hidden regions of a cell.

    Returns
    -------
    solution, hidden : list of range
        Indices into the source's lines, markers included.

    Raises
    ------
    TextError
        If a region is nested, is not closed, or closes without having begun.
    """
    found = {BEGIN_SOLUTION: [], BEGIN_HIDDEN: []}
    ends = {END_SOLUTION: BEGIN_SOLUTION, END_HIDDEN: BEGIN_HIDDEN}
    inside, start = None, 0
    for number, line in enumerate(cell.source.splitlines()):
        mark = line.strip()
        if mark in found:
            if inside:
                raise TextError(f"{cell.id}: {mark} inside {inside}")
            inside, start = mark, number
        elif mark in ends:
            if inside != ends[mark]:
                raise TextError(f"{cell.id}: {mark} without {ends[mark]}")
            found[inside].append(range(start, number + 1))
            inside = None
    if inside:
        raise TextError(f"{cell.id}: {inside} is never closed")
    return found[BEGIN_SOLUTION], found[BEGIN_HIDDEN]


def docstring(cell):
    """Return the docstring with which a test cell begins, on its first line, or None."""
    tree = ast.parse(cell.source)
    return ast.get_docstring(tree) if tree.body and tree.body[0].lineno == 1 else None


def defined_names(cell):
    """Return by which ids a TODO cell may go, in lower case.

    The names of its functions and classes; of a method that ``@method_of(Dense)`` puts into its
    class also ``dense_forward``, for several classes may have a TODO of one name.
    """
    names = []
    for node in ast.parse(cell.source).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names += [node.name.lower(), *_with_class(node)]
    return names


def _with_class(node):
    return [
        f"{ast.unparse(decorator.args[0])}_{node.name.strip('_')}".lower()
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == "method_of"
    ]


def function_at(cell, line):
    """Return the name of the innermost function of a code cell that holds a line (from 0).

    A method is named with its class, ``Dense.forward``. Where the cell itself is named after a
    method and its class, that is the name.
    """
    name, owner = cell.id, ""
    for node in ast.walk(ast.parse(cell.source)):  # breadth first: the innermost comes last
        if not isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            continue
        if not node.lineno - 1 <= line < node.end_lineno:
            continue
        if isinstance(node, ast.ClassDef):
            owner = f"{node.name}."
        else:
            name = cell.id if cell.id in _with_class(node) else owner + node.name
            owner = ""
    return name
