"""Grading through nbgrader: what is right earns its points, and nothing else does.

Every submission here is run in a kernel and judged as a class's is. The assignment is a tiny one
with two TODOs: `double` earns 2 + 1 points, `triple` earns 4, and a person reads the answer `why`.
"""

import copy
import os
import shutil

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_output
from nbgrader.api import Gradebook
from tiny_answers import DOUBLE, TESTS, TRIPLE, cell, define_double, lost, place, points

from course import grade
from course.paths import Course


def run_first(notebook, code):
    """Put a cell of the student's own behind the set-up."""
    notebook.cells.insert(1 + place(notebook, "set_up"), new_code_cell(code))


def cases(registry):
    """Return a decorator that registers a change of a right notebook under its own name."""

    def register(change):
        registry.append(pytest.param(change, id=change.__name__))
        return change

    return register


def grade_changed(tiny, change):
    notebook = tiny.right()
    # Some changes give a notebook that replaces the one they were given.
    changed = change(notebook)
    student = change.__name__
    tiny.hand_in(student, notebook if changed is None else changed)
    return tiny.grade(student)


# What the code earns


def test_a_right_answer_earns_full_marks(tiny):
    tiny.hand_in("right", tiny.right())
    assert points(tiny.grade("right")) == TESTS


def test_half_of_the_answers_earn_their_half(tiny):
    notebook = tiny.right()
    cell(notebook, "triple").source = "def triple(x):\n    raise NotImplementedError"
    tiny.hand_in("half", notebook)
    assert points(tiny.grade("half")) == lost(*TRIPLE)


def test_an_untouched_notebook_is_not_attempted_everywhere(tiny):
    tiny.hand_in("untouched", tiny.released)
    graded = tiny.grade("untouched")
    assert points(graded) == lost(*TESTS)
    for name in DOUBLE:
        assert graded.told(name) == "not attempted: double: not written yet"
    assert graded.told("test_triple_negative") == "not attempted: triple: not written yet"


def test_a_known_mistake_costs_its_own_test_and_is_named(tiny):
    notebook = tiny.right()
    cell(notebook, "double").source = "def double(x):\n    return abs(2.0 * x)"
    tiny.hand_in("mistake", notebook)
    graded = tiny.grade("mistake")
    assert points(graded) == lost("test_double_negative")
    assert "the sign is lost" in graded.told("test_double_negative")


def test_a_function_that_never_returns_costs_its_own_tests_only(tiny):
    notebook = tiny.right()
    define_double(notebook, "while True: pass")
    tiny.hand_in("endless", notebook)
    graded = tiny.grade("endless")
    assert points(graded) == lost(*DOUBLE)
    assert "did not end in time" in graded.told("test_double_negative")


def test_a_loop_that_swallows_the_interrupt_is_ended_and_keeps_what_came_before(tiny):
    notebook = tiny.right()
    cell(notebook, "triple").source = (
        "def triple(x):\n"
        "    while True:\n"
        "        try:\n"
        "            while True:\n"
        "                pass\n"
        "        except BaseException:\n"
        "            pass\n"
    )
    tiny.hand_in("stubborn", notebook)
    assert points(tiny.grade("stubborn")) == lost(*TRIPLE)


@pytest.mark.parametrize(
    "end", ["import os; os._exit(0)", "import ctypes; ctypes.string_at(0)"], ids=["exits", "faults"]
)
def test_code_that_ends_the_process_keeps_the_marks_of_the_cells_before(tiny, end):
    notebook = tiny.right()
    cell(notebook, "triple").source = f"def triple(x):\n    {end}"
    tiny.hand_in("dead", notebook)
    graded = tiny.grade("dead")
    assert points(graded) == lost(*TRIPLE)
    assert "this test did not run" in graded.told("test_triple_negative")


