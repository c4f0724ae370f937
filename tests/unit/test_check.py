"""helpers.check: a check says in one line what differs, and cannot be talked into passing."""

import doctest
import gc
import itertools
import json
import math
import sys
import warnings

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from helpers import check, check_view
from helpers.record import MIME, NOT_ATTEMPTED, PASSED, WRONG, Record, stub_message


def test_the_doctests_hold():
    result = doctest.testmod(check)
    assert result.failed == 0
    assert result.attempted >= 2


def outcome(compare, *arguments, **options):
    """Return the one record that a check leaves, and whether it raised."""
    options.setdefault("hint", "look again")
    raised = []
    with check.collect() as records:
        try:
            compare("it", *arguments, **options)
        except check.CheckFailed as failure:
            raised = [failure.record]
    (record,) = records
    assert raised == [r for r in records if r.status != PASSED]
    assert record.name == "it"
    assert "\n" not in record.message
    return record


@pytest.fixture(autouse=True)
def forget():
    """Leave no TODO behind for the next test."""
    yield
    check.todos()


# Passing and failing


@pytest.mark.parametrize(
    ("compare", "got", "want"),
    [
        (check.close, 0.5, 0.5),
        (check.close, [0.5], [0.5]),
        (check.close, np.float32(0.1), 0.1),
        (check.close, 1, 1.0),
        (check.close, 1 + 1e-8, 1),
        (check.close, np.nan, np.nan),
        (check.equal, 3, 3),
        (check.equal, np.arange(3), [0, 1, 2]),
        (check.equal, [True, False], [True, False]),
        (check.equal, np.array([0.5]), [0.5]),
    ],
)
def test_a_right_value_passes_without_a_word(compare, got, want):
    assert outcome(compare, got, want) == Record("it", PASSED)


@pytest.mark.parametrize(
    ("compare", "got", "want", "words"),
    [
        (check.close, None, 0.5, "None"),
        (check.close, [[0.5]], [0.5], "shape (1, 1)"),
        (check.close, [1, 2], [1.0, 2.0], "integers"),
        (check.close, [np.nan, 2.0], [1.0, 2.0], "not finite"),
        (check.close, [1.5, 2.0], [1.0, 2.0], "0.5 at [0]"),
        (check.close, [1.0, 2.0], [1, 2.1], "0.1 at [1]"),  # integers may be wanted of a float
        (check.equal, np.array([1.0]), [1], "floating-point"),
        (check.equal, 1 + 1e-12, 1.0, "differ by 1e-12"),
        (check.equal, [3, 4], [3, 5], "1 at [1]"),
        (check.equal, "3", 3, "a str"),
    ],
)
def test_a_wrong_value_is_told_with_its_hint(compare, got, want, words):
    record = outcome(compare, got, want, hint="subtract the maximum")
    assert record.status == WRONG
    assert words in record.message
    assert record.message.endswith("Hint: subtract the maximum")


def test_the_order_of_judgement_is_type_shape_dtype_finite_value():
    want = [1.0, 2.0]
    everything_wrong = {
        "a str": "no array",
        "shape": [[np.nan, 7.0]],
        "integers": [7, 7],
        "not finite": [np.nan, 7.0],
        "largest difference": [7.0, 7.0],
    }
    for words, got in everything_wrong.items():
        said = outcome(check.close, got, want).message
        assert [word for word in everything_wrong if word in said] == [words]


def test_the_error_is_one_line_with_name_and_hint():
    with pytest.raises(check.CheckFailed) as failure, check.collect():
        check.close("dW", 1.0, 2.0, hint="divide by N")
    assert str(failure.value) == "✗ dW: got 1, wanted 2. Hint: divide by N"
    assert failure.value._render_traceback_() == [str(failure.value)]
    assert isinstance(failure.value, AssertionError)


@pytest.mark.parametrize("hint", ["", None])
@pytest.mark.parametrize("got", [1.0, 2.0])
def test_a_check_without_a_hint_is_refused_even_if_it_passes(hint, got):
    for compare in (
        lambda: check.close("it", got, 1.0, hint=hint),
        lambda: check.equal("it", got, 1.0, hint=hint),
        lambda: check.within("it", got, 0, 1, hint=hint),
        lambda: check.vectorised("it", lambda n: None, hint=hint),
    ):
        with pytest.raises(ValueError, match="'it': a check needs a hint"):
            compare()
    with pytest.raises(TypeError):
        check.close("it", got, 1.0)


