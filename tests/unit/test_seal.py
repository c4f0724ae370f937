"""course.seal: what a hidden test wants leaves its code, and everything that serves only that."""

import ast

import pytest

from course import seal, text
from course.paths import Course
from helpers.expected import KINDS


def check(name, kind="close"):
    return f"check.{kind}({name!r}, f(), 1.0, hint='look')\n"


# What a cell declares


@pytest.mark.parametrize("kind", KINDS)
def test_every_comparison_is_declared(kind):
    assert seal.checks(check("a", kind)) == ("a",)


def test_checks_are_declared_in_order():
    assert seal.checks(check("b") + "x = 1\n" + check("a") + check("b")) == ("b", "a", "b")


def test_checks_inside_with_are_declared():
    code = "with check.todo('t'):\n    x = 2\n    with open('f'):\n        " + check("a")
    assert seal.checks(code + check("b")) == ("a", "b")


@pytest.mark.parametrize(
    "code",
    [
        "",
        "x = 1",
        "check.todos('a')",
        "check.progress()",
        "other.close('a')",
        "close('a', 1, 1)",
        "check.close",
        "'check.close(1)'",
        "# check.close('a')",
    ],
)
def test_other_code_declares_nothing(code):
    assert seal.checks(code) == ()


@pytest.mark.parametrize(
    ("code", "line"),
    [
        ("for i in range(2):\n    check.close('a', 1, 1)", 2),
        ("while x:\n    check.equal('a', 1, 1)", 2),
        ("if x:\n    check.close('a', 1, 1)", 2),
        ("def f():\n    check.close('a', 1, 1)\nf()", 2),
        ("class A:\n    check.close('a', 1, 1)", 2),
        ("try:\n    check.close('a', 1, 1)\nexcept Exception:\n    pass", 2),
        ("[check.close('a', 1, 1) for _ in x]", 1),
        ("f = lambda: check.within('a', 1, 1, 2)", 1),
        ("x = check.close('a', 1, 1)", 1),
        ("x and check.close('a', 1, 1)", 1),
        ("print(check.close('a', 1, 1))", 1),
        ("with y:\n    if x:\n        check.close('a', 1, 1)", 3),
        ("x = 1\ncheck.close(f'a{x}', 1, 1)", 2),
        ("check.close('a' + 'b', 1, 1)", 1),
        ("check.close(name, 1, 1)", 1),
        ("check.close(name='a', got=1, want=1)", 1),
        ("check.close(*arguments)", 1),
        ("check.close(1, 1, 1)", 1),
    ],
)
def test_a_check_that_cannot_be_read_off_the_source_is_refused_with_its_line(code, line):
    with pytest.raises(seal.Unsealable, match=f"line {line}: "):
        seal.checks(code)


def test_every_graded_cell_of_the_course_declares_its_checks():
    for path in Course().texts():
        for cell in text.read(path).of("check", "test"):
            assert seal.checks(cell.source), cell.id


# What stays, and what goes

HIDDEN = "check.close('a', f(x), {}, hint='look')"


def sealed(code):
    return seal.seal(code).code


def test_a_check_leaves_a_probe_with_what_it_got():
    assert sealed("check.close('a', f(1), 2.0, hint='look', rtol=1)") == "__probe__(0, f(1))"


def test_probes_count_on():
    code = sealed(check("a") + check("b") + check("c", "within"))
    assert code == "__probe__(0, f())\n__probe__(1, f())\n__probe__(2, f())"


def test_the_sizes_of_a_loop_s_check_stay():
    code = sealed("check.vectorised('a', lambda n: f(n), small=2, hint='look')")
    assert code == "__count__(0, lambda n: f(n), 2, 64)"


@pytest.mark.parametrize(
    ("before", "want"),
    [
        ("y = 2 * 3", "y"),
        ("y = 1\ny = y + 1", "y"),
        ("y = 1\ny += 1", "y"),
        ("y: float = 1", "y"),
        ("y, z = 1, 2", "y + z"),
        ("(y, *z), = [[1, 2]]", "y"),
        ("a = 1\nb = a\ny = b", "y"),
        ("def y():\n    return 3", "y()"),
        ("g = lambda: 3\ny = g()", "y"),
        ("import math", "math.pi"),
        ("from math import pi as y", "y"),
        ("class Y:\n    value = 3", "Y.value"),
        ("y = 0\nfor i in range(3):\n    y = y + i", "y"),
        ("y = 1\nwhile y < 3:\n    y += 1", "y"),
        ("if z:\n    y = 1\nelse:\n    y = 2", "y"),
        ("y = [i for i in range(3)]", "y"),
        ("y = f(2)", "y"),
        ("'a docstring'", "1"),
        ("pass", "1"),
    ],
)
def test_what_serves_only_the_wanted_value_goes(before, want):
    assert sealed(f"{before}\n{HIDDEN.format(want)}") == "__probe__(0, f(x))"


@pytest.mark.parametrize(
    "before",
    [
        "x = 1",
        "x = y = 1",
        "y = 1\nx = y",
        "def g():\n    return x\nf = lambda y: g()\nx = 2",
        "f(2)",
        "y = []\ny.append(1)\nx = y",
        "x = {}\nx['a'] = 1",
        "o = f(2)\no.value = 3\nx = o",
        "for i in range(3):\n    f(i)",
        "x = 0\nwhile x < 3:\n    x += 1",
        "if f(0):\n    x = 1",
        "import math\nx = math.pi",
    ],
)
def test_what_serves_the_call_stays(before):
    kept = ast.unparse(ast.parse(before))
    assert sealed(f"{before}\n{HIDDEN.format(1)}") == f"{kept}\n__probe__(0, f(x))"


@pytest.mark.parametrize(
    "before",
    [
        "x, y = 1, 2",
        "y = []\ny.append(2)",
        "y = {}\ny['a'] = 2",
        "y = f(2)\ny.value = 3",
        "y = []\nfor i in range(3):\n    y.append(i)",
    ],
)
def test_what_cannot_be_taken_out_cleanly_is_refused(before):
    with pytest.raises(seal.Unsealable, match="'y' is only wanted"):
        sealed(f"{before}\n{HIDDEN.format('y')}")


@pytest.mark.parametrize("path", Course().texts(), ids=lambda path: path.stem)
def test_no_name_hint_or_known_mistake_of_the_course_stays(path):
    for cell in text.read(path).of("test"):
        code = sealed(cell.source)
        calls = [node for node in ast.walk(ast.parse(cell.source)) if seal.is_check(node)]
        assert len(calls) == len(seal.seal(cell.source).names)
        words = [call.args[0].value for call in calls]
        for keyword in (keyword for call in calls for keyword in call.keywords):
            if keyword.arg == "hint":
                words.append(keyword.value.value)
            elif keyword.arg == "mistakes":
                words += [key.value for key in keyword.value.keys]
        assert not [word for word in words if word in code], cell.id
        assert "check." not in code.replace("check.rng", "")