def test_grading_sets_the_kernel_s_environment_and_leaves_ours_alone(tiny, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    notebook = tiny.right()
    define_double(
        notebook,
        "import os",
        "assert os.environ['OMP_NUM_THREADS'] == '1'",
        "assert os.environ['WORKBOOK_DATA_SET'] == 'embedded'",
    )
    tiny.hand_in("environment", notebook)
    before = dict(os.environ)
    assert points(tiny.grade("environment")) == TESTS
    # nbgrader_config.py puts the environment's folder in front of PATH each time it is read.
    assert os.environ["PATH"].endswith(before["PATH"])
    assert {**os.environ, "PATH": ""} == {**before, "PATH": ""}


# Honest students


HONEST = []


@cases(HONEST)
def warns(notebook):
    define_double(notebook, "import warnings", "warnings.warn('slow')")


@cases(HONEST)
def takes_the_logarithm_of_zero(notebook):
    define_double(notebook, "np.log(np.zeros(3))", "np.float64(1.0) / np.float64(0.0)")


@cases(HONEST)
def prints_very_much(notebook):
    define_double(notebook, "print('line\\n' * 5000)")


@cases(HONEST)
def writes_to_stderr_and_logs(notebook):
    define_double(
        notebook,
        "import logging, sys",
        "sys.stderr.write('error: 0 of 7 points')",
        "logging.error('0')",
    )


@cases(HONEST)
def shows_figures(notebook):
    run_first(notebook, "%matplotlib inline\nimport matplotlib.pyplot as plt")
    define_double(notebook, "plt.plot([0, 1])", "plt.show()", "plt.figure()")


@cases(HONEST)
def clears_the_output_to_show_progress(notebook):
    run_first(notebook, "from IPython.display import clear_output, display")
    define_double(
        notebook,
        "clear_output()",
        "display(0)",
        "clear_output(wait=True)",
    )


@cases(HONEST)
def ends_cells_with_numbers(notebook):
    cell(notebook, "double").source += "\ndouble(0.0)"
    cell(notebook, "triple").source += "\n0"


@cases(HONEST)
def adds_cells_that_work_and_cells_that_fail(notebook):
    run_first(notebook, "%timeit -n 1 -r 1 sum(range(10))\n0")
    run_first(notebook, "1 / 0")
    run_first(notebook, "this is no Python")
    notebook.cells.append(new_code_cell("raise SystemExit"))
    notebook.cells.append(new_code_cell("exit()"))


@cases(HONEST)
def prints_to_a_redirected_stdout(notebook):
    run_first(notebook, "import io, sys\nsys.stdout = io.StringIO()")


@cases(HONEST)
def makes_numpy_raise_on_underflow(notebook):
    run_first(notebook, "np.seterr(all='raise')\nnp.set_printoptions(precision=1)")


@cases(HONEST)
def uses_a_cell_magic(notebook):
    cell(notebook, "double").source = "%%time\ndef double(x):\n    return 2.0 * x"


@cases(HONEST)
def keeps_old_outputs_that_claim_anything(notebook):
    for kept in notebook.cells:
        if kept.cell_type == "code":
            kept.outputs = [
                new_output("stream", name="stderr", text="0"),
                new_output("error", ename="E", evalue="", traceback=["E"]),
            ]
            kept.execution_count = 99


@cases(HONEST)
def worked_in_another_kernel(notebook):
    notebook.metadata["kernelspec"] = {"name": "conda-env-ml-py", "display_name": "ml"}
    notebook.metadata["language_info"] = {"name": "python", "version": "3.6"}


@cases(HONEST)
def saved_by_an_older_jupyter(notebook):
    notebook.nbformat_minor = 4
    for kept in notebook.cells:
        del kept["id"]


@pytest.mark.parametrize("change", HONEST)
def test_an_honest_right_answer_loses_nothing(tiny, change):
    graded = grade_changed(tiny, change)
    assert points(graded) == TESTS
    assert graded.scores["why"] is None


def test_what_a_right_answer_prints_and_warns_of_is_shown(tiny):
    notebook = tiny.right()
    define_double(notebook, "import warnings", "print('at work')", "warnings.warn('and slow')")
    tiny.hand_in("shown", notebook)
    outputs = tiny.grade("shown").cell("test_double_negative").outputs
    streams = [output for output in outputs if output.output_type == "stream"]
    written = "".join(output.text for output in streams)
    assert "at work" in written
    assert "and slow" in written
    assert {output.name for output in streams} == {"stdout"}


# Tests that did not run


SKIPPED = []


def spoil(notebook):
    """Make both answers wrong."""
    for name in ("double", "triple"):
        cell(notebook, name).source = f"def {name}(x):\n    return x"


@cases(SKIPPED)
def ends_the_process_at_once(notebook):
    spoil(notebook)
    run_first(notebook, "import os\nos._exit(0)")


@cases(SKIPPED)
def leaves_the_test_by_system_exit(notebook):
    for name in ("double", "triple"):
        cell(notebook, name).source = f"def {name}(x):\n    raise SystemExit"


@cases(SKIPPED)
def leaves_the_test_by_sys_exit_0(notebook):
    for name in ("double", "triple"):
        cell(notebook, name).source = f"import sys\ndef {name}(x):\n    sys.exit(0)"


@cases(SKIPPED)
def empties_cells_by_an_input_transformer(notebook):
    run_first(notebook, "get_ipython().input_transformers_cleanup.append(lambda lines: [])")


@cases(SKIPPED)
def rejects_cells_by_an_ast_transformer(notebook):
    run_first(
        notebook,
        "import ast\n"
        "from IPython.core.error import InputRejected\n"
        "class Reject(ast.NodeTransformer):\n"
        "    def visit(self, node):\n"
        "        raise InputRejected('no')\n"
        "get_ipython().ast_transformers.append(Reject())",
    )


@cases(SKIPPED)
def empties_cells_by_an_ast_transformer(notebook):
    run_first(
        notebook,
        "import ast\n"
        "class Empty(ast.NodeTransformer):\n"
        "    def visit_Module(self, node):\n"
        "        return ast.Module(body=[], type_ignores=[])\n"
        "get_ipython().ast_transformers.append(Empty())",
    )


@cases(SKIPPED)
def leaves_the_cell_in_a_pre_run_hook(notebook):
    run_first(
        notebook,
        "def refuse(info):\n"
        "    raise SystemExit\n"
        "get_ipython().events.register('pre_run_cell', refuse)",
    )


@cases(SKIPPED)
def makes_check_close_do_nothing(notebook):
    spoil(notebook)
    run_first(notebook, "check.close = lambda *arguments, **named: None")


@cases(SKIPPED)
def replaces_check_by_something_that_agrees(notebook):
    spoil(notebook)
    run_first(notebook, "import unittest.mock\ncheck = unittest.mock.MagicMock()")


@cases(SKIPPED)
def hides_what_is_displayed(notebook):
    spoil(notebook)
    run_first(notebook, "get_ipython().display_pub.publish = lambda *a, **k: None")


@pytest.mark.parametrize("change", SKIPPED)
def test_a_test_that_is_got_round_earns_nothing(tiny, change):
    graded = grade_changed(tiny, change)
    assert points(graded) == lost(*TESTS)
    assert all(graded.told(name) for name in TESTS)


def test_a_test_that_ran_to_half_earns_nothing(tiny):
    notebook = tiny.right()
    define_double(notebook, "if np.ndim(x) == 2: raise SystemExit")
    tiny.hand_in("half_a_test", notebook)
    assert points(tiny.grade("half_a_test")) == lost("test_double_array")


# Cells and metadata that were changed


UNTIDY = []


@cases(UNTIDY)
def deleted_a_test(notebook):
    del notebook.cells[place(notebook, "test_double_array")]


@cases(UNTIDY)
def deleted_every_check_and_test(notebook):
    kept = [c for c in notebook.cells if not c.id.startswith(("check_", "test_"))]
    notebook.cells[:] = kept


@cases(UNTIDY)
def deleted_the_set_up(notebook):
    del notebook.cells[place(notebook, "set_up")]


@cases(UNTIDY)
def deleted_a_test_in_an_older_jupyter(notebook):
    deleted_a_test(notebook)
    saved_by_an_older_jupyter(notebook)


@cases(UNTIDY)
def moved_the_answer_to_a_cell_of_its_own(notebook):
    at = place(notebook, "double")
    notebook.cells[at] = new_code_cell(notebook.cells[at].source)


@cases(UNTIDY)
def edited_a_test(notebook):
    cell(notebook, "test_double_array").source = "100"


@cases(UNTIDY)
def duplicated_a_test(notebook):
    twin = copy.deepcopy(cell(notebook, "test_double_array"))
    twin["id"] = "twin"
    notebook.cells.insert(place(notebook, "triple"), twin)


@cases(UNTIDY)
def duplicated_a_todo(notebook):
    twin = copy.deepcopy(cell(notebook, "double"))
    twin["id"] = "twin"
    notebook.cells.insert(place(notebook, "double"), twin)


@cases(UNTIDY)
def duplicated_a_cell_id(notebook):
    notebook.cells.insert(0, copy.deepcopy(cell(notebook, "test_double_array")))


@cases(UNTIDY)
def left_a_broken_copy_of_a_todo_at_the_end(notebook):
    twin = copy.deepcopy(cell(notebook, "double"))
    twin.update(id="twin", source="def double(x):\n    return x")
    notebook.cells.append(twin)


@cases(UNTIDY)
def left_an_untouched_copy_of_a_todo_at_the_end(notebook):
    twin = copy.deepcopy(cell(notebook, "double"))
    stub = 'raise NotImplementedError("double: not written yet")'
    twin.update(id="twin", source=f'def double(x):\n    """Return twice x."""\n    {stub}')
    notebook.cells.append(twin)
    notebook.cells.insert(place(notebook, "test_double_negative"), copy.deepcopy(twin))


@cases(UNTIDY)
def split_a_todo(notebook):
    at = place(notebook, "double")
    first, second = copy.deepcopy(notebook.cells[at]), notebook.cells[at]
    first.update(id="first_half", source="def twice(x):\n    return 2.0 * x")
    second.source = "def double(x):\n    return twice(x)"
    notebook.cells.insert(at, first)


@cases(UNTIDY)
def split_a_test(notebook):
    at = place(notebook, "test_double_array")
    second = copy.deepcopy(notebook.cells[at])
    second.update(id="second_half", source="")
    notebook.cells.insert(at + 1, second)


@cases(UNTIDY)
def retyped_a_test_as_markdown(notebook):
    retype(cell(notebook, "test_double_array"), "markdown")


@cases(UNTIDY)
def retyped_a_todo_as_raw(notebook):
    retype(cell(notebook, "double"), "raw")


def retype(changed, cell_type):
    changed.cell_type = cell_type
    del changed["outputs"], changed["execution_count"]


@cases(UNTIDY)
def retyped_the_answer_as_code(notebook):
    cell(notebook, "why").update(cell_type="code", outputs=[], execution_count=None)


@cases(UNTIDY)
def moved_the_tests_to_the_top(notebook):
    tests = [c for c in notebook.cells if c.id.startswith("test_")]
    notebook.cells[:] = tests + [c for c in notebook.cells if not c.id.startswith("test_")]


@cases(UNTIDY)
def moved_a_todo_below_its_tests(notebook):
    double = notebook.cells.pop(place(notebook, "double"))
    notebook.cells.insert(place(notebook, "triple"), double)


@cases(UNTIDY)
def renamed_cell_ids(notebook):
    for number, renamed in enumerate(notebook.cells):
        renamed["id"] = f"cell-{number}"


@cases(UNTIDY)
def renamed_grade_ids(notebook):
    for name in ("double", "test_double_array", "why"):
        cell(notebook, name).metadata["nbgrader"]["grade_id"] = f"my_{name}"


@cases(UNTIDY)
def renamed_a_test_altogether(notebook):
    renamed = cell(notebook, "test_double_array")
    renamed["id"] = renamed.metadata["nbgrader"]["grade_id"] = "mine"


@cases(UNTIDY)
def swapped_the_names_of_two_tests(notebook):
    one, other = (cell(notebook, name).metadata["nbgrader"] for name in DOUBLE)
    one["grade_id"], other["grade_id"] = other["grade_id"], one["grade_id"]


@cases(UNTIDY)
def stripped_all_metadata(notebook):
    notebook.metadata.clear()
    for stripped in notebook.cells:
        stripped.metadata.clear()


def metadata_case(name, value):
    """Register a change of the nbgrader metadata of a test, a TODO and the answer."""

    def change(notebook):
        for name in ("double", "test_double_array", "why"):
            metadata = cell(notebook, name).metadata
            metadata["nbgrader"] = (
                {**metadata["nbgrader"], **value} if isinstance(value, dict) else value
            )

    change.__name__ = name
    cases(UNTIDY)(change)


metadata_case("set_schema_version_99", {"schema_version": 99})
metadata_case("set_schema_version_1", {"schema_version": 1})
metadata_case("set_schema_version_to_text", {"schema_version": "three"})
metadata_case("set_points_to_100", {"points": 100})
metadata_case("set_points_to_text", {"points": "many"})
metadata_case("set_points_below_zero", {"points": -5})
metadata_case("set_the_grade_id_to_a_number", {"grade_id": 7})
metadata_case("set_the_grade_id_to_a_list", {"grade_id": ["test_double_array"]})
metadata_case("set_the_grade_id_to_none", {"grade_id": None})
metadata_case("set_every_flag", {"grade": True, "solution": True, "task": True, "locked": False})
metadata_case("set_the_cell_type", {"cell_type": "markdown"})
metadata_case("set_the_checksum", {"checksum": None})
metadata_case("set_metadata_to_text", "nbgrader")
metadata_case("set_metadata_to_a_list", [1, 2])
metadata_case("set_metadata_to_none", None)
metadata_case("set_metadata_to_nothing", {})


@pytest.mark.parametrize("change", UNTIDY)
def test_changed_cells_are_put_right_and_cost_nothing(tiny, change):
    graded = grade_changed(tiny, change)
    assert points(graded) == TESTS
    assert graded.scores["why"] is None, "the answer waits for a person"


def test_conflict_markers_in_a_cell_cost_its_own_points(tiny):
    notebook = tiny.right()
    double = cell(notebook, "double")
    double.source = f"<<<<<<< local\n{double.source}\n=======\n{double.source}\n>>>>>>> remote"
    tiny.hand_in("conflict", notebook)
    assert points(tiny.grade("conflict")) == lost(*DOUBLE)


# Files that are no notebooks


def git_conflict(released):
    line = b'   "cell_type": "code",\n'
    return released.replace(line, b"<<<<<<< HEAD\n" + line + b"=======\n>>>>>>> b\n", 1)


DAMAGED = {
    "b_truncated": (lambda released: released[:1500], "The file is cut off or damaged at line"),
    "c_empty": (lambda _: b"", "01_tiny.ipynb is empty"),
    "d_binary": (lambda _: bytes(range(256)) * 9, "01_tiny.ipynb is no notebook"),
    "f_no_cells": (lambda _: b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}}', "cells"),
    "g_list": (lambda _: b"[]", "list"),
    "i_page": (lambda _: b"<html>Sign in to download</html>", "Sign in"),
}
MENDED = {
    "e_conflict": (git_conflict, "conflict marks of Git"),
    "h_future": (lambda right: right.replace(b'"nbformat": 4', b'"nbformat": 9'), ""),
    "n_other": (lambda right: right, "`Untitled.ipynb` was taken for `01_tiny.ipynb`"),
}


