"""Values leave the sandbox as dtype, shape and bytes; whatever else is handed over is refused."""

import base64
import json
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from helpers import values

PLAIN = [np.bool_, *(np.dtype(f"{sign}{size}") for sign in "iu" for size in (1, 2, 4, 8))]
PLAIN += [np.float16, np.float32, np.float64]


def travel(value):
    """Send a value through JSON text and read it again."""
    return values.from_json(json.loads(json.dumps(values.to_json(value))))


def honest(**changes):
    """Return what a right array of three numbers becomes, with changes."""
    return {**values.to_json(np.array([1.0, 2.0, 3.0])), **changes}


@given(
    hnp.arrays(
        st.sampled_from(PLAIN).map(np.dtype),
        hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
    )
)
def test_an_array_comes_back_as_it_went(array):
    back = travel(array)
    assert type(back) is np.ndarray
    assert back.dtype == array.dtype
    assert back.shape == array.shape
    assert back.tobytes() == array.tobytes()  # nan, inf and -0.0 too


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", ["f8", "i4", "u2"])
def test_the_order_of_bytes_does_not_matter(order, kind):
    array = np.array([1, 2, 300], dtype=order + kind)
    np.testing.assert_array_equal(travel(array), array)


@pytest.mark.parametrize(
    "view",
    [
        np.arange(12.0).reshape(3, 4).T,
        np.arange(12)[::-2],
        np.broadcast_to(np.float32(2), (2, 3)),
        np.asfortranarray(np.ones((2, 3))),
        np.arange(6).reshape(2, 3).view(np.matrix),
        np.ma.masked_array([1.0, 2.0], mask=[True, False]),
    ],
    ids=["transposed", "backwards", "broadcast", "fortran", "matrix", "masked"],
)
def test_the_layout_of_an_array_does_not_matter(view):
    back = travel(view)
    assert back.flags.c_contiguous
    np.testing.assert_array_equal(back, np.array(view, subok=False))


@pytest.mark.parametrize("value", [True, 3, 2.5, [1, 2], (1.0, 2.0), np.float32(2), np.int8(-1)])
def test_numbers_and_lists_travel_as_arrays(value):
    np.testing.assert_array_equal(travel(value), np.array(value))


def test_a_long_double_travels_as_a_double():
    back = travel(np.array([1.5], dtype=np.longdouble))
    assert back.dtype == np.float64
    assert back == 1.5


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None"),
        ("text", "str"),
        ({"a": 1}, "dict"),
        (lambda: 1, "function"),
        (np.array([None, 1], dtype=object), "None among the values"),
        (np.array(["x"]), "dtype <U1"),
        (np.array([b"x"]), "dtype |S1"),
        (np.array(["2020-01-01"], dtype="M8[D]"), "datetime64"),
        (np.zeros(2, dtype=[("a", "f8")]), "dtype"),
        (1 + 2j, "complex128"),
        ([[1], [1, 2]], "ragged"),
        (2**200, "object"),
    ],
)
def test_what_is_no_plain_array_travels_as_words(value, words):
    told = travel(value)
    assert isinstance(told, str)
    assert words in told


def test_an_array_that_is_too_large_travels_as_words():
    largest = np.zeros(values.LARGEST, dtype=np.uint8)
    assert isinstance(travel(largest), np.ndarray)
    told = travel(np.zeros(values.LARGEST + 1, dtype=np.uint8))
    assert f"more than {values.LARGEST}" in told


def test_words_are_cut():
    assert len(values.from_json({"not_an_array": "x" * 10_000})) == 300


@pytest.mark.parametrize(
    "data",
    [
        None,
        7,
        "text",
        [],
        {},
        {"not_an_array": 7},
        {"not_an_array": None},
        {"not_an_array": "x", "dtype": "<f8"},
        {"dtype": "<f8", "shape": [0]},
        honest(extra=1),
        honest(data=None),
        honest(data=b"AAAA"),
        honest(shape=3),
        honest(shape="3"),
        honest(shape={"0": 3}),
        honest(dtype=None),
        honest(dtype=["<f8"]),
        honest(dtype=[["a", "<f8"]]),
        honest(dtype={"names": ["a"], "formats": ["<f8"]}),
    ],
)
def test_other_keys_and_types_are_refused(data):
    with pytest.raises(ValueError, match="a value"):
        values.from_json(data)


