"""Grading runs: nothing is done twice, nothing is lost, and everybody is accounted for."""

import datetime
import errno
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from nbgrader.api import Gradebook
from sqlalchemy.exc import OperationalError
from tiny_answers import TESTS, cell

from course import build, desk, grade, nbgrader_calls, pool, preview, text
from course.grade import Row
from course.paths import HERE, Course, write_in_one_move

NAME, SECONDS = "01_tiny", 3
COMMAND = f"""\
import sys
from pathlib import Path
from course import __main__ as command
from course.paths import Course
command.Course = lambda: Course(Path(sys.argv[1]), cell_timeout={SECONDS})
sys.exit(command.main(["grade", *sys.argv[2:]]))
"""
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
RIGHT, HALF, WRONG = 7.0, 3.0, 5.0
POINTS = {"ada": RIGHT, "ben": HALF, "cyd": WRONG}


# A class that is graded once, and copies of it


@pytest.fixture(scope="module")
def graded(tmp_path_factory, tiny, tiny_text):
    """Return a class of three that is graded."""
    course = Course(tmp_path_factory.mktemp("runs") / "course", cell_timeout=SECONDS)
    write_in_one_move(course.text(NAME), tiny_text.encode())
    build.build(course)
    nbgrader_calls.generate(course, NAME)
    classroom = type(tiny)(course, text.read(course.text(NAME)))
    for student in POINTS:
        classroom.hand_in(student, answer(classroom, student))
    assert {row.student: row.points for row in grade.grade(course, NAME, workers=2)} == POINTS
    return classroom


def answer(classroom, student):
    notebook = classroom.right()
    if student == "ben":
        cell(notebook, "triple").source = "def triple(x):\n    return 3.0 + x"
    if student == "cyd":
        cell(notebook, "double").source = "def double(x):\n    return abs(2.0 * x)"
    return notebook


@pytest.fixture
def classroom(graded, tmp_path):
    """Return a copy of it that a test may change."""
    root = tmp_path / "course"
    shutil.copytree(graded.course.root, root)
    return type(graded)(Course(root, cell_timeout=SECONDS), graded.source)


@pytest.fixture
def fresh(classroom):
    """Return a copy of it in which nobody is graded yet."""
    root = classroom.course.root
    for folder in ("autograded", "feedback", ".grading"):
        shutil.rmtree(root / folder)
    with Gradebook(classroom.course.gradebook_url) as gradebook:
        for student in POINTS:
            gradebook.remove_student(student)
    return classroom


class Work:
    """What a grading run did."""

    def __init__(self):
        self.executed, self.solutions, self.recorded = 0, 0, []

    def __eq__(self, other):
        return (self.executed, self.recorded) == other


@pytest.fixture
def work(monkeypatch):
    """Count what is executed and recorded from now on."""
    work = Work()
    submit, record = pool.Pool.submit, nbgrader_calls.record

    def counted(self, job):
        if any(cell["kind"] == "expect" for cell in job["cells"]):
            work.solutions += 1
        else:
            work.executed += 1
        return submit(self, job)

    def noted(course, assignment, student, settings):
        work.recorded.append(student)
        return record(course, assignment, student, settings)

    monkeypatch.setattr(pool.Pool, "submit", counted)
    monkeypatch.setattr(nbgrader_calls, "record", noted)
    return work


def run(classroom, **options):
    rows = grade.grade(classroom.course, NAME, workers=2, **options)
    return {row.student: row for row in rows}


def points(rows):
    return {student: row.points for student, row in rows.items()}


def content(root, *folders):
    """Return the bytes of all files in some folders."""
    paths = [path for folder in folders for path in [root / folder, *(root / folder).rglob("*")]]
    return {path.relative_to(root): path.read_bytes() for path in paths if path.is_file()}


# What has not changed is not done again


def test_an_unchanged_class_is_neither_executed_nor_recorded_again(classroom, work):
    everything = ("gradebook.db", "autograded", "feedback")
    before = content(classroom.course.root, *everything)
    assert points(run(classroom)) == POINTS
    assert work == (0, [])
    assert work.solutions == 0
    assert content(classroom.course.root, *everything) == before


def test_only_a_changed_submission_is_done_again(classroom, work):
    classroom.hand_in("ben", classroom.right())
    assert points(run(classroom)) == {**POINTS, "ben": RIGHT}
    assert work == (1, ["ben"])


