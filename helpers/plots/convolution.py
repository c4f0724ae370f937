"""How one output of a convolution comes about: its window, the filter, and their sum."""

import textwrap

import numpy as np
from matplotlib.patches import Rectangle

from .figure import VALIDATION, WIDTH, DescribedFigure, styled

LINE = 88  # characters of the sum in one line


@styled
def convolution_step(x, w, b, out, *, stride, pad, row, column):
    """Draw the window of one output pixel, the filter, and the output; write out the sum.

    Parameters
    ----------
    x : ndarray, shape (H, W)
        One channel of one image; small whole numbers read best.
    w : ndarray, shape (h, k)
        One filter.
    b : float
        Its bias.
    out : ndarray, shape (H', W')
        What a convolution has computed from them. It is drawn as it is; if it is not the sum that
        is written out, the text says so.
    stride, pad : int
        Pixels from window to window, and zeros on each side.
    row, column : int
        The output pixel.

    Returns
    -------
    DescribedFigure

    Raises
    ------
    ValueError
        If ``out`` has not the shape that image, filter, stride and padding give, or has no such
        pixel.
    """
    x, w, out = (np.asarray(array, dtype=float) for array in (x, w, out))
    sizes = [1 + (n + 2 * pad - m) // stride for n, m in zip(x.shape, w.shape, strict=True)]
    if list(out.shape) != sizes:
        raise ValueError(f"out has shape {out.shape}; these settings give {tuple(sizes)}")
    if not (0 <= row < sizes[0] and 0 <= column < sizes[1]):
        raise ValueError(f"out has shape {out.shape}: no pixel at row {row}, column {column}")
    padded = np.pad(x, pad)
    top, left = row * stride, column * stride
    window = padded[top : top + w.shape[0], left : left + w.shape[1]]
    total = np.sum(window * w) + b
    shown = textwrap.fill(_written_out(window, w, b, total), LINE)
    if not np.isclose(out[row, column], total):
        shown += f"\nbut out[{row}, {column}] is {out[row, column]:g}"

    lines = shown.count("\n") + 1
    fig = DescribedFigure(figsize=(WIDTH, 3.1 + 0.17 * lines), layout="constrained")
    widths = [max(array.shape[1], 3) for array in (padded, w, out)]
    axes = fig.subplots(1, 3, width_ratios=widths)
    _draw_numbers(axes[0], padded, f"image, pad {pad}", border=pad)
    _draw_numbers(axes[1], w, f"filter, bias {b:g}")
    _draw_numbers(axes[2], out, f"output, stride {stride}")
    _frame(axes[0], left, top, w.shape[::-1], VALIDATION)
    _frame(axes[2], column, row, (1, 1), VALIDATION)
    fig.supxlabel(shown, fontsize=8, family="monospace")
    told = " ".join(shown.split("\n"))
    fig.alt = (
        f"A filter of {w.shape[0]} by {w.shape[1]} on an image of {x.shape[0]} by {x.shape[1]} with"
        f" stride {stride} and pad {pad} gives {sizes[0]} by {sizes[1]} outputs. The one at row"
        f" {row}, column {column}: {told}."
    )
    return fig


def _written_out(window, w, b, total):
    """Return the sum of products; terms whose weight is 0 are left out."""
    kept = w != 0
    terms = [
        f"{pixel:g}*({weight:g})" if weight < 0 else f"{pixel:g}*{weight:g}"
        for pixel, weight in zip(window[kept], w[kept], strict=True)
    ]
    return f"{' + '.join([*terms, f'{b:g}'])} = {total:g}"


def _draw_numbers(ax, values, title, border=0):
    height, width = values.shape
    inside = np.pad(np.ones((height - 2 * border, width - 2 * border)), border)
    ax.imshow(inside, cmap="gray", vmin=-10, vmax=1)
    size = np.clip(60 / max(height, width), 4, 9)
    for (i, j), value in np.ndenumerate(values):
        ax.text(j, i, f"{value:.3g}", ha="center", va="center", fontsize=size)
    ax.set(xlim=(-0.55, width - 0.45), ylim=(height - 0.45, -0.55))  # room for the outer lines
    ax.set_xticks(np.arange(width + 1) - 0.5, [])
    ax.set_yticks(np.arange(height + 1) - 0.5, [])
    ax.grid(True, color="#bbbbbb", linewidth=0.5)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_title(title, fontsize=9)


def _frame(ax, left, top, size, colour):
    width, height = size
    box = Rectangle((left - 0.5, top - 0.5), width, height, fill=False, edgecolor=colour)
    box.set(linewidth=2.5, clip_on=False, zorder=3)
    ax.add_patch(box)
