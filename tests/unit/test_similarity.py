"""Export a made-up class of 300 for Dolos and JPlag."""

import ast
import csv
import io
import json
import os
import random
import re
import shutil
import zipfile

import pytest
from course_answers import answers

import course.__main__ as command
from course import similarity
from course.paths import Course, temporary_course, write_in_one_move

NAME = "01_softmax"
RELEASED = Course().notebook("release", NAME).read_bytes()
FILE = re.compile(r"info\.csv|given/given\.py|submissions/p\d{3}\.py|no_python/p\d{3}\.txt")


def answered(code):
    """Return the released notebook with code in some of its cells, by id."""
    notebook = json.loads(RELEASED)
    for cell in notebook["cells"]:
        cell["source"] = code.get(cell["id"], cell["source"])
    return json.dumps(notebook).encode()


def hand_in(course, student, data):
    write_in_one_move(course.notebook("submitted", NAME, student), data)


def drawn_class(size):
    """Return the submissions of students who draw their answers from those of the course."""
    drawn, known = random.Random(size), {}
    for todo, code in answers(NAME):
        known.setdefault(todo, []).append(code)
    for _ in range(size):
        # One in 25 stops early or has not begun.
        done = list(known)[: drawn.choice([0, 3, *[len(known)] * 48])]
        yield answered({todo: drawn.choice(known[todo]) for todo in done})


@pytest.fixture
def small():
    with temporary_course() as course:
        write_in_one_move(course.notebook("release", NAME), RELEASED)
        yield course


def exported(course, **options):
    """Return what was exported, and the files of the archive."""
    archive = course.root / "out" / "class.zip"
    made = similarity.export(course, NAME, archive, **options)
    with zipfile.ZipFile(archive) as files:
        return made, {name: files.read(name).decode() for name in files.namelist()}


def rows(table):
    return list(csv.DictReader(io.StringIO(table)))


def test_a_class_of_300(small):
    for number, data in enumerate(drawn_class(300)):
        hand_in(small, f"student-{number:03}", data)
    made, files = exported(small)
    assert len(made.files) + len(made.empty) == 300
    assert made.empty
    assert {**made.unread, **made.no_python} == {}
    assert all(FILE.fullmatch(name) for name in files)
    # What Dolos is told of is what there is; exactly one file is the given code.
    listed = {row["filename"]: row["ignored"] for row in rows(files["info.csv"])}
    assert set(listed) == set(files) - {"info.csv"}
    assert [name for name, ignored in listed.items() if ignored == "true"] == ["given/given.py"]
    key = rows((small.root / "out/class.key.csv").read_text())
    assert {row["student"]: row["file"] for row in key} == made.files
    assert "student-" not in "".join(files.values())
    for name in listed:
        ast.parse(files[name])
    file = files[f"submissions/{made.files['student-007']}.py"]
    assert next(line for line in file.splitlines() if line.startswith("# ")) == "# one_hot"
    assert "Number of classes C." not in file  # a line of the given docstring
    assert "Number of classes C." in files["given/given.py"]


def test_the_bytes_depend_on_the_answers_alone(small):
    archive, submissions = small.root / "out" / "class.zip", list(drawn_class(12))
    for number, data in enumerate(submissions):
        hand_in(small, f"a{number}", data)
    exported(small)
    before = archive.read_bytes()
    shutil.rmtree(small.root / "submitted")
    for number, data in enumerate(reversed(submissions)):
        hand_in(small, f"b{number}", data)
    exported(small)
    assert archive.read_bytes() == before


def test_names_of_students_never_become_paths(small):
    names = ["a\\..\\b", "=HYPERLINK(1)", 'quo"ted, name', "né" * 30]
    solved = {"one_hot": "def one_hot(labels, num_classes):\n    return 1"}
    for name in names:
        hand_in(small, name, answered(solved))
    made, files = exported(small, names=True)
    assert set(made.files) == set(names)
    plain = re.compile(r"submissions/\d{3}_[A-Za-z0-9_-]{1,40}\.py")
    assert len([name for name in files if plain.fullmatch(name)]) == 4
    full_names = {row["full_name"] for row in rows(files["info.csv"])}
    assert full_names == {*names, "given"}
    assert not (small.root / "out" / "class.key.csv").exists()


def test_cells_that_are_no_python_leave_the_rest_readable(small):
    answers = {
        "one_hot": "%%time\ndef one_hot(labels, num_classes):\n    return 1",
        "softmax": "def softmax(Z):\n    return Z",
    }
    hand_in(small, "ada", answered(answers))
    hand_in(small, "bob", answered({"one_hot": "def one_hot(:"}))
    made, files = exported(small)
    assert made.no_python == {"ada": 1, "bob": 1}
    ada, bob = made.files["ada"], made.files["bob"]
    assert files[f"submissions/{ada}.py"] == "# softmax\ndef softmax(Z):\n    return Z\n"
    assert files[f"no_python/{ada}.txt"].startswith("# one_hot\n%%time\n")
    assert f"submissions/{bob}.py" not in files


def test_an_answer_in_a_cell_that_was_added_is_exported(small):
    notebook = json.loads(RELEASED)
    given = next(cell for cell in notebook["cells"] if cell["id"] == "prepare")
    copy = given | {"id": "copy", "metadata": {}}
    own = copy | {"id": "mine", "source": "def softmax(Z):\n    return Z"}
    kept = [cell for cell in notebook["cells"] if cell["id"] != "softmax"]
    notebook["cells"] = [*kept, copy, own]
    hand_in(small, "ada", json.dumps(notebook).encode())
    made, files = exported(small)
    submitted = files[f"submissions/{made.files['ada']}.py"]
    assert submitted == "# a cell that was added\ndef softmax(Z):\n    return Z\n"


def test_links_and_rubbish_are_told_and_never_followed(small):
    hand_in(small, "ada", RELEASED)
    hand_in(small, "rubbish", b"no notebook")
    link = small.notebook("submitted", NAME, "link")
    link.parent.mkdir(parents=True)
    os.symlink(small.notebook("submitted", NAME, "ada"), link)
    made, _files = exported(small)
    assert made.empty == ["ada"]
    assert set(made.unread) == {"link", "rubbish"}
    assert "link" in made.unread["link"]


def test_the_command_says_what_it_wrote(small, monkeypatch, capsys):
    monkeypatch.setattr(command, "Course", lambda: small)
    archive = str(small.root / "softmax.zip")
    assert command.main(["similarity", NAME, archive]) == 1
    assert "nobody has handed in" in capsys.readouterr().err
    hand_in(small, "ada", answered({"softmax": "%pip\n"}))
    hand_in(small, "carl", RELEASED)
    hand_in(small, "rubbish", b"no notebook")
    assert command.main(["similarity", NAME, archive]) == 0
    said = capsys.readouterr().out
    told = ("softmax.zip", "softmax.key.csv", "cells of ada: 1", "code: carl", "exported: rubbish")
    for words in told:
        assert words in said
    with pytest.raises(SystemExit):
        command.main(["similarity", NAME, "softmax.tar"])
    assert "end in .zip" in capsys.readouterr().err
    assert command.main(["similarity", "01_nothing", archive]) == 1
    assert "course build" in capsys.readouterr().err