def test_force_does_everything_again(classroom, work):
    assert points(run(classroom, force=True)) == POINTS
    assert work == (3, list(POINTS))


def test_one_student_can_be_graded_alone(classroom, work):
    for student in POINTS:
        classroom.hand_in(student, classroom.released)
    assert points(run(classroom, only=["cyd"])) == {"cyd": 0}
    assert work == (1, ["cyd"])
    scores = nbgrader_calls.scores(classroom.course, NAME, "ada")
    assert sum(scores[test][0] for test in TESTS) == RIGHT


def test_a_student_who_is_named_twice_is_graded_once(classroom, work):
    classroom.hand_in("cyd", classroom.right())
    rows = grade.grade(classroom.course, NAME, only=["cyd", "ada", "cyd"])
    assert [row.student for row in rows] == ["cyd", "ada"]
    assert work == (1, ["cyd"])


def test_a_student_who_has_handed_in_nothing_is_refused_and_not_made_up(classroom):
    with pytest.raises(FileNotFoundError, match="nobody has handed in nothing for 01_tiny"):
        run(classroom, only=["ada", "nobody"])
    with Gradebook(classroom.course.gradebook_url) as gradebook:
        assert {student.id for student in gradebook.students} == set(POINTS)


def test_a_damaged_outcome_is_made_again(classroom, work):
    for number, student in enumerate(POINTS):
        kept = classroom.course.grading / NAME / f"{student}.json"
        kept.write_bytes((kept.read_bytes()[:100], b"", b"\xff")[number])
    assert points(run(classroom)) == POINTS
    assert work.executed == 3


def test_a_damaged_mark_of_what_is_done_is_made_again(classroom, work):
    for number, student in enumerate(POINTS):
        mark = classroom.course.grading / NAME / "done" / f"{student}.json"
        mark.write_bytes((b"", b"[]", b"{}")[number])
    assert points(run(classroom)) == POINTS
    assert work == (0, list(POINTS))


def test_all_that_is_kept_between_runs_may_be_deleted(classroom, work):
    shutil.rmtree(classroom.course.grading)
    assert points(run(classroom)) == POINTS
    assert work == (3, list(POINTS))


@pytest.mark.parametrize("what", ["autograded", "feedback"])
def test_what_somebody_has_deleted_is_written_again(classroom, work, what):
    gone = {"autograded": classroom.course.notebook("autograded", NAME, "ben")}
    gone["feedback"] = classroom.course.feedback(NAME, "ben")
    gone[what].unlink()
    run(classroom)
    assert work == (0, ["ben"])
    assert gone[what].is_file()


def test_what_the_plain_command_graded_in_between_does_not_stay(classroom, work):
    classroom.hand_in("ada", classroom.released)
    assert sum(classroom.grade("ada").scores[test] for test in TESTS) == 0
    classroom.hand_in("ada", answer(classroom, "ada"))
    assert points(run(classroom)) == POINTS
    assert work.recorded == ["ada"]


# Another course text


def retext(classroom, before, after):
    """Change the text of the assignment, as its author would, and build it."""
    course = classroom.course
    written = course.text(NAME).read_text(encoding="utf-8")
    assert written.count(before) == 1
    write_in_one_move(course.text(NAME), written.replace(before, after).encode())
    build.build(course)


OTHER = ("triple(-3.0), -9.0,", "triple(-4.0), -12.0,")
# What is wanted of `triple` now rests on the solution of `double`.
RESTING = ("triple(-3.0), -9.0,", "triple(-3.0), 1.5 * double(-3.0),")
MISTAKE = ("return 2.0 * x", "return 2.0 * abs(x)")


def test_changed_tests_make_everything_run_again(classroom, work):
    retext(classroom, *OTHER)
    nbgrader_calls.generate(classroom.course, NAME)
    assert points(run(classroom)) == POINTS
    assert work == (3, list(POINTS))


def test_a_corrected_solution_grades_again_and_executes_no_submission(classroom, work):
    retext(classroom, *RESTING)
    retext(classroom, *MISTAKE)
    nbgrader_calls.generate(classroom.course, NAME)
    assert points(run(classroom)) == {"ada": 3.0, "ben": HALF, "cyd": 1.0}
    work.executed, work.recorded, work.solutions = 0, [], 0
    retext(classroom, *reversed(MISTAKE))
    nbgrader_calls.generate(classroom.course, NAME)
    assert points(run(classroom)) == POINTS
    assert work == (0, list(POINTS))
    assert work.solutions > 0


