"""Repairing a submission: everything that a release gave comes back, and honest work stays."""

import copy
import logging
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader import preprocessors as nbgrader_own
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.nbgraderformat import MetadataValidator

from course.released import released_cells
from course.repair import Repair, repair
from helpers.repair import joined, shown

NAME = "01_tiny"
HIDDEN = "### BEGIN HIDDEN TESTS\ncheck.close('{0}', {0}(3.0), 6.0)\n### END HIDDEN TESTS"
STUB = 'def {0}(x):\n    """Return {0} of x."""\n    raise NotImplementedError("{0}")'
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def graded_cell(name, source, **flags):
    make = new_markdown_cell if name == "why" else new_code_cell
    settings = {"grade": False, "locked": False, "solution": False, "task": False}
    settings |= {"grade_id": name, "schema_version": 3, **flags}
    return make(source, id=name, metadata={"nbgrader": settings})


def todo(name):
    return [
        graded_cell(name, STUB.format(name), solution=True),
        new_markdown_cell(f"Hints for {name}.", id=f"hints_{name}"),
        graded_cell(f"check_{name}", f"check.close('{name} of 1', {name}(1.0), 2.0)", locked=True),
        graded_cell(
            f"test_{name}",
            f"# Hidden test, 2 points\n# {name} works.\n{HIDDEN.format(name)}",
            grade=True,
            locked=True,
            points=2,
        ),
    ]


