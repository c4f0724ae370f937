"""Minibatches: the training data in small portions, in a new order each epoch."""

import operator

import numpy as np


def batches(X, y, batch_size, shuffle=True, rng=None):
    """Go once through the data in batches.

    Parameters
    ----------
    X : ndarray, shape (N, ...)
        Examples.
    y : ndarray, shape (N, ...)
        Their labels or targets.
    batch_size : int
        At least 1; it need not divide N, and the last batch is then the shorter one.
    shuffle : bool, default True
        Draw a random order. If False, the batches are views of ``X`` and ``y``, not copies.
    rng : int, numpy.random.Generator or None, default None
        A seed gives the same order each time; a Generator moves on, so that each call (each epoch)
        has an order of its own and a whole run can be repeated; None gives an order that cannot be
        repeated.

    Yields
    ------
    X_batch : ndarray, shape (B, ...)
    y_batch : ndarray, shape (B, ...)

    Raises
    ------
    TypeError
        If ``batch_size`` is not a whole number.
    ValueError
        If ``batch_size`` is below 1, or ``X`` and ``y`` differ in length.

    Examples
    --------
    >>> X, y = np.arange(5), np.arange(5) * 10
    >>> [(a.tolist(), b.tolist()) for a, b in batches(X, y, 2, shuffle=False)]
    [([0, 1], [0, 10]), ([2, 3], [20, 30]), ([4], [40])]
    """
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim == 0 or y.ndim == 0 or len(X) != len(y):
        raise ValueError(
            f"batches: X has shape {X.shape} and y {y.shape}; both need one entry per example"
        )
    size = _batch_size("batches", batch_size)
    order = np.random.default_rng(rng).permutation(len(X)) if shuffle else None
    # A function of its own, so that a wrong argument is told here and not at the first batch.
    return _portions(X, y, size, order)


def num_batches(n, batch_size):
    """Return how many batches ``batches`` makes of n examples.

    Parameters
    ----------
    n : int
        Number of examples, at least 0.
    batch_size : int
        At least 1.

    Returns
    -------
    int
        n / batch_size, rounded up: a shorter last batch counts.

    Examples
    --------
    >>> num_batches(55_000, 128)
    430
    """
    return -(-operator.index(n) // _batch_size("num_batches", batch_size))


def _portions(X, y, size, order):
    for start in range(0, len(X), size):
        rows = slice(start, start + size)
        if order is not None:
            rows = order[rows]
        yield X[rows], y[rows]


def _batch_size(function, batch_size):
    try:
        size = operator.index(batch_size)
    except TypeError:
        raise TypeError(
            f"{function}: batch_size is {batch_size!r}, wanted a whole number such as 64"
        ) from None
    if size < 1:
        raise ValueError(f"{function}: batch_size is {size}, wanted at least 1")
    return size
