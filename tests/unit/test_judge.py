"""helpers.judge: what a student returns becomes a plain array, and what differs is said."""

import doctest
import random
import warnings

import numpy as np
import pytest

from helpers import judge
from helpers.judge import as_plain_array, difference, matches, show


def test_the_doctests_hold():
    result = doctest.testmod(judge)
    assert result.failed == 0
    assert result.attempted >= 2


class AlwaysEqual(np.ndarray):
    """An array that claims to equal everything, whatever is asked."""

    def __eq__(self, other):
        return np.ones(self.shape, bool)

    __hash__ = None

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        return np.ones(self.shape, bool)

    def __array_function__(self, function, types, arguments, options):
        return True

    def __array__(self, dtype=None, copy=None):
        return np.full(self.shape, 0.5)

    def __reduce__(self):
        raise AssertionError("never pickled")


class Pretender:
    """Says that it is an ndarray."""

    __class__ = property(lambda self: np.ndarray)

    def __eq__(self, other):
        return True

    __hash__ = None


class Two(float):
    """A float that claims to equal everything."""

    def __eq__(self, other):
        return True

    __hash__ = None


# as_plain_array


@pytest.mark.parametrize(
    ("value", "want"),
    [
        (2, np.array(2)),
        (True, np.array(True)),
        (0.5, np.array(0.5)),
        (np.float32(0.5), np.array(0.5, np.float32)),
        ([1.0, 2.0], np.array([1.0, 2.0])),
        ((1, (2,))[1], np.array([2])),
        ([[1, 2], [3, 4]], np.array([[1, 2], [3, 4]])),
        ([np.zeros(2), np.ones(2)], np.array([[0.0, 0.0], [1.0, 1.0]])),
        (np.zeros((0, 3), np.float16), np.zeros((0, 3), np.float16)),
        (np.array(7, np.uint8), np.array(7, np.uint8)),
        (np.arange(6)[::-2], np.array([5, 3, 1])),
        (np.ma.masked_array([1.0, 2.0], mask=[True, False]), np.array([1.0, 2.0])),
        (Two(2.0), np.array(2.0)),
    ],
)
def test_numbers_become_plain_arrays(value, want):
    array = as_plain_array(value)
    assert type(array) is np.ndarray
    assert array.dtype == want.dtype
    np.testing.assert_array_equal(array, want, strict=True)


def test_a_matrix_becomes_an_array_of_two_axes():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        matrix = np.matrix([[1.0, 2.0]])
    array = as_plain_array(matrix)
    assert type(array) is np.ndarray
    assert array.shape == (1, 2)


def test_the_array_is_a_copy():
    x = np.zeros(3)
    array = as_plain_array(x)
    x += 1
    assert not array.any()


def test_a_subclass_that_is_always_equal_is_judged_by_its_numbers():
    array = as_plain_array(np.array([1.0, 2.0]).view(AlwaysEqual))
    assert type(array) is np.ndarray
    assert array.tolist() == [1.0, 2.0]
    assert difference(array, np.array([0.5, 0.5]), 1e-7, 1e-9)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None (does the function end with a return?)"),
        ("0.5", "a str"),
        (b"0.5", "a bytes"),
        (["0.5"], "dtype <U3"),
        ([None, 1.0], "None among the values"),
        (np.array([1.0, None]), "None among the values"),
        (2**100, "dtype object"),
        ([[1.0], [2.0, 3.0]], "a ragged list"),
        (([1.0], [2.0, 3.0]), "a ragged tuple"),
        (1 + 2j, "dtype complex128"),
        (np.array([1j]), "dtype complex128"),
        (np.array(["2020-01-01"], "M8[D]"), "dtype datetime64[D]"),
        (np.zeros(2, [("x", float)]), "dtype [('x', '<f8')]"),
        ({"a": 1.0}, "a dict"),
        ({1.0}, "a set"),
        ((v for v in [1.0]), "a generator"),
        ([map(abs, [1.0])], "dtype object"),
        (range(3), "a range"),
        (len, "a builtin_function_or_method"),
        (object(), "a object"),
        (Pretender(), "dtype object"),
    ],
)
def test_what_is_no_number_is_refused_in_words(value, words):
    with pytest.raises(TypeError) as refused:
        as_plain_array(value)
    assert words in str(refused.value)


