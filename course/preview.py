"""Grade into a copy, to see which grades would change: ``course grade --rehearse``."""

import os
import shutil
import stat
from pathlib import Path

import nbformat

from . import gradebook, jobs, late
from . import nbgrader_calls as nbgrader
from .grade import alone, grade, students
from .paths import temporary_course

PENALTY = "late penalty"
PENALTY_CAUSE = "the settings, the due date, an extension or points were changed"


def rehearse(course, name, only=None, workers=0, scheduler="", force=False):
    """Grade into a copy, and return every grade that would change.

    Parameters are those of `grade`.

    Returns
    -------
    list of tuple
        (student, cell, points before, points after, why); None stands for "waits for a person".
        Points that a late submission would lose stand under `PENALTY`.
    """
    names = only or students(course, name)
    options = {"cell_timeout": course.cell_timeout, "trusted": course.trusted}
    with temporary_course(**options) as copy:
        with alone(course):
            _copy_for_rehearsal(course, copy, name, names)
        nbgrader.generate(copy, name)
        rows = {row.student: row for row in grade(copy, name, names, workers, scheduler, force)}
        sources = [nbgrader.sources(where, name) for where in (course, copy)]
        penalties = [late.penalties(where.gradebook_url, [name]) for where in (course, copy)]
        changed = []
        for student in names:
            graded = [_Graded(where, name, student) for where in (course, copy)]
            scores = [one.scores for one in graded]
            for cell in sorted(scores[0].keys() | scores[1].keys()):
                old, new = (found.get(cell, (None, 0))[0] for found in scores)
                if old != new:
                    why = rows[student].problem or _why(cell, graded, sources)
                    changed.append((student, cell, old, new, why))
            old, new = (found.get((student, name), 0.0) for found in penalties)
            if old != new:
                changed.append((student, PENALTY, old, new, PENALTY_CAUSE))
    return changed


def _copy_for_rehearsal(course, copy, name, names):
    """Copy what grading one assignment reads, and the outcomes that are there already."""
    shutil.copytree(course.root / "source", copy.root / "source")
    for student in names:
        folder = Path("submitted", student, name)
        shutil.copytree(
            course.root / folder, copy.root / folder, symlinks=True, ignore=_neither_file_nor_link
        )
    if (course.grading / name).is_dir():
        done = shutil.ignore_patterns("done")
        shutil.copytree(course.grading / name, copy.grading / name, ignore=done)
    gradebook.copy(course.gradebook_url, copy.gradebook_url)


def _neither_file_nor_link(folder, names):
    kinds = (stat.S_ISREG, stat.S_ISDIR, stat.S_ISLNK)
    modes = {name: os.lstat(Path(folder, name)).st_mode for name in names}
    return [name for name, mode in modes.items() if not any(kind(mode) for kind in kinds)]


class _Graded:
    """What is known of one graded submission.

    Attributes
    ----------
    scores : dict of str to tuple
        See `nbgrader_calls.scores`.
    written : list of str or None
        What the student wrote; None if nothing was graded.
    told : dict of str to str
        Why hidden tests failed.
    """

    def __init__(self, course, name, student):
        self.scores = nbgrader.scores(course, name, student)
        self.written, self.told = None, {}
        path = course.notebook("autograded", name, student)
        if path.is_file():
            notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
            ours = [c.metadata.get("nbgrader", {}).get("locked") for c in notebook.cells]
            cells = zip(notebook.cells, ours, strict=True)
            self.written = [cell.source for cell, locked in cells if not locked]
            self.told = {
                jobs.name_of(cell): cell.metadata.get("workbook", {})
                .get("verdict", {})
                .get("message", "")
                for cell in notebook.cells
                if jobs.is_test(cell)
            }


def _asked(source):
    """Return what a cell asks; the first line of a test tells its points."""
    return source.partition("\n")[2] if source.startswith("# Hidden test, ") else source


def _why(cell, graded, sources):
    """Return why a grade would change: the cause, then what the test says."""
    (before, after), (old, new) = graded, sources
    causes = []
    if before.written is None:
        causes.append("not graded before")
    elif before.written != after.written:
        causes.append("the hand-in was changed")
    if _asked(old[cell]) != _asked(new[cell]):
        causes.append(f"the {'test' if cell in after.told else 'question'} was changed")
    most = [one.scores[cell][1] for one in graded if cell in one.scores]
    if len(set(most)) > 1:
        causes.append("it gives {1:g} points in place of {0:g}".format(*most))
    if not causes and old != new:
        causes.append("other cells were changed, and with them the hidden inputs")
    if not causes:
        causes.append("run again: limits, packages or the course's code were changed")
    return "; ".join([*causes, *filter(None, [after.told.get(cell, "")])])
