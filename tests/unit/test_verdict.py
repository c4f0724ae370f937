"""course.verdict: a cell earns its points only by the records that its own source declares."""

import pytest

from course import text, verdict
from course.paths import Course
from course.verdict import Undeclared, Verdict, declared, judge
from helpers.record import NOT_ATTEMPTED, PASSED, WRONG, Record, stub_message

A, B = Record("a", PASSED), Record("b", PASSED)


def check(name, kind="close"):
    return f"check.{kind}({name!r}, f(), 1.0, hint='look')\n"


# What a cell declares


@pytest.mark.parametrize("kind", verdict.COMPARISONS)
def test_every_comparison_is_declared(kind):
    assert declared(check("a", kind)) == ["a"]


def test_checks_are_declared_in_order():
    assert declared(check("b") + "x = 1\n" + check("a") + check("b")) == ["b", "a", "b"]


def test_checks_inside_with_are_declared():
    code = "with check.todo('t'):\n    x = 2\n    with open('f'):\n        " + check("a")
    assert declared(code + check("b")) == ["a", "b"]


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
    assert declared(code) == []


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
    with pytest.raises(Undeclared, match=f"line {line}: "):
        declared(code)


def test_every_graded_cell_of_the_course_declares_its_checks():
    for path in Course().texts():
        for cell in text.read(path).of("check", "test"):
            assert declared(cell.source), cell.id


# The judgement


def test_all_records_in_order_pass():
    assert judge(["a", "b"], [A, B]) == Verdict(PASSED)
    assert judge(["a", "b"], [A, B]).passed


@pytest.mark.parametrize(
    ("names", "records"),
    [
        (["a", "b"], [A]),
        (["a", "b"], [B, A]),
        (["a", "b"], [A, B, B]),
        (["a", "b"], [A, A]),
        (["a", "b"], [A, Record("c", PASSED)]),
        (["a", "b"], [B]),
        (["a"], [A, B]),
        (["a"], [Record("a ", PASSED)]),
        ([], [A]),
    ],
)
def test_missing_extra_and_reordered_records_fail(names, records):
    judged = judge(names, records)
    assert judged.status == WRONG
    assert not judged.passed
    assert f"({len(records)} of {len(names)})" in judged.message


@pytest.mark.parametrize("names", [["a"], []])
def test_no_record_at_all_earns_nothing(names):
    assert judge(names, []) == Verdict(WRONG, "this test did not run")


@pytest.mark.parametrize("status", [WRONG, NOT_ATTEMPTED])
def test_one_failing_record_decides_and_is_told(status):
    judged = judge(["a", "b"], [A, Record("b", status, "got 1, wanted 2")])
    assert judged == Verdict(status, "b: got 1, wanted 2")


def test_the_first_failing_record_is_told():
    records = [Record("a", WRONG, "first"), Record("b", WRONG, "second")]
    assert judge(["a", "b"], records).message == "a: first"


def test_a_failing_record_is_told_before_the_error_that_followed():
    judged = judge(["a", "b"], [Record("a", WRONG, "told")], ("ValueError", "later"))
    assert judged == Verdict(WRONG, "a: told")


def test_an_error_fails_even_after_all_records():
    judged = judge(["a"], [A], ("ValueError", "shapes"))
    assert judged == Verdict(WRONG, "the code stopped with ValueError: shapes")


def test_an_error_without_words_is_named():
    assert judge(["a"], [], ("AssertionError", "")).message.endswith("stopped with AssertionError")


def test_a_stub_is_not_attempted():
    judged = judge(["a"], [], ("NotImplementedError", stub_message("softmax")))
    assert judged == Verdict(NOT_ATTEMPTED, "softmax: not written yet")


@pytest.mark.parametrize(
    "error",
    [("NotImplementedError", "an abstract method"), ("ValueError", stub_message("softmax"))],
)
def test_another_error_is_not_a_stub(error):
    assert judge(["a"], [], error).status == WRONG
