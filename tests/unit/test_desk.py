"""The desk: what is kept of submissions, and when one is executed again. Nothing is executed."""

import json
import os
from concurrent.futures import Future

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from course import desk, jobs
from course.paths import write_in_one_move
from course.sandbox import Limits

NAME = "01_tiny"


class Pool:
    """A pool that answers at once, or when it is told to, and counts what it was asked."""

    def __init__(self, at_once=True):
        self.at_once, self.asked, self.futures = at_once, [], []

    def submit(self, job):
        self.asked.append(job)
        self.futures.append(Future())
        if self.at_once:
            self.answer(len(self.asked) - 1)
        return self.futures[-1]

    def answer(self, number, error=None):
        left = {**nothing(), "error": error}
        cells = {str(cell["number"]): left for cell in self.asked[number]["cells"]}
        self.futures[number].set_result({"cells": cells, "suspicious": []})

    def executed(self, source):
        return sum(any(cell["source"] == source for cell in job["cells"]) for job in self.asked)


def nothing():
    return {"outputs": [], "got": [], "wants": [], "error": None, "end": ""}


def notebook(*sources, test="1"):
    cells = [new_code_cell(source, id=f"c{number}") for number, source in enumerate(sources)]
    made = new_notebook(cells=cells)
    metadata = {"grade": True, "solution": False, "points": 1, "grade_id": "test_one"}
    made.cells.append(new_code_cell(test, id="t", metadata={"nbgrader": metadata}))
    return made


@pytest.fixture
def opened(tmp_path):
    """Return a function that opens the desk of one folder anew, as another process would."""
    write_source(tmp_path)

    def open_one(at_once=True, **limits):
        return desk.Desk(tmp_path, Limits(**limits), Pool(at_once))

    return open_one


def write_source(root, solution="0"):
    made = notebook(solution)
    for cell in made.cells[:1]:
        cell.metadata["nbgrader"] = {"grade": False, "solution": True, "grade_id": "one"}
    path = root / "source" / NAME / f"{NAME}.ipynb"
    write_in_one_move(path, nbformat.writes(made).encode())


def test_what_is_kept_is_not_executed_again(opened):
    opened().outcome(NAME, "ada", notebook("a"), {})
    again = opened()
    outcome, wants = again.outcome(NAME, "ada", notebook("a"), {})
    assert again.pool.asked == []
    assert outcome["cells"]["0"] == nothing()
    assert wants == {"test_one": []}


def changes(tmp_path):
    beside = tmp_path / "mine.py"
    beside.write_text("x = 1")
    return {
        "another cell": ((notebook("b"), {}), {}),
        "another test": ((notebook("a", test="2"), {}), {}),
        "a file beside it": ((notebook("a"), {"mine.py": beside}), {}),
        "another limit": ((notebook("a"), {}), {"memory": 1 << 30}),
    }


@pytest.mark.parametrize("what", ["another cell", "a file beside it", "another limit"])
def test_what_has_changed_is_executed_again(opened, tmp_path, what):
    opened().outcome(NAME, "ada", notebook("a"), {})
    (nb, files), limits = changes(tmp_path)[what]
    again = opened(**limits)
    again.outcome(NAME, "ada", nb, files)
    assert again.pool.executed(nb.cells[0].source) == 1


def test_another_solution_is_executed_and_the_submission_is_not(opened, tmp_path):
    opened().outcome(NAME, "ada", notebook("a"), {})
    write_source(tmp_path, "corrected")
    again = opened()
    again.outcome(NAME, "ada", notebook("a"), {})
    assert (again.pool.executed("corrected"), again.pool.executed("a")) == (1, 0)


def test_other_tests_than_those_of_the_source_are_refused_with_the_remedy(opened):
    with pytest.raises(jobs.StaleRelease, match=r"run `nbgrader generate_assignment 01_tiny"):
        opened().outcome(NAME, "ada", notebook("a", test="2"), {})


def test_one_reference_run_does_for_all_with_the_same_inputs(opened):
    every = opened()
    for student in ("ada", "bob", "carl"):
        every.outcome(NAME, student, notebook("a"), {})
    assert every.pool.executed("0") == 1


def test_a_question_that_is_asked_twice_is_executed_once(opened):
    slow = opened(at_once=False)
    first, _ = slow.ask(NAME, "ada", notebook("a"), {})
    second, _ = slow.ask(NAME, "ada", notebook("a"), {})
    assert slow.pool.executed("a") == 1
    for number in range(2):
        slow.pool.answer(number)
    assert first.result() == second.result()