# show


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.float64(0.5), "0.5"),
        (np.array([1, 2]), "[1, 2]"),
        (np.array([True, False]), "[True, False]"),
        (np.array([[0.5, -0.25], [10.0, 3.0]]), "[[0.5, -0.25], [10, 3]]"),
        (np.array(1234567), "1234567"),
        (np.array([0.1234567891]), "[0.123457]"),
        (np.array([np.nan, np.inf]), "[nan, inf]"),
        (np.zeros(9), "array of shape (9,)"),
        (np.array([]), "[]"),
        (None, "None"),
        ("a\nb", r"'a\nb'"),
    ],
)
def test_a_value_is_shown_shortly(value, text):
    assert show(value) == text


def test_a_long_value_is_cut():
    assert len(show("x" * 1000)) == 80
    assert show("x" * 1000).endswith("...")


@pytest.mark.parametrize("linewidth", [10, 75])
def test_print_options_do_not_break_a_line(linewidth):
    with np.printoptions(linewidth=linewidth):
        assert show(np.arange(8.0).reshape(2, 4)).count("\n") == 0


# matches and difference


@pytest.mark.parametrize(
    ("got", "want", "rtol", "atol", "right"),
    [
        (1.0 + 1e-8, 1.0, 1e-7, 0.0, True),
        (1.0 + 1e-6, 1.0, 1e-7, 0.0, False),
        (1e-10, 0.0, 0.0, 1e-9, True),
        (1e-8, 0.0, 0.0, 1e-9, False),
        (np.float32(1 / 3), 1 / 3, 1e-7, 0.0, True),
        (np.float16(1 / 3), 1 / 3, 1e-7, 0.0, False),
        (np.nan, np.nan, 0.0, 0.0, True),
        (np.inf, np.inf, 0.0, 0.0, True),
        (-np.inf, np.inf, 0.0, 0.0, False),
        (1, 1.0, 0.0, 0.0, True),
        (1, 1, 0.0, 0.0, True),
        (1, 2, 1.0, 1.0, False),  # integers are equal or not, whatever the tolerance
        (True, True, 0.0, 0.0, True),
        (True, False, 0.0, 0.0, False),
        ([1.0], [[1.0]], 0.0, 0.0, False),
        ([1.0, 1.0], 1.0, 0.0, 0.0, False),  # never broadcast
        ([], [], 0.0, 0.0, True),
        (1e308, -1e308, 1e-7, 0.0, False),
    ],
)
def test_values_match_within_the_tolerance(got, want, rtol, atol, right):
    got, want = as_plain_array(got), as_plain_array(want)
    assert matches(got, want, rtol, atol) is right
    assert (difference(got, want, rtol, atol) == "") is right


def test_the_order_is_shape_then_dtype_then_finite_then_value():
    want = np.array([1.0, 2.0])
    steps = {
        "shape": np.array([[5, 6]]),
        "integers": np.array([5, 6]),
        "finite": np.array([np.nan, 6.0]),
        "largest difference": np.array([5.0, 6.0]),
    }
    for words, got in steps.items():
        said = difference(got, want, 1e-7, 0.0)
        assert words in said
        assert not any(other in said for other in steps if other != words)
    assert difference(want, want, 0.0, 0.0) == ""


