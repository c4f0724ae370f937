"""Checks that teach: the one way in which the notebooks compare anything.

A check names *what* is checked, takes what was *got* and what is *wanted*, and says in one line
what differs and what to do next::

    with check.todo("softmax"):
        check.close("softmax of two equal scores", softmax(np.zeros((1, 2))), [[0.5, 0.5]],
                    hint="divide each row by its own sum",
                    mistakes={"the rows are not divided by their sum": [[1.0, 1.0]]})

A failing check raises `CheckFailed`; a TODO that is still the released stub raises
`NotAttempted`, which is not the same as wrong. ``check.progress()`` shows where you stand.
"""

import textwrap
from contextlib import contextmanager

import numpy as np

from . import check_view, steps, values
from .expected import Expected, plain
from .judge import as_plain_array
from .record import NOT_ATTEMPTED, PASSED, WRONG, Record, is_stub, stub_message

__all__ = [
    "CheckFailed",
    "NotAttempted",
    "close",
    "collect",
    "equal",
    "expecting",
    "progress",
    "rng",
    "todo",
    "todos",
    "vectorised",
    "within",
]


WIDTH = 96  # characters that a message may take on a page


class CheckFailed(AssertionError):
    """A check found a wrong value. Its text is the whole message, in one line."""

    def __init__(self, record):
        super().__init__(check_view.failure_text(record))
        self.record = record

    def _render_traceback_(self):
        # IPython shows this in place of a traceback: the lines of the check are not the news. A
        # page would break a long line in the middle of a word, or cut it off.
        return textwrap.wrap(str(self), WIDTH)


class NotAttempted(CheckFailed):
    """The TODO under this check is still the released stub."""


_sinks = []  # lists that `collect` is filling, innermost last
_wants = []  # lists that `expecting` is filling, innermost last
_count = steps.counter()
_seed = [0]  # of the inputs that `rng` draws
_status = {}  # TODO -> Record, in the order of the notebook


@contextmanager
def collect():
    """Gather records in a list in place of showing them, for tests of the course.

    Yields
    ------
    list of Record
    """
    records = []
    _sinks.append(records)
    try:
        yield records
    finally:
        _sinks.pop()


@contextmanager
def expecting():
    """Gather what the checks want in a list; nothing is judged.

    For grading: this is how a reference solution is run.

    Yields
    ------
    list of Expected
    """
    wants = []
    _wants.append(wants)
    try:
        yield wants
    finally:
        _wants.pop()


def rng():
    """Return a generator of inputs for a test.

    In your notebook it draws the same numbers each time. Grading draws other ones for each
    submission, so that an answer that remembers results earns nothing.

    Returns
    -------
    numpy.random.Generator
    """
    return np.random.default_rng(_seed[0])


def seed_inputs(seed):
    """Set from which seed `rng` draws, for grading."""
    _seed[0] = seed


def _emit(record):
    if _sinks:
        _sinks[-1].append(record)
    else:
        check_view.show_record(record)
    if record.status != PASSED:
        raise (NotAttempted if record.status == NOT_ATTEMPTED else CheckFailed)(record)


def _meet(expected, get):
    """Emit the record of one check, or keep only what it wants; ``get()`` gives what it got."""
    if _wants:
        _wants[-1].append(expected)
        return
    _emit(expected.judge(values.plain(get())))


def close(name, got, want, *, hint, mistakes=None, rtol=1e-7, atol=1e-9):
    """Check that floating-point values agree within a tolerance.

    Parameters
    ----------
    name : str
        What is checked, in words.
    got : number or ndarray
        What the student's code computed.
    want : number or array_like
        The right value, in the same units.
    hint : str
        What to do when it differs. Never empty.
    mistakes : dict of str to array_like, optional
        Known mistakes: the name that the message should use, and the value that each produces.
    rtol, atol : float, optional
        Relative tolerance, and absolute tolerance in the units of ``want``.

    Raises
    ------
    CheckFailed
        With one line that says what differs and what to do.

    Examples
    --------
    >>> with collect() as records:
    ...     close("one third", 1 / 3, 0.3333333333, hint="divide 1 by 3")
    >>> records[0].status
    'passed'
    """
    want = as_plain_array(want).astype(float)
    _meet(Expected("close", name, hint, want, rtol, atol, plain(mistakes)), lambda: got)


def equal(name, got, want, *, hint, mistakes=None):
    """Check that integers, booleans or arrays of them are exactly equal.

    Parameters are those of `close`, without tolerances. Also right for "this array was not
    changed": pass the array after the call, and the copy made before it.
    """
    want = as_plain_array(want)
    _meet(Expected("equal", name, hint, want, mistakes=plain(mistakes)), lambda: got)


def within(name, got, low, high, *, hint):
    """Check that a number lies in ``[low, high]``, such as an accuracy that training must reach.

    Parameters
    ----------
    name, hint : str
        As in `close`.
    got : number
    low, high : float
        Both ends count as inside.
    """
    _meet(Expected("within", name, hint, as_plain_array([low, high])), lambda: got)


def vectorised(name, run, *, hint, small=4, large=64):
    """Check that a function works on whole arrays, with no Python loop over the samples.

    Parameters
    ----------
    name, hint : str
        As in `close`.
    run : callable
        ``run(n)`` calls the student's function on ``n`` samples.
    small, large : int, optional
        Numbers of samples to compare.

    Notes
    -----
    Counts the Python bytecodes that run, NumPy's own included. Array code runs the same number
    for 4 samples as for 64; a loop, a comprehension or ``np.vectorize`` runs some for each. A
    loop in C that calls C for each sample, such as ``list(map(math.exp, x))``, is not seen.
    ``run`` is called twice for each number of samples, and the second call is counted.
    """
    expected = Expected("vectorised", name, hint, as_plain_array([small, large]))
    _meet(expected, lambda: [_count(run, n) for n in (small, large)])


def todos(*names):
    """Declare the TODOs of this notebook, in order; `progress` lists them.

    Parameters
    ----------
    *names : str
        The ids of the TODO cells.
    """
    _status.clear()
    for name in names:
        _status[name] = Record(name, NOT_ATTEMPTED)


@contextmanager
def todo(name):
    """Run the visible checks of one TODO and remember how they end.

    Parameters
    ----------
    name : str
        The TODO's id, as in `todos`.

    Raises
    ------
    NotAttempted
        If the code under the check is still a released stub.
    CheckFailed
        From the first check that does not pass.
    """
    try:
        yield
    except CheckFailed as failure:
        _status[name] = failure.record
        raise
    except Exception as error:
        said = " ".join(str(error).split())
        if not is_stub(error):
            _status[name] = Record(name, WRONG, f"raised {type(error).__name__}: {said}")
            raise
        # The stub may be that of another function, one that this TODO calls.
        record = Record(name, NOT_ATTEMPTED, "" if said == stub_message(name) else said)
        _status[name] = record
        raise NotAttempted(record) from None
    _status[name] = Record(name, PASSED)


def progress():
    """Show which TODOs are done, wrong and not attempted, as far as their checks have run.

    Returns
    -------
    check_view.Progress
        Displays as a table in a notebook and as lines of text elsewhere.
    """
    return check_view.Progress(dict(_status))