def test_a_stale_release_is_refused_with_the_remedy_and_no_grade_changes(classroom):
    retext(classroom, *OTHER)
    before = content(classroom.course.root, "gradebook.db", "autograded", "feedback")
    with pytest.raises(
        nbgrader_calls.NbgraderFailed, match=f"run `nbgrader generate_assignment {NAME} --force`"
    ):
        run(classroom)
    assert content(classroom.course.root, "gradebook.db", "autograded", "feedback") == before


def test_a_solution_that_fails_is_refused_and_no_grade_changes(classroom):
    retext(classroom, "return 3.0 * x", "raise ValueError(x)")
    before = {name: nbgrader_calls.scores(classroom.course, NAME, name) for name in POINTS}
    with pytest.raises(nbgrader_calls.NbgraderFailed, match="the reference solution fails in"):
        run(classroom, force=True)
    assert before == {n: nbgrader_calls.scores(classroom.course, NAME, n) for n in POINTS}


# Two runs at the same time


def command(classroom, *options):
    return [sys.executable, "-c", COMMAND, str(classroom.course.root), *options]


def call(classroom, *options):
    return subprocess.run(
        command(classroom, *options),
        cwd=HERE,
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_a_second_run_at_the_same_time_is_refused(classroom):
    with grade.alone(classroom.course):
        done = call(classroom, NAME)
        with pytest.raises(grade.Busy):
            run(classroom)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"another grading run is at work in {classroom.course.root}: ")
    assert points(run(classroom)) == POINTS


def test_the_plain_command_at_the_same_time_spoils_nothing(fresh):
    course = fresh.course
    settings = (HERE / "nbgrader_config.py").read_text(encoding="utf-8")
    write_in_one_move(
        course.root / "nbgrader_config.py",
        f"{settings}\nc.Execute.timeout = {SECONDS}\n".encode(),
    )
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": ENVIRONMENT}
    plain = [str(Path(sys.executable).parent / "nbgrader"), "autograde", NAME, "--force"]
    running = [
        subprocess.Popen(plain, cwd=course.root, **quiet),
        subprocess.Popen(command(fresh, NAME), cwd=HERE, **quiet),
    ]
    for process in running:
        process.wait(120)
    with sqlite3.connect(course.gradebook) as base:
        assert base.execute("pragma integrity_check").fetchone() == ("ok",)
    base.close()
    # Whatever met, the next run puts it right.
    rows = run(fresh)
    assert points(rows) == POINTS
    assert [row.problem for row in rows.values()] == ["", "", ""]
    assert all(course.feedback(NAME, student).is_file() for student in POINTS)


# Ended in the middle


class Killed(BaseException):
    """What nobody catches, as nobody catches a kill."""


def after_execution(course, number, error):
    """Return a function that fails with an error, but not before so many are executed."""

    def fails(*_arguments, **_named):
        for _ in range(3000):
            if len(list((course.grading / NAME).glob("*.json"))) >= number:
                break
            time.sleep(0.01)
        raise error

    return fails


@pytest.mark.parametrize("before", ["record", "generate_feedback", "scores"])
def test_a_run_that_ends_between_two_steps_goes_on(fresh, work, before):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nbgrader_calls, before, after_execution(fresh.course, 1, Killed))
        with pytest.raises(Killed):
            run(fresh, only=["ada"])
    assert work.executed == 1
    assert points(run(fresh)) == POINTS
    assert work.executed == 3
    assert all(fresh.course.feedback(NAME, student).is_file() for student in POINTS)


DISK = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
BASE = OperationalError("UPDATE", {}, sqlite3.OperationalError("database or disk is full"))
LOCKED = OperationalError("UPDATE", {}, sqlite3.OperationalError("database is locked"))
FULL = {  # where it is noticed, after how many have been executed, and what is raised
    "an outcome": ("course.desk.write_in_one_move", 1, DISK),
    "the mark of what is done": ("course.grade.write_in_one_move", 3, DISK),
    "a notebook": ("nbconvert.writers.FilesWriter.write", 1, DISK),
    "the gradebook": ("nbgrader.api.Gradebook.update_or_create_submission", 3, BASE),
}


