"""The course tests itself: what `course check` finds in a text."""

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_output

from course import build, rehearse, rules, text
from course.paths import Course, write_in_one_move


def changed_text(tmp_path, tiny_text, before, after):
    assert before in tiny_text
    course = Course(tmp_path)
    write_in_one_move(course.text("01_tiny"), tiny_text.replace(before, after, 1).encode())
    return course


BROKEN = {
    "an empty hint": ("</summary>By two.<", "</summary> <", "none empty"),
    "a missing hint": (
        "# <details><summary>Hint 2</summary>By two.</details>\n",
        "",
        "3 folded hints",
    ),
    "a hint that gives the solution away": (
        "    return 2.0 * x\n    ### END",
        "    return np.multiply(2.0, x)\n    ### END",
        "gives the solution away",
    ),
    "no cell of hints": ('id="hints_double"', 'id="help_double"', "no cell hints_double"),
    "a TODO without a check": ('id="check_triple"', 'id="check_double_2"', "no visible check"),
    "a TODO without a test": (
        'id="test_triple_negative"',
        'id="test_double_2"',
        "TODO triple: no hidden test",
    ),
    "a test that belongs to no TODO": (
        'id="test_double_array"',
        'id="test_twice"',
        "the name of a TODO",
    ),
    "a TODO with another name than its function": (
        "def triple(x)",
        "def thrice(x)",
        "named after what it defines",
    ),
    "a check in a loop": (
        '    check.close("double of 1"',
        '    for _ in "ab": check.close("double of 1"',
        "check",
    ),
    "a check without a hint": (
        'triple(-3.0), -9.0, hint="multiply by three"',
        "triple(-3.0), -9.0",
        "without a hint",
    ),
    "a check with an empty hint": (
        '3.0, hint="multiply by three"',
        '3.0, hint=" "',
        "without a hint",
    ),
    "a check under another TODO": (
        'check.todo("triple")',
        'check.todo("double")',
        "of its own TODO",
    ),
    "a list of TODOs that lacks one": (
        'check.todos("double", "triple")',
        'check.todos("double")',
        "check.todos lists",
    ),
    "no list of TODOs": ('check.todos("double", "triple")', "pass", "no given cell calls"),
    "a test that compares nothing": (
        'check.close("triple of -3", triple(-3.0), -9.0, hint="multiply by three")',
        "assert triple(-3.0) == -9.0",
        "compares nothing",
    ),
    "one name for two checks": ('"double of a row"', '"double of two"', "names two checks"),
    "an opening that promises nothing": ("**You need** nothing.", "", "You need"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_course_check_finds(what, tmp_path, tiny_text):
    before, after, words = BROKEN[what]
    if what == "a hint that gives the solution away":
        tiny_text = tiny_text.replace("By two.", "<code>return np.multiply(2.0, x)</code>")
    course = changed_text(tmp_path, tiny_text, before, after)
    [problem] = [p for p in rules.broken(text.read(course.text("01_tiny"))) if words in p]
    assert problem.startswith("01_tiny.py:")


def test_course_check_finds_nothing_in_a_text_that_is_right(tiny):
    assert rules.broken(tiny.source) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('id="test_triple_negative"', 'id="test_double_array"'),
        ('id="test_triple_negative"', 'id="Test Triple"'),
        (" points=4", ""),
        (" points=4", " points=-4"),
    ],
    ids=["an id used twice", "a malformed id", "a test without points", "points below zero"],
)
def test_a_text_is_refused_for(before, after, tmp_path, tiny_text):
    course = changed_text(tmp_path, tiny_text, before, after)
    with pytest.raises(text.TextError, match=r"01_tiny\.py:\d+: "):
        text.read(course.text("01_tiny"))


# Wrong but for 1, and it writes to stderr where only a hidden test looks.
TRIPLE_THAT_COMPLAINS = """\
    if x < 0:
        import sys

        print("below zero", file=sys.stderr)
    return x + 2.0"""


def test_a_rehearsal_finds_a_test_that_the_starter_passes_and_a_solution_that_fails_or_warns(
    tmp_path, tiny_text
):
    written = (
        tiny_text.replace("double(-3.0), -6.0", "-6.0, -6.0")
        .replace("    return 2.0 * x", "    np.log(np.zeros(np.ndim(x)))\n    return 2.0 * x")
        .replace("    return 3.0 * x", TRIPLE_THAT_COMPLAINS)
    )
    course = Course(tmp_path)
    write_in_one_move(course.text("01_tiny"), written.encode())
    build.build(course)
    expected = [
        # double warns when it is given an array, triple is right for 1 only
        "the solution fails test_double_array: the code stopped with RuntimeWarning",
        "the solution fails test_triple_negative: triple of -3: got -1, wanted -9",
        "the solution writes to stderr in a graded cell: below zero",
        "the starter's test_double_negative ends with []",
        "the solution's test_triple_negative fails: triple of -3: got -1, wanted -9",
        "the starter has (2.0, 2.0) for test_double_negative",
        "the solution has (0.0, 4.0) for test_triple_negative",
    ]
    found = rehearse.rehearse(course, "01_tiny")
    assert len(found) == len(expected), found
    for problem, words in zip(found, expected, strict=True):
        assert problem.startswith(f"01_tiny: {words}")


@pytest.mark.parametrize(
    ("outputs", "wrong"),
    [
        ([new_output("display_data", {"image/png": ""})], 0),
        ([new_output("display_data", {"text/plain": "a widget"})], 1),
        ([new_output("stream", text="no picture can be made")], 1),
        ([], 1),
    ],
)
def test_a_panel_that_leaves_no_picture_is_found(outputs, wrong):
    panel = text.Cell("panel", "play", True, "lab.TrainingLab(Training)", 1)
    other = text.Cell("other", "play", True, "print(1)", 5)
    cells = {"panel": new_code_cell(outputs=outputs), "other": new_code_cell()}
    source = text.Text(Path("source/09_any.py"), (panel, other))
    assert len(list(rehearse._panels(source, cells))) == wrong
