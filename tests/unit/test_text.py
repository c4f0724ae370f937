"""course.text and course.notebook: every rule of a text, and what its roles become."""

import json

import nbformat
import pytest

from course import notebook, text
from course.paths import Course
from course.text import TextError, read, regions

INTRO = '# %% [markdown] id="intro"\n# # 1. Softmax regression\n#\n# You will build.\n\n'
TODO = """\
# %% role="todo" id="softmax"
def softmax(Z):
    ### BEGIN SOLUTION
    return Z
    ### END SOLUTION

"""
TEST = '''\
# %% role="test" id="test_softmax_values" points=2
"""softmax is right."""
### BEGIN HIDDEN TESTS
check.close("a", softmax(1.0), 1.0, hint="look")
### END HIDDEN TESTS

'''
EXPLAIN = '# %% [markdown] role="explain" id="answer" points=5\n# Because.\n'
WHOLE = (
    INTRO
    + '# %% role="given" id="set_up"\nimport numpy as np\n\n'
    + TODO
    + '# %% role="check" id="check_softmax"\nwith check.todo("softmax"):\n    pass\n\n'
    + TEST
    + '# %% role="play" id="panel"\nx = 1\n\n'
    + EXPLAIN
)


@pytest.fixture
def written(tmp_path):
    """Return a function that writes a text and reads it."""

    def write(content):
        path = tmp_path / "01_softmax.py"
        path.write_text(content, encoding="utf-8")
        return read(path)

    return write


def refused(written, content, line, words):
    """Assert that a text is refused with the file, this line and these words."""
    with pytest.raises(TextError) as error:
        written(content)
    message = str(error.value)
    assert f"01_softmax.py:{line}: " in message
    assert words in message
    assert "\n" not in message


# A whole text


def test_a_text_becomes_cells(written):
    source = written(WHOLE)
    assert source.name == "01_softmax"
    assert source.title == "1. Softmax regression"
    assert [(cell.id, cell.role, cell.points) for cell in source.cells] == [
        ("intro", "text", None),
        ("set_up", "given", None),
        ("softmax", "todo", None),
        ("check_softmax", "check", None),
        ("test_softmax_values", "test", 2),
        ("panel", "play", None),
        ("answer", "explain", 5),
    ]
    assert [cell.code for cell in source.cells] == [False, True, True, True, True, True, False]
    assert [cell.graded for cell in source.cells] == [False] * 4 + [True, False, True]
    lines = WHOLE.splitlines()
    assert all(lines[cell.line - 1].startswith("# %%") for cell in source.cells)
    assert source.cells[0].source == "# 1. Softmax regression\n\nYou will build."
    assert source.cells[1].source == "import numpy as np"


def test_the_roles_say_what_goes_into_the_report(written):
    cells = {cell.role: cell.report for cell in written(WHOLE).cells}
    assert cells == {role: about["report"] for role, about in text.ROLES.items()}
    given = '# %% role="given" id="set_up" report="show"\nx = 1\n'
    assert written(INTRO + given).cells[1].report == "show"


def test_cells_of_a_role_keep_their_order(written):
    source = written(WHOLE)
    assert [cell.id for cell in source.of("test", "given")] == ["set_up", "test_softmax_values"]
    assert source.of("nothing") == []


def test_blank_lines_around_a_cell_do_not_matter(written):
    spaced = WHOLE.replace("\n# %%", "\n\n\n# %%")
    sources = [[cell.source for cell in written(content).cells] for content in (WHOLE, spaced)]
    assert sources[0] == sources[1]


def test_a_magic_stays_a_magic(written):
    assert written(INTRO + '# %% role="play" id="a"\n# %time x\n').cells[1].source == "%time x"


@pytest.mark.parametrize("points", ["1", "0.5", "10"])
def test_points_may_be_fractions(written, points):
    cell = written(INTRO + TEST.replace("points=2", f"points={points}")).cells[1]
    assert cell.points == float(points)


def test_the_texts_of_the_course_are_read():
    for path in Course().texts():
        assert read(path).of("todo")


