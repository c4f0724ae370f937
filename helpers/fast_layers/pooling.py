"""Max pooling by comparing whole arrays, along lines first and down the columns then.

The largest number of a window is the largest of its lines' largest numbers. So one axis is done
after the other, in HH + WW comparisons of arrays instead of HH * WW.
"""

import numpy as np

from .geometry import at_a_time, check_gradient, check_images, positions, whole_number


def max_pool_forward_fast(x, pool_param):
    """Take the largest number of each window.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W), float
    pool_param : dict
        ``pool_height``, ``pool_width`` and ``stride``, the step between windows, in pixels.
        Windows may overlap, and need not tile the image.

    Returns
    -------
    out : ndarray, shape (N, C, 1 + (H - pool_height) // stride, 1 + (W - pool_width) // stride)
        Of the dtype of `x`. Rows and columns at the end that no window reaches do not count.
    cache : tuple
        What ``max_pool_backward_fast`` needs. Treat it as opaque.

    Raises
    ------
    ValueError
        If `x` does not have four axes, or no window fits.

    Examples
    --------
    >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
    >>> pool_param = {"pool_height": 2, "pool_width": 2, "stride": 2}
    >>> out, cache = max_pool_forward_fast(x, pool_param)
    >>> out[0, 0]
    array([[ 5.,  7.],
           [13., 15.]])
    """
    x, who = np.asarray(x), "max_pool_forward_fast"
    check_images(x, who)
    stride = whole_number(pool_param, "stride", 1, who)
    height = whole_number(pool_param, "pool_height", 1, who)
    width = whole_number(pool_param, "pool_width", 1, who)
    down = _places(x.shape[2], height, stride, f"{who}, height")
    along = _places(x.shape[3], width, stride, f"{who}, width")
    lines = _largest([x[..., place] for place in along])  # (N, C, H, OW)
    out = _largest([lines[:, :, place] for place in down])  # (N, C, OH, OW)
    return out, (x, lines, along, down)


def max_pool_backward_fast(dout, cache):
    """Return the gradient of max pooling.

    Where several numbers of a window are its largest, the first in reading order gets all of the
    gradient, as in PyTorch: what arrives is what was sent.

    Parameters
    ----------
    dout : ndarray, shape of the output, float
        Upstream gradient.
    cache : tuple
        From ``max_pool_forward_fast``.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
        float32 if `x` is, else float64. Zero where no window has its largest number.

    Raises
    ------
    ValueError
        If `dout` has another shape than the output.
    """
    x, lines, along, down = cache
    dout = np.asarray(dout)
    dtype = np.result_type(x, np.float32)
    check_gradient(dout, lines[:, :, down[0]].shape, "max_pool_backward_fast")
    dx = np.zeros(x.shape, dtype)
    _, parts = at_a_time(len(x), 4 * x[:1].nbytes)  # x, dx and what lies between
    for part in parts:
        dlines = np.zeros(lines[part].shape, dtype)
        dlargest = dout[part].astype(dtype, copy=False)
        rows = [lines[part][:, :, place] for place in down]
        _send(dlargest, _largest(rows), rows, [dlines[:, :, place] for place in down])
        columns = [x[part][..., place] for place in along]
        _send(dlines, lines[part], columns, [dx[part][..., place] for place in along])
    return dx


def _places(size, window, stride, who):
    """Return for each place in the window which numbers along the axis stand there: slices."""
    end = stride * (positions(size, window, stride, 0, who) - 1) + 1
    return [slice(place, place + end, stride) for place in range(window)]


def _largest(parts):
    """Return the largest of several arrays, place by place, as a new array."""
    largest = np.maximum(parts[0], parts[-1])
    for part in parts[1:-1]:
        np.maximum(largest, part, out=largest)
    return largest


def _send(dlargest, largest, parts, dparts):
    """Add a gradient to the first of several arrays that holds the largest number."""
    for part, dpart in zip(parts[:-1], dparts[:-1], strict=True):
        sent = dlargest * (part == largest)
        dpart += sent
        dlargest = dlargest - sent  # what has been sent is sent once
    dparts[-1] += dlargest
