"""Judge one value against the wanted one: which of the two differ, where, and by how much.

Pure functions on arrays, with neither display nor state; ``helpers.check`` wraps them for
notebooks. The order of judgement is fixed, because each step makes sense only after the one
before it: type, shape, dtype, finite, value.
"""

import sys

import numpy as np

_array = np.array  # what a cell puts in its place does not change what a check gets
KIND_NAMES = {"f": "floating-point numbers", "i": "integers", "u": "integers", "b": "booleans"}


def as_plain_array(value):
    """Return ``value`` as a plain numeric array.

    Parameters
    ----------
    value : number, bool, ndarray, PyTorch tensor, or nested list or tuple of numbers and arrays
        What a student's function returned. A tensor counts as the array of its values, on
        whatever device it lies and whether or not gradients flow through it.

    Returns
    -------
    ndarray
        Never a subclass, never of dtype object: comparing it runs NumPy's code only.

    Raises
    ------
    TypeError
        If the value is not numeric, in words that fit behind "got".
    """
    if value is None:
        raise TypeError("None (does the function end with a return?)")
    value = _without_torch(value)
    if isinstance(value, np.ndarray):
        array = _array(value, copy=True, subok=False)
    elif isinstance(value, (bool, int, float, complex, np.generic, list, tuple)):
        try:
            array = _array(value)
        except ValueError:
            raise TypeError(f"a ragged {type(value).__name__} (rows of unequal length)") from None
    else:
        raise TypeError(f"a {type(value).__name__}, not a number or an array")
    if array.dtype == object and any(each is None for each in array.flat):
        raise TypeError("None among the values (does the function end with a return?)")
    if array.dtype.kind not in KIND_NAMES:
        raise TypeError(f"values of dtype {array.dtype}")
    return array


def _without_torch(value):
    """Return the values of a PyTorch tensor as an array, and anything else as it is."""
    torch = sys.modules.get("torch")  # never imported here: it takes seconds, and few need it
    if torch is None or not isinstance(value, torch.Tensor):
        return value
    try:
        return value.numpy(force=True)
    except (TypeError, RuntimeError):  # NumPy has no such numbers: bfloat16, sparse tensors
        kind = "" if value.layout == torch.strided else f" of layout {value.layout}"
        raise TypeError(f"a tensor of dtype {value.dtype}{kind}") from None


def show(value):
    """Return a short text for a number, an array or any other value.

    Examples
    --------
    >>> show(np.array([[0.5, 0.25]]))
    '[[0.5, 0.25]]'
    >>> show(np.zeros((100, 10)))
    'array of shape (100, 10)'
    """
    if isinstance(value, (np.ndarray, np.generic)):
        if value.size > 8:
            return f"array of shape {value.shape}"
        # A formatter of our own: NumPy's would pad each number to the width of the longest.
        formatter = {"float_kind": "{:.6g}".format, "int": str, "bool": str}
        text = np.array2string(np.asarray(value), separator=", ", formatter=formatter)
        return " ".join(text.split())
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def matches(got, want, rtol, atol):
    """Tell whether two plain arrays agree in shape and, within the tolerances, in value."""
    if got.shape != want.shape:
        return False
    if got.dtype.kind != "f" and want.dtype.kind != "f":
        return bool(np.array_equal(got, want))
    with np.errstate(all="ignore"):  # an answer of 1e308 or inf is wrong, not worth a warning
        return bool(np.allclose(got, want, rtol=rtol, atol=atol, equal_nan=True))


def difference(got, want, rtol, atol):
    """Say what differs between two plain arrays, or return an empty string.

    Parameters
    ----------
    got, want : ndarray
        From `as_plain_array`.
    rtol, atol : float
        Relative tolerance, and absolute tolerance in the units of ``want``.

    Returns
    -------
    str
        The first difference in the order shape, dtype, finite, value; empty if there is none.
    """
    if got.shape != want.shape:
        return f"got shape {got.shape}, wanted {want.shape}"
    # An integer is a fine value for an exact float such as 0 or 1, but an array of them is a sign
    # of integer arithmetic where fractions are needed.
    if want.dtype.kind == "f" and got.dtype.kind != "f" and got.ndim:
        return f"got {KIND_NAMES[got.dtype.kind]} ({got.dtype}), wanted {KIND_NAMES['f']}"
    if want.dtype.kind in "iub" and got.dtype.kind == "f" and got.ndim:
        kind = KIND_NAMES[want.dtype.kind]
        return f"got {KIND_NAMES['f']} ({got.dtype}), wanted {kind} ({want.dtype})"
    if matches(got, want, rtol, atol):
        return ""
    if got.dtype.kind == "f" and np.isfinite(want).all() and not np.isfinite(got).all():
        bad = "nan" if np.isnan(got).any() else "inf"
        return f"{(~np.isfinite(got)).sum()} of {got.size} values are not finite ({bad})"
    return _largest_difference(got, want)


def _largest_difference(got, want):
    with np.errstate(all="ignore"):
        gap = np.abs(got.astype(float) - want.astype(float))
    if want.ndim == 0:
        shown, wanted = show(got), show(want)
        alike = f" (they differ by {gap:.3g})" if shown == wanted else ""
        return f"got {shown}, wanted {wanted}{alike}"
    # nan and inf where they are wanted, and only there, do not count as a difference.
    same = (got == want) | (np.isnan(got.astype(float)) & np.isnan(want.astype(float)))
    where = np.unravel_index(
        np.argmax(np.where(same, -1.0, np.nan_to_num(gap, nan=np.inf))), gap.shape
    )
    at = ", ".join(str(i) for i in where)
    short = f"got {show(got)}, wanted {show(want)}; " if want.size <= 4 else ""
    return (
        f"{short}the largest difference is {gap[where]:.3g} at [{at}],"
        f" {got[where]:.6g} in place of {want[where]:.6g}"
    )
