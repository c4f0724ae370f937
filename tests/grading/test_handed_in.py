"""From the student's command, or nbgrader's exchange, through collecting to a grade."""

import logging
from types import SimpleNamespace

import nbformat
import pytest
from nbgrader.auth import Authenticator
from nbgrader.coursedir import CourseDirectory
from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseAssignment, ExchangeSubmit
from tiny_answers import TESTS, TRIPLE, cell, lost, points
from traitlets.config import Config

from course import __main__ as command
from course import build, grade, nbgrader_calls, text
from course.collect import collect
from course.paths import Course, write_in_one_move
from helpers.submit import __main__ as submit
from helpers.submit import notebooks, saved

NAME = "01_tiny"


@pytest.fixture(scope="module")
def classroom(tmp_path_factory, tiny, tiny_text):
    """Return a class that nobody has handed in to yet."""
    course = Course(tmp_path_factory.mktemp("handed-in") / "course", cell_timeout=3)
    write_in_one_move(course.text(NAME), tiny_text.encode())
    build.build(course)
    nbgrader_calls.generate(course, NAME)
    return type(tiny)(course, text.read(course.text(NAME)))


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


@pytest.fixture
def exchange(classroom, tmp_path):
    """Return a function that runs one of the exchange's steps for somebody."""
    root = tmp_path / "exchange"
    root.mkdir()
    root.chmod(0o777)

    def run(step, folder, **options):
        settings = Config(
            CourseDirectory={"root": str(folder), "course_id": "nn-workbook", **options},
            Exchange={
                "root": str(root),
                "cache": str(tmp_path / "cache"),
                "assignment_dir": folder,
            },
        )
        settings.CourseDirectory.db_url = classroom.course.gradebook_url
        made = step(
            coursedir=CourseDirectory(config=settings, assignment_id=NAME),
            authenticator=Authenticator(config=settings),
            config=settings,
        )
        made.log = logging.getLogger("exchange")
        made.start()

    return SimpleNamespace(run=run, inbound=root / "nn-workbook" / "inbound")


def test_nbgrader_s_exchange_works_and_can_be_collected_here_too(classroom, exchange, tmp_path):
    course = classroom.course
    exchange.run(ExchangeReleaseAssignment, str(course.root))
    home = tmp_path / "home"
    write_in_one_move(home / NAME / f"{NAME}.ipynb", nbformat.writes(classroom.right()).encode())
    exchange.run(ExchangeSubmit, str(home), student_id="ben")
    exchange.run(ExchangeCollect, str(course.root))
    submitted = course.notebook("submitted", NAME, "ben")
    there = submitted.read_bytes(), (submitted.parent / "timestamp.txt").read_text()
    [report] = collect(course, exchange.inbound)
    assert (report.new, report.changed, report.look) == (1, [], [])
    assert there == (submitted.read_bytes(), (submitted.parent / "timestamp.txt").read_text())
    [row] = grade.grade(course, NAME, ["ben"], feedback=False)
    assert (row.points, row.problem) == (sum(TESTS.values()), "")