@pytest.fixture(scope="module")
def batch(tmp_path_factory, tiny):
    """Grade a class whose first and last student are right, and nobody between them is."""
    course = Course(tmp_path_factory.mktemp("batch") / "course", cell_timeout=3)
    shutil.copytree(
        tiny.course.root, course.root, ignore=shutil.ignore_patterns("submitted", "auto*")
    )
    batch = type(tiny)(course, tiny.source)
    for student in ("a_right", "z_right"):
        batch.hand_in(student, batch.right())
    for student, (damage, _) in DAMAGED.items():
        batch.hand_in(student, damage(batch.released))
    for student, (damage, _) in MENDED.items():
        batch.hand_in(student, damage(nbformat.v4.writes(batch.right()).encode()))
    folder = course.root / "submitted"
    (folder / "m_nothing" / batch.name).mkdir(parents=True)
    other = course.notebook("submitted", batch.name, "n_other")
    other.rename(other.with_name("Untitled.ipynb"))
    course.notebook("submitted", batch.name, "o_folder").mkdir(parents=True)
    rows = {row.student: row for row in grade.grade(course, batch.name)}
    return batch, rows


@pytest.mark.parametrize("student", DAMAGED)
def test_a_damaged_file_is_listed_with_what_is_wrong(batch, student):
    _, rows = batch
    assert rows[student].points == 0
    assert DAMAGED[student][1] in rows[student].problem


