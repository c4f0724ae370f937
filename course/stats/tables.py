"""The numbers of ``course stats`` as CSV, for spreadsheets and for programs."""

import csv
import io

import numpy as np

from .mistakes import shareable
from .outcomes import LEFT_OUT, OUTCOMES
from .pictures import bins

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet begins to calculate


def tasks(summaries):
    """Return a row for each task and, below it, each of its hidden tests."""
    head = ["kind", "name", "task", "points", "counted"]
    for name in ("difficulty", "discrimination", "seconds"):
        head += [name, f"{name} from", f"{name} to"]
    head += [*OUTCOMES, f"share {LEFT_OUT}", "remarks"]
    rows = []
    for task, tests in summaries:
        for each in (task, *tests):
            kind = "test" if each is not task else "TODO" if tests else "question"
            rows.append(
                [
                    *(kind, each.of.name, task.of.name, each.of.points, each.counted),
                    *_numbers(each.difficulty),
                    *_numbers(each.discrimination),
                    *_numbers(each.seconds),
                    *each.outcomes.values(),
                    round(each.share(LEFT_OUT), 4),
                    " ".join(each.remarks),
                ]
            )
    return _csv([head, *rows])


def mistakes(summaries, named):
    """Return a row for each mistake in each task; ``named``: also who made it."""
    head = ["task", "mistake", "known", "students", "share", *(["made by"] if named else [])]
    rows = []
    for task, _ in summaries:
        for each in task.mistakes if named else shareable(task.mistakes):
            count = len(each.students)
            rows.append(
                [task.of.name, each.words, "yes" if each.known else "no", count]
                + [round(count / task.counted, 4)]
                + ([" ".join(each.students)] if named else [])
            )
    return _csv([head, *rows])


def points(distributions):
    """Return how many students have how many points, in the bins of the pictures."""
    rows = [["points of", "from", "below", "students"]]
    for each in distributions:
        edges = bins(each.points, each.most)
        counts, _ = np.histogram(each.points, edges)
        rows += [[each.of, *row] for row in zip(edges, edges[1:], counts, strict=False)]
    return _csv(rows)


def _numbers(estimate):
    if estimate is None:
        return ["", "", ""]
    return [round(number, 4) for number in (estimate.value, estimate.low, estimate.high)]


def _csv(rows):
    buffer = io.StringIO(newline="")
    csv.writer(buffer).writerows([_harmless(value) for value in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")  # the mark tells Excel that it is UTF-8


def _harmless(value):
    """Return a value that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value
