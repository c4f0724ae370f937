"""How images and columns lie in memory, so that copies between them are a few long runs.

Take a convolution with stride 1 that keeps the size of the images. Number the pixels of an image in
reading order, and its windows likewise. What window q has at its place (i, j) is then pixel
q + shift, with one shift for all windows: on images of 4 x 4, with 3 x 3 windows and a padding of
1, the shift is -5 at place (0, 0), 0 at (1, 1) and 5 at (2, 2). So a row of the matrix of columns
is a copy of the whole image, moved by `shift`. Only where a window reaches out of the image does
that copy hold a pixel of another line, and these few numbers are set to zero. Several images, one
after another, make one run in the same way.

The way back is the same: the gradient of pixel p is the sum, over all places, of the gradients in
the columns at p - shift. In memory these stand at equal distances, so the sum over all places of
all pixels is a single sum over a strided view.

Where a line holds more windows than pixels, or fewer, both are numbered in lines of the larger
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
    before: int  # by how many cells this first place lies before the window's own cell


class Layout:
    """The sizes of one convolution. A cell is a number that both a window and a pixel can have.

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
        Numbers in a window, C * HH * WW.
    lines, line : int
        Down and across, the larger of the windows and the pixels of a phase.
    cells : int
        Of an image: lines * line.
    run : int
        Cells of the lines that hold windows: OH * line.
    reach : int
        From a window's own cell to its furthest place, at most.
    outside : list of tuple
        Indices in (C, HH, WW, n, OH, line) of what lies out of the images.
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
        down = [(i - pad) // stride for i in range(self.HH)]  # lines from the window's own cell
        across = [(j - pad) // stride for j in range(self.WW)]
        self.reach = max(map(abs, down)) * self.line + max(map(abs, across))
        every = slice(None)
        self.outside = [
            *((every, i, ..., _out(d, self.lines), every) for i, d in enumerate(down) if d),
            *((every, every, j, ..., _out(a, self.line)) for j, a in enumerate(across) if a),
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


def _out(shift, length):
    """Return which windows of a line have a place `shift` cells further on out of the line."""
    return slice(-shift) if shift < 0 else slice(max(length - shift, 0), length)


class Columns:
    """The columns of `n` images, and the way from images to columns and back.

    Parameters
    ----------
    layout : Layout
    n : int
        More than 1 only if every line of cells holds windows.
    dtype : dtype

    Attributes
    ----------
    matrix : ndarray, shape (K, n run)
        A column for each window; the same memory for every use.
    """

    def __init__(self, layout, n, dtype):
        self.layout, self.n = layout, n
        cells = n * layout.cells
        # Only pixels are ever written here: what a run reads before and after them is zero.
        self.pixels = np.zeros((len(layout.phases), layout.C, cells + 2 * layout.reach), dtype)
        # Only columns are ever written here: what a sum reads before and after them is zero.
        self.size = cells + layout.reach  # of a row of columns and the zeros after it
        self.numbers = np.zeros(layout.reach + layout.K * self.size, dtype)
        rows = self.numbers[layout.reach :].reshape(layout.K, self.size)
        self.matrix = rows[:, : n * layout.run]
        self.sums = np.empty((layout.C, cells), dtype)

    def copy_from(self, images):
        """Copy the windows of at most `n` images (C, N, H, W) into the columns."""
        layout = self.layout
        windows = self.matrix.reshape(layout.C, layout.HH, layout.WW, -1)
        for phase, numbers in zip(layout.phases, self.pixels, strict=True):
            cells = self._cells(numbers[:, layout.reach :][:, : self.n * layout.cells])
            cells[phase.cells][:, : images.shape[1]] = images[phase.pixels]
            runs = numbers[:, layout.reach - phase.before :]
            channel, number = runs.strides
            copies = windows[phase.places]
            steps = channel, layout.line * number, number, number
            copies[...] = as_strided(runs, copies.shape, steps, writeable=False)
        self._clear_outside()

    def sum_into(self, images):
        """Write for each pixel of at most `n` images (C, N, H, W) the sum of its columns."""
        self._clear_outside()
        layout, size, s = self.layout, self.size, self.layout.stride
        # A phase's next place to the right is s rows of columns on, and its shift is one more: what
        # belongs to the same pixel stands one number earlier there. Next below: one line earlier.
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

    def _clear_outside(self):
        """Set to zero what windows have out of the images."""
        layout = self.layout
        shape = layout.C, layout.HH, layout.WW, self.n, layout.OH, layout.line
        windows = self.matrix.reshape(shape)
        for index in layout.outside:
            windows[index] = 0
