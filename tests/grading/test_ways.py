"""However a class is graded, it gets the same grades, and the same words on its feedback pages."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import nbformat
import psutil
import pytest
from nbgrader.api import Gradebook
from tiny_answers import TESTS, cell, define_double, place

from course import build, nbgrader_calls, text
from course.paths import HERE, Course, write_in_one_move

NAME, SECONDS = "01_tiny", 2
# `course grade` in another course folder than the project's own.
GRADE = f"""\
import sys
from pathlib import Path
from course import __main__ as command
from course.paths import Course
command.Course = lambda: Course(Path(sys.argv[1]), cell_timeout={SECONDS})
sys.exit(command.main(["grade", "{NAME}", *sys.argv[2:]]))
"""
ENVIRONMENT = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}


# The class


def answers(classroom):
    """Yield students, and what each of them hands in."""
    for student, double in {
        "a_right": None,
        "b_mistaken": "def double(x):\n    return abs(2.0 * x)",
        "c_endless": "def double(x):\n    while True: pass",
        "d_dies": "def double(x):\n    import os; os._exit(3)",
    }.items():
        notebook = classroom.right()
        if double:
            cell(notebook, "double").source = double
        yield student, notebook
    half = classroom.right()
    cell(half, "triple").source = "def triple(x):\n    return 3.0 + x"
    yield "e_half", half
    yield "f_untouched", classroom.released
    chatty = classroom.right()
    define_double(chatty, "import warnings", "print('at work')", "warnings.warn('slow')")
    yield "g_chatty", chatty
    yield "h_damaged", nbformat.v4.writes(classroom.right()).encode()[:-400]
    gone = classroom.right()
    for name in TESTS:
        del gone.cells[place(gone, name)]
    yield "i_without_tests", gone
    module = classroom.right()
    cell(module, "double").source = "from mine import double"
    yield "j_module", module
    yield "k_unreadable", b"<html>Sign in to download</html>"
    yield "l_misnamed", classroom.right()
    yield "m_nothing", b""
    yield "z_right", classroom.right()


POINTS = {
    "a_right": 7,
    "b_mistaken": 5,
    "c_endless": 4,
    "d_dies": 4,
    "e_half": 3,
    "f_untouched": 0,
    "g_chatty": 7,
    "h_damaged": 7,
    "i_without_tests": 7,
    "j_module": 7,
    "k_unreadable": 0,
    "l_misnamed": 7,
    "m_nothing": 0,
    "z_right": 7,
}


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory, tiny, tiny_text):
    """Return a course folder in which a varied class has handed in; nobody is graded."""
    course = Course(tmp_path_factory.mktemp("ways") / "handed_in")
    write_in_one_move(course.text(NAME), tiny_text.encode())
    build.build(course)
    nbgrader_calls.generate(course, NAME)
    # The plain commands read their settings in the folder in which they are called.
    settings = (HERE / "nbgrader_config.py").read_text(encoding="utf-8")
    (course.root / "nbgrader_config.py").write_text(
        f"{settings}\nc.Execute.timeout = {SECONDS}\n", encoding="utf-8"
    )
    classroom = type(tiny)(course, text.read(course.text(NAME)))
    for student, submission in answers(classroom):
        classroom.hand_in(student, submission)
    folder = course.root / "submitted"
    (folder / "j_module" / NAME / "mine.py").write_text("def double(x):\n    return 2.0 * x\n")
    misnamed = course.notebook("submitted", NAME, "l_misnamed")
    misnamed.rename(misnamed.with_name("My homework (2).ipynb"))
    course.notebook("submitted", NAME, "m_nothing").unlink()
    return course


@pytest.fixture
def course(handed_in, tmp_path):
    """Return a copy of that folder."""
    shutil.copytree(handed_in.root, tmp_path / "course")
    return Course(tmp_path / "course")


# What is compared


def found(course, student):
    """Return all that grading left of a student: the grades, the outputs, the page."""
    with Gradebook(course.gradebook_url) as gradebook:
        [submission] = [
            one for one in gradebook.assignment_submissions(NAME) if one.student.id == student
        ]
        grades = {
            grade.name: (
                grade.auto_score,
                grade.manual_score,
                grade.extra_credit,
                grade.needs_manual_grade,
            )
            for notebook in submission.notebooks
            for grade in notebook.grades
        }
        comments = {
            comment.name: comment.comment
            for notebook in submission.notebooks
            for comment in notebook.comments
        }
    left = {"grades": grades, "comments": comments}
    path = course.notebook("autograded", NAME, student)
    if path.is_file():
        notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
        left["told"] = notebook.metadata["workbook"]["grading"]
        left["cells"] = [(c.source, c.get("outputs")) for c in notebook.cells]
    page = course.feedback(NAME, student)
    if page.is_file():
        left["page"] = page.read_text(encoding="utf-8")
    return left


def everything(course):
    return {student: found(course, student) for student in POINTS}


@pytest.fixture(scope="module")
def wanted(handed_in, tmp_path_factory):
    """Return what one worker makes of the class."""
    root = tmp_path_factory.mktemp("one_worker") / "course"
    shutil.copytree(handed_in.root, root)
    done = run(Course(root), "--workers", "1")
    assert done.returncode == 1, done.stderr
    assert "3 left to a person" in done.stdout
    return everything(Course(root))


def same(course, wanted, but=()):
    """Compare student by student and thing by thing, so that a failure says where it is."""
    for student in sorted(set(wanted) - set(but)):
        got = found(course, student)
        assert got.keys() == wanted[student].keys(), student
        for what in got:
            assert got[what] == wanted[student][what], (student, what)


def run(course, *options, **popen):
    command = [sys.executable, "-c", GRADE, str(course.root), *options]
    return subprocess.run(
        command, cwd=HERE, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, **popen
    )


# One machine


@pytest.mark.parametrize("student", POINTS)
def test_one_worker_gives_everybody_what_they_earned(wanted, student):
    grades = wanted[student]["grades"]
    assert sum(grades[name][0] or 0 for name in TESTS) == POINTS[student]
    waits = {name for name in TESTS if grades[name][3]}
    assert waits == (set(TESTS) if student in ("k_unreadable", "m_nothing") else set())
    assert ("page" in wanted[student]) == (student != "m_nothing")


def test_two_workers_give_the_same(course, wanted):
    assert run(course, "--workers", "2").returncode == 1
    same(course, wanted)


# Killed


def start(course, *options):
    command = [sys.executable, "-c", GRADE, str(course.root), *options]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=HERE, env=ENVIRONMENT, **quiet)


def wait_for(condition, what, seconds=60):
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"after {seconds} s: {what}")


def count(course, pattern):
    return sum(1 for _ in (course.root / ".grading").glob(pattern))


def children(process):
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(process.pid).children(recursive=True)
    return []


MOMENTS = {
    "the first is sanitised": ("staged/*/*/*.ipynb", 1),
    "the first is executed": (f"{NAME}/*.json", 1),
    "some are recorded": (f"{NAME}/done/*.json", 2),
    "most are recorded": (f"{NAME}/done/*.json", 9),
}


def test_a_run_that_is_killed_at_several_moments_goes_on_and_gives_the_same(course, wanted):
    for moment, (pattern, number) in MOMENTS.items():
        running = start(course, "--workers", "2")
        wait_for(
            lambda p=pattern, n=number, r=running: count(course, p) >= n or r.poll() is not None,
            moment,
        )
        assert running.poll() is None, f"the run had ended before {moment}"
        inside = children(running)
        running.kill()
        running.wait(10)
        _, alive = psutil.wait_procs(inside, timeout=10)
        assert not alive, f"{alive} run on after the run was killed: {moment}"
    done = run(course, "--workers", "2")
    assert done.returncode == 1, done.stderr
    same(course, wanted)


def test_a_sandbox_that_is_killed_costs_nobody_anything(course, wanted):
    running = start(course, "--workers", "2")
    for number in (1, 4):
        wait_for(
            lambda n=number: count(course, f"{NAME}/*.json") >= n and children(running),
            "a submission is executed",
        )
        for sandbox in psutil.Process(running.pid).children():
            with contextlib.suppress(psutil.NoSuchProcess):
                sandbox.kill()
    assert running.wait(120) == 1
    same(course, wanted)


# Several machines


@pytest.fixture
def cluster(tmp_path):
    """Start a dask scheduler and two workers; give its address and the workers."""
    pytest.importorskip("distributed")
    about = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}

    def dask(what, *options):
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", "--no-dashboard"]
        return subprocess.Popen([*command, *options], cwd=tmp_path, env=ENVIRONMENT, **quiet)

    scheduler = dask(
        "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(about)
    )
    started = [scheduler]
    try:
        # It writes the file in place: at first it is empty.
        wait_for(lambda: about.is_file() and about.read_text(), "the scheduler is there")
        address = json.loads(about.read_text())["address"]
        options = ["--nthreads", "1", "--no-nanny", "--local-directory", str(tmp_path)]
        workers = [dask("worker", address, *options) for _ in range(2)]
        started += workers
        yield address, workers
    finally:
        for process in started:
            process.kill()
            process.wait(10)


def test_dask_with_a_worker_that_is_killed_gives_the_same(course, wanted, cluster):
    address, workers = cluster
    running = start(course, "--scheduler", address)
    # Each worker has opened a sandbox: both are at work.
    wait_for(lambda: all(children(worker) for worker in workers), "both workers are at work")
    wait_for(lambda: count(course, f"{NAME}/*.json") >= 2, "two are executed")
    assert running.poll() is None
    inside = children(workers[0])
    workers[0].kill()
    assert running.wait(120) == 1
    same(course, wanted)
    _, alive = psutil.wait_procs(inside, timeout=10)
    assert not alive


def test_a_scheduler_that_does_not_answer_is_told_and_nothing_is_lost(course):
    pytest.importorskip("distributed")
    settings = {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "1s"}
    command = [sys.executable, "-c", GRADE, str(course.root), "--scheduler", "tcp://127.0.0.1:1"]
    done = subprocess.run(
        command, cwd=HERE, env={**ENVIRONMENT, **settings}, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "no dask scheduler answers at tcp://127.0.0.1:1" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (course.root / "autograded").exists()


# Plain nbgrader. It looks at no submission before it reads it, so it does not find a file under
# another name, nor the lack of one: `course grade` lists them, the plain command skips them.
UNSEEN = ("l_misnamed", "m_nothing")


def outside():
    """Return the environment of a shell in which nothing of ours is activated."""
    # bubblewrap and Matplotlib's list of fonts are where they always are.
    return {"HOME": str(Path.home()), "PATH": "/usr/local/bin:/usr/bin:/bin"}


def nbgrader(course, *arguments):
    command = [str(Path(sys.executable).parent / "nbgrader"), *arguments]
    return subprocess.run(
        command, cwd=course.root, env=outside(), capture_output=True, text=True, timeout=120
    )


def test_the_plain_commands_give_the_same(course, wanted):
    graded = nbgrader(course, "autograde", NAME)
    # It says that one of the class had no notebook of the right name.
    assert graded.returncode == 1
    assert "for student 'l_misnamed'" in graded.stderr
    assert graded.stderr.count("There was an error processing assignment '") == 1
    assert "Traceback" not in graded.stderr.replace("Traceback (most recent", "", 1)
    assert nbgrader(course, "generate_feedback", NAME).returncode == 0
    same(course, wanted, but=UNSEEN)
    # What the plain command has executed is not executed again, and nobody is left out.
    outcomes = {p: p.stat().st_mtime_ns for p in (course.root / ".grading" / NAME).glob("*.json")}
    assert outcomes
    done = run(course)
    assert done.returncode == 1
    assert {path: path.stat().st_mtime_ns for path in outcomes} == outcomes
    same(course, wanted)


@pytest.fixture
def formgrader(course):
    """Start a Jupyter server in the course folder; return a function that presses a button."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"ip": "127.0.0.1", "port": port, "port_retries": 0, "open_browser": False}
    options = [f"--ServerApp.{name}={value}" for name, value in settings.items()]
    command = [sys.executable, "-m", "jupyter_server", "--allow-root", *options]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen(
        [*command, "--IdentityProvider.token=secret"], cwd=course.root, env=outside(), **quiet
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def press(path, method="POST"):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/formgrader{path}",
            method=method,
            headers={"Authorization": "token secret"},
        )
        with opener.open(request, timeout=60) as answer:
            return answer.read().decode()

    def answers():
        assert server.poll() is None, "the Jupyter server ended"
        with contextlib.suppress(urllib.error.URLError):
            return press("", "GET")

    try:
        wait_for(answers, "formgrader answers")
        yield press
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def test_formgrader_s_buttons_give_the_same(course, wanted, formgrader):
    for student in sorted(set(POINTS) - set(UNSEEN)):
        buttons = [
            f"/api/submission/{NAME}/{student}/autograde",
            f"/api/assignment/{NAME}/{student}/generate_feedback",
        ]
        for button in buttons:
            answer = json.loads(formgrader(button))
            assert answer["success"], answer
    same(course, wanted, but=UNSEEN)


def test_formgrader_tells_of_a_file_that_it_does_not_find(formgrader):
    for student in UNSEEN:
        answer = json.loads(formgrader(f"/api/submission/{NAME}/{student}/autograde"))
        assert not answer["success"]
        assert "No notebooks" in answer["log"]
