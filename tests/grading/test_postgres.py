"""The gradebook on a PostgreSQL server, started here, holds what the SQLite file holds."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from nbgrader.api import Base, Gradebook
from sqlalchemy import create_engine, select, text
from sqlalchemy.exc import OperationalError
from test_runs import OTHER, POINTS, answer, retext

from course import __main__ as command
from course import build, grade, gradebook, grades, nbgrader_calls, preview
from course.paths import HERE, Course, write_in_one_move
from course.text import read

NAME, SECONDS = "01_tiny", 3
PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)  # Debian's place


@pytest.fixture(scope="module")
def server():
    """Start a server that listens on a socket in a folder of its own; give its address."""
    pytest.importorskip("psycopg2", reason="no psycopg2: pip install -e '.[postgres]'")
    if PROGRAMS is None:
        pytest.skip("no PostgreSQL on this machine: apt-get install postgresql")
    # It refuses to run as root; Debian's package brings a user for it. It ends with this process.
    run_as = ["setpriv", "--pdeathsig", "QUIT"]
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        if os.getuid() == 0:
            run_as += ["--reuid=postgres", "--regid=postgres", "--clear-groups"]
            shutil.chown(folder, "postgres")
        data, quiet = f"{folder}/data", {"cwd": folder, "stdout": subprocess.DEVNULL}
        initialise = ["-D", data, "-U", "teacher", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*run_as, PROGRAMS / "initdb", *initialise], check=True, **quiet)
        settings = ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"]
        running = subprocess.Popen(
            [*run_as, PROGRAMS / "postgres", *settings], stderr=subprocess.DEVNULL, **quiet
        )
        try:
            address = f"postgresql+psycopg2://teacher@/{{}}?host={folder}"
            engine = create_engine(address.format("postgres"), isolation_level="AUTOCOMMIT")
            wait_for(engine, running)
            yield engine, address
        finally:
            engine.dispose()
            running.send_signal(3)  # ends it at once
            running.wait(20)


def wait_for(engine, running):
    for _ in range(300):
        assert running.poll() is None, "the server ended"
        with contextlib.suppress(OperationalError), engine.connect():
            return
        time.sleep(0.1)
    raise AssertionError("no server after 30 s")


@pytest.fixture(scope="module")
def database(server):
    """Return a function that makes a database and returns its address."""
    engine, address = server

    def database(name):
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return address.format(name)

    return database


@pytest.fixture(scope="module")
def classes(tmp_path_factory, tiny, tiny_text, database):
    """Return a class that was graded with a file, and two that were graded with the server."""
    root = tmp_path_factory.mktemp("postgres")
    first = Course(root / "sqlite", cell_timeout=SECONDS)
    write_in_one_move(first.text(NAME), tiny_text.encode())
    build.build(first)
    nbgrader_calls.generate(first, NAME)
    handed_in = type(tiny)(first, read(first.text(NAME)))
    for student in POINTS:
        handed_in.hand_in(student, answer(handed_in, student))
    handed_in.hand_in("dan", b"<html>Sign in</html>")
    stamp = first.notebook("submitted", NAME, "ada").with_name("timestamp.txt")
    stamp.write_text("2026-03-05 12:00:00 UTC\n")
    found = {1: first}
    settings = (HERE / "nbgrader_config.py").read_text()
    for workers in (1, 2):
        course = Course(root / f"postgres{workers}", cell_timeout=SECONDS)
        shutil.copytree(first.root, course.root, ignore=shutil.ignore_patterns("gradebook.db"))
        address = database(f"workers{workers}")
        gradebook.copy(first.gradebook_url, address)
        own = f"{settings}\nc.CourseDirectory.db_url = {address!r}\n"
        (course.root / "nbgrader_config.py").write_text(own)
        found[f"postgres{workers}"] = course
        grade.grade(course, NAME, workers=workers)
    # What is executed is the same; it need not be executed again.
    kept = found["postgres1"].grading
    shutil.copytree(kept, first.grading, ignore=shutil.ignore_patterns("done", "answers"))
    grade.grade(first, NAME, workers=1)
    return found


def rows(course):
    """Return all rows of all tables, without the ids that nbgrader draws."""
    engine = create_engine(course.gradebook_url)
    with engine.connect() as connection:
        tables = {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in Base.metadata.sorted_tables
        }
    engine.dispose()
    names = {}  # what stands for an id: the row that it belongs to
    for table in tables.values():
        for row in table:
            if row.get("name") or len(str(row["id"])) != 32:
                names[row["id"]] = row.get("name") or row["id"]
    for _ in range(3):  # a submission of a student, its notebook, its grades
        for table in tables.values():
            for row in table:
                keys = [key for key in row if key.endswith("_id") and row[key]]
                if row["id"] not in names and all(row[key] in names for key in keys):
                    names[row["id"]] = "/".join(names[row[key]] for key in keys)
    return {
        name: sorted(repr({key: names.get(v, v) for key, v in row.items()}) for row in table)
        for name, table in tables.items()
    }


def test_the_server_holds_every_row_that_the_file_holds(classes):
    wanted = rows(classes[1])
    assert len(wanted["grade"]) == 4 * 4
    for course in (classes["postgres1"], classes["postgres2"]):
        assert rows(course) == wanted
        assert not course.gradebook.exists()


def test_a_copy_back_into_a_file_holds_the_same(classes, tmp_path, monkeypatch, capsys):
    back = Course(tmp_path)
    monkeypatch.setattr(command, "Course", lambda: classes["postgres1"])
    assert command.main(["gradebook", back.gradebook_url]) == 0
    assert capsys.readouterr().out == f"copied to {back.gradebook_url}\n"
    assert rows(back) == rows(classes[1])
    for course in (classes["postgres1"], back):
        with pytest.raises(gradebook.NotEmpty):
            gradebook.copy(classes[1].gradebook_url, course.gradebook_url)


def test_nbgrader_s_own_summaries_are_the_same(classes):
    found = []
    for course in (classes[1], classes["postgres1"]):
        with Gradebook(course.gradebook_url) as book:
            tables = [
                book.submission_dicts(NAME),
                book.notebook_submission_dicts(NAME, NAME),
                book.student_dicts(),
            ]
        for table in tables:
            for row in table:
                row.pop("id", None) if "student" in row else None
        found.append([sorted(map(repr, table)) for table in tables])
    assert found[0] == found[1]


def test_a_person_s_scores_a_rehearsal_and_the_grades_work_there_too(classes, tiny, tmp_path):
    course = classes["postgres2"]
    with Gradebook(course.gradebook_url) as book:
        for student in POINTS:
            given = book.find_grade("why", NAME, NAME, student)
            given.manual_score, given.needs_manual_grade = 4.5, False
        book.find_comment("why", NAME, NAME, "ada").manual_comment = "Well said."
        book.db.commit()
    assert [row.waiting for row in grade.grade(course, NAME)] == [0, 0, 0, 12]
    retext(type(tiny)(course, None), *OTHER)
    before = rows(course)
    assert preview.rehearse(course, NAME) == []
    assert rows(course) == before
    out = tmp_path / "grades.csv"
    grades.write(course.gradebook_url, nbgrader_calls.config(course), out)
    lines = out.read_text(encoding="utf-8-sig").splitlines()[1:]
    assert {line.split(",")[0]: line.split(",")[4] for line in lines} == {
        **{student: f"{points + 4.5:g}" for student, points in POINTS.items()},
        "dan": "",
    }
    nbgrader_calls.generate_feedback(course, NAME, "ada")
    assert "Well said." in course.feedback(NAME, "ada").read_text(encoding="utf-8")


def test_a_server_that_does_not_answer_is_told_without_its_password(classes):
    course = Course(classes[1].root.parent / "gone")
    course.root.mkdir()
    (course.root / "nbgrader_config.py").write_text(
        "c = get_config()\n"
        "c.CourseDirectory.db_url = 'postgresql+psycopg2://t:secret@/x?host=/nowhere'\n"
    )
    with pytest.raises(nbgrader_calls.NbgraderFailed, match="cannot be read or written") as failed:
        grade.grade(course, NAME)
    assert "secret" not in str(failed.value)