@pytest.mark.parametrize(
    "dtype",
    [
        *["|O", "O", "O8", "|V8", "V8", "<U2", "U", "|S8", "S", "a8", "<M8", "m8", "<M8[s]"],
        *["<c16", "c8", "D", "<f16", ">f8", "=f8", "f8", "f", "d", "g", "int", "bool", "object"],
        *[
            "",
            " ",
            "<",
            "8",
            ",",
            "f8,f8",
            "(2)f8",
            "2f8",
            "{",
            "|9)",
            "(",
            "09",
            "1/0",
            "\0",
            "<f8\0",
        ],
        *["<f8 ", "<F8", "<i0", "<i-8", "<i16", "\ud800", "＜f8", "x" * 1000],
    ],
    ids=ascii,
)
def test_a_dtype_that_is_no_plain_number_is_refused(dtype):
    with pytest.raises(ValueError, match="is not a plain number") as refused:
        values.from_json(honest(dtype=dtype))
    assert len(str(refused.value)) < 150


@pytest.mark.parametrize("dtype", sorted(values.DTYPES))
def test_every_dtype_that_may_travel_is_one_that_numpy_writes_so(dtype):
    assert np.dtype(dtype).str == dtype
    assert np.dtype(dtype).kind in "biuf"


@pytest.mark.parametrize(
    "shape",
    [
        [-1],
        [3, -1],
        [-3, -1],
        [3.0],
        [True, 3],
        ["3"],
        [None],
        [[3]],
        [float("nan")],
        [float("inf")],
        [2**63],
        [10**100],
        [values.LARGEST + 1],
        [1] * 33,
    ],
    ids=str,
)
def test_a_shape_that_is_no_list_of_sizes_is_refused(shape):
    with pytest.raises(ValueError, match="list of sizes"):
        values.from_json(honest(shape=shape))


@pytest.mark.parametrize("shape", [[values.LARGEST], [4096, 4096], [2] * 32])
def test_a_shape_that_is_too_large_is_refused_before_anything_is_made(shape):
    with pytest.raises(ValueError, match="more than"):
        values.from_json(honest(shape=shape))


@pytest.mark.parametrize("shape", [[], [2], [4], [3, 2], [0], [0, 3]], ids=str)
def test_a_length_that_does_not_fit_the_shape_is_refused(shape):
    with pytest.raises(ValueError, match="24 bytes for an array of"):
        values.from_json(honest(shape=shape))


def test_an_empty_array_of_great_sides_is_read_or_refused_but_not_made():
    data = {"dtype": "<f8", "shape": [0, *[values.LARGEST] * 20], "data": ""}
    with pytest.raises(ValueError, match=r".+"):
        values.from_json(data)


@pytest.mark.parametrize("data", ["!", "AAA", "A===", "AAAA\n" * 8, " " * 32, "é" * 32, "\ud800"])
def test_what_is_not_base64_is_refused(data):
    with pytest.raises(ValueError, match="is base64"):
        values.from_json(honest(data=data))


class Trap:
    """Runs code when it is unpickled."""

    def __reduce__(self):
        return (pytest.fail, ("a pickle was read",))


@pytest.mark.parametrize("dtype", ["|O", "|u1", "<f8"])
def test_a_pickle_is_never_read(dtype):
    content = pickle.dumps(Trap())
    content += bytes(-len(content) % 8)
    size = len(content) // (1 if dtype == "|u1" else 8)
    data = {"dtype": dtype, "shape": [size], "data": base64.b64encode(content).decode()}
    if dtype == "|O":
        with pytest.raises(ValueError, match="not a plain number"):
            values.from_json(data)
    else:
        assert values.from_json(data).tobytes() == content


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(
    JSON
    | st.fixed_dictionaries(
        {
            "dtype": JSON | st.sampled_from(sorted(values.DTYPES)) | st.text(max_size=4),
            "shape": JSON | st.lists(st.integers(-2, 5), max_size=4),
            "data": JSON | st.binary(max_size=32).map(lambda b: base64.b64encode(b).decode()),
        },
        optional={"not_an_array": JSON},
    )
)
def test_junk_is_refused_or_is_a_plain_array(data):
    try:
        value = values.from_json(data)
    except ValueError:
        return
    assert isinstance(value, str) or (type(value) is np.ndarray and value.dtype.kind in "biuf")


def test_what_was_read_cannot_be_written_to():
    assert not travel(np.ones(3)).flags.writeable
