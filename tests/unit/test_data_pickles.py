"""The restricted unpickler: do arrays pass, and does nothing else?"""

import codecs
import os
import pickle
import struct

import numpy as np
import pytest

from helpers.data import pickles

ARRAYS = [
    np.arange(24, dtype=np.uint8).reshape(2, 3, 4),
    np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
    np.arange(12).reshape(3, 4)[:, ::2],
    np.arange(4, dtype=">i4"),
    np.zeros((0, 3), np.uint8),
    np.array(2.5),
    np.array([True, False]),
]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("array", ARRAYS, ids=lambda a: f"{a.dtype}{a.shape}")
def test_an_array_of_numbers_passes(array, protocol):
    content = {"data": array, "labels": [1, 2], "more": [{"deep": array, "pair": (1, "a")}]}
    read = pickles.loads(pickle.dumps(content, protocol=protocol))
    for got in (read["data"], read["more"][0]["deep"]):
        assert type(got) is np.ndarray
        assert got.dtype == array.dtype
        np.testing.assert_array_equal(got, array)
    assert read["labels"] == [1, 2]
    assert read["more"][0]["pair"] == (1, "a")


def python_2(array):
    """Return what Python 2 writes for {'data': array, 'labels': [6, 9]} in protocol 2."""
    text = lambda s: b"U" + bytes([len(s)]) + s  # noqa: E731
    raw = array.tobytes()
    return b"".join(
        [
            b"\x80\x02}q\x01(" + text(b"data") + b"cnumpy.core.multiarray\n_reconstruct\n",
            b"cnumpy\nndarray\nK\x00\x85" + text(b"b") + b"\x87R(K\x01",
            b"".join(b"M" + struct.pack("<H", n) for n in array.shape) + b"\x86",
            b"cnumpy\ndtype\n" + text(b"u1") + b"K\x00K\x01\x87R(K\x03" + text(b"|"),
            b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb",
            b"\x89T" + struct.pack("<i", len(raw)) + raw + b"tb",
            text(b"labels") + b"](K\x06K\x09eu.",
        ]
    )


def test_a_pickle_of_python_2_passes_with_keys_of_bytes():
    array = np.arange(200, dtype=np.uint8).reshape(2, 100)
    content = python_2(array)
    assert pickle.loads(content, encoding="bytes")[b"labels"] == [6, 9]  # it is a sound pickle
    read = pickles.loads(content)
    assert read[b"labels"] == [6, 9]
    np.testing.assert_array_equal(read[b"data"], array)


