"""What `course doctor` finds of what grading needs: sandbox, gradebook, derived notebooks."""

import os
import re
import shutil
import sqlite3
import sys
from contextlib import closing

import pytest

import helpers.doctor
from course import build, doctor, nbgrader_calls
from course.doctor.gradebook import gradebook
from course.paths import Course
from helpers.doctor import Finding


@pytest.fixture
def course(tmp_path):
    """Return an empty course folder."""
    return Course(tmp_path)


def only(check):
    """Return the one finding of a check."""
    [finding] = check
    return finding


def bad(check):
    """Return the one finding of a check, a bad one, as it is shown."""
    finding = only(check)
    assert finding.mend
    return str(finding)


def test_everything_is_looked_at(course, monkeypatch, capsys):
    for name in ("kernel", "data", "report"):  # tests/unit/test_doctor.py makes these
        monkeypatch.setattr(helpers.doctor, name, lambda name=name: [Finding(name, "is well")])
    status = doctor.run(course)
    told = capsys.readouterr().out
    assert status == 0, told
    looked_at = [line.partition(": ")[0] for line in told.splitlines()]
    assert looked_at == [
        f"ok  {what}"
        for what in (
            "Python",
            "packages",
            "PyTorch",
            "commands",
            "Report in JupyterLab's menu",
            "sandbox for kernels",
            "kernel",
            "data",
            "report",
            "disk",
            "folders",
            "sandbox",
            "gradebook",
            "notebooks",
        )
    ]


def test_no_bubblewrap(course, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    told = bad(doctor.sandbox(course))
    assert "sandbox: bubblewrap is missing, " in told
    assert told.endswith("mend: apt install bubblewrap")


def test_a_sandbox_that_does_not_open(course, monkeypatch, tmp_path):
    (tmp_path / "bwrap").write_text("#!/bin/sh\necho no namespaces here >&2; exit 1\n")
    (tmp_path / "bwrap").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    told = bad(doctor.sandbox(course))
    assert "sandbox: bubblewrap cannot open a sandbox: no namespaces here" in told
    assert told.endswith(("mend: see docs/teachers/doctor.md", "=0", "=15000"))


def test_a_container_without_the_course_s_image(course, monkeypatch, tmp_path):
    (tmp_path / "podman").write_text(
        '#!/bin/sh\n[ "$1" = info ] || { echo no image >&2; exit 125; }\n'
    )
    (tmp_path / "podman").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    settings = nbgrader_calls.config(course)
    settings.Execute.sandbox = "container"
    monkeypatch.setattr(nbgrader_calls, "config", lambda _: settings)
    told = bad(doctor.sandbox(course))
    assert "sandbox: container: `python -s -c 'import numpy'` fails: no image" in told


def test_a_sandbox_that_is_switched_off(course, monkeypatch):
    settings = nbgrader_calls.config(course)
    settings.Execute.sandbox = "none"
    monkeypatch.setattr(nbgrader_calls, "config", lambda _: settings)
    assert bad(doctor.sandbox(course)).endswith(
        "mend: delete `c.Execute.sandbox` from nbgrader_config.py"
    )


def test_a_sandbox_that_opens(course):
    assert (
        str(only(doctor.sandbox(course)))
        == "ok  sandbox: bubblewrap opens one, and Python runs in it"
    )


def test_a_gradebook_is_not_made(course):
    assert "none yet" in only(gradebook(course)).told
    assert not course.gradebook.exists()


def test_a_gradebook_that_is_right(course, tiny):
    shutil.copyfile(tiny.course.gradebook, course.gradebook)
    assert re.fullmatch("1 assignments, [0-9]+ students", only(gradebook(course)).told)


def test_a_gradebook_of_another_nbgrader(course, tiny):
    shutil.copyfile(tiny.course.gradebook, course.gradebook)
    with closing(sqlite3.connect(course.gradebook)) as opened, opened:
        opened.execute("UPDATE alembic_version SET version_num = '724cde206c17'")
    told = bad(gradebook(course))
    assert "is of another nbgrader (tables 724cde206c17, wanted " in told
    assert told.endswith("-m nbgrader db upgrade")


def test_a_damaged_gradebook(course):
    course.gradebook.write_bytes(b"no database at all" * 100)
    told = bad(gradebook(course))
    assert "is damaged (file is not a database): see docs/teachers/doctor.md\n" in told
    assert told.endswith("mend: mv gradebook.db gradebook.db.damaged")


@pytest.mark.parametrize(
    ("driver", "mend"),
    [
        ("psycopg2", "-m pip install -c constraints.txt -e '.[staff,postgres]'"),
        ("psycopg", "see docs/teachers/doctor.md"),
    ],
)
def test_a_gradebook_on_a_server_that_nothing_here_speaks_to(course, monkeypatch, driver, mend):
    url = f"postgresql+{driver}://ada:secret@localhost/grades"
    monkeypatch.setattr(Course, "gradebook_url", url)
    monkeypatch.setitem(sys.modules, driver, None)
    told = bad(gradebook(course))
    assert f"{url.replace('secret', '***')} needs {driver}, which is not installed" in told
    assert told.endswith(mend)


def test_a_gradebook_that_another_program_holds(course, tiny, monkeypatch):
    shutil.copyfile(tiny.course.gradebook, course.gradebook)
    url = f"{course.gradebook_url}?timeout=0"
    monkeypatch.setattr(Course, "gradebook_url", url)
    with closing(sqlite3.connect(course.gradebook)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert "cannot be read (database is locked)" in bad(gradebook(course))


def test_a_notebook_that_is_not_up_to_date(course, tiny):
    shutil.copytree(tiny.course.root / "source", course.root / "source")
    told = bad(doctor.notebooks(course))
    assert "release/01_tiny/01_tiny.ipynb: missing" in told
    assert told.endswith("-m course build")
    build.build(course)
    assert not only(doctor.notebooks(course)).mend
