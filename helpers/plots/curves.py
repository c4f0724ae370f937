"""Curves of training: loss and accuracy by epoch, loss by iteration."""

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from .figure import PALETTE, TRAIN, VALIDATION, WIDTH, DescribedFigure, percent, styled

MARKERS = "osD^v"  # one shape for each time that the palette has been used up
LEGEND_COLUMNS = 3


@styled
def loss_and_accuracy(histories, first_epoch=1, loss_unit="nats", log_loss=False):
    """Draw loss and accuracy by epoch, for one run or for several.

    Parameters
    ----------
    histories : dict of str to dict
        For each run any of ``train_loss``, ``validation_loss``, ``train_accuracy`` and
        ``validation_accuracy``: one number per epoch, accuracies from 0 to 1. Other keys are
        ignored. A loss that is nan or infinite leaves a gap and is noted.
    first_epoch : int
        Number of the first epoch; 0 if the first value was measured before training.
    loss_unit : str
        What the loss is measured in: "nats" for cross-entropy.
    log_loss : bool
        Draw the loss on a logarithmic scale.

    Returns
    -------
    DescribedFigure
        One panel for the loss and one for the accuracy, or only the one that has data.

    Raises
    ------
    TypeError
        If a history is not a dict.
    ValueError
        If there is nothing to draw, too much, or an accuracy outside 0 to 1.
    """
    runs = {str(name): _read_history(name, history) for name, history in histories.items()}
    if not runs:
        raise ValueError('histories is empty; give {"a name": {"train_loss": [...], ...}}')
    if len(runs) > len(PALETTE) * len(MARKERS):
        raise ValueError(f"{len(runs)} runs are too many for one picture; use heat_map")
    keys = [key for lines in runs.values() for key in lines]
    quantities = [q for q in ("loss", "accuracy") if any(q in key for key in keys)]
    splits = [s for s in ("train", "validation") if any(s in key for key in keys)]
    handles = _epoch_legend(runs, splits, first_epoch)
    legend_rows = -(-len(handles) // LEGEND_COLUMNS)
    fig = DescribedFigure(figsize=(WIDTH, 3.3 + 0.25 * legend_rows), layout="constrained")
    axes = fig.subplots(1, len(quantities), squeeze=False)[0]
    for ax, quantity in zip(axes, quantities, strict=True):
        _draw_epochs(ax, runs, quantity, first_epoch)
        ax.set(xlabel="epoch", title=f"{quantity} by epoch", ylabel="accuracy (%)")
        if quantity == "accuracy":
            ax.yaxis.set_major_formatter(percent)
        else:
            ax.set(ylabel=f"loss ({loss_unit})", yscale="log" if log_loss else "linear")
    fig.legend(handles=handles, loc="outside lower center", ncols=LEGEND_COLUMNS)
    fig.alt = _describe_epochs(runs, quantities, first_epoch)
    return fig


def _read_history(name, history):
    """Return {"train_loss": array, ...}, checked, with nan where a loss is not finite."""
    if not isinstance(history, dict):
        raise TypeError(
            f'{name}: need a dict of lists, as in {{"a name": {{"train_loss": [...]}}}}'
        )
    keys = [f"{split}_{q}" for split in ("train", "validation") for q in ("loss", "accuracy")]
    lines = {key: np.asarray(history[key], dtype=float) for key in keys if key in history}
    if not lines:
        raise ValueError(f"{name}: found {list(history)}, need at least one of {keys}")
    for key, values in lines.items():
        if values.ndim != 1 or values.size == 0:
            raise ValueError(f"{name}: {key} has shape {values.shape}, need one number per epoch")
        if "accuracy" in key and not np.all((values >= 0) & (values <= 1) | np.isnan(values)):
            raise ValueError(f"{name}: {key} is not between 0 and 1; divide percentages by 100")
    return {key: np.where(np.isfinite(v), v, np.nan) for key, v in lines.items()}


def _line_style(split, run, runs):
    """Return the look of one line: colour and marker tell the run, dashes tell the split."""
    colour = PALETTE[run % len(PALETTE)] if runs > 1 else {"train": TRAIN}.get(split, VALIDATION)
    look = {"color": colour, "marker": MARKERS[run // len(PALETTE)], "markersize": 4}
    if split == "validation":
        return look | {"linestyle": "--", "markerfacecolor": "white", "markersize": 5}
    return look | {"linestyle": "-"}


def _draw_epochs(ax, runs, quantity, first_epoch):
    for i, (name, lines) in enumerate(runs.items()):
        for split in ("train", "validation"):
            values = lines.get(f"{split}_{quantity}", np.array([]))
            epochs = np.arange(first_epoch, first_epoch + len(values))
            look = _line_style(split, i, len(runs))
            # Markers that touch one another would hide the line.
            look["markevery"] = max(1, len(values) // 12)
            if len(values):
                ax.plot(epochs, values, label=f"{name}, {split}", **look)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.grid(True)


def _epoch_legend(runs, splits, first_epoch):
    """Return one entry per line for a single run, else one per run and one per split."""
    if len(runs) == 1:
        name, lines = next(iter(runs.items()))
        notes = {s: _gap_note(lines.get(f"{s}_loss"), "epoch", first_epoch) for s in splits}
        return [
            Line2D([], [], label=f"{name}, {s}{notes[s]}", **_line_style(s, 0, 1)) for s in splits
        ]
    handles = []
    for i, (name, lines) in enumerate(runs.items()):
        notes = [_gap_note(lines.get(f"{s}_loss"), "epoch", first_epoch) for s in splits]
        label = name + next(filter(None, notes), "")
        handles.append(Line2D([], [], label=label, **_line_style("train", i, len(runs))))
    greys = [(s, _line_style(s, 0, 1) | {"color": "#666666"}) for s in splits]
    return handles + [Line2D([], [], label=s, **look) for s, look in greys]


def _gap_note(values, what, first):
    """Return when a line first leaves the finite numbers, or nothing."""
    if values is None or np.isfinite(values).all():
        return ""
    return f" (not finite at {what} {first + int(np.argmin(np.isfinite(values)))})"


def _describe_epochs(runs, quantities, first_epoch):
    facts = []
    for name, lines in runs.items():
        last = [f"{key.replace('_', ' ')} {_number(key, v[-1])}" for key, v in lines.items()]
        epoch = first_epoch + max(len(v) for v in lines.values()) - 1
        facts.append(f"{name}: after epoch {epoch} {', '.join(last)}.")
    best = [
        (np.nanmax(v), name, first_epoch + int(np.nanargmax(v)))
        for name, lines in runs.items()
        if not np.isnan(v := lines.get("validation_accuracy", np.array([np.nan]))).all()
    ]
    if best:
        accuracy, name, epoch = max(best, key=lambda b: b[0])
        facts.append(f"Best validation accuracy: {accuracy:.1%}, {name}, epoch {epoch}.")
    count = "1 run" if len(runs) == 1 else f"{len(runs)} runs"
    return f"{' and '.join(quantities).capitalize()} by epoch, {count}. " + " ".join(facts)


def _number(key, value):
    if np.isnan(value):
        return "not finite"
    return f"{value:.1%}" if "accuracy" in key else f"{value:.3g}"


@styled
def loss_curve(losses, smooth=None, loss_unit="nats", log_loss=False):
    """Draw the loss of each iteration, with its running mean.

    Parameters
    ----------
    losses : sequence of float, shape (T,), or dict of str to such sequences
        One loss per iteration, for one run or for several. Values that are nan or infinite
        leave a gap and are noted.
    smooth : int, optional
        Iterations in the running mean, half of them on either side; 1 for none. By default a
        fiftieth of the longest run.
    loss_unit : str
        What the loss is measured in: "nats" for cross-entropy.
    log_loss : bool
        Draw the loss on a logarithmic scale.

    Returns
    -------
    DescribedFigure

    Raises
    ------
    ValueError
        If there is no loss to draw, too many runs, or `smooth` is below 1.
    """
    runs = losses if isinstance(losses, dict) else {"training": losses}
    runs = {str(name): np.asarray(values, dtype=float) for name, values in runs.items()}
    if not runs or any(v.ndim != 1 or v.size == 0 for v in runs.values()):
        shapes = {name: v.shape for name, v in runs.items()}
        raise ValueError(f"losses have shapes {shapes}; give one number per iteration")
    if len(runs) > len(PALETTE):
        raise ValueError(f"{len(runs)} runs are too many; draw at most {len(PALETTE)}")
    window = max(1, max(map(len, runs.values())) // 50) if smooth is None else smooth
    if window < 1 or window != int(window):
        raise ValueError(f"smooth is {smooth}; give a whole number of iterations, at least 1")
    fig = DescribedFigure(figsize=(WIDTH, 3.6), layout="constrained")
    ax, facts = fig.subplots(), []
    for i, (name, values) in enumerate(runs.items()):
        values = np.where(np.isfinite(values), values, np.nan)
        mean, steps = _running_mean(values, window), np.arange(1, len(values) + 1)
        look = {"color": TRAIN if len(runs) == 1 else PALETTE[i]}
        note = _gap_note(values, "iteration", 1)
        if window > 1:
            ax.plot(steps, values, alpha=0.3, linewidth=0.8, **look)
        ax.plot(steps, mean, label=name + note, marker="." if len(values) == 1 else "", **look)
        facts.append(f"{name}: from {_number('', mean[0])} to {_number('', mean[-1])}{note}.")
    trend = f", mean of {window} iterations" if window > 1 else ""
    title = f"loss by iteration{trend}" + (" (pale: each iteration)" if window > 1 else "")
    scale = "log" if log_loss else "linear"
    ax.set(xlabel="iteration", ylabel=f"loss ({loss_unit})", yscale=scale, title=title)
    if not log_loss:
        ax.ticklabel_format(axis="y", useOffset=False)  # "+2.3" above the axis is overlooked
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.grid(True)
    fig.legend(loc="outside lower center", ncols=LEGEND_COLUMNS)
    fig.alt = f"Loss by iteration{trend}. " + " ".join(facts)
    return fig


def _running_mean(values, window):
    """Return the mean of the finite ones among the `window` nearest values; nan stays nan."""
    finite = np.isfinite(values)
    # Convolved, not summed up and subtracted: one huge loss must not spoil all that follow.
    ones = np.ones(min(int(window), len(values)))
    sums = np.convolve(np.where(finite, values, 0.0), ones, mode="same")
    counts = np.convolve(finite.astype(float), ones, mode="same")
    return np.where(finite, sums / np.maximum(counts, 1), np.nan)