def test_a_wanted_value_that_is_no_number_is_the_fault_of_the_check():
    with pytest.raises(TypeError):
        check.close("it", 1.0, "1.0", hint="look")


def test_tolerances_are_those_that_were_given():
    assert outcome(check.close, 1.01, 1.0, rtol=0.1).status == PASSED
    assert outcome(check.close, 1.01, 1.0, rtol=0.001).status == WRONG
    assert outcome(check.close, 0.01, 0.0, atol=0.1).status == PASSED
    assert outcome(check.close, 0.01, 0.0, rtol=10.0).status == WRONG


def test_the_arguments_are_not_changed():
    got, want = np.array([1.0, np.nan]), np.array([1.0, 3.0])
    mistake = {"a mistake": np.array([np.nan, 1.0])}
    outcome(check.close, got, want, mistakes=mistake)
    np.testing.assert_array_equal(got, [1.0, np.nan])
    np.testing.assert_array_equal(want, [1.0, 3.0])
    np.testing.assert_array_equal(mistake["a mistake"], [np.nan, 1.0])


# Known mistakes


@pytest.mark.parametrize(
    ("got", "mistake"),
    [
        ([4.0, 8.0], [4.0, 8.0]),
        ([4.0 + 1e-9, 8.0], [4.0, 8.0]),
        ([4.0, 8.0], [4, 8]),
        ([4, 8], [4.0, 8.0]),
        ([np.nan, 1.0], [np.nan, 1.0]),
        ([np.inf, -np.inf], [np.inf, -np.inf]),
        ([[1.0], [2.0]], [[1.0], [2.0]]),  # another shape than the wanted value's
        (3.0, 3.0),
        (3, 3),
        ([], np.zeros(0)),
    ],
)
def test_a_known_mistake_is_answered_by_its_name(got, mistake):
    mistakes = {"another mistake": [9.0, 9.0], "a sum, not a mean": mistake}
    record = outcome(check.close, got, [1.0, 2.0], mistakes=mistakes)
    assert record.mistake == "a sum, not a mean"
    assert record.message.startswith("a sum, not a mean (")
    assert record.message.endswith("Hint: look again")


def test_an_unknown_mistake_has_no_name():
    mistakes = {"a sum": [2.0, 4.0], "transposed": [[1.0], [2.0]], "overflow": [np.nan, 1.0]}
    record = outcome(check.close, [5.0, 5.0], [1.0, 2.0], mistakes=mistakes)
    assert record.mistake == ""
    assert record.message.startswith("got ")


def test_the_first_of_two_equal_mistakes_is_named():
    mistakes = {"first": 2.0, "second": 2.0}
    assert outcome(check.close, 2.0, 1.0, mistakes=mistakes).mistake == "first"


def test_a_right_value_is_right_even_if_it_is_a_mistake_too():
    assert outcome(check.close, 1.0, 1.0, mistakes={"a mistake": 1.0}).status == PASSED


def test_mistakes_of_integers_are_exact():
    mistakes = {"off by one": [2, 3]}
    assert outcome(check.equal, [2, 3], [1, 2], mistakes=mistakes).mistake == "off by one"
    assert outcome(check.equal, [2, 4], [1, 2], mistakes=mistakes).mistake == ""


def test_what_is_no_number_has_no_known_mistake():
    assert outcome(check.close, None, 1.0, mistakes={"a mistake": 2.0}).mistake == ""


# Within


@pytest.mark.parametrize(
    ("got", "status"),
    [
        (0.9, PASSED),
        (1, PASSED),
        (1.0, PASSED),
        (np.float32(0.95), PASSED),
        (np.array(0.95), PASSED),
        (0.89, WRONG),
        (1.01, WRONG),
        (np.nan, WRONG),
        (np.inf, WRONG),
        ([0.95], WRONG),
        (None, WRONG),
        ("0.95", WRONG),
    ],
)
def test_within_includes_both_ends_and_takes_one_number(got, status):
    record = outcome(check.within, got, 0.9, 1.0)
    assert record.status == status
    assert record.message.endswith("Hint: look again") == (status == WRONG)