# Every rule

GIVEN = '# %% role="given" id="a"\nx = 1\n'
RULES = {
    "nothing": ("", 1, "begin with a cell"),
    "no_cell": ("x = 1\n", 1, "begin with a cell"),
    "text_before_the_first_cell": ("# A remark.\n\n" + GIVEN, 1, "begin with a cell"),
    "header_of_jupytext": ("# ---\n# jupyter: {}\n# ---\n" + GIVEN, 1, "begin with a cell"),
    "cell_in_a_string": (
        '# %% role="given" id="a"\nx = """\n# %% no cell\n"""\n',
        1,
        "no such line into a string",
    ),
    "code_without_a_role": (INTRO + '# %% id="a"\nx = 1\n', 6, "role None: write one of text"),
    "unknown_role": (INTRO + '# %% role="exam" id="a"\nx = 1\n', 6, "role 'exam'"),
    "code_that_explains": (INTRO + '# %% role="explain" id="a" points=1\nx\n', 6, "is Markdown"),
    "code_as_text": (INTRO + '# %% role="text" id="a"\nx\n', 6, "is Markdown"),
    "markdown_todo": (INTRO + '# %% [markdown] role="todo" id="a"\n# x\n', 6, "is code"),
    "markdown_test": (INTRO + '# %% [markdown] role="test" id="a" points=1\n', 6, "is code"),
    "raw_cell": (INTRO + '# %% [raw] id="a"\n# x\n', 6, "raw cell"),
    "no_id": (INTRO + '# %% role="given"\nx = 1\n', 6, "id None"),
    "empty_id": (INTRO + '# %% role="given" id=""\nx = 1\n', 6, "id ''"),
    "number_as_id": (INTRO + '# %% role="given" id=5\nx = 1\n', 6, "id 5"),
    "capitals": (INTRO + '# %% role="given" id="Softmax"\nx = 1\n', 6, "a-z, 0-9 and _"),
    "hyphen": (INTRO + '# %% role="given" id="set-up"\nx = 1\n', 6, "id 'set-up'"),
    "long_id": (INTRO + f'# %% role="given" id="{"a" * 65}"\nx = 1\n', 6, "1 to 64"),
    "id_used_twice": (INTRO + GIVEN + "\n" + GIVEN, 9, "id 'a' is used at line 6"),
    "test_without_points": (INTRO + TEST.replace(" points=2", ""), 6, "needs points above 0"),
    "explain_without_points": (INTRO + EXPLAIN.replace(" points=5", ""), 6, "above 0, got None"),
    "no_points_at_all": (INTRO + TEST.replace("=2", "=0"), 6, "above 0, got 0"),
    "negative_points": (INTRO + TEST.replace("=2", "=-1"), 6, "above 0, got -1"),
    "points_as_text": (INTRO + TEST.replace("=2", '="2"'), 6, "above 0, got '2'"),
    "true_points": (INTRO + TEST.replace("=2", "=true"), 6, "above 0, got True"),
    "infinite_points": (INTRO + TEST.replace("=2", "=Infinity"), 6, "above 0, got inf"),
    "points_no_number": (INTRO + TEST.replace("=2", "=NaN"), 6, "above 0, got nan"),
    "points_of_a_todo": (
        INTRO + TODO.replace('"softmax"\n', '"softmax" points=1\n'),
        6,
        "a cell with role 'todo' has no points",
    ),
    "points_of_a_text": (INTRO.replace('"intro"', '"intro" points=0'), 1, "has no points"),
    "unknown_report": (INTRO + GIVEN.replace('"a"', '"a" report="yes"'), 6, "report 'yes'"),
    "unknown_option": (INTRO + GIVEN.replace('"a"', '"a" colour="red"'), 6, "['colour']"),
    "title_of_a_cell": (INTRO + '# %% A title role="given" id="a"\nx = 1\n', 6, "['title']"),
    "todo_without_solution": (
        INTRO + '# %% role="todo" id="a"\ndef a():\n    pass\n',
        6,
        "a TODO needs ### BEGIN SOLUTION",
    ),
    "test_without_hidden_tests": (
        INTRO + '# %% role="test" id="test_a" points=1\n"""Right."""\nx = 1\n',
        6,
        "a test needs ### BEGIN HIDDEN TESTS",
    ),
    "test_without_docstring": (
        INTRO + TEST.replace('"""softmax is right."""\n', ""),
        6,
        "a docstring that students may read",
    ),
    "test_with_an_empty_docstring": (
        INTRO + TEST.replace("softmax is right.", ""),
        6,
        "a docstring that students may read",
    ),
    # The lines up to the docstring's end are what students read: no region may begin before it.
    "docstring_inside_the_hidden_tests": (
        INTRO
        + '# %% role="test" id="test_a" points=1\n### BEGIN HIDDEN TESTS\n"""Secret."""\n'
        + "### END HIDDEN TESTS\n",
        6,
        "the first line of a test",
    ),
    "comment_before_the_docstring": (
        INTRO + TEST.replace('"""softmax', '# A remark.\n"""softmax'),
        6,
        "the first line of a test",
    ),
    "solution_in_given_code": (
        INTRO + GIVEN + "### BEGIN SOLUTION\ny = 2\n### END SOLUTION\n",
        6,
        "a solution region in a cell with role 'given'",
    ),
    "solution_in_markdown": (
        INTRO + '# %% [markdown] id="a"\n# ### BEGIN SOLUTION\n# ### END SOLUTION\n',
        6,
        "a solution region in a cell with role 'text'",
    ),
    "solution_in_a_test": (
        INTRO + TEST + "### BEGIN SOLUTION\n### END SOLUTION\n",
        6,
        "a solution region in a cell with role 'test'",
    ),
    "hidden_tests_in_a_check": (
        INTRO + '# %% role="check" id="a"\n### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\n',
        6,
        "hidden tests in a cell with role 'check'",
    ),
    "hidden_tests_in_a_todo": (
        INTRO + TODO + "### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\n",
        6,
        "hidden tests in a cell with role 'todo'",
    ),
    "region_that_does_not_close": (
        INTRO + TODO.replace("    ### END SOLUTION\n", ""),
        6,
        "softmax: ### BEGIN SOLUTION is never closed",
    ),
    "region_that_did_not_begin": (
        INTRO + TODO.replace("    ### BEGIN SOLUTION\n", ""),
        6,
        "softmax: ### END SOLUTION without ### BEGIN SOLUTION",
    ),
    "region_closed_by_another": (
        INTRO + TODO.replace("### END SOLUTION", "### END HIDDEN TESTS"),
        6,
        "### END HIDDEN TESTS without ### BEGIN HIDDEN TESTS",
    ),
    "region_in_a_region": (
        INTRO + TODO.replace("    return Z\n", "    ### BEGIN SOLUTION\n    return Z\n"),
        6,
        "### BEGIN SOLUTION inside ### BEGIN SOLUTION",
    ),
    "todo_that_is_no_python": (
        INTRO + TODO.replace("(Z):", "(Z)"),
        6,
        "softmax: line 1 of the cell: ",
    ),
    "test_that_is_no_python": (
        INTRO + TEST.replace('"look")', '"look"'),
        6,
        "test_softmax_values: line 3 of the cell: ",
    ),
    "check_that_is_no_python": (
        INTRO + '# %% role="check" id="check_a"\nx = 1\nwith:\n',
        6,
        "check_a: line 2 of the cell: ",
    ),
}


