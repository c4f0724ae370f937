"""The page of ``course stats``: one file that needs no script, no network and no colours."""

import statistics
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from . import pictures
from .mistakes import shareable
from .outcomes import LEFT_OUT, OUTCOMES
from .remarks import FEWEST
from .summary import counted
from .work import GRADED, OLDER_TESTS, TO_A_PERSON

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "workbook_stats"
MOST_MISTAKES = 10  # of a task that the page shows; the table has all


def html(work, summaries, distributions, named=False):
    """Return the page.

    Parameters
    ----------
    work : reading.ClassWork
    summaries : list of (Summary, list of Summary)
    distributions : list of Distribution
    named : bool
        Whether students are named.

    Returns
    -------
    bytes
    """
    # What a mistake is called may hold what a student's code said: it is escaped like all else.
    environment = Environment(
        autoescape=True,
        loader=FileSystemLoader(TEMPLATES),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters |= {"percent": _percent, "estimate": _estimate, "number": _number}
    tasks = [task for task, _ in summaries]
    told = {
        "work": work,
        "today": date.today().isoformat(),
        "hand_ins": _hand_ins(work),
        "counted": len(counted(work)),
        "fewest": FEWEST,
        "distributions": [_distribution(each) for each in distributions],
        "summaries": summaries,
        "outcomes": OUTCOMES,
        "left_out": LEFT_OUT,
        "estimates": pictures.estimates(tasks),
        "fared": pictures.outcomes(tasks),
        "timed": any(task.seconds for task in tasks),
        "named": named,
        "mistakes": {task.of.name: _mistakes(work, task, named) for task in tasks},
        "people": _people(work) if named else {},
    }
    return environment.get_template("index.html.j2").render(told).encode()


def _hand_ins(work):
    """Return how many of the class handed in, and what became of it, in rows for a table."""
    states = Counter(each.state for each in work.hand_ins)
    empty = states[GRADED] - len(counted(work))
    rows = {
        "in the class": len(work.names),
        "handed in": len(work.hand_ins),
        "of these late": sum(each.late for each in work.hand_ins),
        "of these empty: nothing was written (not counted below)": empty,
        f"of these {TO_A_PERSON} (not counted below)": states[TO_A_PERSON],
        f"of these {OLDER_TESTS} (not counted below)": states[OLDER_TESTS],
        "handed in nothing": len(work.names) - len(work.hand_ins),
    }
    always = ("in the class", "handed in", "handed in nothing")
    return {name: number for name, number in rows.items() if number or name in always}


def _distribution(each):
    """Return what the page says of the points: numbers, and the picture in words and lines."""
    told = {"of": each.of, "most": each.most, "waiting": each.waiting, "number": len(each.points)}
    told["numbers"] = {}
    if each.points:
        quarters = np.quantile(each.points, [0.25, 0.5, 0.75])
        told["numbers"] = {
            "mean": statistics.mean(each.points),
            "standard deviation": statistics.pstdev(each.points),
            "lowest": each.points[0],
            "lower quartile": quarters[0],
            "median": quarters[1],
            "upper quartile": quarters[2],
            "highest": each.points[-1],
        }
        told["picture"] = pictures.histogram(each.points, each.most)
    return told


def _mistakes(work, task, named):
    """Return the rows of a task's table of mistakes, and how many more there are."""
    found = task.mistakes if named else shareable(task.mistakes)
    rows = [
        {
            "words": each.words,
            "known": each.known,
            "number": len(each.students),
            "share": len(each.students) / task.counted,
            "students": [_named(work, student) for student in each.students],
        }
        for each in found[:MOST_MISTAKES]
    ]
    return rows, len(found) - len(rows)


def _people(work):
    """Return whose work is missing, waits for a person or must be graded again, by what it is."""
    groups = {
        "handed in nothing": sorted(set(work.names) - {each.student for each in work.hand_ins})
    }
    for state in (TO_A_PERSON, OLDER_TESTS):
        groups[state] = [each.student for each in work.hand_ins if each.state == state]
    return {
        what: [_named(work, student) for student in students]
        for what, students in groups.items()
        if students
    }


def _named(work, student):
    name = work.names.get(student)
    return f"{name} ({student})" if name else student


def _percent(share):
    return f"{100 * share:.0f} %"


def _number(value):
    return f"{value:.1f}".removesuffix(".0")


def _estimate(estimate, percent=False):
    """Return a number with its interval, or a dash."""
    if estimate is None:
        return "–"
    value, low, high = estimate.value, estimate.low, estimate.high
    if percent:
        return f"{100 * value:.0f} % ({100 * low:.0f} to {100 * high:.0f})"
    return f"{value:.2f} ({low:.2f} to {high:.2f})"
