"""Numerical gradients by central differences, and the relative error of two arrays."""

import numpy as np


def rel_error(x, y):
    """Return the largest relative error between two arrays.

    Parameters
    ----------
    x, y : array_like, same shape

    Returns
    -------
    float
        ``max |x - y| / max(1e-8, |x| + |y|)``; nan if a value is not finite.

    Raises
    ------
    ValueError
        If the shapes differ or the arrays are empty.

    References
    ----------
    The measure of the CS231n assignments, https://cs231n.github.io.

    Examples
    --------
    >>> rel_error([1.0, 2.0], [1.0, 2.0])
    0.0
    >>> round(rel_error([1.0, 2.0], [1.0, 6.0]), 3)
    0.5
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if x.shape != y.shape or x.size == 0:
        raise ValueError(f"shapes {x.shape} and {y.shape}: need two equal shapes, not empty")
    with np.errstate(invalid="ignore"):
        return float(np.max(np.abs(x - y) / np.maximum(1e-8, np.abs(x) + np.abs(y))))


def eval_numerical_gradient(f, x, h=1e-5, verbose=False):
    """Return the gradient of a scalar function by central differences.

    Parameters
    ----------
    f : callable
        Takes `x` and returns one number.
    x : ndarray, any shape, float64
        Where to take the gradient; changed in place and put back, even if `f` raises.
    h : float
        Step, in the units of `x`.
    verbose : bool
        Print each index with its derivative.

    Returns
    -------
    ndarray, shape of x, float64

    Raises
    ------
    TypeError
        If `x` is not a float64 array.
    ValueError
        If `f` returns more than one number, or `h` is not above 0.

    Examples
    --------
    >>> x = np.array([1.0, -2.0])
    >>> eval_numerical_gradient(lambda x: np.sum(x**2), x).round(6)
    array([ 2., -4.])
    """
    check_input(x, h)
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = (scalar(f, x, index, step) for step in (h, -h))
        grad[index] = (above - below) / (2 * h)
        if verbose:
            print(index, grad[index])
    return grad


def eval_numerical_gradient_array(f, x, df, h=1e-5):
    """Return the gradient of sum(df * f(x)) by central differences.

    Parameters
    ----------
    f : callable
        Takes `x` and returns an array, such as the output of a layer.
    x : ndarray, any shape, float64
        Where to take the gradient; changed in place and put back, even if `f` raises.
    df : array_like, shape of f(x)
        Upstream gradient.
    h : float
        Step, in the units of `x`.

    Returns
    -------
    ndarray, shape of x, float64

    Raises
    ------
    TypeError
        If `x` is not a float64 array.
    ValueError
        If `df` has another shape than `f(x)`, or `h` is not above 0.

    Examples
    --------
    >>> x = np.array([1.0, -2.0])
    >>> eval_numerical_gradient_array(lambda x: x**2, x, [1.0, 10.0]).round(6)
    array([  2., -40.])
    """
    check_input(x, h)
    df = np.asarray(df, dtype=np.float64)
    grad = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        above, below = (moved(f, x, index, step) for step in (h, -h))
        if above.shape != df.shape:
            raise ValueError(f"f(x) has shape {above.shape} but df {df.shape}; they must agree")
        grad[index] = np.sum((above - below) * df) / (2 * h)
    return grad


def check_input(x, h):
    """Refuse an array whose numbers cannot be moved by small steps."""
    if not isinstance(x, np.ndarray) or x.dtype != np.float64:
        kind = x.dtype if isinstance(x, np.ndarray) else type(x).__name__
        raise TypeError(
            f"x is {kind}, need a float64 array, or steps of {h} are lost in rounding;"
            " use x = x.astype(np.float64) and let f read this array"
        )
    if not h > 0:
        raise ValueError(f"h is {h}; give a small step above 0, such as 1e-5")


def moved(f, x, index, step):
    """Return a copy of f(x) with x moved by one step at one index; x is put back."""
    old = x[index]
    try:
        x[index] = old + step
        return np.array(f(x), dtype=np.float64)  # a copy: f may return the same buffer each time
    finally:
        x[index] = old


def scalar(f, x, index, step):
    """Return the one number f(x) with x moved by one step at one index."""
    return one_number(moved(f, x, index, step))


def one_number(value):
    """Return the value of a scalar function as a float."""
    value = np.asarray(value, dtype=np.float64)
    if value.size != 1:
        raise ValueError(f"f returned shape {value.shape}; need one number, such as its sum")
    return float(value.reshape(()))