@pytest.mark.parametrize("student", MENDED)
def test_damage_that_can_be_mended_costs_nothing_and_is_told(batch, student):
    row = batch[1][student]
    assert (row.points, row.waiting, row.problem) == (7, 5, "")
    assert MENDED[student][1] in " ".join(row.repaired)


@pytest.mark.parametrize(
    ("student", "reason"),
    [
        ("m_nothing", "no 01_tiny.ipynb was handed in, but nothing"),
        ("o_folder", "no 01_tiny.ipynb was handed in"),
    ],
)
def test_a_missing_file_is_listed_with_what_is_there(batch, student, reason):
    _, rows = batch
    assert reason in rows[student].problem


def test_damaged_files_change_no_other_grade(batch):
    graded, rows = batch
    for student in ("a_right", "z_right"):
        assert rows[student] == grade.Row(student, 7.0, 7.0, 5.0)
        assert graded.course.feedback(graded.name, student).exists()


def test_every_student_has_a_row(batch):
    graded, rows = batch
    handed_in = {path.name for path in (graded.course.root / "submitted").iterdir()}
    assert set(rows) == handed_in


# Answers that a person reads


def test_an_answer_waits_for_a_person_and_an_untouched_one_earns_nothing(tiny):
    tiny.hand_in("answered", tiny.right())
    assert tiny.grade("answered").scores["why"] is None
    tiny.hand_in("unanswered", tiny.released)
    assert tiny.grade("unanswered").scores["why"] == 0


