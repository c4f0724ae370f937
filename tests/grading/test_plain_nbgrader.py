"""The plain nbgrader commands and formgrader give the same grades as the course's own calls."""

import csv
import json
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from tiny_answers import TESTS, TRIPLE, cell, define_double, lost, points

from course.paths import HERE, Course, write_in_one_move


@pytest.fixture(scope="module")
def plain(tmp_path_factory, tiny):
    """Return a course folder as nbgrader knows it, and what runs in it without our environment."""
    root = tmp_path_factory.mktemp("plain")
    course = Course(root / "course")
    write_in_one_move(
        course.notebook("source", tiny.name),
        tiny.course.notebook("source", tiny.name).read_bytes(),
    )
    shutil.copy(HERE / "nbgrader_config.py", course.root)
    classroom = type(tiny)(course, tiny.source)
    home = {"HOME": str(root), "PATH": "/usr/bin:/bin"}

    def nbgrader(*arguments):
        command = [str(Path(sys.executable).parent / "nbgrader"), *arguments]
        ran = subprocess.run(command, cwd=course.root, env=home, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        return ran.stderr

    nbgrader("generate_assignment", tiny.name)
    warns_of_zero = classroom.right()
    define_double(warns_of_zero, "np.log(np.zeros(1))", "print(0)")
    wrong = classroom.right()
    cell(wrong, "triple").source = "def triple(x):\n    return 3.0 + x"
    named = classroom.right()
    named.metadata["authors"] = [{"name": "Grace Hopper"}]
    for student, notebook in {"warns": warns_of_zero, "wrong": wrong, "hopper": named}.items():
        classroom.hand_in(student, notebook)
    return classroom, nbgrader, home


PLAIN = {"warns": TESTS, "wrong": lost(*TRIPLE), "hopper": TESTS}


@pytest.fixture(scope="module")
def commanded(plain):
    """Grade the plain class by nbgrader's commands alone."""
    classroom, nbgrader, _ = plain
    nbgrader("autograde", classroom.name)
    nbgrader("generate_feedback", classroom.name)
    nbgrader("export")
    return classroom


def test_the_plain_commands_release_the_same_bytes(plain, tiny):
    assert plain[0].released == tiny.released


@pytest.mark.parametrize("student", PLAIN)
def test_the_plain_commands_give_the_same_grades(commanded, student):
    assert points(commanded.graded(student)) == PLAIN[student]
    assert commanded.graded(student).scores["why"] is None
    assert commanded.course.feedback(commanded.name, student).exists()


def test_the_exported_table_holds_the_grades(commanded):
    with open(commanded.course.root / "grades.csv", newline="") as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {student: float(rows[student]["score"]) for student in PLAIN} == {
        student: sum(earned.values()) for student, earned in PLAIN.items()
    }
    assert float(rows["warns"]["max_score"]) == 12


@pytest.fixture(scope="module")
def formgrader(commanded, plain):
    """Start a Jupyter server in the course folder; return a function that asks formgrader."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"ip": "127.0.0.1", "port": port, "port_retries": 0, "open_browser": False}
    options = [f"--ServerApp.{name}={value}" for name, value in settings.items()]
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "jupyter_server",
            "--allow-root",
            *options,
            "--IdentityProvider.token=secret",
        ],
        cwd=commanded.course.root,
        env=plain[2],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def ask(path, method="GET", body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/formgrader{path}",
            method=method,
            headers={"Authorization": "token secret"},
            data=None if body is None else json.dumps(body).encode(),
        )
        with opener.open(request, timeout=60) as answer:
            return answer.status, answer.read().decode()

    try:
        for _ in range(300):
            try:
                ask("")
                break
            except urllib.error.URLError:
                assert server.poll() is None, "the Jupyter server ended"
                time.sleep(0.2)
        yield ask
    finally:
        server.terminate()
        server.wait(30)


@pytest.mark.parametrize(
    "path", ["", "/manage_submissions/01_tiny", "/gradebook/01_tiny/01_tiny", "/manage_students"]
)
def test_formgrader_shows_its_pages(formgrader, path):
    status, page = formgrader(path)
    assert status == 200
    assert "<title>nbgrader formgrade</title>" in page


def test_formgrader_lists_the_assignment_and_its_submissions(formgrader):
    _, answer = formgrader("/api/assignments")
    [assignment] = json.loads(answer)
    assert assignment["name"] == "01_tiny"
    assert assignment["max_score"] == 12
    _, answer = formgrader("/api/submissions/01_tiny")
    listed = {one["student"]: one["score"] for one in json.loads(answer)}
    assert listed == {student: sum(earned.values()) for student, earned in PLAIN.items()}


def test_formgrader_s_autograde_button_gives_the_same_grades(formgrader, commanded):
    # What was right is now wrong, so that the grades can only be new ones.
    commanded.hand_in("warns", commanded.released)
    _, answer = formgrader("/api/submission/01_tiny/warns/autograde", "POST")
    assert json.loads(answer)["success"], answer
    again = commanded.graded("warns")
    assert points(again) == lost(*TESTS)
    assert again.told("test_double_negative") == "not attempted: double: not written yet"
    assert points(commanded.graded("wrong")) == PLAIN["wrong"]


# What a person gives


def submission(formgrader, student):
    """Return the id by which formgrader knows the notebook of a student."""
    _, answer = formgrader("/api/submitted_notebooks/01_tiny/01_tiny")
    [found] = [one["id"] for one in json.loads(answer) if one["student"] == student]
    return found


def test_a_page_to_grade_by_hand_names_the_student_only_where_one_asks(formgrader, commanded):
    status, page = formgrader(f"/submissions/{submission(formgrader, 'hopper')}/")
    assert status == 200
    assert "Submission #" in page
    for name in ("double", "triple", "why"):
        assert f'id="{name}-comment"' in page
    for name in (*TESTS, "why"):
        assert f'class="score tabbable" id="{name}"' in page
    # The name behind the eye, and the way to the file; the rest of the page names nobody.
    page = re.sub(r'<a class="name-shown".*?</a>', "", page, flags=re.DOTALL)
    page = re.sub(r' data-link="[^"]*"', "", page.replace("\n", " "))
    assert "hopper" not in re.sub(r"data:image/png;base64,[^\"]*", "", page).lower()
    graded = commanded.course.notebook("autograded", "01_tiny", "hopper").read_text()
    assert "hopper" not in graded.lower()


def test_scores_and_comments_of_formgrader_stay_and_are_fed_back(formgrader, commanded):
    key = submission(formgrader, "hopper")

    def given(what):
        _, answer = formgrader(f"/api/{what}s?submission_id={key}")
        return {one["name"]: one for one in json.loads(answer)}

    scores = {"why": (3.5, 0.5), "test_triple_negative": (1.0, None)}
    comments = {"why": "Well said.", "double": "Shorter with 2 * x."}
    for name, (score, extra) in scores.items():
        grade = given("grade")[name]["id"]
        formgrader(f"/api/grade/{grade}", "PUT", {"manual_score": score, "extra_credit": extra})
    for name, comment in comments.items():
        one = given("comment")[name]["id"]
        formgrader(f"/api/comment/{one}", "PUT", {"manual_comment": comment})
    formgrader("/api/submission/01_tiny/hopper/autograde", "POST")
    assert {n: (g["manual_score"], g["extra_credit"]) for n, g in given("grade").items()} == {
        **dict.fromkeys(TESTS, (None, None)),
        **scores,
    }
    assert not any(one["needs_manual_grade"] for one in given("grade").values())
    found = {name: one["manual_comment"] for name, one in given("comment").items()}
    assert found == {"double": comments["double"], "triple": None, "why": comments["why"]}
    formgrader("/api/assignment/01_tiny/hopper/generate_feedback", "POST")
    page = commanded.course.feedback("01_tiny", "hopper").read_text(encoding="utf-8")
    assert all(comment in page for comment in comments.values())
    assert commanded.graded("hopper").scores["why"] == 4.0