@pytest.mark.parametrize("what", FULL)
def test_a_full_disk_is_told_and_what_was_graded_stays(fresh, what):
    rows = run(fresh, only=["ada"])
    target, number, error = FULL[what]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(target, after_execution(fresh.course, number, error))
        with pytest.raises(nbgrader_calls.NbgraderFailed) as failed:
            run(fresh)
    assert "No space left" in str(failed.value) or "disk is full" in str(failed.value)
    assert "run the same command again; what was graded stays" in str(failed.value)
    assert "\n" not in str(failed.value)
    scores = nbgrader_calls.scores(fresh.course, NAME, "ada")
    assert sum(scores[test][0] for test in TESTS) == rows["ada"].points == RIGHT
    assert points(run(fresh)) == POINTS


def test_a_locked_gradebook_is_told_and_the_next_run_completes(fresh):
    target = "nbgrader.api.Gradebook.update_or_create_submission"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(target, after_execution(fresh.course, 3, LOCKED))
        with pytest.raises(nbgrader_calls.NbgraderFailed, match="database is locked"):
            run(fresh)
    assert points(run(fresh)) == POINTS


def test_ctrl_c_ends_a_run_soon_and_the_next_one_completes(fresh):
    for number in range(6):
        fresh.hand_in(f"slow{number}", slow(fresh, number))
    running = subprocess.Popen(
        command(fresh, NAME),
        cwd=HERE,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # What runs in the background of a script has been told to ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    done = fresh.course.grading / NAME / "done"
    for _ in range(1000):
        if len(list(done.glob("*.json"))) >= 2:
            break
        time.sleep(0.02)
    inside = psutil.Process(running.pid).children(recursive=True)
    running.send_signal(signal.SIGINT)
    printed, _ = running.communicate(timeout=20)
    assert running.returncode not in (0, 1)
    assert printed == b""
    _, alive = psutil.wait_procs(inside, timeout=10)
    assert not alive
    graded = {path.stem for path in done.glob("*.json")}
    assert 2 <= len(graded) < 9
    rows = run(fresh)
    assert {row.problem for row in rows.values()} == {""}
    assert {student: rows[student].points for student in POINTS} == POINTS
    assert {row.points for name, row in rows.items() if name.startswith("slow")} == {RIGHT}


def slow(classroom, number):
    notebook = classroom.right()
    source = cell(notebook, "double").source
    cell(notebook, "double").source = f"import time\ntime.sleep(1 + {number}e-3)\n{source}"
    return notebook


# What people gave


def given(classroom, student, name):
    with Gradebook(classroom.course.gradebook_url) as gradebook:
        grade = gradebook.find_grade(name, NAME, NAME, student)
        found = grade.manual_score, grade.extra_credit, grade.needs_manual_grade
        comment = None
        if name == "why":
            comment = gradebook.find_comment(name, NAME, NAME, student).manual_comment
        return (*found, comment)


@pytest.fixture
def read(classroom):
    """Return a class in which a person has scored ada's answer and one of her tests."""
    with Gradebook(classroom.course.gradebook_url) as gradebook:
        why = gradebook.find_grade("why", NAME, NAME, "ada")
        why.manual_score, why.extra_credit, why.needs_manual_grade = 3.5, 0.5, False
        gradebook.find_comment("why", NAME, NAME, "ada").manual_comment = "Well said."
        test = gradebook.find_grade("test_double_array", NAME, NAME, "ada")
        test.manual_score, test.needs_manual_grade = 0.25, False
        gradebook.db.commit()
    return classroom


@pytest.mark.parametrize("force", [False, True], ids=["a run", "a run by force"])
def test_what_a_person_gave_survives_and_is_not_asked_again(read, force):
    row = run(read, force=force)["ada"]
    assert given(read, "ada", "why") == (3.5, 0.5, False, "Well said.")
    assert given(read, "ada", "test_double_array") == (0.25, None, False, None)
    assert (row.points, row.waiting) == (6.25, 0)


def test_a_changed_answer_waits_again_and_keeps_what_was_given(read):
    notebook = answer(read, "ada")
    cell(notebook, "why").source = "Because of one."
    read.hand_in("ada", notebook)
    assert run(read)["ada"].waiting == 6  # and the test: who scored it saw the whole
    assert given(read, "ada", "why") == (3.5, 0.5, True, "Well said.")
    assert given(read, "ada", "test_double_array") == (0.25, None, True, None)


def test_changed_code_asks_again_for_a_test_and_not_for_the_answer(read):
    notebook = answer(read, "ada")
    cell(notebook, "triple").source += "\n\nthrice = triple"
    read.hand_in("ada", notebook)
    run(read)
    assert given(read, "ada", "why") == (3.5, 0.5, False, "Well said.")
    assert given(read, "ada", "test_double_array") == (0.25, None, True, None)


def test_what_a_person_gave_survives_a_hand_in_that_cannot_be_read(read):
    read.hand_in("ada", b"")
    run(read)
    assert given(read, "ada", "why") == (3.5, 0.5, True, "Well said.")
    read.hand_in("ada", answer(read, "ada"))
    run(read)
    assert given(read, "ada", "why")[:2] == (3.5, 0.5)


# An older grade


UNREADABLE = {"an empty file": b"", "a web page": b"<html>Sign in</html>", "nothing": None}


@pytest.mark.parametrize("what", UNREADABLE)
def test_an_older_grade_does_not_stay_and_comes_back_with_the_older_file(classroom, what):
    if UNREADABLE[what] is None:
        classroom.course.notebook("submitted", NAME, "ada").unlink()
    else:
        classroom.hand_in("ada", UNREADABLE[what])
    row = run(classroom)["ada"]
    assert row.problem
    assert row.points == 0
    scores = nbgrader_calls.scores(classroom.course, NAME, "ada")
    assert {points for points, _ in scores.values()} == {None}
    # Said again, not only the first time.
    assert run(classroom)["ada"].problem == row.problem
    classroom.hand_in("ada", answer(classroom, "ada"))
    assert points(run(classroom)) == POINTS


# Time


def at_noon(day):
    return datetime.datetime(2026, 3, day, 12)


def hand_in_on(classroom, student, day):
    stamp = classroom.course.notebook("submitted", NAME, student).with_name("timestamp.txt")
    stamp.write_text(f"2026-03-{day:02} 12:00:00 UTC\n")


def submitted(classroom, student):
    with Gradebook(classroom.course.gradebook_url) as gradebook:
        found = gradebook.find_submission(NAME, student)
        return found.timestamp, found.score - penalty(found), found.total_seconds_late


def penalty(submission):
    return sum(notebook.late_submission_penalty or 0 for notebook in submission.notebooks)


def set_due(classroom, day):
    with Gradebook(classroom.course.gradebook_url) as gradebook:
        gradebook.find_assignment(NAME).duedate = at_noon(day)
        gradebook.db.commit()


def test_the_time_of_the_hand_in_is_recorded_also_when_nothing_else_changes(classroom):
    hand_in_on(classroom, "ada", 5)
    run(classroom)
    assert submitted(classroom, "ada")[0] == at_noon(5)
    hand_in_on(classroom, "ada", 6)
    run(classroom)
    assert submitted(classroom, "ada")[0] == at_noon(6)
    assert submitted(classroom, "ben")[0] is None


def test_a_time_that_is_none_costs_nothing(classroom):
    stamp = classroom.course.notebook("submitted", NAME, "ada").with_name("timestamp.txt")
    stamp.write_text("yesterday, I think\n")
    rows = run(classroom, force=True)
    assert set(rows) == set(POINTS)
    assert rows["ada"].points == RIGHT or rows["ada"].problem
    assert rows["ben"].points == HALF


def test_a_late_hand_in_is_punished_as_the_settings_say_until_the_due_date_is_moved(
    classroom, monkeypatch
):
    config = nbgrader_calls.config

    def strict(course):
        settings = config(course)
        settings.LateSubmissionPlugin.penalty_method = "zero"
        return settings

    monkeypatch.setattr(nbgrader_calls, "config", strict)
    set_due(classroom, 4)
    hand_in_on(classroom, "ada", 5)
    hand_in_on(classroom, "ben", 3)
    run(classroom)
    assert submitted(classroom, "ada") == (at_noon(5), 0, 24 * 3600)
    assert submitted(classroom, "ben") == (at_noon(3), HALF, 0)
    set_due(classroom, 6)
    run(classroom)
    assert submitted(classroom, "ada") == (at_noon(5), RIGHT, 0)


def test_late_days_cost_the_same_whoever_grades_and_follow_what_is_granted(classroom, monkeypatch):
    config = nbgrader_calls.config

    def two_days(course):
        settings = config(course)
        settings.AssignLatePenalties.plugin_class = "course.late.LateDays"
        settings.LateDays.free_days, settings.LateDays.per_day = 2, 0.5
        return settings

    set_due(classroom, 4)
    hand_in_on(classroom, "ada", 7)
    run(classroom)
    monkeypatch.setattr(nbgrader_calls, "config", two_days)
    assert preview.rehearse(classroom.course, NAME) == [
        ("ada", preview.PENALTY, 0, 3.5, preview.PENALTY_CAUSE)
    ]
    run(classroom)  # nothing is executed, and the penalty is taken off
    assert submitted(classroom, "ada") == (at_noon(7), 3.5, 3 * 24 * 3600)
    assert "Late submission penalty" in classroom.course.feedback(NAME, "ada").read_text()
    classroom.grade("ada")
    assert submitted(classroom, "ada")[1] == 3.5
    with Gradebook(classroom.course.gradebook_url) as gradebook:
        gradebook.grant_extension(NAME, "ada", days=1)
    run(classroom)
    assert submitted(classroom, "ada") == (at_noon(7), RIGHT, 2 * 24 * 3600)


# Everybody


def test_every_folder_ends_as_graded_or_with_a_reason(classroom):
    folder = classroom.course.root / "submitted"
    (folder / "empty" / NAME).mkdir(parents=True)
    (folder / "folders" / NAME / "a" / "b").mkdir(parents=True)
    write_in_one_move(folder / "picture" / NAME / "screenshot.png", b"\x89PNG")
    write_in_one_move(folder / "file" / NAME, b"a file, not a folder")
    (folder / "link" / NAME).mkdir(parents=True)
    classroom.course.notebook("submitted", NAME, "link").symlink_to(
        classroom.course.notebook("submitted", NAME, "ada")
    )
    (folder / "linked").mkdir()
    (folder / "linked" / NAME).symlink_to(folder / "ada" / NAME)
    classroom.hand_in("pipe", b"")
    classroom.course.notebook("submitted", NAME, "pipe").unlink()
    os.mkfifo(classroom.course.notebook("submitted", NAME, "pipe"))
    (folder / "another" / "02_other").mkdir(parents=True)
    rows = run(classroom)
    left = {"empty", "folders", "picture", "file", "link", "linked", "pipe"}
    assert set(rows) == {*POINTS, *left}
    assert {student for student, row in rows.items() if row.problem} == left
    assert {rows[student].points for student in left} == {0}
    assert {student: rows[student].points for student in POINTS} == POINTS


ODD = [
    "an",
    "ann",
    "anna",
    "*",
    "[a-z]*",
    "?nn",
    " spaces at both ends ",
    "{student_id}",
    "%s",
    "-rf",
    "~",
    "+",
    "a,b",
    "o'Neill; drop table",
    ".hidden",
    "山田　太郎",
    "Zoë",
    "Zoe\u0308",
    "👩‍🎓",
    "x" * 200,
    "x" * 250,
    "é" * 100,
]
IMPOSSIBLE = ["new\nline", os.fsdecode(b"\xff\xfe")]


@pytest.fixture(scope="module")
def odd(graded, tmp_path_factory):
    """Grade a class of odd names, all of whom are right."""
    root = tmp_path_factory.mktemp("odd") / "course"
    shutil.copytree(graded.course.root, root, ignore=shutil.ignore_patterns("submitted"))
    classroom = type(graded)(Course(root, cell_timeout=SECONDS), graded.source)
    for student in [*ODD, *IMPOSSIBLE]:
        classroom.hand_in(student, classroom.right())
    with pytest.MonkeyPatch.context() as patch:
        seen, record = [], nbgrader_calls.record

        def noted(course, assignment, student, settings):
            seen.append(student)
            return record(course, assignment, student, settings)

        patch.setattr(nbgrader_calls, "record", noted)
        return classroom, run(classroom), seen


@pytest.mark.parametrize("student", ODD, ids=range(len(ODD)))
def test_an_odd_name_is_graded_like_any_other(odd, student):
    classroom, rows, _ = odd
    assert rows[student] == Row(student, RIGHT, RIGHT, 5.0)
    assert classroom.course.feedback(NAME, student).is_file()
    with Gradebook(classroom.course.gradebook_url) as gradebook:
        assert gradebook.find_submission(NAME, student).score == RIGHT


@pytest.mark.parametrize("student", IMPOSSIBLE, ids=range(len(IMPOSSIBLE)))
def test_a_name_that_nbgrader_cannot_hold_is_left_to_a_person(odd, student):
    assert "rename it" in odd[1][student].problem


def test_a_name_that_is_a_pattern_stands_for_nobody_else(odd):
    classroom, rows, seen = odd
    assert sorted(seen) == sorted(ODD)
    assert set(rows) == {*ODD, *IMPOSSIBLE}
    # Neither is anybody's copy read or written in place of another's.
    classroom.hand_in("*", classroom.released)
    again = run(classroom)
    assert {student for student in ODD if again[student] != rows[student]} == {"*"}


# What the command prints, and how it ends


def test_a_class_that_is_graded_ends_with_0_and_the_table_goes_to_stdout(classroom):
    done = call(classroom, NAME)
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["student", "points", "waiting"]
    assert [line.split()[:2] for line in lines[1:4]] == [["ada", "7"], ["ben", "3"], ["cyd", "5"]]
    assert lines[-1] == "3 graded, 0 left to a person"
    assert "grading: " not in done.stdout
    assert "3/3" in done.stderr
    assert "student  points" not in done.stderr


def test_somebody_who_needs_a_person_makes_it_end_with_1(classroom):
    classroom.hand_in("ben", b"")
    done = call(classroom, NAME, "--student", "ben", "--student", "ada")
    assert done.returncode == 1
    assert "ben: 01_tiny.ipynb is empty" in done.stdout
    assert done.stdout.endswith("1 graded, 1 left to a person\n")
    assert call(classroom, NAME, "--student", "ada").returncode == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["09_unknown"], "the gradebook knows no 09_unknown"),
        ([NAME, "--student", "nobody"], "nobody has handed in nothing"),
    ],
)
def test_what_cannot_be_graded_ends_with_2(classroom, options, told):
    done = call(classroom, *options)
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr
    assert "Traceback" not in done.stderr


