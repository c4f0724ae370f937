"""What is done, wrong and not attempted, read from the outputs of a notebook's visible checks."""

from ..check_view import MARKS
from ..record import NOT_ATTEMPTED, PASSED, WRONG, Record
from ..repair import MISSING_ANSWER
from ..report.cells import is_missing_answer

INTERRUPTED = "KeyboardInterrupt"
ANSWERED, EMPTY = "answered", "empty"


def todos(notebook, cells):
    """Return how each TODO stands.

    Parameters
    ----------
    notebook : notebooks.Notebook
    cells : dict of str to NotebookNode
        Its cells by name, with the outputs to read: those that were saved, or those of a new run.

    Returns
    -------
    dict of str to Record
        A TODO whose check has not run is not attempted.
    """
    found = {}
    for name in notebook.released.todos:
        checks = [_of_check(name, cells.get(id_)) for id_ in notebook.released.checks_of(name)]
        if not checks or None in checks:
            found[name] = Record(name, NOT_ATTEMPTED, "its check did not run")
            continue
        record = min(checks, key=lambda one: (WRONG, NOT_ATTEMPTED, PASSED).index(one.status))
        error = _error(cells.get(name))
        if error and record.status != PASSED:
            record = Record(name, WRONG, f"its cell stops with {_said(error)}")
        found[name] = record
    return found


def answers(notebook):
    """Return for each report question whether something is written there."""
    found = {}
    for name in notebook.released.answers:
        cell = notebook.cell(name).copy()
        cell["source"] = cell["source"].removeprefix(MISSING_ANSWER)
        found[name] = EMPTY if is_missing_answer(cell) else ANSWERED
    return found


def stopped(cells):
    """Return the names of the cells that a run had to interrupt."""
    errors = {name: _error(cell) for name, cell in cells.items()}
    return [name for name, error in errors.items() if error and error.get("ename") == INTERRUPTED]


def _of_check(todo, cell):
    """Return the record of one check, or None if it has not run."""
    if cell is None or not (cell.get("outputs") or cell.get("execution_count")):
        return None
    error = _error(cell)
    if error is None:
        return Record(todo, PASSED)
    said = str(error.get("evalue", ""))
    if error.get("ename") == "NotAttempted":
        # "○ forward: not attempted (softmax: not written yet)": the reason, if it is another TODO
        return Record(todo, NOT_ATTEMPTED, said.partition(": not attempted")[2].strip(" ()"))
    if error.get("ename") == "CheckFailed":
        return Record(todo, WRONG, said.removeprefix(f"{MARKS[WRONG]} "))
    return Record(todo, WRONG, f"stops with {_said(error)}")


def _error(cell):
    outputs = cell.get("outputs", []) if cell is not None else []
    errors = [output for output in outputs if output.get("output_type") == "error"]
    return errors[-1] if errors else None


def _said(error):
    if error.get("ename") == INTERRUPTED:
        return "an interrupt: it did not end in time"
    return f"{error.get('ename', 'an error')}: {' '.join(str(error.get('evalue', '')).split())}"
