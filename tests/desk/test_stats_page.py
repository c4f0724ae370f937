"""`course stats` of the made-up class: its numbers, its page and its tables."""

import csv
import io
import json
import re
import shutil
from collections import Counter

import pytest
from nbgrader.api import Gradebook
from pypdf import PdfReader

from course import __main__ as command
from course import stats
from course.desk import file_name
from course.stats import page, pictures, reading, summary, tables
from course.stats.outcomes import LEFT_OUT
from course.stats.work import GRADED, TO_A_PERSON

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)> {{ 7 * 7 }}"


@pytest.fixture(scope="module")
def work(made_up):
    return reading.read(made_up.course, made_up.name)


@pytest.fixture(scope="module")
def altered(made_up, tmp_path_factory):
    """Return a copy of the class in which some work is not as it was, and which students' it is."""
    course = type(made_up.course)(tmp_path_factory.mktemp("altered") / "course")
    shutil.copytree(made_up.course.root, course.root)
    students = [
        student.id
        for student in made_up.students
        if student.hands_in == "in time" and "one_hot" in student.code
    ]
    older, gone, timed, *hostile = students[:6]

    def change(student, test, change_cell):
        path = course.notebook("autograded", made_up.name, student)
        notebook = json.loads(path.read_text())
        [cell] = [cell for cell in notebook["cells"] if cell["id"] == test]
        change_cell(cell)
        path.write_text(json.dumps(notebook))

    change(older, "test_one_hot_loop", lambda cell: cell.update(source="# another test"))
    course.notebook("autograded", made_up.name, gone).unlink()
    told = {"status": "wrong", "message": f"=1+2{HOSTILE}: no", "mistake": ""}
    for student in hostile:
        change(
            student,
            "test_one_hot_loop",
            lambda cell: cell["metadata"]["workbook"].update(verdict=told),
        )
    _note_times(course, made_up.name, timed, {"check_one_hot": 0.5, "test_one_hot_loop": 1.5})
    with Gradebook(course.gradebook_url) as gradebook:
        gradebook.find_student(gone).first_name = f"=SUM(1){HOSTILE}"
        gradebook.db.commit()
    return course, older, gone, hostile


def _note_times(course, name, student, seconds):
    """Leave what grading would leave of the times of some cells."""
    notebook = json.loads(course.notebook("autograded", name, student).read_text())
    cells = {
        str(number): {"seconds": seconds.get(cell["id"], 0.0)}
        for number, cell in enumerate(notebook["cells"])
    }
    path = course.grading / name / file_name(student)
    path.write_text(json.dumps({"key": "", "outcome": {"cells": cells}}))


@pytest.fixture(scope="module")
def written(altered, made_up, tmp_path_factory):
    """Return what is written with names and then, over it, without: text by file."""
    folder, found = tmp_path_factory.mktemp("stats"), []
    for named in (True, False):
        paths = stats.stats(altered[0], made_up.name, named, folder)
        assert sorted(folder.iterdir()) == sorted(paths)
        found.append({path.name: path.read_text("utf-8-sig") for path in paths})
    return *found, folder


# What is read


def test_every_hand_in_of_the_class_is_read(work, made_up):
    kinds = Counter(student.hands_in for student in made_up.students)
    assert len(work.names) == 300
    assert Counter(each.state for each in work.hand_ins) == {GRADED: 290, TO_A_PERSON: 1}
    assert sum(each.late for each in work.hand_ins) == kinds["late"]
    assert [task.name for task in work.tasks if task.tests] == [
        todo.id for todo in made_up.source.of("todo")
    ]
    assert [task.name for task in work.tasks if not task.tests] == [
        question.id for question in made_up.source.of("explain")
    ]
    tests = [test for task in work.tasks for test in task.tests]
    assert {(t.name, t.points) for t in tests} == {
        (t.id, t.points) for t in made_up.source.of("test")
    }
    assert tests[0].about.startswith("one_hot has a column for each class")


def test_what_is_counted_is_what_was_drawn(work, made_up):
    wrote = [
        s for s in made_up.students if s.hands_in in ("in time", "late") if s.code or s.answers
    ]
    found = summary.summaries(work)
    for task, tests in found:
        if tests:
            assert task.counted == len(wrote)
            left_out = sum(task.of.name not in student.code for student in wrote)
            assert task.outcomes[LEFT_OUT] == left_out
        else:
            left_out = [student for student in wrote if task.of.name not in student.answers]
            marks = [s.marks[task.of.name] for s in wrote if task.of.name in s.marks]
            assert task.counted == len(marks) + len(left_out)
            mean = sum(marks) / task.of.points / task.counted
            assert task.difficulty.value == pytest.approx(mean)
    softmax = next(task for task, _ in found if task.of.name == "softmax")
    overflows = {s.id for s in wrote if "np.exp(Z)\n" in s.code.get("softmax", "")}
    [made] = [each for each in softmax.mistakes if each.words.startswith("exp overflowed: no max")]
    assert overflows == set(made.students)


def test_a_person_s_points_count_in_place_of_the_test_s(work, made_up):
    student, test = made_up.corrected
    [own] = [each for each in work.hand_ins if each.student == student]
    [points] = [cell.points for cell in made_up.source.of("test") if cell.id == test]
    assert own.points[test] == points
    assert own.verdicts[test]["status"] == "wrong"