# Rehearsals


def test_a_rehearsal_writes_nothing_and_tells_exactly_what_would_change(read):
    retext(read, '[2.0, 8.0], hint="multiply', '[2.0, 8.5], hint="multiply')
    retext(read, *OTHER)
    everything = ("gradebook.db", "autograded", "feedback", "submitted", "release", ".grading")
    before = content(read.course.root, *everything)
    changed = preview.rehearse(read.course, NAME)
    assert content(read.course.root, *everything) == before
    # The answer that a person scored keeps its score; the test asks its person again.
    told = {(student, name): (old, new) for student, name, old, new, _ in changed}
    assert told == {
        ("ada", "test_double_array"): (0.25, None),
        ("ben", "test_double_array"): (1, 0),
        ("cyd", "test_double_array"): (1, 0),
    }
    assert all(why.startswith("the test was changed; double of two: ") for *_, why in changed)


def test_a_rehearsal_of_an_unchanged_class_changes_nothing_and_ends_with_0(classroom):
    done = call(classroom, NAME, "--rehearse")
    assert (done.returncode, done.stdout) == (0, "no grade would change\n")


def test_a_rehearsal_prints_what_would_change(classroom):
    retext(classroom, "double(-3.0), -6.0,", "double(-3.0), 6.0,")
    done = call(classroom, NAME, "--rehearse", "--student", "cyd")
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "cyd, test_double_negative: 0 -> 2 (the test was changed)",
        "",
        "1 grades would change; nothing was written",
    ]


