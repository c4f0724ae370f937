"""What a check wants: the wanted value, its tolerances, the known mistakes and the hint.

In a student's notebook a check holds what it got against this at once. When a class is graded the
two never meet in one process: what is wanted stays outside the place where student code runs.
"""

from dataclasses import dataclass, field

import numpy as np

from . import values
from .judge import as_plain_array, difference, matches, show
from .record import PASSED, WRONG, Record

KINDS = ("close", "equal", "vectorised", "within")


@dataclass(frozen=True, eq=False)
class Expected:
    """One check without the value that it is to judge.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    name, hint : str
        What is checked, and what to do when it differs.
    want : ndarray
        The right value of "close" and "equal"; the lowest and the highest of "within"; the two
        numbers of samples of "vectorised".
    rtol, atol : float
    mistakes : dict of str to ndarray
    """

    kind: str
    name: str
    hint: str
    want: np.ndarray
    rtol: float = 0.0
    atol: float = 0.0
    mistakes: dict = field(default_factory=dict)

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"kind {self.kind!r}: one of {', '.join(KINDS)}")
        if not self.hint:
            raise ValueError(f"check {self.name!r}: a check needs a hint")

    def judge(self, got):
        """Judge what a check got.

        Parameters
        ----------
        got : ndarray or str
            A plain array (of "vectorised": the steps for each number of samples), or what the
            value was in place of one.

        Returns
        -------
        Record
        """
        problem = f"got {got}" if isinstance(got, str) else self._problem(got)
        if not problem:
            return Record(self.name, PASSED)
        named = "" if isinstance(got, str) else self._mistake(got)
        message = f"{named} ({problem})" if named else problem
        return Record(self.name, WRONG, f"{message}. Hint: {self.hint}", named)

    def _problem(self, got):
        if self.kind == "within":
            if got.ndim:
                return f"got an array of shape {got.shape}, wanted one number"
            low, high = self.want
            if low <= got <= high:
                return ""
            return f"got {show(got)}, wanted a value from {low:g} to {high:g}"
        if self.kind == "vectorised":
            few, many = self.want
            # A sample costs a loop three bytecodes, and a lambda two, at the least; a branch that
            # is taken once costs a handful.
            if got.shape == (2,) and got[1] - got[0] <= many - few and got[0] > 0:
                return ""
            return f"{got.flat[-1]} Python steps for {many} samples, {got.flat[0]} for {few}"
        return difference(got, self.want, self.rtol, self.atol)

    def _mistake(self, got):
        return next(
            (
                name
                for name, value in self.mistakes.items()
                if matches(got, value, self.rtol, self.atol)
            ),
            "",
        )

    def to_json(self):
        """Return the expectation as a dict that JSON can hold."""
        return {
            "kind": self.kind,
            "name": self.name,
            "hint": self.hint,
            "want": values.to_json(self.want),
            "rtol": self.rtol,
            "atol": self.atol,
            "mistakes": {name: values.to_json(value) for name, value in self.mistakes.items()},
        }

    @classmethod
    def from_json(cls, data):
        """Read what `to_json` made."""
        mistakes = {name: values.from_json(value) for name, value in data["mistakes"].items()}
        return cls(**{**data, "want": values.from_json(data["want"]), "mistakes": mistakes})


def plain(mistakes):
    """Return the known mistakes of a check as plain arrays."""
    return {name: as_plain_array(value) for name, value in (mistakes or {}).items()}
