"""Sum up what a class made of an assignment: task by task, and as a whole."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np

from helpers.record import NOT_ATTEMPTED, WRONG

from .measures import Estimate, item_rest, mean_share
from .reading import GRADED, HiddenTest, Task

FULL, PARTLY, NONE = "full points", "some points", "no points"
BLOCKED, LEFT_OUT = "waits for another task", "not attempted"
OUTCOMES = (FULL, PARTLY, NONE, BLOCKED, LEFT_OUT)
FEWEST = 10  # hand-ins, below which no task is judged
FAILED, SOLVED, FLAT = 0.2, 0.95, 0.2  # mean shares of points; discrimination
SHARED = 3  # students who must fail in the same words before these are shown


@dataclass(frozen=True)
class Mistake:
    """What some students did wrong in one task.

    Parameters
    ----------
    words : str
        The name of a known mistake, or what the test said, with "…" for its numbers.
    known : bool
    students : tuple of str
    """

    words: str
    known: bool
    students: tuple


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
    most = sum(
        part.points
        for task in tasks
        for part in task.tests or [task]
        if not getattr(part, "extra", False)
    )
    return Distribution(of, tuple(known), most, len(points) - len(known))


def _cells(tasks):
    return [part.name for task in tasks for part in task.tests or [task]]


def _sum(hand_in, cells):
    found = [hand_in.points.get(cell) for cell in cells]
    return None if None in found else sum(found)


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
    known = [(each, _sum(each, _cells([task]))) for each in hand_ins]
    known = [(each, points) for each, points in known if points is not None]
    outcomes = Counter(_outcome(task, each, points, task.tests) for each, points in known)
    difficulty, discrimination = _estimates(work, task, known, in_total=bool(task.tests))
    summary = {
        "of": task,
        "counted": len(known),
        "outcomes": {name: outcomes[name] for name in OUTCOMES},
        "difficulty": difficulty,
        "discrimination": discrimination,
        "mistakes": _mistakes(task, hand_ins),
        "seconds": _seconds(task, hand_ins),
    }
    return Summary(**summary, remarks=tuple(_remarks(Summary(**summary))))


def _of_test(work, task, test, hand_ins):
    known = [(each, each.points[test.name]) for each in hand_ins]
    known = [(each, points) for each, points in known if points is not None]
    outcomes = Counter(_outcome(task, each, points, [test]) for each, points in known)
    estimates = _estimates(work, test, known, in_total=True)
    return Summary(test, len(known), {name: outcomes[name] for name in OUTCOMES}, *estimates)


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


def _outcome(task, hand_in, points, tests):
    """Return how a student fared in some hidden tests of a task, or in a question."""
    if points == 0 and task.name in hand_in.untouched:
        return LEFT_OUT
    statuses = {hand_in.verdicts[test.name].get("status") for test in tests}
    if points == 0 and statuses == {NOT_ATTEMPTED}:  # its code called another TODO's stub
        return BLOCKED
    most = sum(test.points for test in tests) or task.points
    return FULL if points >= most else PARTLY if points > 0 else NONE


def _mistakes(task, hand_ins):
    """Return the known mistakes that were made; and of those who made none, what their tests said.

    Somebody who makes a known mistake in one test often fails others too, on other values.
    """
    made, known = defaultdict(list), set()
    for each in (each for each in hand_ins if task.name not in each.untouched):
        failed = [each.verdicts[test.name] for test in task.tests]
        failed = [verdict for verdict in failed if verdict.get("status") == WRONG]
        named = [verdict["mistake"] for verdict in failed if verdict["mistake"]]
        known.update(named)
        for words in dict.fromkeys(named or map(_words, failed)):
            made[words].append(each.student)
    found = [Mistake(words, words in known, tuple(made[words])) for words in made]
    return tuple(sorted(found, key=lambda each: (-len(each.students), each.words)))


def shareable(mistakes):
    """Return mistakes without what so few students' code said that it may be their own words."""
    few = [each for each in mistakes if not each.known and len(each.students) < SHARED]
    shared = [each for each in mistakes if each not in few]
    if few:
        students = dict.fromkeys(student for each in few for student in each.students)
        words = f"something else, in words that fewer than {SHARED} students share"
        shared.append(Mistake(words, False, tuple(students)))
    return tuple(shared)


def _words(verdict):
    """Return what a test said of a mistake that has no name, alike for all who made it."""
    check, colon, said = verdict["message"].partition(". Hint: ")[0].partition(": ")
    said = re.sub(r"(got .*; )?the largest difference is .*", "other values than wanted", said)
    said = re.sub(r"(?<![\w.])-?\d+(\.\d+)?(e[+-]?\d+)?", "…", said)
    return (check + colon + said)[:200]


def _seconds(task, hand_ins):
    found = [each.seconds[task.name] for each in hand_ins if task.name in each.seconds]
    return Estimate(*map(float, np.percentile(found, [50, 10, 90]))) if found else None


def _remarks(summary):
    """Yield what should be looked at, and how."""
    if summary.counted < FEWEST:
        return
    share, link = summary.difficulty.value, summary.discrimination
    if share < FAILED:
        yield (
            f"Nearly all fail: on average {share:.0%} of the points are earned. "
            + _why_failed(summary)
        )
    elif share > SOLVED:
        yield (
            f"Nearly all succeed: on average {share:.0%} of the points are earned, so it tells "
            "little about who can do it. Fine as a first step; elsewhere ask for more."
        )
    elif link is None:
        yield "Its discrimination cannot be told: all have the same points in it, or in the others."
    elif link.value < FLAT and link.low <= 0:
        yield (
            f"It does not discriminate ({link.value:.2f}, interval {link.low:.2f} to "
            f"{link.high:.2f}): who does well elsewhere does hardly better here. Look whether its "
            "tests ask for what its text explains, and whether its points can be had by guessing."
        )


def _why_failed(summary):
    if summary.share(LEFT_OUT) + summary.share(BLOCKED) > 0.5:
        return (
            "Most have not come so far: look at the time that the notebook takes, and at the "
            "tasks before this one."
        )
    if summary.mistakes and len(summary.mistakes[0].students) > summary.counted / 3:
        return (
            "One mistake stands out in the table below: explain it in class, and name it in a hint."
        )
    return (
        "No single mistake explains it: read some of the answers, and see whether the text says "
        "all that the tests want."
    )
