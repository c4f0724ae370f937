"""How the outcome of training depends on one setting, for one kind of net or for several."""

import numpy as np

from .curves import LEGEND_COLUMNS
from .figure import PALETTE, WIDTH, DescribedFigure, percent, styled

DASHES = ("-", "--", ":", "-.", (0, (3, 1, 1, 1, 1, 1)))  # the runs differ in grey too


@styled
def sweep(setting, values, outcomes, log=True):
    """Draw outcomes of training over the values of one setting.

    Parameters
    ----------
    setting : str
        Its name, with the unit if it has one.
    values : sequence of float, shape (V,)
        In rising order; above 0 on a logarithmic axis.
    outcomes : dict of str to dict of str to sequence of float
        For each quantity, such as "loss (nats)", and each run, such as "batch norm", one number
        per value. A quantity whose name holds "accuracy" is drawn in percent, from 0 to 1. What is
        not finite leaves a gap.
    log : bool
        Draw the setting on a logarithmic axis.

    Returns
    -------
    DescribedFigure
        One panel per quantity.

    Raises
    ------
    ValueError
        If there is nothing to draw, too many runs, or a run has another number of outcomes than
        there are values.
    """
    values = np.asarray(values, dtype=float)
    runs = list(next(iter(outcomes.values()), {}))
    if not runs or len(runs) > len(PALETTE):
        raise ValueError(f"{len(runs)} runs; give 1 to {len(PALETTE)} for each quantity")
    for quantity, lines in outcomes.items():
        for run, line in lines.items():
            if np.shape(line) != values.shape:
                raise ValueError(
                    f"{quantity}, {run}: shape {np.shape(line)} for {values.size} values"
                )
    fig = DescribedFigure(figsize=(WIDTH, 3.2), layout="constrained")
    axes = fig.subplots(1, len(outcomes), squeeze=False)[0]
    for ax, (quantity, lines) in zip(axes, outcomes.items(), strict=True):
        for number, (run, line) in enumerate(lines.items()):
            look = {"color": PALETTE[number], "linestyle": DASHES[number], "marker": "o"}
            line = np.asarray(line, dtype=float)
            ax.plot(values, np.where(np.isfinite(line), line, np.nan), label=run, ms=3, **look)
        accuracy = "accuracy" in quantity
        ax.set(xlabel=setting, ylabel=f"{quantity} (%)" if accuracy else quantity)
        ax.set_xscale("log" if log else "linear")
        if accuracy:
            ax.yaxis.set_major_formatter(percent)
        ax.grid(True)
    handles, labels = axes[0].get_legend_handles_labels()
    fig.legend(handles, labels, loc="outside lower center", ncols=LEGEND_COLUMNS)
    fig.alt = _describe(setting, values, outcomes)
    return fig


def _describe(setting, values, outcomes):
    facts = []
    for quantity, lines in outcomes.items():
        for run, line in lines.items():
            line = np.asarray(line, dtype=float)
            if not np.isfinite(line).any():
                facts.append(f"{quantity}, {run}: never finite.")
                continue
            low, high = np.nanargmin(line), np.nanargmax(line)
            facts.append(
                f"{quantity}, {run}: lowest {line[low]:.3g} at {values[low]:.3g},"
                f" highest {line[high]:.3g} at {values[high]:.3g}."
            )
    return f"Outcomes over {values.size} values of {setting}. " + " ".join(facts)
