"""Arrays as plain JSON: how values leave a place where a student's code has run.

An array is its dtype, its shape and its bytes, never pickle: reading it runs nothing.
"""

import base64
import binascii
import math

import numpy as np

from .judge import as_plain_array

# Booleans, integers and floating-point numbers, by the only names under which they travel: NumPy
# takes many more texts for a dtype, and runs its parser on some.
DTYPES = {"|b1", "|i1", "|u1", "<i2", "<i4", "<i8", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8"}
LARGEST = 16 << 20  # bytes of one array


def plain(value):
    """Return a value as a plain array, or say in words what it is in place of one.

    Returns
    -------
    ndarray or str
    """
    try:
        return as_plain_array(value)
    except TypeError as error:
        return str(error)


def to_json(value):
    """Return a value as a dict that JSON can hold.

    Parameters
    ----------
    value : object
        What a student's function returned.

    Returns
    -------
    dict
        ``dtype``, ``shape`` and ``data`` of an array, or ``not_an_array``: why it is none.
    """
    array = plain(value)
    if isinstance(array, str):
        return {"not_an_array": array}
    if array.nbytes > LARGEST:
        return {"not_an_array": f"an array of {array.nbytes} bytes, more than {LARGEST}"}
    if array.dtype.char == "g":  # its bytes mean something else on another machine
        array = array.astype(float)
    array = np.ascontiguousarray(array).reshape(array.shape)
    array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    data = base64.b64encode(array.tobytes()).decode()
    return {"dtype": array.dtype.str, "shape": list(array.shape), "data": data}


def from_json(data):
    """Read a value that may come from anywhere.

    Parameters
    ----------
    data : object
        What `to_json` made, or what somebody wants us to take for it.

    Returns
    -------
    ndarray or str
        The array, or in words what the value was in place of one.

    Raises
    ------
    ValueError
        If ``data`` is not exactly such a dict.
    """
    if not isinstance(data, dict):
        raise ValueError("a value is a dict")
    if set(data) == {"not_an_array"} and isinstance(data["not_an_array"], str):
        return data["not_an_array"][:300]
    if set(data) != {"dtype", "shape", "data"} or not all(
        isinstance(data[key], kind)
        for key, kind in (("dtype", str), ("shape", list), ("data", str))
    ):
        raise ValueError("a value has dtype, shape and data")
    if data["dtype"] not in DTYPES:
        raise ValueError(f"dtype {data['dtype'][:20]!r} is not a plain number")
    dtype, shape = np.dtype(data["dtype"]), data["shape"]
    if len(shape) > 32 or not all(type(n) is int and 0 <= n <= LARGEST for n in shape):
        raise ValueError("a shape is a list of sizes")
    size = math.prod(shape) * dtype.itemsize
    if size > LARGEST:
        raise ValueError(f"an array of {size} bytes, more than {LARGEST}")
    try:
        content = base64.b64decode(data["data"], validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("the data of an array is base64") from None
    if len(content) != size:
        raise ValueError(f"{len(content)} bytes for an array of {size}")
    return np.frombuffer(content, dtype).reshape(shape)
