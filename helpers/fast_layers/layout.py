"""How images and columns lie in memory, so that copies between them are a few long runs.

Take a convolution with stride 1 that keeps the size of the images. Number the pixels of an image in
reading order, and the windows likewise. What window q has at its place (i, j) is then pixel
q + shift, with one shift for all q: a row of the matrix of columns is one run of the image. Only
where a window reaches out of the image does the run hold a pixel of another line or image, and
these few numbers are set to zero after the copy. The way back from columns to pixels is the same:
a pixel's gradient is the sum, over all places (i, j), of what stands `shift` before it.

Where a line has more windows than pixels, or fewer, both are numbered in lines of the larger
length, and some numbers stay unused. With a stride of s, a place in the window meets only every
s-th pixel of every s-th line. Sorted by what line and column leave when divided by s, the pixels
make s * s small images, the phases; each place meets one of them, and meets it as with stride 1.

The channels come first here: images are (C, N, H, W).
"""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided


class Phase(NamedTuple):
    """One of the s * s small images, and the places in the window that meet it."""

    pixels: tuple  # index of its pixels in images
    cells: tuple  # index of the same in (C, n, lines, line)
    places: tuple  # index of its places in (C, HH, WW, ...)
    count: tuple  # of these places, down and across
    first: int  # of these places, in reading order of the window
    before: int  # by how many cells that place lies before the window's own cell


class Layout:
    """The sizes of one convolution.

    Parameters
    ----------
    x_shape : tuple
        (N, C, H, W)
    w_shape : tuple
        (F, C, HH, WW)
    stride, pad : int
    grid : tuple
        Windows down and across, (OH, OW).

    Attributes
    ----------
    K : int
        Numbers in a window.
    lines, line : int
        Down and across, the larger of the number of windows and the pixels of a phase.
    cells : int
        ``lines * line``, for the pixels of a phase.
    run : int
        ``OH * line``, for the windows; the last ``line - OW`` of each line are unused.
    reach : int
        From a window's own cell to its furthest place, at most.
    outside : list of tuple
        Indices in (C, HH, WW, n, OH, line) of what is out of the image.
    phases : list of Phase
    """

    def __init__(self, x_shape, w_shape, stride, pad, grid):
        _, self.C, H, W = x_shape
        self.F, _, self.HH, self.WW = w_shape
        self.OH, self.OW = grid
        self.K = self.C * self.HH * self.WW
        self.stride = stride
        self.lines, self.line = max(-(-H // stride), self.OH), max(-(-W // stride), self.OW)
        self.cells, self.run = self.lines * self.line, self.OH * self.line
        down = [(i - pad) // stride for i in range(self.HH)]  # from the window's own cell
        across = [(j - pad) // stride for j in range(self.WW)]
        self.reach = max(abs(d) for d in down) * self.line + max(abs(a) for a in across)
        self.outside = [
            (slice(None), i, ..., _cut(d, self.lines), slice(None)) for i, d in enumerate(down)
        ]
        self.outside += [
            (slice(None), slice(None), j, ..., _cut(a, self.line)) for j, a in enumerate(across)
        ]
        self.phases = [self._phase(h, w, H, W, pad) for h in range(stride) for w in range(stride)]

    def _phase(self, h, w, H, W, pad):
        """Return the phase whose first pixel is (h, w)."""
        s = self.stride
        (up, i), (left, j) = divmod(h + pad, s), divmod(w + pad, s)
        return Phase(
            pixels=(..., slice(h, None, s), slice(w, None, s)),
            cells=(..., slice(len(range(h, H, s))), slice(len(range(w, W, s)))),
            places=(slice(None), slice(i, None, s), slice(j, None, s)),
            count=(len(range(i, self.HH, s)), len(range(j, self.WW, s))),
            first=i * self.WW + j,
            before=up * self.line + left,
        )

    def grid_of(self, windows):
        """Return windows (K, n, run) as a view (C, HH, WW, n, OH, line)."""
        return windows.reshape(self.C, self.HH, self.WW, -1, self.OH, self.line)


def _cut(shift, length):
    """Return which of a line's windows have a place that is `shift` further out of the line."""
    return slice(-shift) if shift < 0 else slice(max(length - shift, 0), length)


class Columns:
    """The columns of `n` images; the same memory is used again for the next ones.

    Parameters
    ----------
    layout : Layout
    n : int
        More than 1 only if every cell holds a window.
    dtype : dtype

    Attributes
    ----------
    matrix : ndarray, shape (K, n run)
    """

    def __init__(self, layout, n, dtype):
        self.layout, self.n = layout, n
        cells = n * layout.cells
        # Only pixels are ever written here: what a run reads around them is zero.
        self.pixels = np.zeros((len(layout.phases), layout.C, cells + 2 * layout.reach), dtype)
        # Here only columns are: what lies around them is zero, too.
        self.size = cells + layout.reach
        self.numbers = np.zeros(layout.reach + layout.K * self.size, dtype)
        rows = self.numbers[layout.reach :].reshape(layout.K, self.size)
        self.matrix = rows[:, : n * layout.run]
        self.sums = np.empty((layout.C, cells), dtype)

    def take(self, images):
        """Copy the windows of at most `n` images (C, N, H, W) into the columns."""
        layout = self.layout
        windows = self.matrix.reshape(layout.C, layout.HH, layout.WW, -1)
        for phase, numbers in zip(layout.phases, self.pixels, strict=True):
            cells = self._cells(numbers[:, layout.reach : -layout.reach or None])
            cells[phase.cells][:, : images.shape[1]] = images[phase.pixels]
            runs = numbers[:, layout.reach - phase.before :]
            channel, number = runs.strides
            target = windows[phase.places]
            steps = channel, layout.line * number, number, number
            target[...] = as_strided(runs, target.shape, steps, writeable=False)
        self._cut()

    def give(self, images):
        """Sum the columns at the pixels they belong to, for at most `n` images (C, N, H, W)."""
        self._cut()
        layout, size, s = self.layout, self.size, self.layout.stride
        # From one place in the window to the next below, what belongs to a pixel is in a row
        # further down but a line further to the left; to the next on the right, likewise.
        steps = layout.HH * layout.WW * size, s * layout.WW * size - layout.line, s * size - 1, 1
        steps = [step * self.numbers.itemsize for step in steps]
        for phase in layout.phases:
            start = layout.reach + phase.first * size + phase.before
            shape = layout.C, *phase.count, self.sums.shape[1]
            parts = as_strided(self.numbers[start:], shape, steps, writeable=False)
            np.add.reduce(parts, axis=(1, 2), out=self.sums)
            cells = self._cells(self.sums)
            images[phase.pixels] = cells[phase.cells][:, : images.shape[1]]

    def _cells(self, numbers):
        """Return numbers (C, n cells) as a view (C, n, lines, line)."""
        return numbers.reshape(self.layout.C, self.n, self.layout.lines, self.layout.line)

    def _cut(self):
        """Set to zero what is out of the images."""
        layout = self.layout
        shape = layout.C, layout.HH, layout.WW, self.n, layout.OH, layout.line
        windows = self.matrix.reshape(shape)
        for index in layout.outside:
            windows[index] = 0