# Hostile values


class Yes:
    """Equal to everything, larger and smaller than everything."""

    def __eq__(self, other):
        return True

    __hash__ = None
    __le__ = __ge__ = __lt__ = __gt__ = __eq__


class YesArray(np.ndarray):
    """An array that any NumPy function finds equal to anything."""

    def __eq__(self, other):
        return np.ones(self.shape, bool)

    __hash__ = None

    def __array_function__(self, function, types, arguments, options):
        return True


HOSTILE = {
    "object": Yes(),
    "subclass": np.zeros(2).view(YesArray),
    "object_array": np.array([Yes(), Yes()]),
    "list_of_objects": [Yes(), Yes()],
    "string": "[1.0, 2.0]",
    "string_array": np.array(["1.0", "2.0"]),
    "none": None,
    "ragged": [[1.0], [1.0, 2.0]],
    "generator": (x for x in (1.0, 2.0)),
    "map": map(float, "12"),
    "dict": {0: 1.0, 1: 2.0},
    "complex": np.array([1.0 + 0j, 2.0]),
    "complex_number": 1 + 0j,
    "record_array": np.zeros(2, [("x", float)]),
    "class": Yes,
    "function": len,
    "huge_array": np.zeros((1000, 1000)),
    "huge_list": [[0.0] * 1000] * 100,
    "huge_text": "x\n" * 100_000,
    "huge_integer": 10**400,
    "largest_floats": [1.7e308, -1.7e308],
    "not_finite": [np.inf, -np.inf],
    "masked": np.ma.masked_array([5.0, 6.0], mask=True),
}


