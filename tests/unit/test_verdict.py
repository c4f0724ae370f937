"""course.verdict: a cell earns its points only by the records that its own checks leave."""

import numpy as np
import pytest

from course.verdict import Verdict, judge, of_test
from helpers.expected import Expected
from helpers.record import NOT_ATTEMPTED, PASSED, WRONG, Record, stub_message

A, B = Record("a", PASSED), Record("b", PASSED)


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


# A hidden test, from what its probes handed over


def want(name, value=1.0):
    return Expected("close", name, "look", np.array(value))


def test_a_hidden_test_passes_by_its_values_alone():
    assert of_test([want("a"), want("b", 2.0)], [np.array(1.0), np.array(2.0)]).passed


def test_a_wrong_value_is_told_by_the_name_of_its_check():
    judged = of_test([want("a"), want("b", 2.0)], [np.array(1.0), np.array(3.0)])
    assert judged.message.startswith("b: got 3, wanted 2")


def test_a_known_mistake_is_kept_beside_the_message():
    wanted = Expected("close", "a", "look", np.array(1.0), mistakes={"the sign": np.array(-1.0)})
    assert of_test([wanted], [np.array(-1.0)]).mistake == "the sign"


@pytest.mark.parametrize("got", [[], [np.array(1.0)], [np.array(1.0)] * 3])
def test_missing_and_extra_values_fail(got):
    assert not of_test([want("a"), want("b")], got).passed


def test_what_is_no_array_is_told():
    assert "got None" in of_test([want("a")], ["None"]).message
