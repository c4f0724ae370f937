"""Convolution as one matrix product: a column for each window, a row for each filter.

The images are taken a few at a time, so that their columns stay in the processor's cache: columns
of the whole batch would be HH * WW times as large as the batch, and writing them to memory and
reading them again can take longer than the product.
"""

import numpy as np

from .geometry import at_a_time, check_gradient, check_images, positions, whole_number
from .layout import Columns, Layout


def conv_forward_fast(x, w, b, conv_param):
    """Slide each filter over each image.

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W), float
        Images.
    w : ndarray, shape (F, C, HH, WW), float
        Filters.
    b : ndarray, shape (F,), float
        What is added to each filter's output.
    conv_param : dict
        ``stride``, the step between windows, and ``pad``, the zeros on each side, in pixels.

    Returns
    -------
    out : ndarray, shape (N, F, 1 + (H + 2 pad - HH) // stride, 1 + (W + 2 pad - WW) // stride)
        float32 if `x`, `w` and `b` are, else float64. Rows and columns at the end that no window
        reaches do not count.
    cache : tuple
        What ``conv_backward_fast`` needs. Treat it as opaque.

    Raises
    ------
    ValueError
        If the shapes do not belong together, or the window does not fit on the padded images.
    TypeError
        If an array does not hold real numbers.

    Notes
    -----
    It is made for about as many windows as pixels. Where a line has fewer, part of the work is for
    nothing: a third of it for windows of 5 without padding on lines of 12.

    Examples
    --------
    >>> x = np.arange(16.0).reshape(1, 1, 4, 4)
    >>> w, b = np.ones((1, 1, 2, 2)), np.array([100.0])
    >>> out, cache = conv_forward_fast(x, w, b, {"stride": 2, "pad": 0})
    >>> out[0, 0]
    array([[110., 118.],
           [142., 150.]])
    """
    x, w, b = np.asarray(x), np.asarray(w), np.asarray(b)
    layout, dtype = _plan(x, w, b, conv_param)
    n, parts = _parts(len(x), layout, dtype)
    columns = Columns(layout, n, dtype)
    rows = w.reshape(layout.F, layout.K).astype(dtype, copy=False)
    y = np.empty((layout.F, n, layout.OH, layout.line), dtype)
    out = np.empty((len(x), layout.F, layout.OH, layout.OW), dtype)
    for part in parts:
        columns.copy_from(x[part].transpose(1, 0, 2, 3))
        np.matmul(rows, columns.matrix, out=y.reshape(layout.F, -1))  # (F, K) @ (K, n run)
        kept = y[:, : len(x[part]), :, : layout.OW]
        np.add(kept.transpose(1, 0, 2, 3), b[:, None, None], out=out[part])
    return out, (x, w, layout, dtype)


def conv_backward_fast(dout, cache, need_dx=True):
    """Return the gradients of a convolution.

    Parameters
    ----------
    dout : ndarray, shape of the output, float
        Upstream gradient.
    cache : tuple
        From ``conv_forward_fast``.
    need_dx : bool
        False leaves out `dx`, about a third of the work: nobody asks the first layer of a net for
        the gradient of its images.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W), or None
    dw : ndarray, shape (F, C, HH, WW)
    db : ndarray, shape (F,)

    Raises
    ------
    ValueError
        If `dout` has another shape than the output.
    """
    x, w, layout, dtype = cache
    dout = np.asarray(dout)
    check_gradient(dout, (len(x), layout.F, layout.OH, layout.OW), "conv_backward_fast")
    n, parts = _parts(len(x), layout, dtype)
    columns = Columns(layout, n, dtype)
    rows = w.reshape(layout.F, layout.K).astype(dtype, copy=False)
    dy = np.zeros((layout.F, n, layout.OH, layout.line), dtype)  # stays zero where unused
    dy_rows = dy.reshape(layout.F, -1)
    dx = np.empty(x.shape, dtype) if need_dx else None
    # As (K, F), since BLAS takes longer for the same product as (F, K).
    dw, dw_part = np.zeros((2, layout.K, layout.F), dtype)
    for part in parts:
        images = len(x[part])
        dy[:, :images, :, : layout.OW] = dout[part].transpose(1, 0, 2, 3)
        dy[:, images:] = 0  # the last part may be shorter; old columns are left there
        columns.copy_from(x[part].transpose(1, 0, 2, 3))
        dw += np.matmul(columns.matrix, dy_rows.T, out=dw_part)  # (K, n run) @ (n run, F)
        if need_dx:
            np.matmul(rows.T, dy_rows, out=columns.matrix)  # (K, F) @ (F, n run)
            columns.sum_into(dx[part].transpose(1, 0, 2, 3))
    dw = np.ascontiguousarray(dw.T).reshape(w.shape)
    return dx, dw, dout.sum(axis=(0, 2, 3), dtype=dtype)


def _plan(x, w, b, conv_param):
    """Return the layout of a convolution and the dtype to work in."""
    who = "conv_forward_fast"
    check_images(x, who)
    if w.ndim != 4 or w.shape[1] != x.shape[1] or len(w) == 0:
        raise ValueError(
            f"{who}: x has shape {x.shape} and w {w.shape}; w must be (F, C, HH, WW), with at"
            " least one filter and as many channels C as x"
        )
    if b.shape != w.shape[:1]:
        raise ValueError(
            f"{who}: b has shape {b.shape}, but w holds {len(w)} filters; b must be ({len(w)},)"
        )
    dtype = np.result_type(x, w, b, np.float32)
    if dtype.kind != "f":
        raise TypeError(f"{who}: x is {x.dtype}, w {w.dtype}, b {b.dtype}; give real numbers")
    stride = whole_number(conv_param, "stride", 1, who)
    pad = whole_number(conv_param, "pad", 0, who)
    OH, OW = (
        positions(size, window, stride, pad, f"{who}, {axis}")
        for axis, size, window in zip(("height", "width"), x.shape[2:], w.shape[2:], strict=True)
    )
    if OH == OW == 1:  # there is no step to a next window: with this one, no cell stays unused
        stride = max(x.shape[2:])
    return Layout(x.shape, w.shape, stride, pad, (OH, OW)), dtype


def _parts(N, layout, dtype):
    """Return how many images to take at a time, and the parts of the batch."""
    if layout.run < layout.cells:  # the windows of several images make no single run
        return 1, [slice(image, image + 1) for image in range(N)]
    return at_a_time(N, (layout.K + layout.F) * layout.run * dtype.itemsize)
