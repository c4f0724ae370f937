"""Max pooling by comparing whole arrays: one for each place in the window."""

import numpy as np

from .geometry import check_gradient, check_images, integer, positions


def max_pool_forward_fast(x, pool_param):
    """Take the largest number of each window.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W), float
    pool_param : dict
        ``pool_height``, ``pool_width`` and ``stride``, in pixels. Windows may overlap.

    Returns
    -------
    out : ndarray, shape (N, C, 1 + (H - pool_height) // stride, 1 + (W - pool_width) // stride)
        Of the dtype of `x`. Rows and columns at the end that no window reaches do not count.
    cache : tuple
        What ``max_pool_backward_fast`` needs.

    Raises
    ------
    ValueError
        If `x` does not have four axes, or the window does not fit.
    """
    x = np.asarray(x)
    parts = _parts(x, pool_param, "max_pool_forward_fast")
    out = next(parts).copy()
    for part in parts:
        np.maximum(out, part, out=out)
    return out, (x, pool_param)


def max_pool_backward_fast(dout, cache):
    """Return the gradient of max pooling.

    Where several numbers of a window are the largest, the first in reading order gets the
    gradient, so that what arrives is what was sent.

    Parameters
    ----------
    dout : ndarray, shape of the output, float
        Upstream gradient.
    cache : tuple
        From ``max_pool_forward_fast``.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
        Zero where no window has its maximum.

    Raises
    ------
    ValueError
        If `dout` has another shape than the output.
    """
    x, pool_param = cache
    dout, who = np.asarray(dout), "max_pool_backward_fast"
    out, _ = max_pool_forward_fast(x, pool_param)
    check_gradient(dout, out.shape, who)
    dx = np.zeros(x.shape, np.result_type(dout, np.float32))
    waiting = np.ones(out.shape, bool)  # windows that have not yet met their maximum
    for part, dpart in zip(_parts(x, pool_param, who), _parts(dx, pool_param, who), strict=True):
        first = (part == out) & waiting
        waiting ^= first
        dpart += first * dout
    return dx


def _parts(x, pool_param, who):
    """Return for each place in the window, in reading order, a view (N, C, OH, OW) of x."""
    check_images(x, "x", who)
    height = integer(pool_param, "pool_height", 1, who)
    width = integer(pool_param, "pool_width", 1, who)
    stride = integer(pool_param, "stride", 1, who)
    OH = positions(x.shape[2], height, stride, 0, f"{who}, height")
    OW = positions(x.shape[3], width, stride, 0, f"{who}, width")
    return (
        x[:, :, i : i + stride * (OH - 1) + 1 : stride, j : j + stride * (OW - 1) + 1 : stride]
        for i in range(height)
        for j in range(width)
    )
