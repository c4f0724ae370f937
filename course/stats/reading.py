"""Read what ``course stats`` counts: the gradebook, the graded notebooks, the times of grading.

Points are the gradebook's, as people have corrected them; what was wrong stands in the verdicts of
``autograded/``; how long a student's code ran, in the outcomes of ``.grading/``.
"""

import json
from dataclasses import replace

import nbformat
from nbgrader.api import (
    BaseCell,
    Grade,
    Gradebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.utils import compute_checksum

from helpers.record import NOT_WRITTEN

from .. import jobs, nbgrader_calls
from ..desk import file_name
from ..notebook import bonus_points
from ..text import BEGIN_SOLUTION, owner
from .work import OLDER_TESTS, TO_A_PERSON, ClassWork, HandIn, HiddenTest, Task


def read(course, name):
    """Read the work of a class.

    Parameters
    ----------
    course : paths.Course
    name : str

    Returns
    -------
    ClassWork

    Raises
    ------
    NbgraderFailed
        If the gradebook does not know the assignment.
    FileNotFoundError
        If the source notebook is missing.
    """
    nbgrader_calls.cells(course, name)  # says what is wrong if the gradebook does not know it
    source = nbformat.read(course.notebook("source", name), as_version=4)
    tasks, current = _tasks(source), jobs.tests_of(source)
    with Gradebook(course.gradebook_url) as gradebook:
        names = {
            student.id: " ".join(filter(None, [student.first_name, student.last_name]))
            for student in gradebook.students
        }
        late = {
            submission.student_id: submission.total_seconds_late > 0
            for submission in gradebook.assignment_submissions(name)
        }
        points = _points(gradebook, name)
    hand_ins = [
        _hand_in(
            course, name, tasks, current, HandIn(student, late[student]), points.get(student, {})
        )
        for student in sorted(late)
    ]
    title = source.metadata.get("workbook", {}).get("title", name)
    return ClassWork(name, title, tasks, tuple(hand_ins), names)


def _tasks(source):
    """Return the tasks of a source notebook, in its order."""
    found, stubs = {}, {}  # the tests of a TODO or the points of a question; places to fill
    for cell in source.cells:
        if cell.metadata.get("workbook", {}).get("role") == "todo":
            name = jobs.name_of(cell)
            found[name], stubs[name] = [], cell.source.count(BEGIN_SOLUTION)
        elif jobs.is_test(cell):
            test = _test(cell)
            found[owner(test.name, "test", sorted(stubs, key=len, reverse=True))].append(test)
        elif cell.metadata.get("nbgrader", {}).get("grade"):
            found[jobs.name_of(cell)] = cell.metadata.nbgrader.points
    return tuple(
        Task(name, sum(test.points for test in held), tuple(held), stubs[name])
        if name in stubs
        else Task(name, held)
        for name, held in found.items()
        if held
    )


def _test(cell):
    heading = cell.source.partition("### ")[0].splitlines()[1:]  # the first line tells the points
    about = " ".join(line.lstrip("# ") for line in heading).strip()
    extra = bonus_points(cell.source)
    points = extra or cell.metadata.nbgrader.points
    return HiddenTest(jobs.name_of(cell), about, points, bool(extra))


def _points(gradebook, name):
    """Return the points of each student, by graded cell; None where a person has to look."""
    rows = (
        gradebook.db.query(
            SubmittedAssignment.student_id, BaseCell.name, Grade.score, Grade.needs_manual_grade
        )
        .select_from(Grade)
        .join(BaseCell, BaseCell.id == Grade.cell_id)
        .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
        .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
        .filter(SubmittedAssignment.assignment == gradebook.find_assignment(name))
    )
    found = {}
    for student, cell, score, waits in rows:
        found.setdefault(student, {})[cell] = None if waits else score
    return found


def _hand_in(course, name, tasks, current, bare, points):
    """Return what one student handed in; ``bare`` holds what the gradebook knows of it."""
    path = course.notebook("autograded", name, bare.student)
    tests = [test.name for task in tasks for test in task.tests]
    if not path.is_file() or (tests and all(points.get(test) is None for test in tests)):
        return replace(bare, state=TO_A_PERSON)
    notebook = nbformat.v4.reads(path.read_text(encoding="utf-8"))
    if jobs.tests_of(notebook) != current:
        return replace(bare, state=OLDER_TESTS)
    cells = {jobs.name_of(cell): cell for cell in notebook.cells if "nbgrader" in cell.metadata}
    untouched = {
        task.name
        for task in tasks
        if task.name in cells and _is_untouched(cells[task.name], task.stubs)
    }
    return replace(
        bare,
        points=points,
        verdicts={test: dict(cells[test].metadata.workbook.verdict) for test in tests},
        untouched=frozenset(untouched),
        seconds=_seconds(course, name, bare.student, notebook, tasks),
    )


def _is_untouched(cell, stubs):
    """Tell whether every stub of a TODO still stands, or the text that a question came with."""
    if stubs:
        return cell.source.count(f": {NOT_WRITTEN}") >= stubs
    return cell.metadata.nbgrader.get("checksum") == compute_checksum(cell)


def _seconds(course, name, student, notebook, tasks):
    """Return how long the checks and tests of each TODO ran; empty if that is not kept any more."""
    path = course.grading / name / file_name(student)
    try:
        left = json.loads(path.read_bytes())["outcome"]["cells"]
        ran = {notebook.cells[int(number)].id: cell["seconds"] for number, cell in left.items()}
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return {}  # the folder may be deleted at any time
    todos = sorted((task.name for task in tasks if task.tests), key=len, reverse=True)
    spent = {}
    for cell, seconds in ran.items():
        todo = owner(cell, "test", todos) or owner(cell, "check", todos)
        if todo:
            spent[todo] = spent.get(todo, 0.0) + seconds
    return spent