@pytest.fixture(scope="module")
def db_url(tmp_path_factory):
    """Return a gradebook that was told of the assignment, as nbgrader tells it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('gradebook')}/gradebook.db"
    notebook = new_notebook(
        metadata={"kernelspec": KERNEL},
        cells=[
            new_markdown_cell("# Twice and thrice", id="intro"),
            graded_cell("set_up", "import numpy as np", locked=True),
            *todo("double"),
            graded_cell("helper", "def show(x):\n    print(x)", locked=True),
            *todo("triple"),
            graded_cell("why", "YOUR ANSWER HERE", grade=True, solution=True, points=5),
        ],
    )
    about = {"nbgrader": {"assignment": NAME, "notebook": NAME, "db_url": url}}
    with pytest.MonkeyPatch.context() as patch:
        # A new gradebook asks a command for this, which takes a second and must be on the PATH.
        patch.setattr("nbgrader.api.get_alembic_version", lambda: "any")
        with Gradebook(url) as gradebook:
            gradebook.add_assignment(NAME)
    for step in (nbgrader_own.ComputeChecksums(), nbgrader_own.SaveCells()):
        notebook, about = step.preprocess(notebook, about)
    return url


@pytest.fixture(scope="module")
def saved(db_url):
    """Return the cells that the gradebook holds; no test may change them."""
    with Gradebook(db_url) as gradebook:
        return released_cells(gradebook.find_notebook(NAME, NAME))


@pytest.fixture
def released(saved):
    """Return the notebook that students get."""
    cells = [copy.deepcopy(cell) for cell in saved.values()]
    for name in ("double", "triple"):
        at = 1 + next(i for i, cell in enumerate(cells) if cell.id == name)
        cells.insert(at, new_markdown_cell(f"Hints for {name}.", id=f"hints_{name}"))
    notebook = new_notebook(
        metadata={"kernelspec": KERNEL, "workbook": {"assignment": NAME, "title": "Tiny"}},
        cells=[new_markdown_cell("# Twice and thrice", id="intro"), *cells],
    )
    for step in (nbgrader_own.ClearHiddenTests(), nbgrader_own.ComputeChecksums()):
        notebook, _ = step.preprocess(notebook, {})
    return notebook


@pytest.fixture
def answered(released):
    """Return the notebook of a student who answered everything."""
    for name in ("double", "triple"):
        find(released, name).source = f'def {name}(x):\n    """Return {name} of x."""\n    return x'
    find(released, "why").source = "Because."
    return released


def find(notebook, name):
    return next(cell for cell in notebook.cells if cell.id == name)


def place(notebook, name):
    return next(i for i, cell in enumerate(notebook.cells) if cell.id == name)


def settings(notebook, name):
    return find(notebook, name).metadata["nbgrader"]


def assert_gradable(cells, saved):
    """Assert all that nbgrader needs, and that every test stands behind what it tests."""
    notebook = new_notebook(cells=cells)
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    places = {}
    for number, cell in enumerate(cells):
        if (found := cell.metadata.get("nbgrader")) is None:
            continue
        original = saved[found.grade_id]
        assert cell.id == found.grade_id
        assert found == original.metadata.nbgrader
        assert cell.cell_type == original.cell_type
        if utils.is_locked(original):
            assert cell.source == original.source
            assert utils.compute_checksum(cell) == found.checksum
        places[found.grade_id] = number
    assert set(saved) - {"double", "triple"} <= set(places)
    names = [name for name in saved if name in places]
    for number, name in enumerate(names):
        if name.startswith("test_"):
            assert all(places[before] < places[name] for before in names[:number])


# Honest work


def test_an_untouched_release_is_told_nothing_and_gets_its_hidden_tests(released, saved):
    before = copy.deepcopy(released.cells)
    assert repair(released.cells, saved) == []
    assert_gradable(released.cells, saved)
    assert [cell.id for cell in released.cells] == [cell.id for cell in before]
    for now, then in zip(released.cells, before, strict=True):
        assert ("HIDDEN" in now.source) == now.id.startswith("test_")
        assert now.id.startswith("test_") or now.source == then.source


HONEST = []
UNTIDY = []


def honest(change):
    HONEST.append(pytest.param(change, id=change.__name__))
    return change


def untidy(*told):
    def register(change):
        UNTIDY.append(pytest.param(change, told, id=change.__name__))
        return change

    return register


@honest
def answers(notebook):
    pass


@honest
def adds_cells(notebook):
    notebook.cells.insert(3, new_code_cell("1 / 0"))
    notebook.cells.append(new_markdown_cell("My notes."))


@honest
def is_the_teacher_s_own_solution_with_its_hidden_tests(notebook):
    find(notebook, "test_double").source += "\n" + HIDDEN.format("double")


@honest
def uses_an_editor_that_trims_lines_and_writes_windows_line_ends(notebook):
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "  \r\n") + "\n"


@honest
def carries_the_checksum_of_another_release(notebook):
    settings(notebook, "set_up")["checksum"] = "0" * 32


@honest
def has_an_ordinary_cell_that_nbgrader_s_toolbar_touched(notebook):
    flags = {"grade": False, "solution": False, "locked": False, "schema_version": 3}
    notebook.cells[0].metadata["nbgrader"] = {**flags, "grade_id": "cell-1f2e"}


@pytest.mark.parametrize("change", HONEST)
def test_an_honest_submission_is_told_nothing(answered, saved, change):
    change(answered)
    before = copy.deepcopy(answered)
    assert repair(answered.cells, saved) == []
    assert_gradable(answered.cells, saved)
    assert [cell.source for cell in answered.cells if not utils.is_locked(cell)] == [
        cell.source for cell in before.cells if not utils.is_locked(cell)
    ]


# Damage


@untidy("The cells `set_up` and `test_double` were missing and are put back.")
def deletes_cells(notebook):
    del notebook.cells[place(notebook, "set_up")]
    del notebook.cells[place(notebook, "test_double")]


@untidy("The TODO cell `double` was missing; its code counts wherever else it stands.")
def writes_the_answer_into_a_cell_of_its_own(notebook):
    notebook.cells[place(notebook, "double")] = new_code_cell("double = lambda x: x", id="own")


@untidy("The cell `double` had lost its name and was recognised by its text.")
def copies_the_answer_into_a_cell_of_its_own(notebook):
    at = place(notebook, "double")
    notebook.cells[at] = new_code_cell(notebook.cells[at].source, id="own")


@untidy("The cell `test_double` had lost its name and was recognised by its text.")
def renames_a_test_altogether(notebook):
    settings(notebook, "test_double")["grade_id"] = "mine"
    find(notebook, "test_double")["id"] = "mine"


@untidy("The grading settings of the cells `set_up`, `double` and `why` were missing or changed")
def renames_grade_ids_only(notebook):
    for name in ("set_up", "double", "why"):
        settings(notebook, name)["grade_id"] = f"my_{name}"


@untidy()
def renames_cell_ids_only(notebook):
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"other-{number}"


@untidy("settings of the cells `check_double` and `test_double` were missing or changed")
def swaps_two_grade_ids(notebook):
    one, other = settings(notebook, "check_double"), settings(notebook, "test_double")
    one["grade_id"], other["grade_id"] = other["grade_id"], one["grade_id"]


@untidy("The cell `test_double` was there more than once; its other copies are kept")
def copies_a_test(notebook):
    twin = copy.deepcopy(find(notebook, "test_double"))
    twin.update(id="twin", source="2")
    notebook.cells.insert(place(notebook, "triple"), twin)


@untidy("The cell `double` was there more than once; its other copies are kept")
def keeps_a_broken_copy_of_an_answer_at_the_end(notebook):
    twin = copy.deepcopy(find(notebook, "double"))
    twin.update(id="twin", source="def double(x):\n    return None")
    notebook.cells.append(twin)


@untidy("A copy of the cell `double` in which nothing was written is left out.")
def keeps_an_untouched_copy_of_an_answer_at_the_end(notebook):
    twin = copy.deepcopy(find(notebook, "double"))
    twin.update(id="twin", source=STUB.format("double"))
    notebook.cells.append(twin)


@untidy("A copy of the cell `why` in which nothing was written is left out.")
def keeps_the_untouched_original_and_answers_in_a_copy(notebook):
    twin = copy.deepcopy(find(notebook, "why"))
    twin["id"] = "twin"
    find(notebook, "why").source = "YOUR ANSWER HERE"
    notebook.cells.append(twin)


@untidy()
def splits_an_answer_in_two(notebook):
    at = place(notebook, "double")
    notebook.cells[at].source = "def twice(x):\n    return x"
    notebook.cells.insert(at + 1, new_code_cell("def double(x):\n    return twice(x)", id="rest"))


@untidy("The text of the cell `set_up` had been changed; the original counts.")
def splits_a_given_cell_in_two(notebook):
    at = place(notebook, "set_up")
    notebook.cells[at].source = "import numpy"
    notebook.cells.insert(at + 1, new_code_cell(" as np", id="rest"))


@untidy("The types of the cells `set_up`, `test_double` and `why` had been changed and are put")
def retypes_cells(notebook):
    for name, kind in {"set_up": "markdown", "test_double": "raw", "why": "code"}.items():
        cell = find(notebook, name)
        cell.cell_type = kind
        cell.pop("outputs", None)
        cell.pop("execution_count", None)
        if kind == "code":
            cell.update(outputs=[], execution_count=3)


@untidy("The type of the cell `double` had been changed and is put back.")
def turns_an_answer_with_a_picture_into_markdown(notebook):
    cell = find(notebook, "double")
    cell.update(cell_type="markdown", attachments={"a.png": {"image/png": "AAAA"}})
    del cell["outputs"], cell["execution_count"]


@untidy("The cells `test_double` and `test_triple` stood in the wrong places and are moved back.")
def moves_the_tests_to_the_top(notebook):
    notebook.cells.sort(key=lambda cell: not cell.id.startswith("test_"))


@untidy("The cells `check_double`, `test_double` and `helper` stood in the wrong places")
def moves_an_answer_below_its_test(notebook):
    cell = notebook.cells.pop(place(notebook, "double"))
    notebook.cells.insert(place(notebook, "triple"), cell)


@untidy("The cell `set_up` stood in the wrong place and is moved back.")
def moves_the_set_up_to_the_end(notebook):
    notebook.cells.append(notebook.cells.pop(place(notebook, "set_up")))


@untidy("The cells `test_double` and `test_triple` stood in the wrong places")
def moves_an_answer_to_the_end(notebook):
    notebook.cells.append(notebook.cells.pop(place(notebook, "double")))


@untidy("The text of the cell `test_double` had been changed; the original counts.")
def rewrites_a_test(notebook):
    find(notebook, "test_double").source = "2"


@untidy("The cell `bonus` does not belong to this assignment and is kept as an ordinary cell.")
def adds_a_graded_cell(notebook):
    notebook.cells.append(graded_cell("bonus", "100", grade=True, locked=True, points=100))


@untidy("The grading settings of the cells `set_up`, `double`, `check_double`, `test_double`")
def loses_all_metadata(notebook):
    for cell in notebook.cells:
        cell.metadata.clear()


@untidy("were recognised by their text", "The answer cell `why` was missing; a person will look")
def loses_all_metadata_and_ids(notebook):
    loses_all_metadata(notebook)
    renames_cell_ids_only(notebook)


@untidy("The answer cell `why` was missing; a person will look whether the answer stands")
def writes_the_text_into_a_cell_of_its_own(notebook):
    notebook.cells[place(notebook, "why")] = new_markdown_cell("Because.", id="own")


def metadata_case(name, value):
    def change(notebook):
        for cell in ("set_up", "double", "test_double", "why"):
            metadata = find(notebook, cell).metadata
            metadata["nbgrader"] = (
                {**metadata["nbgrader"], **value} if isinstance(value, dict) else value
            )

    change.__name__ = name
    untidy("The grading settings of the cells `set_up`")(change)


metadata_case("sets_the_schema_version_to_99", {"schema_version": 99})
metadata_case("sets_the_schema_version_to_text", {"schema_version": "three"})
metadata_case("sets_points_to_100", {"points": 100})
metadata_case("sets_points_to_text", {"points": "many"})
metadata_case("sets_the_grade_id_to_a_list", {"grade_id": ["set_up"]})
metadata_case("sets_the_grade_id_to_none", {"grade_id": None})
metadata_case("sets_every_flag", {"grade": True, "solution": True, "task": True, "locked": 7})
metadata_case("sets_the_cell_type", {"cell_type": "raw"})
metadata_case("sets_metadata_to_text", "nbgrader")
metadata_case("sets_metadata_to_a_list", [1, 2])
metadata_case("sets_metadata_to_none", None)


@pytest.mark.parametrize(("change", "told"), UNTIDY)
def test_damage_is_put_right_and_told(answered, saved, change, told):
    before = copy.deepcopy(saved)
    own = {cell.source for cell in answered.cells if not utils.is_locked(cell)}
    change(answered)
    found = repair(answered.cells, saved)
    assert_gradable(answered.cells, saved)
    for sentence in told:
        assert any(sentence in line for line in found), found
    assert bool(found) == bool(told)
    if change not in (splits_an_answer_in_two, writes_the_answer_into_a_cell_of_its_own):
        assert own <= {cell.source for cell in answered.cells}, "no answer is lost"
    assert saved == before
    assert repair(answered.cells, saved) in ([], [line for line in found if "TODO" in line])


def test_a_missing_todo_does_not_come_back_over_an_answer(answered, saved):
    writes_the_answer_into_a_cell_of_its_own(answered)
    repair(answered.cells, saved)
    assert not any("NotImplementedError" in cell.source for cell in answered.cells)
    # The answer stays where it was, before its tests.
    assert place(answered, "set_up") < place(answered, "own") < place(answered, "test_double")


def test_a_missing_answer_waits_for_a_person(answered, saved):
    del answered.cells[place(answered, "why")]
    repair(answered.cells, saved)
    assert utils.determine_grade(find(answered, "why"))[0] is None


def test_an_untouched_answer_earns_nothing_and_waits_for_nobody(released, saved):
    repair(released.cells, saved)
    assert utils.determine_grade(find(released, "why"))[0] == 0


def test_a_set_up_at_the_end_is_moved_above_the_answers_that_need_it(answered, saved):
    moves_the_set_up_to_the_end(answered)
    repair(answered.cells, saved)
    assert place(answered, "set_up") < place(answered, "double")


def test_one_answer_at_the_end_drags_no_given_cell_along(answered, saved):
    moves_an_answer_to_the_end(answered)
    repair(answered.cells, saved)
    assert place(answered, "set_up") < place(answered, "helper") < place(answered, "triple")
    assert answered.cells[-1].id == "test_triple"


def test_the_second_half_of_an_answer_stays_right_behind_the_first(answered, saved):
    splits_an_answer_in_two(answered)
    repair(answered.cells, saved)
    at = place(answered, "double")
    assert answered.cells[at + 1].id == "rest"


def test_an_empty_notebook_gets_everything_back_in_order(saved):
    cells = []
    [told] = repair(cells, saved)
    assert told.startswith("The cells `set_up`, `double`, `check_double`, `test_double`, `helper`")
    assert told.endswith("and 4 more were missing and are put back.")
    assert [cell.id for cell in cells] == list(saved)
    assert_gradable(cells, saved)


def test_the_notebook_of_another_course_is_named_as_such(saved):
    cells = [new_code_cell("print('hello')", id="a"), new_markdown_cell("# Biology", id="b")]
    assert repair(cells, saved)[0] == "No cell of this assignment was found in the notebook."
    assert_gradable(cells, saved)
    assert {"a", "b"} <= {cell.id for cell in cells}


def test_equal_cells_without_ids_of_their_own_are_kept_apart(answered, saved):
    twins = [new_code_cell("1", id="twin") for _ in range(3)]
    answered.cells += twins
    answered.cells[-1].pop("id")
    repair(answered.cells, saved)
    ids = [cell.id for cell in answered.cells]
    assert len(set(ids)) == len(ids)


# The step of nbgrader


def prepare(notebook, db_url, **found):
    about = {"assignment": NAME, "notebook": NAME, "db_url": db_url}
    step = Repair()
    step.log = logging.getLogger("quiet")
    step.log.setLevel(logging.CRITICAL)
    repaired, _ = step.preprocess(notebook, {"nbgrader": about, **found})
    return repaired


@pytest.mark.parametrize(("change", "told"), [*UNTIDY[::3], pytest.param(answers, (), id="none")])
def test_nbgrader_s_own_steps_find_nothing_left_to_change(answered, db_url, caplog, change, told):
    change(answered)
    repaired = prepare(answered, db_url)
    before = copy.deepcopy(repaired)
    about = {"nbgrader": {"assignment": NAME, "notebook": NAME, "db_url": db_url}}
    for make in (
        nbgrader_own.OverwriteKernelspec,
        nbgrader_own.OverwriteCells,
        nbgrader_own.CheckCellMetadata,
    ):
        step = make()
        step.log = logging.getLogger("nbgrader_s_own")
        repaired, _ = step.preprocess(repaired, about)
    assert repaired == before
    assert [line.message for line in caplog.records if line.levelno >= logging.WARNING] == []


def test_metadata_become_those_of_a_release(answered, db_url):
    answered.metadata.update(kernelspec={"name": "sh"}, widgets={"a": 1}, authors=[{"name": "x"}])
    answered.metadata["workbook"]["grading"] = {"repaired": ["nothing"], "points": 100}
    metadata = prepare(answered, db_url).metadata
    assert set(metadata) == {"kernelspec", "language_info", "workbook"}
    assert metadata.kernelspec == KERNEL
    assert metadata.workbook.title == "Tiny"
    assert metadata.workbook.grading == {
        "unreadable": "",
        "lost": "",
        "repaired": [],
        "suspicious": ["The file came with a grading report of its own."],
    }


@pytest.mark.parametrize("junk", [None, 3, "text", [], {"title": 7}, {"assignment": {"a": 1}}])
def test_any_workbook_metadata_are_replaced(answered, db_url, junk):
    answered.metadata["workbook"] = junk
    workbook = prepare(answered, db_url).metadata.workbook
    assert set(workbook) == {"assignment", "course", "grading"}
    assert workbook.assignment == NAME
    assert workbook.grading.suspicious == []


def test_what_reading_found_is_told_before_what_was_repaired(answered, db_url):
    del answered.cells[place(answered, "set_up")]
    found = {"repaired": ["It was cut off."], "unreadable": ""}
    assert prepare(answered, db_url, workbook=found).metadata.workbook.grading.repaired == [
        "It was cut off.",
        "The cell `set_up` was missing and is put back.",
    ]


def test_an_unreadable_file_becomes_the_release_with_a_word_to_the_student(db_url, saved):
    found = {"repaired": [], "unreadable": 'it begins with "<html>"'}
    repaired = prepare(new_notebook(), db_url, workbook=found)
    assert [cell.id for cell in repaired.cells] == ["unreadable", *saved]
    assert "could not be read" in repaired.cells[0].source
    assert 'it begins with "&lt;html&gt;".' in repaired.cells[0].source
    grading = repaired.metadata.workbook.grading
    assert grading == {**found, "lost": "", "suspicious": []}
    nbformat.validate(repaired)


def test_a_changed_gradebook_is_read_again(tmp_path, db_url, released):
    copied = tmp_path / "gradebook.db"
    copied.write_bytes(Path(db_url.removeprefix("sqlite:///")).read_bytes())
    url = f"sqlite:///{copied}"
    assert settings(prepare(copy.deepcopy(released), url), "test_double").points == 2
    with Gradebook(url) as gradebook:
        gradebook.find_grade_cell("test_double", NAME, NAME).max_score = 3
        gradebook.db.commit()
    assert settings(prepare(released, url), "test_double").points == 3


# Words


def test_hostile_names_are_shown_in_one_line():
    assert shown("a\nb`c\u202ed\ud800") == "a\\nb'c\\u202ed\\ud800"
    assert shown("x" * 100) == "x" * 60 + "..."


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (list("abcdef"), "a, b, c, d, e and f"),
        (list("abcdefg"), "a, b, c, d, e and 2 more"),
    ],
)
def test_words_are_listed_as_in_a_sentence(words, told):
    assert joined(words) == told