@pytest.mark.parametrize(("content", "line", "words"), RULES.values(), ids=RULES)
def test_a_broken_rule_is_told_with_its_line(written, content, line, words):
    refused(written, content, line, words)


def test_the_line_is_that_of_the_cell_wherever_it_stands(written):
    before = WHOLE + "\n\n\n"
    refused(written, before + GIVEN.replace('"a"', '"A"'), before.count("\n") + 1, "id 'A'")


def test_the_text_of_these_tests_breaks_no_rule(written):
    # So that each of them above is refused for its own reason.
    for part in (INTRO, INTRO + GIVEN, INTRO + TODO, INTRO + TEST, INTRO + EXPLAIN):
        assert written(part).cells


# Regions, functions and owners


def cell(source, role="todo"):
    return text.Cell("softmax", role, True, source, 1)


def test_regions_include_their_marks():
    solution, hidden = regions(cell("a\n### BEGIN SOLUTION\nb\n    ### END SOLUTION  \nc"))
    assert (solution, hidden) == ([range(1, 4)], [])


def test_several_regions_are_found_in_order():
    lines = "### BEGIN SOLUTION\n### END SOLUTION\n"
    hidden = "### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\n"
    assert regions(cell(lines + hidden + lines)) == (
        [range(2), range(4, 6)],
        [range(2, 4)],
    )