@pytest.mark.parametrize("compare", [check.close, check.equal])
@pytest.mark.parametrize("got", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_value_fails_in_one_short_line(compare, got):
    record = outcome(compare, got, [1.0, 2.0], mistakes={"doubled": [2.0, 4.0]})
    assert record.status == WRONG
    assert record.mistake == ""
    assert len(record.message) < 250


def test_a_hostile_number_is_not_within():
    for got in HOSTILE.values():
        assert outcome(check.within, got, 0, 1).status == WRONG


def test_a_masked_array_is_judged_by_its_numbers():
    masked = np.ma.masked_array([1.0, 2.0], mask=[True, False])
    assert outcome(check.close, masked, [1.0, 2.0]).status == PASSED


# Vectorised


def for_loop(n):
    x = np.zeros(n)
    for i in range(n):
        x[i] = i


def empty_for_loop(n):
    for _ in range(n):
        pass


def while_loop(n):
    while n:
        n -= 1


def recursion(n):
    return n and 1 + recursion(n - 1)


def unlucky(n):
    """Warm up slowly: the first run ever takes more steps than a loop would."""
    if not unlucky.warm:
        unlucky.warm = True
        empty_for_loop(10_000)
    return [i + 1 for i in range(n)]


unlucky.warm = False

LAMBDA = lambda x: x  # noqa: E731 - the shortest function that there is
LOOPS = {
    "for_loop": for_loop,
    "empty_for_loop": empty_for_loop,
    "while_loop": while_loop,
    "recursion": recursion,
    "unlucky": unlucky,
    "list": lambda n: [0 for _ in range(n)],
    "set": lambda n: {i + 1 for i in range(n)},
    "dict": lambda n: {i: i + 1 for i in range(n)},
    "generator": lambda n: sum(1 for _ in range(n)),
    "enumerate": lambda n: [i for i, _ in enumerate(np.zeros(n))],
    "map": lambda n: list(map(LAMBDA, range(n))),
    "filter": lambda n: list(filter(LAMBDA, range(n))),
    "sorted_by": lambda n: sorted(range(n), key=lambda x: -x),
    "vectorize": lambda n: np.vectorize(LAMBDA)(np.zeros(n)),
    "frompyfunc": lambda n: np.frompyfunc(LAMBDA, 1, 1)(np.zeros(n)),
    "fromiter": lambda n: np.fromiter((i for i in range(n)), float),
    "apply_along_axis": lambda n: np.apply_along_axis(np.sum, 1, np.zeros((n, 3))),
    "stack": lambda n: np.stack([row * 2 for row in np.zeros((n, 3))]),
}


@pytest.mark.parametrize("run", LOOPS.values(), ids=LOOPS)
def test_a_loop_over_the_samples_is_seen(run):
    record = outcome(check.vectorised, run, hint="use axis=1")
    assert record.status == WRONG
    assert "Python steps for 64 samples" in record.message
    assert record.message.endswith("Hint: use axis=1")


def softmax(n):
    Z = np.zeros((n, 3))
    exponentials = np.exp(Z - Z.max(axis=1, keepdims=True))
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def loop_over_classes(n):
    x = np.zeros((n, 10))
    for c in range(10):
        x[:, c] += c
    return x


def windows(n):
    x = np.lib.stride_tricks.sliding_window_view(np.zeros((n, 8, 8)), (3, 3), axis=(1, 2))
    return np.tensordot(x, np.zeros((3, 3)), axes=([3, 4], [0, 1]))


def branches(n):
    return np.zeros(n) if n < 10 else np.concatenate([np.zeros(10), np.ones(n - 10)])


def cached(n, cache={}):  # noqa: B006 - it is there to be kept
    """Do much the first time that many samples come."""
    if n > 4 and not cache:
        for i in range(1000):
            cache[i] = i
    return np.zeros(n)


ARRAY_CODE = {
    "softmax": softmax,
    "loop_over_classes": loop_over_classes,
    "windows": windows,
    "branches": branches,
    "cached": cached,
    "nothing": lambda n: None,
    "einsum": lambda n: np.einsum("ij,jk->ik", np.ones((n, 3)), np.ones((3, 2)), optimize=True),
    "add_at": lambda n: np.add.at(np.zeros(3), np.arange(n) % 3, 1),
    "one_hot": lambda n: np.eye(3)[np.arange(n) % 3],
    "pad": lambda n: np.pad(np.zeros((n, 3)), ((0, 0), (1, 1))),
    "statistics": lambda n: (np.median(np.ones(n)), np.var(np.ones((n, 2)), axis=0)),
    "sort": lambda n: np.argsort(np.arange(n * 3.0).reshape(n, 3), axis=1),
    "norm": lambda n: np.linalg.norm(np.ones((n, 3)), axis=1),
    "unique": lambda n: np.unique(np.arange(n)),
    "where": lambda n: np.where(np.arange(n) > 2, 1.0, 0.0),
}


@pytest.mark.parametrize("run", ARRAY_CODE.values(), ids=ARRAY_CODE)
def test_array_code_passes(run):
    assert outcome(check.vectorised, run).status == PASSED


def test_a_loop_in_c_over_a_function_in_c_is_not_seen():
    # The documented limit. If this ever fails, the docstring can promise more.
    assert outcome(check.vectorised, lambda n: list(map(math.sqrt, range(n)))).status == PASSED


def test_the_sizes_are_those_that_were_given():
    sizes = []
    outcome(check.vectorised, sizes.append, small=2, large=5)
    assert sizes == [2, 2, 5, 5]


def test_a_tracer_that_was_set_is_set_again():
    def tracer(frame, event, argument):
        return None

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        outcome(check.vectorised, softmax)
        after_passing = sys.gettrace()
        with pytest.raises(ZeroDivisionError):
            check.vectorised("it", lambda n: 1 / 0, hint="look")
        after_raising = sys.gettrace()
    finally:
        sys.settrace(before)
    assert after_passing is tracer
    assert after_raising is tracer


def test_an_error_of_the_function_comes_through():
    with check.collect() as records, pytest.raises(NotImplementedError, match="softmax"):
        check.vectorised("it", raising(NotImplementedError("softmax")), hint="look")
    assert records == []


def raising(error):
    def run(*_arguments):
        raise error

    return run


@pytest.mark.parametrize("enabled", [True, False])
def test_finalisers_of_other_objects_are_not_counted(enabled):
    class Garbage:
        def __init__(self):
            self.itself = self

        def __del__(self):
            empty_for_loop(100)

    thresholds = gc.get_threshold()
    gc.collect()
    (gc.enable if enabled else gc.disable)()
    try:
        gc.set_threshold(10_000_000)
        for _ in range(10):
            Garbage()
        run = collecting_when_large()
        assert outcome(check.vectorised, run).status == PASSED
        assert gc.isenabled() == enabled
    finally:
        gc.set_threshold(*thresholds)
        gc.enable()
        gc.collect()


def collecting_when_large():
    """Return array code during whose last run the garbage of others would be collected."""
    calls = itertools.count(1)

    def run(n):
        if next(calls) == 4:
            gc.set_threshold(gc.get_count()[0] + 200)
        return np.zeros((n, 9, 2)).tolist()  # 640 lists in one call

    return run


# TODOs and progress


def test_a_todo_is_not_attempted_until_its_check_has_run():
    check.todos("one", "two")
    progress = check.progress()
    assert repr(progress).splitlines()[0] == "0 of 2 TODOs done"
    assert [line.split(":")[0] for line in repr(progress).splitlines()[1:]] == ["○ one", "○ two"]


def test_a_todo_whose_checks_pass_is_done():
    check.todos("one")
    with check.collect(), check.todo("one"):
        check.close("a", 1.0, 1.0, hint="look")
    assert repr(check.progress()) == "1 of 1 TODOs done\n✓ one: done"


def test_a_stub_is_not_attempted_and_not_wrong():
    check.todos("one")
    with pytest.raises(check.NotAttempted) as failure, check.todo("one"):
        raise NotImplementedError(stub_message("one"))
    assert failure.value.record.status == NOT_ATTEMPTED
    assert str(failure.value) == "○ one: not attempted"
    assert failure.value.__suppress_context__
    assert check.progress().count(NOT_ATTEMPTED) == 1
    assert check.progress().count(WRONG) == 0


def test_a_stub_of_another_function_is_named():
    named = pytest.raises(check.NotAttempted, match="softmax: not written yet")
    with named, check.todo("forward"):
        raise NotImplementedError(stub_message("softmax"))


def test_a_wrong_todo_says_what_is_wrong():
    check.todos("one")
    with check.collect(), pytest.raises(check.CheckFailed), check.todo("one"):
        check.close("first", 1.0, 2.0, hint="double it")
    assert repr(check.progress()).splitlines()[1].startswith("✗ one: wrong (")
    assert "Hint: double it" in repr(check.progress())


def test_the_first_failing_check_ends_the_todo():
    with check.collect() as records, pytest.raises(check.CheckFailed), check.todo("one"):  # noqa: PT012
        check.close("first", 1.0, 2.0, hint="look")
        check.close("second", 1.0, 1.0, hint="look")
    assert [record.name for record in records] == ["first"]


def test_code_that_crashes_is_wrong_and_keeps_its_own_traceback():
    check.todos("one")
    with pytest.raises(ZeroDivisionError), check.todo("one"):
        raise ZeroDivisionError("division by zero")
    assert "✗ one: wrong (raised ZeroDivisionError: division by zero)" in repr(check.progress())


def test_an_error_of_many_lines_is_told_in_one():
    check.todos("one", "two")
    with pytest.raises(ValueError, match="shapes"), check.todo("one"):
        raise ValueError("shapes\n  (2, 3)\n  (4,)")
    with pytest.raises(check.NotAttempted) as failure, check.todo("two"):
        raise NotImplementedError("two: not written yet\nperhaps")
    assert "raised ValueError: shapes (2, 3) (4,)" in repr(check.progress())
    assert len(repr(check.progress()).splitlines()) == 3
    assert len(str(failure.value).splitlines()) == 1


def test_a_todo_that_is_mended_is_done():
    check.todos("one")
    for got in (1.0, 2.0):
        with check.collect():
            try:
                with check.todo("one"):
                    check.close("a", got, 2.0, hint="look")
            except check.CheckFailed:
                assert got == 1.0
    assert check.progress().count(PASSED) == 1


def test_progress_is_a_snapshot():
    check.todos("one")
    before = check.progress()
    with check.todo("one"):
        pass
    assert before.count(PASSED) == 0
    assert check.progress().count(PASSED) == 1


def test_todos_forget_what_was_before():
    check.todos("one")
    check.todos("two", "three")
    assert list(check.progress().status) == ["two", "three"]


def test_progress_is_a_table_in_a_notebook():
    check.todos("done", "bad", "open")
    with check.collect():
        with check.todo("done"):
            check.close("a", 1.0, 1.0, hint="look")
        with pytest.raises(check.CheckFailed), check.todo("bad"):
            check.close("a < b & c", 1.0, 2.0, hint="<b>look</b>")
    html = check.progress()._repr_html_()
    assert "1 of 3 TODOs done" in html
    assert html.count("<tr>") == 4  # the head and three TODOs
    for status, word in check_view.WORDS.items():
        assert f"{check_view.MARKS[status]} {word}" in html
    assert "&lt;b&gt;look&lt;/b&gt;" in html
    assert "<b>look" not in html


def test_records_go_to_the_innermost_list():
    with check.collect() as outer:
        check.close("a", 1.0, 1.0, hint="look")
        with check.collect() as inner:
            check.close("b", 1.0, 1.0, hint="look")
        check.close("c", 1.0, 1.0, hint="look")
    assert [record.name for record in outer] == ["a", "c"]
    assert [record.name for record in inner] == ["b"]


def test_collecting_ends_when_an_error_passes():
    with pytest.raises(ZeroDivisionError), check.collect():
        raise ZeroDivisionError
    assert check._sinks == []


def test_outside_a_notebook_a_check_prints_one_line(capsys):
    check.close("a", 1.0, 1.0, hint="look")
    assert capsys.readouterr().out == "✓ a\n"
    with pytest.raises(check.CheckFailed) as failure:
        check.close("b", 1.0, 2.0, hint="look")
    assert capsys.readouterr().out == f"{failure.value}\n"


def test_a_wrong_value_never_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for got in ([np.inf, 1.0], [1e308, -1e308], [np.nan, np.nan]):
            outcome(check.close, got, [np.inf, 2.0], mistakes={"a": [-1e308, 1e308]})


# In a real kernel

CELLS = {
    "set_up": "from helpers import check\ncheck.todos('one', 'two')",
    "passing": "check.close('a < b', 1.0, 1.0, hint='look')",
    "failing": "def run():\n    check.close('sum', 1.0, 2.0, hint='double it')\nrun()",
    "stub": "with check.todo('one'):\n    raise NotImplementedError('one: not written yet')",
    "crash": "with check.todo('two'):\n    1 / 0",
    "progress": "check.progress()",
}


@pytest.fixture(scope="module")
def outputs():
    """Return the outputs of each cell, run in a kernel."""
    notebook = new_notebook(cells=[new_code_cell(code, id=name) for name, code in CELLS.items()])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the kernel's machinery warns of is not ours
        client = NotebookClient(notebook, kernel_name="python3", allow_errors=True, timeout=60)
        client.execute()
    nbformat.validate(notebook)
    return {cell.id: cell.outputs for cell in notebook.cells}


def test_a_passing_check_shows_one_line_and_its_record(outputs):
    (output,) = outputs["passing"]
    assert output.output_type == "display_data"
    assert output.data["text/plain"] == "✓ a < b"
    assert output.data["text/html"].count("✓ a &lt; b") == 1
    assert Record.from_json(output.data[MIME]) == Record("a < b", PASSED)


def test_a_failing_check_shows_one_line_in_place_of_a_traceback(outputs):
    record, error = outputs["failing"]
    line = "✗ sum: got 1, wanted 2. Hint: double it"
    assert error.output_type == "error"
    assert error.traceback == [line]
    assert error.ename == "CheckFailed"
    # The record travels beside the error, and shows no second line.
    assert record.data["text/html"] == ""
    travelled = Record.from_json(json.loads(json.dumps(record.data[MIME])))
    assert travelled.status == WRONG
    assert line.endswith(travelled.message)


def test_a_stub_shows_one_line(outputs):
    (error,) = outputs["stub"]
    assert error.traceback == ["○ one: not attempted"]
    assert error.ename == "NotAttempted"


def test_a_crash_shows_its_traceback(outputs):
    (error,) = outputs["crash"]
    assert error.ename == "ZeroDivisionError"
    assert len(error.traceback) > 1


def test_progress_shows_a_table(outputs):
    (output,) = outputs["progress"]
    assert "0 of 2 TODOs done" in output.data["text/html"]
    assert "raised ZeroDivisionError" in output.data["text/html"]
    assert output.data["text/plain"].startswith("0 of 2 TODOs done\n○ one: not attempted")
