"""Grades of a class of 300 as files, and late days as nbgrader's plugin says."""

import csv
import datetime
import random
import shutil

import pytest
from nbgrader import api
from nbgrader.api import Gradebook
from traitlets.config import Config

from course import __main__ as command
from course import late, nbgrader_calls
from course.commands import grades as grades_command
from course.paths import Course

SOFTMAX, NET = "01_softmax", "02_two_layer_net"
DUE = {SOFTMAX: datetime.datetime(2026, 3, 4, 12), NET: datetime.datetime(2026, 3, 18, 12)}
MOST = {"test": 20.0, "why": 10.0}
LATE_DAYS = Config(
    AssignLatePenalties={"plugin_class": "course.late.LateDays"},
    LateDays={"free_days": 3, "per_day": 0.1},
)
NONE = Config()


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """Return the file of a gradebook with two assignments, of a test and a question each."""
    nbgrader_calls.config(Course())  # tells where alembic is
    path = tmp_path_factory.mktemp("empty") / "gradebook.db"
    with Gradebook(f"sqlite:///{path}") as gradebook:
        for name, due in DUE.items():
            gradebook.add_assignment(name, duedate=due)
            gradebook.add_notebook(name, name)
            for cell, most in MOST.items():
                gradebook.add_grade_cell(cell, name, name, max_score=most, cell_type="code")
    return path


def hand_in(gradebook, students):
    """Put graded submissions into a gradebook.

    Parameters
    ----------
    students : dict of str to dict
        By id, for each assignment handed in: hours late, points of the test, points of the answer.
    """
    add = gradebook.db.add
    books = {name: gradebook.find_notebook(name, name) for name in DUE}
    cells = {name: list(book.grade_cells) for name, book in books.items()}
    for student, handed_in in students.items():
        add(api.Student(id=student, last_name=f"Last, {student}", email=f"{student}@x.org"))
        for name, (hours, test, answer) in handed_in.items():
            book, key = books[name], f"{student}/{name}"
            when = DUE[name] + datetime.timedelta(hours=hours)
            about = {"id": key, "student_id": student, "assignment_id": book.assignment_id}
            add(api.SubmittedAssignment(**about, timestamp=when))
            add(api.SubmittedNotebook(id=key, notebook_id=book.id, assignment_id=key))
            scores = {
                "test": {"auto_score": test, "needs_manual_grade": False},
                "why": {"manual_score": answer, "needs_manual_grade": answer is None},
            }
            for cell in cells[name]:
                add(api.Grade(notebook_id=key, cell_id=cell.id, **scores[cell.name]))
    gradebook.db.commit()


# Late days


@pytest.fixture
def url(tmp_path, empty):
    return f"sqlite:///{shutil.copy(empty, tmp_path)}"


def penalties(url, settings, **students):
    with Gradebook(url) as gradebook:
        hand_in(gradebook, students)
    late.refresh(url, [SOFTMAX, NET], settings)
    return found(url)


def found(url):
    return {key: off for key, off in late.penalties(url, []).items() if off}


def test_late_days_are_free_until_they_are_used_up(url):
    off = penalties(
        url,
        LATE_DAYS,
        punctual={SOFTMAX: (-1, 20, 10), NET: (0, 20, 10)},
        # Two days, then two more, of which one is left; the hour of a third counts as a day.
        slow={SOFTMAX: (30, 20, 10), NET: (49, 20, 10)},
        # Five days beyond the three, half of what was earned.
        slower={SOFTMAX: (8 * 24, 10, 0)},
        never={SOFTMAX: (99 * 24, 20, 10), NET: (1, 20, 10)},
    )
    assert off == {
        ("slow", NET): pytest.approx(6.0),
        ("slower", SOFTMAX): pytest.approx(5.0),
        ("never", SOFTMAX): pytest.approx(30.0),
        ("never", NET): pytest.approx(3.0),
    }


def test_the_order_in_which_assignments_are_graded_changes_nothing(url):
    with Gradebook(url) as gradebook:
        hand_in(gradebook, {"slow": {SOFTMAX: (30, 20, 10), NET: (49, 20, 10)}})
    for name in (NET, SOFTMAX):
        late.refresh(url, [name], LATE_DAYS)
    assert found(url) == {("slow", NET): pytest.approx(6.0)}


def test_a_penalty_follows_the_extension_the_due_date_and_what_a_person_gives(url):
    assert penalties(url, NONE, ada={SOFTMAX: (24 * 5, 20, None)}) == {}
    zero = Config(LateSubmissionPlugin={"penalty_method": "zero"})
    key = ("ada", SOFTMAX)
    assert late.refresh(url, [], zero) == {key: (0, 20)}
    with Gradebook(url) as gradebook:
        grade = gradebook.find_grade("why", SOFTMAX, SOFTMAX, "ada")
        grade.manual_score, grade.needs_manual_grade = 7.0, False
        gradebook.db.commit()
    assert late.refresh(url, [], zero) == {key: (20, 27)}
    assert late.refresh(url, [], zero) == {}
    with Gradebook(url) as gradebook:
        gradebook.grant_extension(SOFTMAX, "ada", days=5)
    assert late.refresh(url, [], zero) == {key: (27, 0)}


