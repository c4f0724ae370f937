"""A tape of operations as a graph: arrays in boxes, operations in ovals, weights above them."""

import re

import numpy as np
from matplotlib.patches import Ellipse, FancyArrowPatch, FancyBboxPatch

from .figure import TRAIN, VALIDATION, WIDTH, DescribedFigure, styled

ACROSS = 4  # operations in a row of the picture
STEP, ROW = 2.6, 3.0  # from one operation to the next, and from row to row
BOX, OVAL = (1.16, 0.92), (1.0, 0.74)  # width and height, in the same units


@styled
def tape_graph(inputs, steps, input_gradient=None):
    """Draw what a gradient tape has recorded.

    Parameters
    ----------
    inputs : ndarray, shape (B, ...)
        What the first operation was given.
    steps : list of dict
        One for each operation, in the order of the calls: ``operation``, its name; ``output``,
        ndarray or number; ``gradient``, that of the loss with respect to the output, or None;
        ``weights``, a list of (weight, gradient or None).
    input_gradient : ndarray, optional
        Gradient of the loss with respect to ``inputs``.

    Returns
    -------
    DescribedFigure
        Each array shows its shape, its value or that of its mean, and the Euclidean norm of its
        gradient; blue arrows run forwards, and red numbers come back.

    Raises
    ------
    ValueError
        If there are no steps.
    """
    if not steps:
        raise ValueError("the tape is empty; call layers inside `with GradientTape() as tape:`")
    rows = -(-len(steps) // ACROSS)
    fig = DescribedFigure(figsize=(WIDTH, 0.1 + 1.75 * rows), layout="constrained")
    ax = fig.subplots()
    ax.set(xlim=(-0.7, ACROSS * STEP + 0.7), ylim=(-ROW * rows + 2.1, 2.05), aspect="equal")
    ax.axis("off")
    _array(ax, (0, 0), "input", inputs, input_gradient)
    for number, step in enumerate(steps):
        row, column = divmod(number, ACROSS)
        x, y = column * STEP, -ROW * row
        if number and column == 0:  # the last array of the row above, once more
            _array(ax, (x, y), "from above", steps[number - 1]["output"], None)
        _operation(ax, (x + STEP / 2, y), step)
        last = "loss" if number == len(steps) - 1 else "output"
        _array(ax, (x + STEP, y), last, step["output"], step["gradient"])
        _arrow(ax, (x + BOX[0] / 2, y), (x + STEP / 2 - OVAL[0] / 2, y))
        _arrow(ax, (x + STEP / 2 + OVAL[0] / 2, y), (x + STEP - BOX[0] / 2, y))
    fig.alt = _describe(inputs, steps, input_gradient)
    return fig


def _array(ax, centre, name, values, gradient):
    (x, y), (width, height) = centre, BOX
    corner = (x - width / 2, y - height / 2)
    ax.add_patch(
        FancyBboxPatch(
            corner, width, height, boxstyle="round,pad=0,rounding_size=0.1",
            facecolor="#f2f2f2", edgecolor="#666666",
        )
    )  # fmt: skip
    ax.text(x, y, f"{name}\n{_shape(values)}\n{_value(values)}", ha="center", va="center", size=7)
    if gradient is not None:
        below = y - height / 2 - 0.08
        ax.text(x, below, _norm(gradient), ha="center", va="top", size=7, color=VALIDATION)


def _operation(ax, centre, step):
    x, y = centre
    ax.add_patch(Ellipse(centre, *OVAL, facecolor="#d6e9f5", edgecolor=TRAIN))
    name = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", "\n", step["operation"])  # MeanSquaredError is long
    ax.text(x, y, name, ha="center", va="center", size=6.5, linespacing=0.95)
    for k, (weight, gradient) in enumerate(step["weights"]):
        # The weights of one operation stand side by side above it.
        place = x + (k - (len(step["weights"]) - 1) / 2) * 1.2
        told = f"weight\n{_shape(weight)}\n{_value(weight)}"
        ax.text(place, y + 0.98, told, ha="center", va="bottom", size=6.5)
        if gradient is not None:
            ax.text(
                place, y + 0.94, _norm(gradient), ha="center", va="top", size=6.5, color=VALIDATION
            )
        _arrow(ax, (place, y + 0.66), (x + 0.3 * (place - x), y + OVAL[1] / 2))


def _arrow(ax, start, end):
    ax.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=8, color=TRAIN))


def _shape(values):
    return str(np.shape(values)) if np.ndim(values) else "a number"


def _value(values):
    return f"{float(values):.3g}" if np.ndim(values) == 0 else f"mean {np.mean(values):.2g}"


def _norm(gradient):
    return f"|grad| {np.linalg.norm(gradient):.2g}"


def _describe(inputs, steps, input_gradient):
    facts = [f"Input {_shape(inputs)}, {_value(inputs)}."]
    for step in steps:
        gradient = step["gradient"]
        told = "" if gradient is None else f", {_norm(gradient)}"
        weights = [
            f"{_shape(w)}" + ("" if g is None else f", {_norm(g)}") for w, g in step["weights"]
        ]
        held = f" with weights ({'; '.join(weights)})" if weights else ""
        facts.append(
            f"{step['operation']}{held} gives {_shape(step['output'])},"
            f" {_value(step['output'])}{told}."
        )
    if input_gradient is not None:
        facts.append(f"At the input, {_norm(input_gradient)}.")
    return f"Graph of {len(steps)} recorded operations. " + " ".join(facts)
