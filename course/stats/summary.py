"""Sum up what a class made of an assignment: task by task, and as a whole."""

from collections import Counter
from dataclasses import dataclass, replace

import numpy as np

from .measures import Estimate, item_rest, mean_share
from .mistakes import made
from .outcomes import OUTCOMES, outcome
from .remarks import remarks
from .work import GRADED, HiddenTest, Task


@dataclass(frozen=True)
class Summary:
    """The numbers of one task or of one hidden test.

    Parameters
    ----------
    of : Task or HiddenTest
    counted : int
        Students who count: whose points are known.
    outcomes : dict of str to int
        Students by `OUTCOMES`.
    difficulty, discrimination : Estimate or None
        See `mean_share` and `item_rest`.
    mistakes : tuple of Mistake
        The most frequent first; of a task only.
    seconds : Estimate or None
        Median of how long checks and tests ran, from the 10th to the 90th percentile; of a TODO.
    remarks : tuple of str
        What should be looked at, and how; of a task only.
    """

    of: Task | HiddenTest
    counted: int
    outcomes: dict
    difficulty: Estimate | None
    discrimination: Estimate | None
    mistakes: tuple = ()
    seconds: Estimate | None = None
    remarks: tuple = ()

    def share(self, outcome):
        """Return the share of students with an outcome; 0 where nobody counts."""
        return self.outcomes[outcome] / max(self.counted, 1)


def counted(work):
    """Return the hand-ins that count: graded with today's tests, and not empty."""
    names = {task.name for task in work.tasks}
    return [each for each in work.hand_ins if each.state == GRADED and each.untouched != names]


@dataclass(frozen=True)
class Distribution:
    """How many points the class has.

    Parameters
    ----------
    of : str
        "TODOs", or "TODOs and questions".
    points : tuple of float
        Of each whose points are known, from low to high; empty notebooks have 0.
    most : float
        What can be reached, without extra credit.
    waiting : int
        Students who are left out because an answer of theirs waits for a person.
    """

    of: str
    points: tuple
    most: float
    waiting: int


def distributions(work):
    """Return the distribution of the points of all TODOs and, if there are questions, of all."""
    todos = [task for task in work.tasks if task.tests]
    found = [_distribution(work, "TODOs", todos)] if todos else []
    if len(todos) < len(work.tasks):
        found.append(_distribution(work, "TODOs and questions", work.tasks))
    return found


def _distribution(work, of, tasks):
    graded = [each for each in work.hand_ins if each.state == GRADED]
    points = [_sum(each, _cells(tasks)) for each in graded]
    known = sorted(each for each in points if each is not None)
    most = sum(test.points for task in tasks for test in task.tests if not test.extra)
    most += sum(task.points for task in tasks if not task.tests)
    return Distribution(of, tuple(known), most, len(points) - len(known))


def summaries(work):
    """Return a summary for each task, with those of its hidden tests.

    Parameters
    ----------
    work : reading.ClassWork

    Returns
    -------
    list of (Summary, list of Summary)
    """
    hand_ins = counted(work)
    return [
        (
            _of_task(work, task, hand_ins),
            [_of_test(work, task, test, hand_ins) for test in task.tests],
        )
        for task in work.tasks
    ]


def _of_task(work, task, hand_ins):
    known = _known(hand_ins, _cells([task]))
    who = [each for each, _ in known]
    summary = Summary(
        task,
        len(known),
        _outcomes(task, known, task.tests),
        *_estimates(work, task, known, in_total=bool(task.tests)),
        mistakes=made(task, who),
        seconds=_seconds(task, who),
    )
    return replace(summary, remarks=tuple(remarks(summary)))


def _of_test(work, task, test, hand_ins):
    known = _known(hand_ins, [test.name])
    estimates = _estimates(work, test, known, in_total=True)
    return Summary(test, len(known), _outcomes(task, known, [test]), *estimates)


def _known(hand_ins, cells):
    """Return whose points in some cells are known, and these."""
    found = [(each, _sum(each, cells)) for each in hand_ins]
    return [(each, points) for each, points in found if points is not None]


def _outcomes(task, known, tests):
    found = Counter(outcome(task, each, points, tests) for each, points in known)
    return {name: found[name] for name in OUTCOMES}


def _estimates(work, of, known, in_total):
    """Return difficulty and discrimination of a task or test.

    Parameters
    ----------
    known : list of (HandIn, float)
        Who counts, and their points.
    in_total : bool
        Whether these points are part of those of all TODOs, as a question's are not.
    """
    shares = [min(points / of.points, 1.0) for _, points in known]
    todos = _cells(task for task in work.tasks if task.tests)
    rows = [(points, _sum(each, todos)) for each, points in known]
    rows = [(points, total) for points, total in rows if total is not None]
    item = [points for points, _ in rows]
    total = [total if in_total else total + points for points, total in rows]
    return mean_share(shares), item_rest(item, total)


def _seconds(task, hand_ins):
    wrote = [each for each in hand_ins if task.name not in each.untouched]
    found = [each.seconds[task.name] for each in wrote if task.name in each.seconds]
    return Estimate(*map(float, np.percentile(found, [50, 10, 90]))) if found else None


def _cells(tasks):
    return [part.name for task in tasks for part in task.tests or [task]]


def _sum(hand_in, cells):
    found = [hand_in.points.get(cell) for cell in cells]
    return None if None in found else sum(found)
