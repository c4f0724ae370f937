"""Decide whether a graded cell has earned its points, from what it left behind.

Fails closed: a cell passes only if it ran, raised nothing, and left exactly the records that its
own source declares, in order, all of them passed. No output at all earns nothing.
"""

from dataclasses import dataclass

from helpers.record import NOT_ATTEMPTED, NOT_WRITTEN, PASSED, WRONG


@dataclass(frozen=True)
class Verdict:
    """The judgement on one graded cell.

    Parameters
    ----------
    status : str
        "passed", "wrong" or "not attempted".
    message : str
        One line for the student; empty if the cell passed.
    mistake : str
        Name of the known mistake that the answer makes, or empty.
    """

    status: str
    message: str = ""
    mistake: str = ""

    @property
    def passed(self):
        return self.status == PASSED


def judge(names, records, error=None):
    """Judge one cell.

    Parameters
    ----------
    names : sequence of str
        The checks of the cell's trusted source, from `seal`.
    records : list of Record
        What its checks left.
    error : tuple of (str, str), optional
        Type and text of the exception that ended the cell.

    Returns
    -------
    Verdict
    """
    for record in records:
        if record.status != PASSED:
            return Verdict(record.status, f"{record.name}: {record.message}", record.mistake)
    if error is not None:
        kind, said = error
        if kind == "NotImplementedError" and NOT_WRITTEN in said:
            return Verdict(NOT_ATTEMPTED, said)
        return Verdict(WRONG, f"the code stopped with {kind}" + (f": {said}" if said else ""))
    left = [record.name for record in records]
    if not left:
        return Verdict(WRONG, "this test did not run")
    if left != list(names):
        return Verdict(WRONG, f"this test did not run to its end ({len(left)} of {len(names)})")
    return Verdict(PASSED)


def of_test(wants, got, error=None):
    """Judge one hidden test from what its probes handed over.

    Parameters
    ----------
    wants : list of Expected
        From the run with the reference solution.
    got : list of ndarray or str
        In the order in which the probes handed them over, at most one for each of ``wants``.
    error : tuple of (str, str), optional
        As in `judge`.

    Returns
    -------
    Verdict
    """
    if len(got) > len(wants):
        return Verdict(WRONG, f"this test handed over {len(got)} values in place of {len(wants)}")
    records = [want.judge(value) for want, value in zip(wants, got, strict=False)]
    return judge([want.name for want in wants], records, error)
