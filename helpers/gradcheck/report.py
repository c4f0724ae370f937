"""Hold a gradient against the numerical one, and say how well they agree."""

from dataclasses import dataclass

import numpy as np

from .numerical import check_input, one_number, scalar


@dataclass(frozen=True)
class GradientReport:
    """What `compare_gradients` found; ``print(report)`` says it in one line.

    Attributes
    ----------
    max_relative_error : float
        Largest ``|a - n| / (|a| + |n|)`` over the coordinates compared, where a difference that
        rounding explains counts as at most 1e-8; nan if there was none to compare, so that no
        comparison with a tolerance holds.
    worst : tuple of int or None
        Index of that coordinate.
    analytic, numerical : float
        The two values there.
    compared, kinks, zeros : int
        Coordinates compared; left out because of a kink; compared, but zero in both gradients.
    """

    max_relative_error: float
    worst: tuple[int, ...] | None
    analytic: float
    numerical: float
    compared: int
    kinks: int
    zeros: int

    @property
    def verdict(self):
        """str : The thresholds of the CS231n notes on gradient checks, in words.

        References
        ----------
        https://cs231n.github.io/neural-networks-3/#gradcheck
        """
        error = self.max_relative_error
        if self.compared == 0:
            return "nothing compared: every coordinate has a kink; use random inputs and biases"
        if self.zeros == self.compared:
            return "nothing shown: both gradients are zero; are the units dead, the weights tiny?"
        if error <= 1e-7 and self.kinks >= self.compared:
            return "good where compared, but most coordinates have a kink; use random biases"
        if error <= 1e-7:
            return "good"
        if error <= 1e-4:
            return "fine for a deep network or near kinks, too high for a smooth layer"
        if error <= 1e-2:
            return "uncomfortable: probably a small mistake"
        return "probably wrong"

    def __str__(self):
        return (
            f"{self.verdict}: relative error {self.max_relative_error:.2e} at {self.worst}"
            f" (analytic {self.analytic:.6g}, numerical {self.numerical:.6g}),"
            f" {self.compared} compared, {self.kinks} left out for a kink"
        )


def compare_gradients(f, x, analytic, h=1e-5, samples=None, seed=0, floor=None):
    """Compare an analytic gradient with central differences, leaving kinks out.

    Where `f` has a kink within `h` of `x` (a ReLU that switches on, a maximum that changes
    place), a central difference straddles two slopes and a right gradient looks wrong. Four
    slopes between x - h and x + h tell: on a smooth function they change evenly, at a kink they
    jump.

    Parameters
    ----------
    f : callable
        Takes `x` and returns one number, always the same for the same `x`. For a layer use
        ``lambda x: np.sum(layer(x) * dout)`` with a random ``dout``.
    x : ndarray, any shape, float64
        Where to compare; changed in place and put back, even if `f` raises.
    analytic : array_like, shape of x
        Gradient to check.
    h : float
        Step, in the units of `x`.
    samples : int, optional
        Compare that many coordinates drawn at random; by default all. Each takes four calls.
    seed : int
        The same seed draws the same coordinates.
    floor : float, optional
        Differences up to this count as a relative error of at most 1e-8, so that two gradients
        which are zero but for rounding agree. By default what rounding can do to a central
        difference: ten units in the last place of f, or of 1 if that is more, over h.

    Returns
    -------
    GradientReport

    Raises
    ------
    TypeError
        If `x` is not a float64 array.
    ValueError
        If the shapes differ, `f` is not one finite number, changes `x`, or is random.

    References
    ----------
    CS231n notes, https://cs231n.github.io/neural-networks-3/#gradcheck

    Examples
    --------
    >>> x = np.array([1.0, -2.0, 0.0])
    >>> report = compare_gradients(lambda x: np.sum(np.abs(x)), x, np.sign(x))
    >>> report.kinks, report.verdict
    (1, 'good')
    """
    check_input(x, h)
    analytic = np.asarray(analytic, dtype=np.float64)
    if analytic.shape != x.shape:
        raise ValueError(f"the gradient has shape {analytic.shape}, x has {x.shape}")
    here = _value_twice(f, x)
    if floor is None:
        floor = 10 * np.finfo(np.float64).eps * max(1.0, abs(here)) / h
    indices = list(np.ndindex(x.shape))
    if samples is not None and samples < len(indices):
        chosen = np.random.default_rng(seed).choice(len(indices), size=samples, replace=False)
        indices = [indices[i] for i in sorted(chosen)]
    worst, compared, kinks, zeros = (-1.0, None, np.nan, np.nan), 0, 0, 0
    for index in indices:
        around = [scalar(f, x, index, step) for step in (-h, -h / 2, h / 2, h)]
        if not np.isfinite(around).all():
            raise ValueError(f"f is not finite within {h} of x at index {index}; use other inputs")
        around.insert(2, here)
        if _has_kink(np.array(around), h):
            kinks += 1
            continue
        a, n = float(analytic[index]), (around[4] - around[0]) / (2 * h)
        compared += 1
        zeros += abs(a) <= floor and abs(n) <= floor
        worst = max(worst, (_error(a, n, floor), index, a, n), key=lambda w: w[0])
    error, index, a, n = worst
    return GradientReport(error if compared else np.nan, index, a, n, compared, kinks, int(zeros))


def _error(a, n, floor):
    if not np.isfinite(a):
        return np.inf
    error = abs(a - n) / ((abs(a) + abs(n)) or 1.0)
    return min(error, 1e-8) if abs(a - n) <= floor else error


def _has_kink(values, h):
    """Tell whether five values at x - h, x - h/2, x, x + h/2, x + h jump in slope.

    On a smooth function the change of slope is nearly the same from each interval to the next:
    its differences are of the order h**2. A kink where the slope jumps by J, at most h/2 from
    x, makes one of them at least J/3; further out they fade, as does the error that the kink
    causes in the central difference.
    """
    slopes = np.diff(values) / (h / 2)
    rounding = 100 * np.finfo(np.float64).eps * max(1.0, np.abs(values).max()) / h
    return np.abs(np.diff(slopes, 2)).max() > rounding + 1e-6 * np.abs(slopes).max()


def _value_twice(f, x):
    """Return f(x), after making sure that it is one fixed finite number and leaves x alone."""
    before = x.copy()
    first, second = one_number(f(x)), one_number(f(x))
    if not np.array_equal(x, before, equal_nan=True):
        x[...] = before
        raise ValueError("f changes x in place; work on a copy inside f")
    if not np.isfinite(first):
        raise ValueError(f"f(x) is {first}; a gradient needs a finite value")
    if abs(first - second) > 1e-12 * abs(first):  # threads may add up in another order
        raise ValueError(f"f(x) is {first}, then {second}; switch dropout off or fix its seed")
    return first
