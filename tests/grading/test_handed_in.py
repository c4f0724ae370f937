"""From the student's command, or nbgrader's exchange, through collecting to a grade."""

import datetime
import shutil

import nbformat
import pytest
from archives_corpus import hand_in
from nbgrader.api import Gradebook
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseAssignment, ExchangeSubmit
from tiny_answers import TESTS, TRIPLE, cell, lost, points
from traitlets.config import Config

from course import __main__ as command
from course import grade
from course.collect import collect
from course.paths import Course, write_in_one_move
from helpers.submit import __main__ as submit
from helpers.submit import notebooks, saved

NAME = "01_tiny"


@pytest.fixture(scope="module")
def classroom(tmp_path_factory, tiny):
    """Return a copy of a class, from before anything was handed in."""
    root = tmp_path_factory.mktemp("handed-in") / "course"
    made = ("submitted", "autograded", "feedback", ".grading")
    shutil.copytree(tiny.course.root, root, ignore=shutil.ignore_patterns(*made))
    return type(tiny)(Course(root, cell_timeout=3), tiny.source)


def test_what_a_student_hands_in_is_collected_and_graded(classroom, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(notebooks, "RELEASED", classroom.course.pristine(NAME).parent)
    monkeypatch.setattr(saved.unsaved, "__defaults__", (list,))
    monkeypatch.setattr(command, "Course", lambda: classroom.course)
    notebook = classroom.right()
    cell(notebook, "triple").source = "def triple(x):\n    return 2.0 + x"  # right for 1 only
    notebook.cells.remove(cell(notebook, "test_double_array"))
    path = tmp_path / f"{NAME}.ipynb"
    nbformat.write(notebook, path)
    assert submit.main([str(path), "--student", "ada", "--out", str(tmp_path / "box")]) == 0
    said = capsys.readouterr().out
    assert "2 of 2 TODOs done" in said
    assert "`test_double_array` was missing and is put back" in said
    assert command.main(["collect", str(tmp_path / "box")]) == 0
    assert command.main(["grade", NAME]) == 0
    assert points(classroom.graded("ada")) == lost(*TRIPLE)


def test_the_gradebook_tells_who_is_missing_and_late(classroom, tmp_path):
    course, due = classroom.course, datetime.datetime(2026, 11, 20, 10)
    with Gradebook(course.gradebook_url) as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate=due)
        for student in ("cyd", "dan"):
            gradebook.update_or_create_student(student)
    (tmp_path / "x.zip").write_bytes(hand_in("cyd", classroom.released))  # at 11 in UTC
    [report] = collect(course, tmp_path / "x.zip")
    assert report.late["cyd"] == datetime.timedelta(hours=1)
    assert "dan" in report.missing
    assert "cyd" not in report.missing
    with Gradebook(course.gradebook_url) as gradebook:
        gradebook.update_or_create_assignment(NAME, duedate=None)


def test_nbgrader_s_exchange_keeps_working_beside_it(classroom, tmp_path):
    course, home = classroom.course, tmp_path / "home"
    (tmp_path / "exchange").mkdir(mode=0o777)
    (tmp_path / "exchange").chmod(0o777)

    def exchange(step, folder, **about):
        about |= {"root": str(folder), "course_id": "nn-workbook", "db_url": course.gradebook_url}
        there = {"root": str(tmp_path / "exchange"), "cache": str(tmp_path / "cache")}
        settings = Config(CourseDirectory=about, Exchange={**there, "assignment_dir": str(folder)})
        coursedir = CourseDirectory(config=settings, assignment_id=NAME)
        authenticator = Authenticator(config=settings)
        step(coursedir=coursedir, authenticator=authenticator, config=settings).start()

    exchange(ExchangeReleaseAssignment, course.root)
    write_in_one_move(home / NAME / f"{NAME}.ipynb", nbformat.writes(classroom.right()).encode())
    exchange(ExchangeSubmit, home, student_id="ben")
    exchange(ExchangeCollect, course.root)
    [row] = grade.grade(course, NAME, ["ben"], feedback=False)
    assert (row.points, row.problem) == (sum(TESTS.values()), "")
    # A hand-in of before does not take its place, and one of later does.
    there = {path.name: path.read_bytes() for path in submitted(course).iterdir()}
    for hours, counts in ((-1, False), (1, True)):
        at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
        path = tmp_path / f"{hours}.zip"
        path.write_bytes(hand_in("ben", classroom.released, time=at.isoformat()))
        [report] = collect(course, path)
        assert (report.changed == ["ben"]) == counts
    kept = course.attempts.glob(f"{NAME}/ben/*/files/submission_secret.txt")
    assert [path.read_bytes() for path in kept] == [there["submission_secret.txt"]]


def submitted(course):
    return course.notebook("submitted", NAME, "ben").parent