# The command, on a class of 300


@pytest.fixture(scope="module")
def large(tmp_path_factory, empty):
    """Return a course folder with the gradebook of 300 students, and what they handed in."""
    course, draw = Course(tmp_path_factory.mktemp("large")), random.Random(0)
    students = {f"s{number:03}": {} for number in range(300)}
    for handed_in in students.values():
        for name in DUE:
            if draw.random() < 0.9:
                hours = draw.choice([-5, -1, 0, 3, 30, 200])
                answer = draw.choice([None, 0.0, 4.5, 10.0])
                handed_in[name] = hours, draw.choice([0.0, 7.25, 20.0]), answer
    shutil.copy(empty, course.root)
    with Gradebook(course.gradebook_url) as gradebook:
        hand_in(gradebook, students)
    return course, students


@pytest.fixture
def run(large, monkeypatch, capsys):
    """Return a function that runs ``course grades`` there, with the late days of the tests."""
    course, _ = large
    monkeypatch.setattr(command, "Course", lambda: course)
    monkeypatch.setattr(grades_command, "config", lambda _course: LATE_DAYS)

    def run(*options):
        status = command.main(["grades", *map(str, options)])
        return status, *capsys.readouterr()

    return run


def earned(handed_in, name):
    """Return what the late days leave of the points; None if they wait for a person."""
    _, test, answer = handed_in[name]
    if answer is None:
        return None
    days = {other: -(-max(0, late) // 24) for other, (late, *_) in handed_in.items()}
    left = max(0, 3 - (days.get(SOFTMAX, 0) if name == NET else 0))
    return (test + answer) * (1 - min(1, 0.1 * max(0, days[name] - left)))


def test_a_spreadsheet_of_300_holds_what_each_has_earned(large, run, tmp_path):
    out = tmp_path / "grades.csv"
    status, told, _ = run("--out", out)
    assert status == 1
    assert "Wait for a person" in told
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    students = large[1]
    assert list(rows) == sorted(students)
    for student, handed_in in students.items():
        for name in DUE:
            want = earned(handed_in, name) if name in handed_in else None
            cell = rows[student][f"{name} (of 30)"]
            assert (float(cell) if cell else None) == (want and pytest.approx(want, abs=0.005))
    before = out.read_bytes()
    assert run("--out", out)[0] == 1
    assert out.read_bytes() == before


def test_canvas_s_file_of_300_is_filled_in_and_stays_as_it_was(large, run, tmp_path):
    students = large[1]
    export, out = tmp_path / "canvas.csv", tmp_path / "filled.csv"
    order = random.Random(1).sample(sorted(students), 290)
    with export.open("w", encoding="utf-8", newline="") as file:
        write = csv.writer(file).writerow
        write(["Student", "ID", "SIS Login ID", "Section", f"{SOFTMAX} (1)", f"{NET} (2)"])
        write(["    Points Possible", "", "", "", "30.0", "30.0"])
        for number, student in enumerate(order):
            write([f"Last, {student}", 9000 + number, student, "Monday", "", "29"])
        write(["Student, Test", "1", "", "Monday", "", ""])
    before = export.read_bytes()
    status, told, _ = run("--for", "canvas", "--merge", export, "--out", out)
    assert status == 1
    assert export.read_bytes() == before
    with out.open(encoding="utf-8", newline="") as file:
        rows = {row["SIS Login ID"]: row for row in csv.DictReader(file)}
    assert list(rows) == ["", *order]
    for student in order:
        for name, head, there in ((SOFTMAX, f"{SOFTMAX} (1)", ""), (NET, f"{NET} (2)", "29")):
            want = earned(students[student], name) if name in students[student] else None
            cell = rows[student][head]
            assert cell == there if want is None else float(cell) == pytest.approx(want, abs=0.005)
    absent = {student for student in students if students[student] and student not in order}
    listed = told.split("in no row of the file:\n")[1].split("\n\n")[0].split()
    assert set(listed) == absent
    assert "Student, Test, 1 (row 293)" in told


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--for", "canvas"], "name that file, --merge FILE"),
        (["--merge", "x.csv"], "say which, --for canvas or moodle"),
        (["--for", "moodle", "--merge", "x.csv"], "No such file"),
        (["--assignment", "09_unknown"], "knows no assignment '09_unknown'"),
    ],
)
def test_what_cannot_be_written_ends_with_2_and_writes_nothing(run, tmp_path, options, told):
    status, printed, error = run(*options, "--out", tmp_path / "out.csv")
    assert (status, printed) == (2, "")
    assert told in error
    assert not (tmp_path / "out.csv").exists()


def test_the_file_to_be_read_is_never_written(run, tmp_path):
    export = tmp_path / "canvas.csv"
    export.write_text("Student,ID,Section\n")
    (tmp_path / "link.csv").symlink_to(export)
    for out in (export, tmp_path / "link.csv"):
        status, _, error = run("--for", "canvas", "--merge", export, "--out", out)
        assert status == 2
        assert "is the file to read" in error
    assert export.read_text() == "Student,ID,Section\n"
