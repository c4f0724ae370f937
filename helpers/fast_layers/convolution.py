"""Convolution as one matrix product: a column for each window, a row for each filter.

The images are taken a few at a time, so that their columns stay in the processor's cache: columns
for the whole batch would be HH * WW times as large as the batch, and writing them to memory and
reading them back would take longer than the product.
"""

import numpy as np
from numpy.lib.stride_tricks import as_strided

from .geometry import check_gradient, check_images, integer, positions

COLUMNS = 1 << 20  # bytes of columns at a time: half of a usual second-level cache


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
        ``stride``, the step between windows, and ``pad``, the zeros added on each side, both in
        pixels.

    Returns
    -------
    out : ndarray, shape (N, F, 1 + (H + 2 pad - HH) // stride, 1 + (W + 2 pad - WW) // stride)
        float64, or float32 if all of `x`, `w` and `b` are. Rows and columns at the end that no
        window reaches do not count.
    cache : tuple
        What ``conv_backward_fast`` needs: ``(x, w, b, conv_param)``.

    Raises
    ------
    ValueError
        If the shapes do not belong together, or a window is larger than the padded image.
    TypeError
        If an array does not hold real numbers.
    """
    x, w, b = np.asarray(x), np.asarray(w), np.asarray(b)
    plan = _Plan(x, w, b, conv_param, "conv_forward_fast")
    rows = w.reshape(len(w), -1).astype(plan.dtype, copy=False)  # (F, K)
    out = np.empty(plan.out_shape, plan.dtype)
    y = np.empty((len(w), plan.chunk, plan.OH, plan.width), plan.dtype)
    for begin in range(0, len(x), plan.chunk):
        n = min(plan.chunk, len(x) - begin)
        if n < plan.chunk:
            y = np.empty((len(w), n, plan.OH, plan.width), plan.dtype)
        columns = plan.columns_of(x[begin : begin + n])
        np.matmul(rows, columns, out=y.reshape(len(w), -1))  # (F, K) @ (K, n Q)
        kept = y[..., : plan.OW].transpose(1, 0, 2, 3)
        np.add(kept, b[:, None, None], out=out[begin : begin + n])
    return out, (x, w, b, conv_param)


def conv_backward_fast(dout, cache):
    """Return the gradients of a convolution.

    Parameters
    ----------
    dout : ndarray, shape of the output, float
        Upstream gradient.
    cache : tuple
        From ``conv_forward_fast``.

    Returns
    -------
    dx : ndarray, shape (N, C, H, W)
    dw : ndarray, shape (F, C, HH, WW)
    db : ndarray, shape (F,)

    Raises
    ------
    ValueError
        If `dout` has another shape than the output.
    """
    x, w, b, conv_param = cache
    dout = np.asarray(dout)
    plan = _Plan(x, w, b, conv_param, "conv_backward_fast")
    check_gradient(dout, plan.out_shape, "conv_backward_fast")
    rows = w.reshape(len(w), -1).astype(plan.dtype, copy=False)
    dx = np.empty(x.shape, plan.dtype)
    dw = np.zeros(rows.shape, plan.dtype)
    for begin in range(0, len(x), plan.chunk):
        part = slice(begin, begin + plan.chunk)
        n = len(x[part])
        dy = np.zeros((len(w), n, plan.OH, plan.width), plan.dtype)
        dy[..., : plan.OW] = dout[part].transpose(1, 0, 2, 3)
        dy = dy.reshape(len(w), -1)  # (F, n Q)
        columns = plan.columns_of(x[part])
        dw += dy @ columns.T
        np.matmul(rows.T, dy, out=columns)
        dx[part] = plan.images_of(columns, n)
    return dx, dw.reshape(w.shape), dout.sum(axis=(0, 2, 3), dtype=plan.dtype)


class _Plan:
    """Sizes of one convolution, and the way from images to columns and back.

    Each channel of a padded image is kept as one flat row of numbers. A padded line of it is only
    W + pad long: the zeros to its right are those to the left of the next line. The pixel (h, w)
    of the padded image then stands at h * (W + pad) + w.
    """

    def __init__(self, x, w, b, conv_param, who):
        check_images(x, "x", who)
        if w.ndim != 4 or w.shape[1] != x.shape[1]:
            raise ValueError(
                f"{who}: x has shape {x.shape} and w {w.shape}; w must be (F, C, HH, WW) with"
                " as many channels C as x"
            )
        if b.shape != w.shape[:1]:
            raise ValueError(
                f"{who}: b has shape {b.shape}; w has {len(w)} filters, so b must"
                f" have shape {w.shape[:1]}"
            )
        self.dtype = np.result_type(x, w, b, np.float32)
        if self.dtype.kind != "f":
            raise TypeError(f"{who}: x is {x.dtype}, w {w.dtype}, b {b.dtype}; give real numbers")
        self.stride = stride = integer(conv_param, "stride", 1, who)
        self.pad = pad = integer(conv_param, "pad", 0, who)
        N, self.C, self.H, self.W = x.shape
        self.HH, self.WW = w.shape[2:]
        self.OH = positions(self.H, self.HH, stride, pad, f"{who}, height")
        self.OW = positions(self.W, self.WW, stride, pad, f"{who}, width")
        self.out_shape = (N, len(w), self.OH, self.OW)
        self.line = self.W + pad
        # With stride 1 the windows of all lines make one long run, if those that reach over the
        # end of a line are taken too; their outputs are dropped.
        self.width = self.line if stride == 1 and self.line >= self.OW else self.OW
        last = (stride * (self.OH - 1) + self.HH - 1) * self.line
        last += stride * (self.width - 1) + self.WW - 1
        self.length = max(last + 1, (self.H + 2 * pad) * self.line)
        self.K = self.C * self.HH * self.WW
        one = self.K * self.OH * self.width * self.dtype.itemsize
        self.chunk = max(1, min(N, COLUMNS // max(1, one)))

    def windows(self, flat):
        """Return the windows on flat images (n, C, length): a view (C, HH, WW, n, OH, width)."""
        image, channel, number = flat.strides
        line = self.line * number
        return as_strided(
            flat,
            (self.C, self.HH, self.WW, len(flat), self.OH, self.width),
            (channel, line, number, image, self.stride * line, self.stride * number),
        )

    def inside(self, flat):
        """Return the images in flat padded ones, as a view: (n, C, H, W)."""
        lines = flat[..., : (self.H + 2 * self.pad) * self.line]
        lines = lines.reshape(*flat.shape[:2], self.H + 2 * self.pad, self.line)
        return lines[:, :, self.pad : self.pad + self.H, self.pad : self.pad + self.W]

    def columns_of(self, images):
        """Return the windows of a few images as columns, (K, n Q)."""
        flat = np.zeros((len(images), self.C, self.length), self.dtype)
        self.inside(flat)[...] = images
        # Not reshape, which would sometimes return a view in which windows share their numbers.
        return self.windows(flat).copy().reshape(self.K, -1)

    def images_of(self, columns, n):
        """Return the sum of columns at the places that they were taken from, (n, C, H, W)."""
        flat = np.zeros((n, self.C, self.length), self.dtype)
        places = self.windows(flat)
        columns = columns.reshape(places.shape)
        for i in range(self.HH):
            for j in range(self.WW):
                places[:, i, j] += columns[:, i, j]
        return self.inside(flat)