def test_a_rehearsal_tells_of_a_hand_in_that_is_not_graded_yet(classroom):
    classroom.hand_in("cyd", classroom.right())
    classroom.hand_in("ben", b"")
    changed = preview.rehearse(classroom.course, NAME)
    assert ("cyd", "test_double_negative", 0, 2, "the hand-in was changed") in changed
    assert ("ben", "test_double_array", 1, None, "01_tiny.ipynb is empty") in changed
    assert {student for student, *_ in changed} == {"ben", "cyd"}


def test_a_rehearsal_tells_each_cause(read):
    read.hand_in("cyd", read.right())  # and nothing else of hers
    retext(read, "points=1", "points=3")
    retext(read, *OTHER)
    why = {(student, cell): why for student, cell, *_, why in preview.rehearse(read.course, NAME)}
    assert why == {
        ("ada", "test_double_array"): "it gives 3 points in place of 1",  # asks its person again
        ("ben", "test_double_array"): "it gives 3 points in place of 1",
        ("cyd", "test_double_array"): "the hand-in was changed; it gives 3 points in place of 1",
        ("cyd", "test_double_negative"): "the hand-in was changed",
    }


def test_a_rehearsal_of_other_cells_than_the_old_ones_is_refused_with_the_remedy(classroom):
    retext(classroom, 'id="test_double_array"', 'id="test_double_list"')
    before = content(classroom.course.root, "gradebook.db", "autograded", ".grading")
    with pytest.raises(nbgrader_calls.NbgraderFailed, match="as extra credit"):
        preview.rehearse(classroom.course, NAME)
    with pytest.raises(nbgrader_calls.NbgraderFailed, match="as extra credit"):
        nbgrader_calls.generate(classroom.course, NAME)
    assert content(classroom.course.root, "gradebook.db", "autograded", ".grading") == before


