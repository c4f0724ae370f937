"""Collect: what counts is worked out from all attempts that are kept, and from nothing else.

So the same files may be collected again, in any order and in parts, and the result is the same.
"""

import datetime
import re
from dataclasses import dataclass, field

from helpers import handin

from .. import nbgrader_calls
from ..grade import alone, students
from . import attempts, contents, owners
from .found import find

COPY = r"(?: ?\(\d+\)|-\d+)?"  # what browsers and platforms add to a second copy
UNCLAIMED = "unclaimed"  # in attempts/: of whom, or of what, nobody can tell


@dataclass
class Collected:
    """What became of the files of one assignment.

    Parameters
    ----------
    name : str
    due : datetime or None
    new, again : int
        Files that were not, and that were collected before.
    changed : list of str
        Students of whom another attempt counts now.
    renamed, bare : dict of str to str
        Student and file: under another name than it was made with; without a receipt.
    look : list of tuple
        (student or "", file, why a person has to look).
    late : dict of str to timedelta
    missing : list of str
    """

    name: str
    due: datetime.datetime | None = None
    new: int = 0
    again: int = 0
    changed: list = field(default_factory=list)
    renamed: dict = field(default_factory=dict)
    bare: dict = field(default_factory=dict)
    look: list = field(default_factory=list)
    late: dict = field(default_factory=dict)
    missing: list = field(default_factory=list)


def collect(course, path, name="", due=None, before_due=False, roster=None):
    """Collect the files under a path.

    Parameters
    ----------
    course : paths.Course
    path : Path
        A folder or a zip of what was handed in, or one handed-in file.
    name : str, optional
        Collect this assignment only; files that do not say their own are taken for it.
    due : datetime, optional
        With a zone; default: what the gradebook says.
    before_due : bool, optional
        Whether the last attempt before it counts, if there is one, in place of the last.
    roster : dict of str to owners.Listed, optional
        The students of the class; default: those of the gradebook.

    Returns
    -------
    list of Collected
        One for each assignment of which there was a file, and one without a name if there were
        files that belong to none.

    Raises
    ------
    FileNotFoundError
        If there is no such path or assignment.
    grade.Busy
        If the class is being graded.
    """
    with alone(course):
        run = _Run(course, name, due, before_due, roster)
        for found in find(path):
            run.take(found)
        return [run.settled(one) for one in run.collected.values()]


class _Run:
    """One collection."""

    def __init__(self, course, name, due, before_due, roster):
        self.course, self.due, self.before_due = course, due, before_due
        self.assignments = [text.stem for text in course.texts()]
        if name and name not in self.assignments:
            raise FileNotFoundError(
                f"{name}: no such assignment; there are: {', '.join(self.assignments)}"
            )
        self.name = name
        self.is_whole = roster is not None  # the gradebook may know only whom it has graded
        if roster is None:
            there = nbgrader_calls.has_gradebook(course)
            listed = nbgrader_calls.students(course) if there else []
            roster = {student: owners.Listed(student) for student in listed}
        self.roster = roster
        self.collected = {}
        self.uploaders = {}  # (assignment, student) -> the platform's number of who handed in
        if name:
            self._of(name)

    def _of(self, name):
        if name not in self.collected:
            due = self.due or _due(self.course, name)
            self.collected[name] = Collected(name, due)
        return self.collected[name]

    def take(self, found):
        """Keep one found file, and note what is to be said of it."""
        held = self._read(found)
        mine = held.assignment or self.name
        if self.name and mine != self.name:
            return  # of another assignment, which is not asked for
        report = self._of(mine)
        claimed = held.student or _in_its_name(found.name, mine)
        whose = owners.owner(found.trail, claimed, self.roster, self.is_whole)
        problem = found.problem or held.problem or whose.problem
        if not mine:
            problem = found.problem or held.problem or "nobody can tell of which assignment it is"
        if problem:
            report.look.append((whose.student, found.where, problem))
        if found.data:
            self._keep(report, found, held, whose, problem)

    def _read(self, found):
        if found.problem or not found.data:
            return contents.Contents()
        if found.is_notebook:
            return contents.of_notebook(found.data, found.name, self.assignments)
        return contents.of_hand_in(found.data, found.name, self.assignments)

    def _keep(self, report, found, held, whose, problem):
        time, known = whose.time or held.time or found.when, bool(report.name and whose.student)
        about = {
            "time": time and time.astimezone(attempts.UTC).isoformat(),
            "sure": whose.time is not None,
            "from": found.trail,
            "problem": problem,
        }
        folder, files = (UNCLAIMED, report.name or "-"), {}
        if known:
            folder = (report.name, whose.student)
            self._note(report, found, held, whose.student)
        if known and held.notebook:
            files = {f"{report.name}.ipynb": held.notebook, **held.files}
        kind = ".ipynb" if found.is_notebook else ".zip"
        if attempts.keep(self.course, *folder, found.data, kind, files, about):
            report.new += 1
        else:
            report.again += 1

    def _note(self, report, found, held, student):
        """Note another name than the file was made with, a lacking receipt, another's hand-in."""
        wanted = handin.file_name(report.name, held.student or student)
        if found.is_notebook:
            wanted = f"{report.name}.ipynb"
            report.bare[student] = found.where
        stem, _, ending = wanted.rpartition(".")
        if not re.search(rf"{re.escape(stem)}{COPY}\.{ending}$", found.name, re.IGNORECASE):
            report.renamed[student] = found.where
        if number := owners.uploader(found.trail):
            before = self.uploaders.setdefault((report.name, student), number)
            if before != number:
                why = f"handed in as {student} by two people (the platform's {before} and {number})"
                report.look.append((student, found.where, why))

    def settled(self, report):
        """Lay what counts of each student, and note who is late and who is missing."""
        if not report.name:
            return report
        root = self.course.attempts / report.name
        there = sorted(folder.name for folder in root.glob("*") if folder.is_dir())
        for student in there:
            attempts.adopt(self.course, report.name, student)
            counting = self._counting(attempts.of(self.course, report.name, student), report.due)
            if counting is None:
                continue
            if attempts.lay(self.course, report.name, student, counting):
                report.changed.append(student)
            if report.due and counting.time and counting.time > report.due:
                report.late[student] = counting.time - report.due
        folded = [student.casefold() for student in there]
        for student in there:
            if folded.count(student.casefold()) > 1:
                why = "there is another student whose id differs only in capitals"
                report.look.append((student, "", why))
        handed_in = {*there, *students(self.course, report.name)}
        report.missing = sorted(set(self.roster) - handed_in)
        return report

    def _counting(self, found, due):
        """Return the attempt that counts: nbgrader's own rule for collecting."""
        if due and self.before_due:
            found = [one for one in found if one.time and one.time <= due] or found
        return found[-1] if found else None


def _due(course, name):
    if not name or not nbgrader_calls.has_gradebook(course):
        return None
    return owners.moment(nbgrader_calls.due(course, name), attempts.UTC)


def _in_its_name(name, assignment):
    """Return the student in the name of a file that `helpers.submit` made, or ""."""
    match = re.search(rf"{re.escape(assignment)}-(.+?){COPY}\.zip$", name)
    student = match[1] if match and assignment else ""
    return student if handin.STUDENT.fullmatch(student) else ""
