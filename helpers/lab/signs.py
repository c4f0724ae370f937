"""What goes wrong in a training run, told from its numbers, with the likely reason.

The ratio of update to weight should be about a thousandth (cs231n, notes on neural networks 3,
"Ratio of weights:updates"): much more and the run jumps about, much less and it hardly moves.
"""

import math

HEALTHY = (3e-4, 3e-3)  # update-to-weight ratio: about 1e-3
EXPLODING = 3.0  # times the loss of the first step
STILL = 1e-8  # a ratio below which nothing moves in float32
PATIENCE = 100  # steps before a run is called dead


def read(run):
    """Return what is wrong with a run and the likely reason, or ("", "").

    Parameters
    ----------
    run : curves.Run

    Returns
    -------
    kind : {"", "nan", "exploding", "dead"}
    text : str
        A sentence or two for the student.
    """
    rate, value = _learning_rate(run)
    if run.count and not math.isfinite(run.loss):
        return "nan", (
            f"The loss is {run.loss} since step {run.count}: the weights are lost. "
            + (_overflow(rate, value) if run.count > 1 else _at_once())
            + " Press Reset to begin anew."
        )
    if run.count > 1 and run.smoothed > EXPLODING * max(abs(run.first_loss), 1e-3):
        return "exploding", (
            f"The loss grows: {run.first_loss:.3g} at first, {run.smoothed:.3g} now. "
            + _overflow(rate, value)
        )
    if run.count >= PATIENCE and _dead(run):
        return "dead", _dead_text(run, rate, value)
    return "", ""


def _learning_rate(run):
    now = {**run.settings, **{name: value for _, name, value in run.changes}}
    for name, value in now.items():
        if name in ("learning_rate", "lr") and isinstance(value, (int, float)):
            return name.replace("_", " "), value
    return "", None


def _overflow(rate, value):
    if rate and value > 0:
        return (
            f"Most likely each step is too long: try a {rate} of {value / 10:.2g} in place of "
            f"{value:.2g}."
        )
    return "Most likely each step is too long: make it shorter."


def _at_once():
    return (
        "It was so in the first step, before the weights changed: look for the logarithm of 0, "
        "an exponential that overflows, or a division by 0."
    )


def _dead(run):
    if run.ratios and all(ratio < STILL for ratio in run.ratios):
        return True
    losses = run.steps.rows[-32:, 1]
    same = losses.max() - losses.min() <= 1e-5 * abs(run.loss)
    return bool(same and run.smoothed > 0.9 * run.first_loss)


def _dead_text(run, rate, value):
    if run.ratios and all(ratio < STILL for ratio in run.ratios):
        if rate and value == 0:
            return f"The weights do not move, because the {rate} is 0."
        return (
            "The weights do not move: their gradient is 0. Likely reasons: every ReLU is off "
            "(begin with other weights, and shorter steps), or the update is not written back."
        )
    return (
        f"The loss stays at {run.loss:.4g} for every batch: the scores do not depend on the "
        "images. Likely reasons: all weights began at 0, or every ReLU is off."
    )