def test_a_changed_maximum_changes_no_score_of_a_person(read):
    retext(read, "points=1", "points=3")
    nbgrader_calls.generate(read.course, NAME)
    run(read)
    assert given(read, "ada", "why") == (3.5, 0.5, False, "Well said.")
    assert given(read, "ada", "test_double_array") == (0.25, None, True, None)


def test_a_page_that_fails_costs_no_grade(fresh, monkeypatch):
    def fail(*_):
        raise nbgrader_calls.NbgraderFailed("ValueError: no page")

    monkeypatch.setattr(nbgrader_calls, "generate_feedback", fail)
    rows = run(fresh)
    assert points(rows) == POINTS
    assert all(row.problem.startswith("no feedback page") for row in rows.values())
    monkeypatch.undo()
    rows = run(fresh)
    assert {row.problem for row in rows.values()} == {""}
    assert all(fresh.course.feedback(NAME, student).is_file() for student in rows)


@pytest.mark.parametrize("stamp", ["no time", "0" * 1000, "", "9" * 90])
def test_a_time_stamp_that_is_none_is_left_out_and_told(fresh, stamp):
    student = next(iter(POINTS))
    folder = fresh.course.notebook("submitted", NAME, student).parent
    (folder / "timestamp.txt").write_text(stamp)
    row = run(fresh, only=[student])[student]
    (folder / "timestamp.txt").unlink()
    assert (row.points, row.problem) == (POINTS[student], "")
    assert "holds no time" in " ".join(row.repaired)


