"""The history of a run, in a memory that does not grow."""

import math
import time

import numpy as np

CAPACITY = 512  # rows: more than a chart in a notebook has pixels for
MEMORY = 0.97  # of the smoothed curves: they average over about thirty steps
DRAG = 0.5  # seconds between two values of a slider that is being dragged, at most
MOST_CHANGES = 100


class Curve:
    """Rows of numbers, thinned out as they become many.

    Keeps every row at first. When the table is full every second row is let go, and from then on
    only every second one is taken, and so on: what is left is spread evenly over the whole run,
    and each row is one that was really measured.

    Parameters
    ----------
    columns : int
    capacity : int
        Rows that fit; even.
    """

    def __init__(self, columns, capacity=CAPACITY):
        self._rows = np.empty((capacity, columns))
        self.size = 0
        self.stride = 1
        self.offered = 0

    def offer(self, row):
        """Take a row, or pass over it because the curve is thinned out."""
        self.offered += 1
        if self.offered % self.stride:
            return
        if self.size == len(self._rows):
            self.size //= 2
            self._rows[: self.size] = self._rows[1::2]
            self.stride *= 2
            if self.offered % self.stride:
                return
        self._rows[self.size] = row
        self.size += 1

    @property
    def rows(self):
        """Return the rows that are kept, shape (size, columns)."""
        return self._rows[: self.size].copy()

    def since(self, offered):
        """Return the kept rows that were offered after the given number of them."""
        return self._rows[offered // self.stride : self.size].copy()


class Smoothed:
    """An exponential mean in which the first values are not drawn towards 0."""

    def __init__(self, memory=MEMORY):
        self._memory, self._sum, self._weight = memory, 0.0, 0.0

    def add(self, value):
        """Take a value and return the mean."""
        self._sum = self._memory * self._sum + (1 - self._memory) * value
        self._weight = self._memory * self._weight + (1 - self._memory)
        return self._sum / self._weight


class Run:
    """One training run: its settings, and what was measured.

    Parameters
    ----------
    number : int
        From 1; ``name`` is made from it and may be changed.
    settings : dict
        What the run began with.

    Attributes
    ----------
    steps : Curve
        Columns: step, loss, smoothed loss, smoothed training accuracy (nan without one).
    looks : Curve or None
        Columns: step, training accuracy, validation accuracy, then a ratio of update to weight
        for each of ``weights``.
    changes : list of (int, str, object)
        Step, name and value of each setting that was changed on the way.
    """

    def __init__(self, number, settings):
        self.number, self.name = number, f"run {number}"
        self.settings, self.changes = dict(settings), []
        self.visible = True
        self.steps, self.looks, self.weights = Curve(4), None, ()
        self.count, self.seconds = 0, 0.0
        self.loss = self.smoothed = self.first_loss = self.accuracy = math.nan
        self.best_validation = self.validation = math.nan
        self.ratios = ()
        self.pictures = None
        self._smooth_loss, self._smooth_accuracy = Smoothed(), Smoothed()
        self._changed = 0.0

    def add_step(self, loss, accuracy=None):
        """Write down one step."""
        self.count += 1
        self.loss = loss
        if self.count == 1:
            self.first_loss = loss
        self.smoothed = self._smooth_loss.add(loss)
        if accuracy is not None:
            self.accuracy = self._smooth_accuracy.add(accuracy)
        self.steps.offer((self.count, loss, self.smoothed, self.accuracy))

    def add_look(self, train, validation, ratios):
        """Write down what was measured beside a step.

        Parameters
        ----------
        train, validation : float
            Accuracies from 0 to 1, nan if not measured.
        ratios : dict of str to float
            Length of the step's update over the length of the weights.
        """
        if self.looks is None:
            self.weights = tuple(ratios)
            self.looks = Curve(3 + len(self.weights))
        self.ratios = tuple(ratios.get(name, math.nan) for name in self.weights)
        self.validation = validation
        self.best_validation = np.fmax(self.best_validation, validation)
        self.looks.offer((self.count, train, validation, *self.ratios))

    def add_change(self, name, value):
        """Write down that a setting was changed; one drag of a slider is one change."""
        now = time.monotonic()
        if self.changes and self.changes[-1][1] == name and now - self._changed < DRAG:
            self.changes[-1] = (self.changes[-1][0], name, value)
        else:
            self.changes.append((self.count, name, value))
            del self.changes[:-MOST_CHANGES]
        self._changed = now