@pytest.mark.parametrize(
    ("got", "want", "words"),
    [
        (np.zeros((2, 3)), np.zeros((3, 2)), ["shape (2, 3)", "(3, 2)"]),
        (np.zeros(()), np.zeros(1), ["shape ()", "(1,)"]),
        (np.zeros(2, int), np.zeros(2), ["integers (int64)", "floating-point numbers"]),
        (np.zeros(2, bool), np.zeros(2), ["booleans (bool)", "floating-point numbers"]),
        (np.zeros(2), np.zeros(2, int), ["floating-point numbers (float64)", "integers"]),
        (np.array([np.inf, 1.0, np.inf]), np.ones(3), ["2 of 3", "not finite (inf)"]),
        (np.array([np.inf, np.nan]), np.ones(2), ["2 of 2", "not finite (nan)"]),
        (np.array(2.0), np.array(3.0), ["2", "3"]),
        (np.array([[1.0, 2.0], [3.0, 9.0]]), np.ones((2, 2)), ["8 at [1, 1]", "9"]),
        (np.array([np.nan, 1.0]), np.array([np.nan, 2.0]), ["1 at [1]"]),
        (np.array([np.inf, 1.0]), np.array([np.inf, 2.0]), ["1 at [1]"]),
        (np.array([0.0, 2.0]), np.array([np.nan, 2.0]), ["at [0]", "nan"]),
        (np.array([-np.inf, 2.0]), np.array([np.inf, 2.0]), ["at [0]", "-inf"]),
        (np.array([True, False]), np.array([True, True]), ["at [1]"]),
        (np.array([0, 200], np.uint8), np.array([0, 201], np.uint8), ["1 at [1]", "200", "201"]),
        (np.full((50, 40), 1e308), np.full((50, 40), -1e308), ["inf at [0, 0]"]),
    ],
)
def test_what_differs_is_said_in_one_line(got, want, words):
    said = difference(got, want, 1e-7, 1e-9)
    assert "\n" not in said
    assert len(said) < 200
    for word in words:
        assert word in said, said


def test_a_right_number_may_be_an_integer():
    assert difference(np.array(1), np.array(1.0), 0.0, 0.0) == ""
    assert difference(np.array(1.0), np.array(1), 0.0, 0.0) == ""


def test_float32_and_float64_are_one_kind():
    x = np.array([0.25, 0.5])
    assert difference(x.astype(np.float32), x, 0.0, 0.0) == ""
    assert difference(x, x.astype(np.float32), 0.0, 0.0) == ""


def test_two_numbers_that_look_alike_are_told_apart():
    said = difference(np.array(0.3333333), np.array(1 / 3), 1e-9, 0.0)
    assert "3.33e-08" in said


def test_the_largest_difference_is_found_among_many():
    rng = random.Random(0)
    for _ in range(20):
        shape = tuple(rng.randint(2, 6) for _ in range(3))
        want = np.zeros(shape)
        got = np.full(shape, 0.5)
        at = tuple(rng.randrange(n) for n in shape)
        got[at] = -2.0
        assert f"is 2 at [{', '.join(map(str, at))}]" in difference(got, want, 1e-7, 0.0)


def test_judging_changes_nothing():
    got, want = np.array([1.0, np.nan]), np.array([1.0, 2.0])
    difference(got, want, 1e-7, 0.0)
    np.testing.assert_array_equal(got, [1.0, np.nan])
    np.testing.assert_array_equal(want, [1.0, 2.0])


# Tensors


@pytest.fixture
def torch():
    return pytest.importorskip("torch", reason="run `make test TORCH=1`")


def test_a_tensor_counts_as_its_values_with_or_without_gradients(torch):
    leaf = torch.tensor([[1.0, 2.0]], requires_grad=True)
    for tensor in (leaf, leaf * 1, leaf.detach(), torch.nn.Parameter(leaf.detach())):
        array = as_plain_array(tensor)
        assert type(array) is np.ndarray
        assert array.dtype == np.float32
        assert array.tolist() == [[1.0, 2.0]]


def test_the_array_of_a_tensor_is_a_copy(torch):
    tensor = torch.zeros(2)
    array = as_plain_array(tensor)
    tensor += 1
    assert array.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("kind", ["int64", "uint8", "bool", "float16", "float64"])
def test_a_tensor_keeps_its_kind(torch, kind):
    assert as_plain_array(torch.zeros(3, dtype=getattr(torch, kind))).dtype == np.dtype(kind)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda torch: torch.zeros(2, dtype=torch.bfloat16), "a tensor of dtype torch.bfloat16"),
        (lambda torch: torch.eye(2).to_sparse(), "of layout torch.sparse_coo"),
        (lambda torch: torch.zeros(2, dtype=torch.complex64), "values of dtype complex64"),
    ],
    ids=["bfloat16", "sparse", "complex"],
)
def test_a_tensor_that_is_no_array_of_real_numbers_is_told_as_such(torch, make, words):
    with pytest.raises(TypeError, match=words):
        as_plain_array(make(torch))


def test_the_shape_of_a_tensor_is_a_row_of_integers(torch):
    assert as_plain_array(torch.zeros(2, 3).shape).tolist() == [2, 3]