def test_a_time_stamp_that_is_a_link_stops_nobody(fresh):
    student = next(iter(POINTS))
    stamp = fresh.course.notebook("submitted", NAME, student).with_name("timestamp.txt")
    stamp.symlink_to("/proc/self/mem")
    rows = run(fresh)
    stamp.unlink()
    assert points(rows) == POINTS


def test_a_rehearsal_passes_over_what_is_no_file(fresh):
    run(fresh)
    student = next(iter(POINTS))
    pipe = fresh.course.notebook("submitted", NAME, student).with_name("pipe")
    os.mkfifo(pipe)
    changed = preview.rehearse(fresh.course, NAME)
    pipe.unlink()
    assert changed == []


def test_the_configuration_s_number_of_workers_counts_unless_another_is_named(fresh, monkeypatch):
    asked, own, loaded = [], desk.desk, nbgrader_calls.config

    def config(course):
        settings = loaded(course)
        settings.Execute.workers = 3
        return settings

    def note(root, limits, workers, *rest):
        asked.append(workers)
        return own(root, limits, workers, *rest)

    monkeypatch.setattr(nbgrader_calls, "config", config)
    monkeypatch.setattr(desk, "desk", note)
    student = next(iter(POINTS))
    grade.grade(fresh.course, NAME, [student])
    assert set(asked) == {3}
    asked.clear()
    grade.grade(fresh.course, NAME, [student], workers=1, force=True)
    assert set(asked) == {1}