def test_what_is_forgotten_is_executed_again(opened):
    opened().outcome(NAME, "ada", notebook("a"), {})
    again = opened()
    again.forget(NAME, "ada")
    again.forget(NAME, "nobody")
    again.outcome(NAME, "ada", notebook("a"), {})
    assert again.pool.executed("a") == 1


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"key": "another", "outcome": {}}',
        b'{"outcome": {}}',
    ],
)
def test_a_damaged_outcome_is_made_again(opened, tmp_path, damage):
    opened().outcome(NAME, "ada", notebook("a"), {})
    kept = tmp_path / ".grading" / NAME / "ada.json"
    kept.write_bytes(damage)
    again = opened()
    outcome, _ = again.outcome(NAME, "ada", notebook("a"), {})
    assert again.pool.executed("a") == 1
    assert json.loads(kept.read_bytes())["outcome"] == outcome


def test_what_cannot_be_laid_down_is_told_to_who_waits_for_it(opened, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(desk, "write_in_one_move", full)
    with pytest.raises(OSError, match="No space left"):
        opened().outcome(NAME, "ada", notebook("a"), {})


def test_a_solution_that_fails_is_told_with_the_remedy(opened):
    slow = opened(at_once=False)
    slow.ask(NAME, "ada", notebook("a"), {})
    for number, job in enumerate(slow.pool.asked):
        slow.pool.answer(number, error={"ename": "ValueError", "evalue": "no"})
        assert job["cells"]
    with pytest.raises(jobs.ReferenceFails, match=r"test_one: ValueError: no; .*course check"):
        slow.outcome(NAME, "ada", notebook("a"), {})


def test_what_still_runs_is_stopped_when_the_desk_closes(opened):
    slow = opened(at_once=False)
    slow.ask(NAME, "ada", notebook("a"), {})
    slow.pool.answer(0)
    slow.close()
    assert [future.cancelled() for future in slow.pool.futures] == [False, True]


NAMES = ["ada", "山田　太郎", "[a-z]*", "é" * 127, "x" * 255, "..", ".hidden", "a b "]


@pytest.mark.parametrize("student", NAMES)
def test_every_name_of_a_folder_has_a_file_and_room_for_a_temporary_one(tmp_path, student):
    path = tmp_path / desk.file_name(student)
    write_in_one_move(path, b"kept")
    assert os.listdir(tmp_path) == [desk.file_name(student)]


def test_no_two_names_have_the_same_file():
    names = [*NAMES, "x" * 254, "x" * 253 + "y", "é" * 126 + "e"]
    assert len({desk.file_name(name) for name in names}) == len(names)


def test_what_was_forgotten_on_disk_is_executed_again_by_the_same_desk(opened, tmp_path):
    one = opened()
    one.outcome(NAME, "ada", notebook("a"), {})
    (tmp_path / ".grading" / NAME / "ada.json").unlink()
    one.outcome(NAME, "ada", notebook("a"), {})
    assert one.pool.executed("a") == 2


def test_an_earlier_hand_in_may_come_back(opened):
    one = opened()
    for source in ("a", "b", "a"):
        one.outcome(NAME, "ada", notebook(source), {})
    assert one.pool.executed("a") == 2


def test_a_run_that_was_lost_once_is_tried_again_when_it_is_asked_for_again(opened):
    one = opened(at_once=False)
    asked, _ = one.ask(NAME, "ada", notebook("a"), {})
    for number, future in enumerate(one.pool.futures):
        future.set_exception(RuntimeError("lost"))
        assert one.pool.asked[number]["cells"]
    with pytest.raises(RuntimeError, match="lost"):
        asked.result()
    one.ask(NAME, "ada", notebook("a"), {})
    assert one.pool.executed("a") == 2


def test_a_submission_does_without_the_libraries_that_the_solution_does_without(opened, tmp_path):
    one = opened()
    one.ask(NAME, "ada", notebook("a"), {})
    write_source(tmp_path, "import torch.nn as nn\nfrom scipy import special")
    two = opened()
    two.ask(NAME, "ada", notebook("a"), {})
    without = [job["without"] for desk in (one, two) for job in desk.pool.asked if job["without"]]
    assert set(without[0]) - set(without[1]) == {"scipy", "torch"}
