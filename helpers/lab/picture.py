"""The runs of a panel as a picture that stays: for a saved notebook, and for a report."""

import textwrap
from contextlib import contextmanager

import numpy as np

from ..plots.figure import PALETTE, TRAIN, VALIDATION, WIDTH, DescribedFigure, percent, styled


@contextmanager
def untouched_random_stream():
    """Give NumPy's shared stream of random numbers back as it was."""
    before = np.random.get_state()
    try:
        yield
    finally:
        np.random.set_state(before)


@styled
def draw(runs, sign=("", "")):
    """Draw loss and accuracy by step of all runs that are shown.

    Parameters
    ----------
    runs : list of curves.Run
        The last one is drawn with the loss of each step too.
    sign : tuple of str
        What is wrong with the last one, from `signs.read`.

    Returns
    -------
    plots.DescribedFigure
    """
    *earlier, present = runs
    shown = [run for run in earlier if run.visible and run.count] + [present]
    accurate = any(_accuracies(run) for run in shown)
    fig = DescribedFigure(figsize=(WIDTH, 3.4 + 0.2 * len(shown)), layout="constrained")
    axes = fig.subplots(1, 1 + accurate, squeeze=False)[0]
    for run in shown:
        colour = TRAIN if run is present else PALETTE[(run.number - 1) % len(PALETTE)]
        steps, raw, smoothed, _ = np.where(np.isfinite(run.steps.rows), run.steps.rows, np.nan).T
        if run is present:
            axes[0].plot(steps, raw, color=colour, alpha=0.3, linewidth=0.8)
        settings = ", ".join(f"{k}={v}" for k, v in run.settings.items())
        label = textwrap.fill(f"{run.name} ({settings})", 84)  # what fits on the page
        label = label.replace("$", r"\$")  # a name is no formula
        axes[0].plot(steps, smoothed, color=colour, label=label)
        for name, x, y in _accuracies(run):
            validation = name == "validation"
            axes[1].plot(
                x,
                y,
                color=VALIDATION if validation and run is present else colour,
                linestyle="--" if validation else "-",
                label=name if run is present else None,
            )
    axes[0].set(xlabel="step", ylabel="loss", title="loss by step (pale: each step)")
    if accurate:
        axes[1].set(xlabel="step", ylabel="accuracy (%)", title="accuracy by step")
        axes[1].yaxis.set_major_formatter(percent)
        axes[1].legend(loc="lower right")
    for ax in axes:
        ax.grid(True)
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=1)
    fig.alt = " ".join([*map(_described, shown), sign[1]]).strip()
    return fig


def _accuracies(run):
    """Return (name, steps, values) of each accuracy that was measured."""
    found = []
    steps, accuracy = run.steps.rows[:, 0], run.steps.rows[:, 3]
    looks = run.looks.rows if run.looks else np.empty((0, 3))
    if np.isfinite(accuracy).any():
        found.append(("train", steps, accuracy))
    elif np.isfinite(looks[:, 1]).any():
        found.append(("train", looks[:, 0], looks[:, 1]))
    if np.isfinite(looks[:, 2]).any():
        found.append(("validation", looks[:, 0], looks[:, 2]))
    return found


def _described(run):
    facts = [f"{run.name}: loss {run.first_loss:.3g} at first, {run.smoothed:.3g} (smoothed)"]
    facts.append(f"after {run.count} steps")
    if np.isfinite(run.validation):
        facts.append(f"validation accuracy {run.validation:.1%}")
    return ", ".join(facts) + "."
