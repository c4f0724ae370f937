"""Grade the submissions of an assignment one after another, and say what became of each."""

import re
from dataclasses import dataclass

from tqdm import tqdm

from . import nbgrader_calls as nbgrader


@dataclass(frozen=True)
class Row:
    """What became of one submission.

    Parameters
    ----------
    student : str
    points : float
        What the hidden tests gave.
    most : float
        What they could have given.
    waiting : float
        Points that wait for a person to read the answer.
    problem : str
        Why the submission could not be graded; empty if it was.
    """

    student: str
    points: float
    most: float
    waiting: float
    problem: str = ""


def students(course, name):
    """Return who has handed in something for an assignment, in order."""
    found = (course.root / "submitted").glob(f"*/{name}")
    return sorted(folder.parent.name for folder in found)


def grade(course, name):
    """Grade every submission of an assignment, with feedback pages.

    Parameters
    ----------
    course : paths.Course
        Its release must be generated.
    name : str

    Returns
    -------
    list of Row
        One for each student; a submission that fails is in it too.
    """
    bar = tqdm(students(course, name), desc="grading", unit="submission")
    rows = []
    for student in bar:
        bar.set_postfix_str(student)
        rows.append(_grade_one(course, name, student))
    return rows


def _grade_one(course, name, student):
    expected = course.notebook("submitted", name, student)
    if not expected.is_file():
        found = ", ".join(sorted(path.name for path in expected.parent.glob("*"))) or "nothing"
        return Row(student, 0.0, 0.0, 0.0, f"no {expected.name} was handed in, but {found}")
    try:
        nbgrader.autograde(course, name, student)
        nbgrader.generate_feedback(course, name, student)
        scores = nbgrader.scores(course, name, student).values()
    except nbgrader.NbgraderFailed as failed:
        return Row(student, 0.0, 0.0, 0.0, _reason(str(failed)))
    return Row(
        student,
        sum(points for points, _ in scores if points is not None),
        sum(most for points, most in scores if points is not None),
        sum(most for points, most in scores if points is None),
    )


def _reason(log):
    """Return the line of nbgrader's log that says what is wrong: that of the last exception."""
    # nbgrader indents the traceback of what went wrong, behind that of its own "please see".
    told = re.findall(r"^ *(?:\w+\.)*(\w+(?:Error|Exception): .*)", log, flags=re.MULTILINE)
    return (told or log.strip().splitlines())[-1][:120]