def test_a_mark_is_a_whole_line():
    assert regions(cell("x = 1  ### BEGIN SOLUTION\n#### END SOLUTION")) == ([], [])


@pytest.mark.parametrize(
    ("line", "name"),
    [(0, "softmax"), (1, "outer"), (2, "outer"), (3, "inner"), (4, "inner"), (5, "outer")],
)
def test_the_innermost_function_around_a_line_is_found(line, name):
    code = "x = 1\ndef outer():\n    y = 2\n    def inner():\n        return 1\n    return 2"
    assert text.function_at(cell(code), line) == name


def test_a_method_in_a_class_is_found():
    code = "class Dense:\n    def __init__(self):\n        self.W = 1\n"
    assert text.function_at(cell(code), 2) == "Dense.__init__"


def test_a_function_in_a_method_has_its_own_name():
    code = "class Dense:\n    def call(self):\n        def scaled(x):\n            return 2 * x\n"
    assert text.function_at(cell(code), 3) == "scaled"


def test_a_todo_may_be_named_after_a_method_and_its_class():
    code = "@method_of(Dense)\ndef _forward(self):\n    return 1\n"
    assert text.defined_names(cell(code)) == ["_forward", "dense_forward"]
    todo = text.Cell("dense_forward", "todo", True, code, 1)
    assert text.function_at(todo, 2) == "dense_forward"
    assert text.function_at(cell(code), 2) == "_forward"


def test_extra_credit_is_marked_on_a_test_and_made_required_on_the_first_cell(written):
    marked = WHOLE.replace("points=2", "points=2 bonus=true")
    [test] = written(marked).of("test")
    assert test.bonus
    assert test.points == 2
    assert notebook.cell_metadata(test)["nbgrader"]["points"] == 0
    assert notebook.bonus_points(notebook.cell_source(test)) == 2
    [test] = written(marked.replace('id="intro"', 'id="intro" bonus="required"')).of("test")
    assert not test.bonus
    assert notebook.cell_metadata(test)["nbgrader"]["points"] == 2
    assert notebook.bonus_points(notebook.cell_source(test)) == 0


def test_bonus_belongs_on_tests_and_has_two_settings(written):
    line = WHOLE.splitlines().index(EXPLAIN.splitlines()[0]) + 1
    refused(written, WHOLE.replace("points=5", "points=5 bonus=true"), line, "bonus=True")
    refused(written, WHOLE.replace('id="intro"', 'id="intro" bonus="yes"'), 1, "bonus='yes'")


@pytest.mark.parametrize(
    ("cell_id", "role", "owner"),
    [
        ("check_softmax", "check", "softmax"),
        ("test_softmax_values", "test", "softmax"),
        ("test_softmax_gradient_values", "test", "softmax_gradient"),
        ("test_softmax_gradient", "test", "softmax_gradient"),
        ("test_softmaxes", "test", None),
        ("test_other", "test", None),
        ("softmax", "test", None),
        ("check_softmax", "test", None),
        ("test_", "test", None),
    ],
)
def test_the_longest_todo_that_fits_owns_a_cell(cell_id, role, owner):
    names = sorted(["softmax", "softmax_gradient"], key=len, reverse=True)
    assert text.owner(cell_id, role, names) == owner