class Calls:
    """Pickles as a call of a function: what an attacker writes."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def opcodes(*parts):
    return b"\x80\x04" + b"".join(parts) + b"."


def name(module, attribute):
    return b"".join(b"\x8c" + bytes([len(s)]) + s.encode() for s in (module, attribute)) + b"\x93"


HOSTILE = {
    "os.system": Calls(os.system, "touch hacked"),
    "eval": Calls(eval, "open('hacked', 'w')"),
    "exec": Calls(exec, "open('hacked', 'w')"),
    "getattr": Calls(getattr, "a", "upper"),
    "open": Calls(open, "hacked", "w"),
    "np.load": Calls(np.load, "hacked"),
    "np.fromfile": Calls(np.fromfile, "hacked"),
    "np.memmap": Calls(np.memmap, "hacked", "u1", "w+", 0, (4,)),
    "codecs.decode": Calls(codecs.decode, b"x\x9c", "zlib"),
    "codecs.open": Calls(codecs.open, "hacked", "w"),
    "scalar": np.float64(3),
    "set": {1, 2},
    "complex": 3 + 1j,
    "inside a dict": {"data": np.zeros(2), "labels": [Calls(os.system, "touch hacked")]},
}


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("attack", HOSTILE)
def test_nothing_else_may_be_named(attack, protocol, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = pickle.dumps(HOSTILE[attack], protocol=protocol)
    with pytest.raises(pickle.UnpicklingError, match=r"it (names|uses|encodes)"):
        pickles.loads(content)
    assert list(tmp_path.iterdir()) == []


RECONSTRUCT = name("numpy._core.multiarray", "_reconstruct")
ARRAY = name("numpy", "ndarray")
DTYPE = name("numpy", "dtype")

CRAFTED = {
    "a chain of attributes": (name("numpy", "ndarray.tofile"), "names numpy.ndarray.tofile"),
    "a chain through a stand-in": (name("numpy", "dtype.__class__"), "names numpy.dtype.__class__"),
    "a new object": (ARRAY + b")\x81", "opcode NEWOBJ"),
    "an instance": (b"(ios\nsystem\n", "opcode INST"),
    "an extension code": (b"\x82\x01", "opcode EXT1"),
    "a persistent id": (b"K\x01Q", "opcode BINPERSID"),
    "an array made by the class": (ARRAY + b"K\x04\x85R", "unusual way"),
    "a changed function": (RECONSTRUCT + b"}b", "changes a function"),
    "a bare function": (RECONSTRUCT, "part of an array"),
    "a bare array": (RECONSTRUCT + ARRAY + b"K\x00\x85C\x01b\x87R", "part of an array"),
    "a bare dtype": (DTYPE + b"\x8c\x02u1\x85R", "part of an array"),
    "a stand-in as a key": (b"}" + RECONSTRUCT + b"K\x01s", "part of an array"),
    "an odd dtype": (DTYPE + b"\x8c\x02V8\x85R", "dtype 'V8'"),
    "a dtype that names a module": (DTYPE + b"\x8c\x09os.system\x85R", "not of numbers"),
    "a codec": (name("_codecs", "encode") + b"\x8c\x01a\x8c\x04zlib\x86R", "encodes"),
    "a call of a number": (b"K\x01)R", "not a sound pickle"),
    "bytes of a size": (name("__builtin__", "bytes") + b"K\x04\x85R", "not a sound pickle"),
    "an enormous memo": (b"K\x01r\xff\xff\xff\x7f", "memo is out of order"),
    "an enormous string": (b"X\xff\xff\xff\x7fabc", "not a sound pickle"),
    "a tuple nested too deep to hash": (b"}(K\x01" + b"\x85" * 100_000 + b"K\x01u", "tuples"),
}


@pytest.mark.parametrize("attack", CRAFTED)
def test_crafted_opcodes_are_refused(attack):
    body, message = CRAFTED[attack]
    with pytest.raises(pickle.UnpicklingError, match=message):
        pickles.loads(opcodes(body))


def test_lists_nested_deep_do_not_overflow_the_stack():
    depth = 20_000
    read = pickles.loads(opcodes(b"]" * depth + b"a" * (depth - 1)))
    assert isinstance(read, list)
    while read:  # taken apart from outside, as comparing it would recurse
        read = read[0]
        depth -= 1
    assert depth == 1


def test_a_list_that_holds_itself_is_read():
    loop = []
    loop.append(loop)
    read = pickles.loads(pickle.dumps(loop))
    assert read[0] is read


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
@pytest.mark.parametrize(
    "array",
    [
        np.array([1, None], dtype=object),
        np.array([Calls(os.system, "touch hacked")], dtype=object),
        np.array(["text"]),
        np.zeros(2, "i4,f4"),
        np.zeros(2, [("o", object)]),
        np.zeros(2, "M8[s]"),
    ],
    ids=["objects", "a call", "text", "records", "records of objects", "dates"],
)
def test_arrays_of_anything_but_numbers_are_refused(array, protocol, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    content = pickle.dumps({"data": array}, protocol=protocol)
    with pytest.raises(pickle.UnpicklingError, match=r"it (holds an array of|names)"):
        pickles.loads(content)
    assert list(tmp_path.iterdir()) == []


def array_with_state(state):
    """Return a pickle of {"data": array} whose state is set to what an attacker likes."""

    class Crafted:
        def __reduce__(self):
            return np.zeros(1, "u1").__reduce__()[0], (np.ndarray, (0,), b"b"), state

    return pickle.dumps({"data": Crafted()}, protocol=4)


U1 = np.dtype("u1")


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ((1, (4,), U1, False, b"abc"), r"3 bytes, not of \(4,\)"),
        ((1, (-1,), U1, False, b""), "of shape"),
        ((1, (1 << 62, 4), U1, False, b""), "0 bytes"),
        ((1, (True,), U1, False, b"a"), "of shape"),
        ((1, (1,), np.dtype(object), False, [1]), "dtype 'O8'"),
        ((1, (1,), U1, False, [1]), "array of objects"),
        ((1, (1,), None, False, b"a"), "array of objects"),
        ((1, 2), "not a sound pickle"),
        (7, "not a sound pickle"),
    ],
)
def test_an_array_with_a_false_state_is_refused(state, message):
    with pytest.raises(pickle.UnpicklingError, match=message):
        pickles.loads(array_with_state(state))


def test_a_dtype_with_fields_smuggled_in_is_refused():
    class Crafted:
        def __reduce__(self):
            return np.dtype, ("u1", False, True), (3, "|", ("u1", (2,)), None, None, -1, -1, 0)

    with pytest.raises(pickle.UnpicklingError, match="odd dtype"):
        pickles.loads(pickle.dumps(Crafted(), protocol=2))


def test_an_array_in_a_tuple_is_refused():
    with pytest.raises(pickle.UnpicklingError, match="in a tuple"):
        pickles.loads(pickle.dumps((np.zeros(2),)))


@pytest.mark.parametrize("keep", [0, 1, 2, 30, -1])
def test_a_pickle_cut_off_is_refused(keep):
    content = pickle.dumps({"data": np.zeros(4), "labels": [1] * 20})
    with pytest.raises(pickle.UnpicklingError, match="not a sound pickle"):
        pickles.loads(content[:keep])


def test_a_pickle_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr(pickles, "MOST_BYTES", 10)
    with pytest.raises(pickle.UnpicklingError, match="wanted at most 10"):
        pickles.loads(b"garbage of some length")
