"""The formulae behind ``course stats``: numbers in, numbers out (``docs/adr/0028-stats.md``)."""

from dataclasses import dataclass

import numpy as np

Z = 1.959963984540054  # the standard normal's 97.5 % quantile, for intervals of 95 %


@dataclass(frozen=True)
class Estimate:
    """A number with its 95 % interval.

    Parameters
    ----------
    value, low, high : float
    """

    value: float
    low: float
    high: float


def mean_share(shares):
    """Return the mean of shares with Wilson's score interval.

    The variance of what lies between 0 and 1 is at most p (1 - p), which is that of points that
    are given in full or not at all. So the interval is wide enough for partial points too.

    Parameters
    ----------
    shares : sequence of float
        One for each student, from 0 to 1.

    Returns
    -------
    Estimate or None
        None without students.

    References
    ----------
    Wilson, 1927, "Probable inference, the law of succession, and statistical inference", Journal
    of the American Statistical Association 22. Bhatia and Davis, 2000, "A better bound on the
    variance", American Mathematical Monthly 107.
    """
    n = len(shares)
    if not n:
        return None
    p = float(np.mean(shares))
    middle = p + Z**2 / (2 * n)
    half = Z * np.sqrt(p * (1 - p) / n + Z**2 / (4 * n**2))
    low, high = (float((middle + sign * half) / (1 + Z**2 / n)) for sign in (-1, 1))
    return Estimate(p, max(low, 0.0), min(high, 1.0))


def item_rest(item, total):
    """Return the correlation of a task's points with the points of everything else.

    The task's own points are taken off the total, because it would otherwise correlate with
    itself. For a test that is passed or not this is the point-biserial correlation.

    Parameters
    ----------
    item, total : sequence of float
        Points of each student: in the task, and in all tasks with this one.

    Returns
    -------
    Estimate or None
        With Fisher's interval. None for fewer than four students, and where all have the same
        points: then there is no correlation.

    References
    ----------
    Henrysson, 1963, "Correction of item-total correlations in item analysis", Psychometrika 28.
    Fisher, 1921, "On the 'probable error' of a coefficient of correlation deduced from a small
    sample", Metron 1.
    """
    item = np.asarray(item, dtype=float)
    rest = np.asarray(total, dtype=float) - item
    if len(item) < 4 or np.ptp(item) < 1e-9 or np.ptp(rest) < 1e-9:
        return None
    r = float(np.clip(np.corrcoef(item, rest)[0, 1], -1, 1))
    with np.errstate(divide="ignore"):  # of 1 and -1
        low, high = np.tanh(np.arctanh(r) + np.array([-Z, Z]) / np.sqrt(len(item) - 3))
    return Estimate(r, float(low), float(high))