def test_the_cells_of_a_todo_are_found(written):
    gradient = TODO.replace('"softmax"', '"softmax_gradient"')
    test = TEST.replace("test_softmax_values", "test_softmax_gradient_values")
    source = written(WHOLE + gradient + test)
    found = [cell.id for cell in source.belonging_to("softmax", "test")]
    assert found == ["test_softmax_values"]
    found = [cell.id for cell in source.belonging_to("softmax_gradient", "test")]
    assert found == ["test_softmax_gradient_values"]
    assert [cell.id for cell in source.belonging_to("softmax", "check")] == ["check_softmax"]
    assert source.belonging_to("softmax_gradient", "check") == []


# The notebook


@pytest.fixture
def made(written):
    """Return the cells of the notebook that the whole text stands for, by id."""
    notebook_ = json.loads(notebook.to_bytes(written(WHOLE)))
    return {cell["id"]: cell for cell in notebook_["cells"]}


def test_a_notebook_is_valid_and_always_the_same(written):
    data = notebook.to_bytes(written(WHOLE))
    assert data == notebook.to_bytes(written(WHOLE))
    assert data.endswith(b"}\n")
    read_back = nbformat.reads(data.decode(), as_version=4)
    nbformat.validate(read_back)
    assert read_back.metadata.workbook.title == "1. Softmax regression"
    assert read_back.metadata.workbook.assignment == "01_softmax"
    assert read_back.metadata.workbook.course == notebook.COURSE_TITLE


@pytest.mark.parametrize(
    ("cell_id", "kind", "grade", "solution", "locked"),
    [
        ("set_up", "code", False, False, True),
        ("softmax", "code", False, True, False),
        ("check_softmax", "code", False, False, True),
        ("test_softmax_values", "code", True, False, True),
        ("answer", "markdown", True, True, False),
    ],
)
def test_a_role_means_this_to_nbgrader(made, cell_id, kind, grade, solution, locked):
    about = made[cell_id]["metadata"]["nbgrader"]
    assert made[cell_id]["cell_type"] == kind
    assert (about["grade"], about["solution"], about["locked"]) == (grade, solution, locked)
    assert about["grade_id"] == cell_id
    assert about["schema_version"] == 3
    assert ("points" in about) == grade


@pytest.mark.parametrize("cell_id", ["intro", "panel"])
def test_text_and_play_mean_nothing_to_nbgrader(made, cell_id):
    assert list(made[cell_id]["metadata"]) == ["workbook"]


def test_every_cell_says_its_role_and_its_place_in_the_report(made):
    assert made["softmax"]["metadata"]["workbook"] == {"report": "show", "role": "todo"}
    assert made["panel"]["metadata"]["workbook"] == {"report": "output", "role": "play"}


def test_the_docstring_of_a_test_becomes_a_heading_with_its_points(made):
    points, words, mark = made["test_softmax_values"]["source"][:3]
    assert points == "# Hidden test, 2 points\n"
    assert words == "# softmax is right.\n"
    assert mark == "### BEGIN HIDDEN TESTS\n"


@pytest.mark.parametrize(("points", "words"), [("1", "1 point"), ("0.5", "0.5 points")])
def test_one_point_is_no_plural(written, points, words):
    source = written(INTRO + TEST.replace("points=2", f"points={points}"))
    assert notebook.test_heading(source.cells[1]).splitlines()[0] == f"# Hidden test, {words}"


def test_a_long_docstring_becomes_lines_of_comment(written):
    long = "softmax is right " + "and right " * 30 + "always."
    source = written(INTRO + TEST.replace("softmax is right.", long.replace("always", "\nalways")))
    lines = notebook.test_heading(source.cells[1]).splitlines()
    assert all(line.startswith("# ") and len(line) <= 100 for line in lines)
    assert " ".join(line[2:] for line in lines) == f"Hidden test, 2 points {long}"


def test_other_sources_stay_as_they_are(written, made):
    for one in written(WHOLE).cells:
        if one.role != "test":
            assert "".join(made[one.id]["source"]) == one.source