def test_an_untouched_copy_of_an_answer_does_not_hide_the_written_one(tiny):
    notebook = tiny.right()
    twin = copy.deepcopy(cell(notebook, "why"))
    twin.update(id="twin", source="YOUR ANSWER HERE")
    notebook.cells.append(twin)
    tiny.hand_in("answered_above", notebook)
    graded = tiny.grade("answered_above")
    assert graded.scores["why"] is None
    assert graded.cell("why").source == cell(notebook, "why").source


def test_a_score_given_by_hand_survives_grading_again(tiny):
    tiny.hand_in("read", tiny.right())
    tiny.grade("read")
    with Gradebook(tiny.course.gradebook_url) as gradebook:
        given = gradebook.find_grade("why", tiny.name, tiny.name, "read")
        given.manual_score, given.needs_manual_grade = 3.5, False
        comment = gradebook.find_comment("why", tiny.name, tiny.name, "read")
        comment.manual_comment = "Well said."
        gradebook.db.commit()
    assert tiny.graded("read").scores["why"] == 3.5
    tiny.grade("read")
    with Gradebook(tiny.course.gradebook_url) as gradebook:
        given = gradebook.find_grade("why", tiny.name, tiny.name, "read")
        assert (given.manual_score, given.score) == (3.5, 3.5)
        comment = gradebook.find_comment("why", tiny.name, tiny.name, "read")
        assert comment.comment == "Well said."
