"""Grade into a copy, to see which grades would change: ``course grade --rehearse``."""

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import nbformat

from . import jobs
from . import nbgrader_calls as nbgrader
from .grade import alone, grade, students
from .paths import temporary_course


def rehearse(course, name, only=None, workers=0, scheduler="", force=False):
    """Grade into a copy, and return every grade that would change.

    Parameters are those of `grade`.

    Returns
    -------
    list of tuple
        (student, cell, points before, points after, why); None stands for "waits for a person".
    """
    names = only or students(course, name)
    options = {"cell_timeout": course.cell_timeout, "trusted": course.trusted}
    with temporary_course(**options) as copy:
        with alone(course):
            _copy_for_rehearsal(course, copy, name, names)
        nbgrader.generate(copy, name)
        rows = {row.student: row for row in grade(copy, name, names, workers, scheduler, force)}
        changed = []
        for student in names:
            before = nbgrader.scores(course, name, student)
            after = nbgrader.scores(copy, name, student)
            told = _told(copy, name, student)
            for cell in sorted(before.keys() | after.keys()):
                old, new = (found.get(cell, (None, 0))[0] for found in (before, after))
                if old != new:
                    why = rows[student].problem or told.get(cell, "")
                    changed.append((student, cell, old, new, why))
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
    # SQLite's own copy is whole, whatever another process does, or a killed one has left.
    old, new = sqlite3.connect(course.gradebook), sqlite3.connect(copy.gradebook)
    with closing(old), closing(new):
        old.backup(new)


def _neither_file_nor_link(folder, names):
    kinds = (stat.S_ISREG, stat.S_ISDIR, stat.S_ISLNK)
    modes = {name: os.lstat(Path(folder, name)).st_mode for name in names}
    return [name for name, mode in modes.items() if not any(kind(mode) for kind in kinds)]


def _told(course, name, student):
    """Return why each hidden test of a graded submission failed, by cell."""
    path = course.notebook("autograded", name, student)
    if not path.is_file():
        return {}
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    return {
        jobs.name_of(cell): cell.metadata.get("workbook", {}).get("verdict", {}).get("message", "")
        for cell in notebook.cells
        if jobs.is_test(cell)
    }
