"""What a check wants is judged in a notebook and in grading alike, and travels as plain JSON."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers import check, values
from helpers.expected import KINDS, Expected, plain
from helpers.record import PASSED, WRONG

CHECKS = {
    "close": lambda got: check.close(
        "the name", got, [1.0, 2.0], hint="do so", mistakes={"twice": [2.0, 4.0]}, rtol=1e-3
    ),
    "equal": lambda got: check.equal("the name", got, [1, 2], hint="do so", mistakes={"one": [1]}),
    "within": lambda got: check.within("the name", got, 0.5, 1.5, hint="do so"),
}
GOTS = {
    "right": [1.0, 2.0],
    "right integers": [1, 2],
    "nearly": [1.0005, 2.0],
    "a known mistake": [2.0, 4.0],
    "another known mistake": [1],
    "a number": 1.0,
    "not finite": [np.nan, 2.0],
    "endless": np.inf,
    "another shape": [[1.0, 2.0]],
    "empty": [],
    "booleans": [True, False],
    "nothing": None,
    "a text": "text",
    "complex": 1j,
    "ragged": [[1], [1, 2]],
    "a function": abs,
    "float16": np.array([1, 2], dtype=np.float16),
    "large integers": [2**63, 2**63 + 1],
}


def in_notebook(make, got):
    """Return the record that a check leaves in a student's notebook."""
    with check.collect() as records:
        try:
            make(got)
        except check.CheckFailed:
            assert records[-1].status != PASSED
    [record] = records
    return record


def in_grading(make, got):
    """Return the record that the same check leaves when a class is graded."""
    with check.expecting() as wants:
        make(None)
    [want] = [want.to_json() for want in wants]
    want, got = (json.loads(json.dumps(part)) for part in (want, values.to_json(got)))
    return Expected.from_json(want).judge(values.from_json(got))


@pytest.mark.parametrize("got", GOTS.values(), ids=GOTS)
@pytest.mark.parametrize("make", CHECKS.values(), ids=CHECKS)
def test_notebook_and_grading_judge_alike(make, got):
    assert in_notebook(make, got) == in_grading(make, got)


@pytest.mark.parametrize("dtype", [">f8", np.longdouble])
@pytest.mark.parametrize("make", CHECKS.values(), ids=CHECKS)
def test_a_dtype_that_travels_as_another_is_judged_alike(make, dtype):
    got = np.array([1.0, 2.0], dtype=dtype)
    assert in_notebook(make, got).status == in_grading(make, got).status


@given(
    hnp.arrays(
        st.sampled_from([np.bool_, np.int64, np.float32, np.float64]).map(np.dtype),
        hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3),
    )
)
def test_notebook_and_grading_judge_any_array_alike(got):
    for make in CHECKS.values():
        assert in_notebook(make, got) == in_grading(make, got)


def test_some_of_these_pass_and_some_fail():
    for make in CHECKS.values():
        statuses = {in_grading(make, got).status for got in GOTS.values()}
        assert statuses == {PASSED, WRONG}
    assert in_grading(CHECKS["close"], [2.0, 4.0]).mistake == "twice"


def test_a_loop_is_judged_alike():
    def whole(n):
        return np.arange(n) * 2

    def each(n):
        return [2 * i for i in range(n)]

    for run, status in ((whole, PASSED), (each, WRONG)):
        with check.expecting() as wants:
            check.vectorised("the name", run, hint="do so")
        got = [check._count(run, n) for n in (4, 64)]
        [want] = wants
        assert want.judge(np.array(got)).status == status
        record = in_notebook(lambda run: check.vectorised("the name", run, hint="do so"), run)
        assert record == want.judge(np.array(got))


@pytest.mark.parametrize(
    "steps", [[0, 0], [-5, -5], [9, 9, 9], [[9, 9]], 9, [9, 70]], ids=["none", *"abcde"]
)
def test_steps_that_nobody_counted_do_not_pass(steps):
    want = Expected("vectorised", "the name", "do so", np.array([4, 64]))
    assert want.judge(np.array(steps)).status == WRONG


def test_words_in_place_of_an_array_never_pass():
    for kind in KINDS:
        want = Expected(kind, "the name", "do so", np.array([4, 64]))
        record = want.judge("a str, not a number or an array")
        assert record.status == WRONG
        assert "got a str" in record.message
        assert record.message.endswith("Hint: do so")


@given(
    kind=st.sampled_from(KINDS),
    name=st.text(),
    hint=st.text(min_size=1),
    want=hnp.arrays(np.float64, hnp.array_shapes(min_dims=0, max_dims=3, max_side=3)),
    rtol=st.floats(0, 1),
    atol=st.floats(0, 1),
    mistakes=st.dictionaries(st.text(), hnp.arrays(np.int64, 3), max_size=3),
)
def test_an_expectation_comes_back_as_it_went(kind, name, hint, want, rtol, atol, mistakes):
    before = Expected(kind, name, hint, want, rtol, atol, mistakes)
    after = Expected.from_json(json.loads(json.dumps(before.to_json())))
    for field in ("kind", "name", "hint", "rtol", "atol"):
        assert getattr(after, field) == getattr(before, field)
    assert after.want.tobytes() == before.want.tobytes()
    assert after.want.shape == before.want.shape
    assert list(after.mistakes) == list(before.mistakes)
    assert after.to_json() == before.to_json()


def test_another_kind_and_a_missing_hint_are_refused():
    with pytest.raises(ValueError, match="kind 'near': one of close"):
        Expected("near", "the name", "do so", np.array(1))
    with pytest.raises(ValueError, match="needs a hint"):
        Expected("close", "the name", "", np.array(1))


def test_expecting_judges_nothing_and_shows_nothing(capsys):
    with check.expecting() as wants:
        check.close("one", 7, 1.0, hint="do so")
        check.equal("two", None, 2, hint="do so")
        check.within("three", "x", 0, 1, hint="do so")
        check.vectorised("four", lambda n: pytest.fail("ran"), hint="do so")
    assert [(want.kind, want.name) for want in wants] == list(
        zip(
            ("close", "equal", "within", "vectorised"), ("one", "two", "three", "four"), strict=True
        )
    )
    assert capsys.readouterr() == ("", "")


def test_known_mistakes_become_plain_arrays():
    made = plain({"a": [1, 2], "b": np.ma.masked_array([1.0])})
    assert {type(value) for value in made.values()} == {np.ndarray}
    assert plain(None) == {}
