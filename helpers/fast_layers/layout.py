"""How padded images and columns lie in memory, so that copies between them are a few long runs.

With stride 1, a padded image is kept as one row of numbers, line after line. A line is only W + pad
long: the zeros to its right are those to the left of the next line. What all windows have at one
place (i, j) is then one run of that row, which begins at i * line + j. Windows that reach over the
end of a line are taken too; their outputs are dropped.

With a stride of s, a place in the window meets every s-th pixel of every s-th line. Sorted by what
their line and their column leave when divided by s, the pixels make s * s small images, the phases;
each place in the window meets one phase only, and meets it as with stride 1.

The channels come first everywhere: images are (C, N, H, W) here.
"""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import as_strided


class Phase(NamedTuple):
    """One of the s * s small images, for all channels and images of a batch."""

    row: int  # of the first place in the window that meets it
    column: int
    pixels: tuple  # which pixels of an image belong to it: an index
    shape: tuple  # how many they are: lines and columns
    first: int  # where in the phase's row of numbers the first of them stands


class Layout:
    """The sizes of one convolution.

    Parameters
    ----------
    x_shape : tuple
        (N, C, H, W)
    w_shape : tuple
        (F, C, HH, WW)
    stride, pad : int
    places : tuple
        At how many places the window fits: (OH, OW).

    Attributes
    ----------
    line : int
        Length of a line.
    run : int
        Windows on one image, with those that are dropped: OH * line.
    gap : int
        Zeros between the columns of two images when they are folded back.
    """

    def __init__(self, x_shape, w_shape, stride, pad, places):
        _, self.C, H, W = x_shape
        self.F, _, self.HH, self.WW = w_shape
        self.stride, (self.OH, self.OW) = stride, places
        self.K = self.C * self.HH * self.WW
        self.line = max(-(-(W + pad) // stride), self.OW)
        self.run = self.OH * self.line
        self.phases = [self._phase(i, j, H, W, pad) for i in range(stride) for j in range(stride)]
        # From where a window begins to its last place.
        reach = (self.HH - 1) // stride * self.line + (self.WW - 1) // stride
        ends = [phase.first + phase.shape[0] * self.line for phase in self.phases]
        self.length = max(*ends, self.run + reach)
        self.gap = max(reach - min(phase.first for phase in self.phases), max(ends) - self.run, 0)

    def _phase(self, row, column, H, W, pad):
        s = self.stride
        h, w = (row - pad) % s, (column - pad) % s  # the first pixel that belongs to it
        return Phase(
            row,
            column,
            pixels=(..., slice(h, None, s), slice(w, None, s)),
            shape=(len(range(h, H, s)), len(range(w, W, s))),
            first=(h + pad) // s * self.line + (w + pad) // s,
        )

    def pixels(self, runs, phase):
        """Return the pixels of runs that begin with a phase's first one: a view (..., h, w)."""
        lines, columns = phase.shape
        runs = runs[..., : lines * self.line]
        return runs.reshape(*runs.shape[:-1], lines, self.line)[..., :columns]


class Unfold:
    """Copies the windows of `n` images into columns; its memory is used again for the next ones."""

    def __init__(self, layout, n, dtype):
        C, s = layout.C, layout.stride
        self.layout = layout
        self.phases = np.zeros((s, s, C, n, layout.length), dtype)  # padding stays zero
        self.windows = np.empty((C, layout.HH, layout.WW, n, layout.run), dtype)
        self.columns = self.windows.reshape(layout.K, -1)

    def __call__(self, images):
        """Return the columns, (K, n run), of at most `n` images (C, N, H, W)."""
        layout = self.layout
        for phase in layout.phases:
            i, j = phase.row, phase.column
            rows = self.phases[i, j]  # (C, n, length)
            pixels = layout.pixels(rows[..., phase.first :], phase)
            pixels[:, : images.shape[1]] = images[phase.pixels]
            windows = self.windows[:, i :: layout.stride, j :: layout.stride]
            channel, image, number = rows.strides
            steps = channel, layout.line * number, number, image, number
            windows[...] = as_strided(rows, windows.shape, steps, writeable=False)
        return self.columns


class Fold:
    """Sums columns at the pixels they were copied from; for `n` images at a time."""

    def __init__(self, layout, n, dtype):
        self.layout = layout
        self.length = n * (layout.run + layout.gap)  # of one row of columns
        # Zeros lie before, between and after the columns of the images, and stay there.
        self.numbers = np.zeros(layout.gap + (layout.K + 1) * self.length, dtype)
        self.columns = self.numbers[layout.gap :][: layout.K * self.length]
        self.columns = self.columns.reshape(layout.K, n, -1)[..., : layout.run]  # (K, n, run)
        self.sums = np.empty((layout.C, n, layout.run + layout.gap), dtype)

    def __call__(self, images):
        """Write the sums of ``self.columns`` into at most `n` images (C, N, H, W)."""
        layout, s = self.layout, self.layout.stride
        for phase in layout.phases:
            i, j = phase.row, phase.column
            # In the row of each next place, the same pixel stands one number further to the left,
            # in the next line of places one line further: a view with strides that little shorter.
            shape = layout.C, len(range(i, layout.HH, s)), len(range(j, layout.WW, s)), self.length
            steps = (
                layout.HH * layout.WW * self.length,
                s * layout.WW * self.length - layout.line,
                s * self.length - 1,
                1,
            )
            start = layout.gap + (i * layout.WW + j) * self.length + phase.first
            steps = [step * self.numbers.itemsize for step in steps]
            view = as_strided(self.numbers[start:], shape, steps, writeable=False)
            np.add.reduce(view, axis=(1, 2), out=self.sums.reshape(layout.C, -1))
            pixels = layout.pixels(self.sums, phase)
            images[phase.pixels] = pixels[:, : images.shape[1]]
