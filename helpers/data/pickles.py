"""Read pickles that hold NumPy arrays and plain containers, and nothing else.

A pickle is a program: it may import any function and call it. The one here may name only what
NumPy itself writes for an array, and each of these names is answered by a stand-in below, so that
not even NumPy's own constructors see what a hostile file says. The opcodes are gone through first:
what makes an object of a class, or would take memory out of all proportion, is refused unread.
"""

import io
import math
import pickle
import pickletools

import numpy as np

MOST_BYTES = 256 << 20
MOST_TUPLES = 1_000  # an array needs six; a tuple nested too deep would overflow the stack
OPCODES = """
PROTO FRAME STOP MARK POP POP_MARK DUP NONE NEWTRUE NEWFALSE
INT BININT BININT1 BININT2 LONG LONG1 FLOAT BINFLOAT
STRING BINSTRING SHORT_BINSTRING BINBYTES SHORT_BINBYTES BINBYTES8 BYTEARRAY8
UNICODE BINUNICODE SHORT_BINUNICODE BINUNICODE8
EMPTY_LIST LIST APPEND APPENDS EMPTY_DICT DICT SETITEM SETITEMS
EMPTY_TUPLE TUPLE TUPLE1 TUPLE2 TUPLE3
PUT BINPUT LONG_BINPUT MEMOIZE GET BINGET LONG_BINGET
GLOBAL STACK_GLOBAL REDUCE BUILD
"""
ALLOWED = frozenset(OPCODES.split())
NUMBERS = frozenset(f"{kind}{size}" for kind in "iu" for size in (1, 2, 4, 8)) | {"f4", "f8", "b1"}


def loads(content):
    """Read a pickle of arrays and plain containers.

    Parameters
    ----------
    content : bytes
        Written by Python 2 or 3, in any protocol. Strings of Python 2 become bytes.

    Returns
    -------
    object
        Made of dict, list, tuple, str, bytes, numbers, None and, except within tuples, ndarrays
        of numbers.

    Raises
    ------
    pickle.UnpicklingError
        If the pickle is damaged, or holds or names anything else; nothing of it has been run.
    """
    try:
        _check_opcodes(content)
        found = _Unpickler(io.BytesIO(content), encoding="bytes").load()
    except pickle.UnpicklingError:
        raise
    # A pickle is arbitrary: whatever it makes the unpickler trip over means that it is damaged.
    except Exception as error:
        raise pickle.UnpicklingError(f"not a sound pickle ({error!r:.200})") from None
    return _resolve(found)


def _resolve(found):
    """Put arrays in place of their stand-ins; a loop, because nesting may be deep."""
    whole = [found]
    todo, seen = [whole], set()
    while todo:
        container = todo.pop()
        pairs = container.items() if isinstance(container, dict) else enumerate(container)
        for key, value in list(pairs):
            if isinstance(value, _Array) and value.values is not None:
                value = value.values
                if not isinstance(container, (dict, list)):
                    raise pickle.UnpicklingError("it holds an array in a tuple")
                container[key] = value
            for item in (key, value):
                if isinstance(item, (_Array, _Dtype, _Global)):
                    raise pickle.UnpicklingError("it holds a part of an array by itself")
                if isinstance(item, (dict, list, tuple)) and id(item) not in seen:
                    seen.add(id(item))
                    todo.append(item)
    return whole[0]


def _check_opcodes(content):
    if len(content) > MOST_BYTES:
        raise pickle.UnpicklingError(f"it has {len(content)} bytes, wanted at most {MOST_BYTES}")
    tuples = 0
    for number, (opcode, argument, _) in enumerate(pickletools.genops(content)):
        if opcode.name not in ALLOWED:
            raise pickle.UnpicklingError(f"it uses the opcode {opcode.name}")
        tuples += opcode.name.startswith("TUPLE")
        if tuples > MOST_TUPLES:
            raise pickle.UnpicklingError(f"it has more than {MOST_TUPLES} tuples")
        # The memo is a table as long as its largest index, which a few bytes can make enormous.
        if opcode.name in ("PUT", "BINPUT", "LONG_BINPUT") and int(argument) > number:
            raise pickle.UnpicklingError("its memo is out of order")


class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        make = STAND_INS.get((module, name))
        if make is None:
            raise pickle.UnpicklingError(
                f"it names {module}.{name}; only arrays and plain containers are admitted"
            )
        return _Global(make)


class _Global:
    """What a name stands for: it can be called, and not be changed by the pickle."""

    __slots__ = ("_make",)

    def __init__(self, make):
        self._make = make

    def __call__(self, *arguments):
        return self._make(*arguments)

    def __setstate__(self, state):
        raise pickle.UnpicklingError("it changes a function")


class _Dtype:
    __slots__ = ("dtype",)

    def __init__(self, code, align=False, copy=False):
        code = code.decode("ascii") if isinstance(code, bytes) else code
        if code not in NUMBERS:
            raise pickle.UnpicklingError(f"it holds an array of dtype {code!r:.20}, not of numbers")
        self.dtype = np.dtype(code)

    def __setstate__(self, state):
        # (version, byte order, then seven fields that plain numbers leave empty)
        order = state[1].decode("ascii") if isinstance(state[1], bytes) else state[1]
        if order not in ("<", ">", "|", "=") or any(part is not None for part in state[2:5]):
            raise pickle.UnpicklingError("it holds an array of an odd dtype")
        self.dtype = self.dtype.newbyteorder(order)


class _Array:
    __slots__ = ("values",)

    def __init__(self, kind=None, shape=None, code=None):
        self.values = None

    def __setstate__(self, state):
        _, shape, dtype, column_major, content = state
        self.values = _from_bytes(content, dtype, shape, "F" if column_major else "C")


def _from_bytes(content, dtype, shape, order="C"):
    if not isinstance(dtype, _Dtype) or not isinstance(content, (bytes, bytearray)):
        raise pickle.UnpicklingError("it holds an array of objects")
    if not all(type(length) is int and length >= 0 for length in shape):
        raise pickle.UnpicklingError(f"it holds an array of shape {shape!r:.40}")
    if math.prod(shape) * dtype.dtype.itemsize != len(content):
        raise pickle.UnpicklingError(f"it holds an array of {len(content)} bytes, not of {shape}")
    return np.frombuffer(content, dtype=dtype.dtype).reshape(shape, order=order)


def _whole(content, dtype, shape, order):
    array = _Array()
    array.values = _from_bytes(content, dtype, shape, order)
    return array


def _encode(text, encoding):
    # How protocol 2 of Python 3 writes bytes.
    if encoding != "latin1" or not isinstance(text, str):
        raise pickle.UnpicklingError(f"it encodes {text!r:.20} as {encoding!r:.20}")
    return text.encode("latin1")


STAND_INS = {
    ("numpy", "ndarray"): lambda *_: _refuse_call(),
    ("numpy", "dtype"): _Dtype,
    ("_codecs", "encode"): _encode,
    ("__builtin__", "bytes"): lambda: b"",  # likewise, where there are none
    **{
        (f"numpy.{core}.{module}", name): make
        for core in ("core", "_core")
        for module, name, make in (
            ("multiarray", "_reconstruct", _Array),
            ("numeric", "_frombuffer", _whole),
        )
    },
}


def _refuse_call():
    raise pickle.UnpicklingError("it makes an array in an unusual way")