def test_what_was_graded_with_older_tests_or_is_gone_is_told_and_not_counted(altered, written):
    _, older, gone, _ = altered
    named, unnamed, _ = written
    assert re.search(rf"Graded with older tests:</strong> [^.]*\({older}\)", named["index.html"])
    assert re.search(rf"Left to a person:</strong> [^.]*\({gone}\)", named["index.html"])
    row = '<th scope="row">of these graded with older tests (not counted below)</th>'
    assert f'{row}<td class="n">1</td>' in unnamed["index.html"]


def test_the_time_of_a_task_is_that_of_its_checks_and_tests(written):
    rows = {row["name"]: row for row in csv.DictReader(io.StringIO(written[1]["tasks.csv"]))}
    assert [rows[name]["seconds"] for name in ("one_hot", "softmax")] == ["2.0", "0.0"]
    assert "run time (s)" in written[1]["index.html"]


# What is written


def test_nobody_is_named_unless_it_is_asked_for(written, made_up):
    named, unnamed, _ = written
    words = [word for s in made_up.students for word in (s.id, s.last_name)]
    for file, content in unnamed.items():
        assert not [word for word in words if word in content], file
    assert "made by" in named["mistakes.csv"]
    missing = [student for student in made_up.students if student.hands_in == "nothing"]
    for student in missing:
        assert f"{student.first_name} {student.last_name} ({student.id})" in named["index.html"]


def test_what_students_wrote_is_shown_as_it_is_and_runs_nowhere(written):
    for files in written[:2]:
        assert "<script" not in files["index.html"]
        assert "onerror=alert" not in re.sub(r"&lt;img.*?&gt;", "", files["index.html"])
        assert "&lt;script&gt;alert(" in files["index.html"]
        assert "{{" in files["index.html"]
    assert "=SUM(…)" not in written[1]["index.html"]


def test_no_cell_of_a_table_is_a_formula(written):
    for files in written[:2]:
        for file in ("tasks.csv", "mistakes.csv", "points.csv"):
            rows = list(csv.reader(io.StringIO(files[file])))
            assert len({len(row) for row in rows}) == 1, file
            texts = [cell for row in rows for cell in row if not _is_number(cell)]
            assert not [cell for cell in texts if cell.startswith(("=", "+", "-", "@"))], file
    assert "'=1+2<script>" in written[1]["mistakes.csv"]


def _is_number(cell):
    try:
        return float(cell) is not None
    except ValueError:
        return False


def test_the_tables_hold_the_numbers_of_the_page(work):
    found = summary.summaries(work)
    rows = list(csv.DictReader(io.StringIO(tables.tasks(found).decode("utf-8-sig"))))
    assert [row["name"] for row in rows if row["kind"] == "test"] == [
        test.of.name for _, tests in found for test in tests
    ]
    first = found[0][0]
    assert float(rows[0]["difficulty"]) == pytest.approx(first.difficulty.value, abs=1e-4)
    assert float(rows[0]["discrimination to"]) == pytest.approx(first.discrimination.high, abs=1e-4)
    assert int(rows[0]["not attempted"]) == first.outcomes[LEFT_OUT]
    assert rows[0]["seconds"] == ""
    points = list(csv.DictReader(io.StringIO(tables.points(summary.distributions(work)).decode())))
    assert sum(int(row["students"]) for row in points if row["﻿points of"] == "TODOs") == 290


@pytest.mark.parametrize(
    ("points", "most", "edges"),
    [((), 3, [0, 1, 2, 3, 4]), ((7.5,), 3, range(9)), ((0, 45), 45, range(0, 49, 3))],
)
def test_each_number_of_points_has_its_bin(points, most, edges):
    assert list(pictures.bins(points, most)) == list(edges)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_class_that_hands_in_next_to_nothing_has_a_page(work, number):
    few = type(work)(work.name, work.title, work.tasks, work.hand_ins[:number], work.names)
    shown = page.html(few, summary.summaries(few), summary.distributions(few)).decode()
    assert "too few to judge the tasks by" in shown
    assert f'<th scope="row">handed in nothing</th><td class="n">{300 - number}</td>' in shown
    assert "nan" not in re.sub(r'src="data:[^"]*"', "", shown)


def test_the_command_says_what_it_wrote_and_what_is_missing(made_up, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(command, "Course", lambda: made_up.course)
    monkeypatch.chdir(tmp_path)
    assert command.main(["stats", made_up.name, "--out", "out"]) == 0
    assert capsys.readouterr().out.splitlines()[0] == "wrote out/index.html"
    assert command.main(["stats", "09_none"]) == 1
    assert "the gradebook knows no 09_none: run" in capsys.readouterr().err


# The page in a browser


def test_the_page_is_accessible_whole_and_prints_on_a4(written, browser, tmp_path):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    window = browser.new_page()
    try:
        said = []
        window.on("console", lambda message: said.append(message.text))
        window.goto((written[2] / "index.html").as_uri())
        assert window.evaluate("[...document.images].every(i => i.naturalWidth > 0 && i.alt)")
        assert not said
        window.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)
        assert axe.run(window).response["violations"] == []
    finally:
        window.close()
    printed = PdfReader(tmp_path / "page.pdf")
    assert {(round(p.mediabox.width), round(p.mediabox.height)) for p in printed.pages} == {
        (595, 842)
    }
    assert "Look at this" in printed.pages[0].extract_text()
