"""Grade the submissions of an assignment, all cores at once, and say what became of each.

Each submission takes four steps: it is sanitised, executed in a sandbox, judged, recorded. The
first and the last two are done here, by one process, in the order of the class; meanwhile the
pool executes those that come next. What is done is on disk, so that a run that was killed, at
any moment, goes on where it was.
"""

import contextlib
import errno
import hashlib
import json
import re
from collections import deque
from dataclasses import asdict, dataclass, replace

import dateutil.parser
import nbformat
from filelock import FileLock, Timeout
from tqdm import tqdm

from . import desk, jobs, looking, nbgrader_steps
from . import nbgrader_calls as nbgrader
from .errors import CourseError
from .paths import write_in_one_move

STAMP = "timestamp.txt"
AHEAD = 4  # submissions for each worker that are sanitised before they are needed


class Busy(CourseError):
    """Another grading run is at work in this course folder."""


@dataclass(frozen=True)
class Row:
    """What became of one submission.

    Parameters
    ----------
    student : str
    points : float
        What the hidden tests gave.
    most : float
        What they could have given.
    waiting : float
        Points that wait for a person to read the answer.
    problem : str
        Why the submission needs a person; empty if it does not.
    repaired, suspicious : tuple of str
        What was repaired, and what looks like an attempt at more than an answer.
    """

    student: str
    points: float
    most: float
    waiting: float
    problem: str = ""
    repaired: tuple = ()
    suspicious: tuple = ()


def students(course, name):
    """Return who has handed in something for an assignment, in order."""
    found = (course.root / "submitted").glob(f"*/{name}")
    return sorted(folder.parent.name for folder in found)


def grade(course, name, only=None, workers=0, scheduler="", force=False, feedback=True):
    """Grade the submissions of an assignment.

    Parameters
    ----------
    course : paths.Course
        Its release must be generated.
    name : str
    only : sequence of str, optional
        Grade only these students.
    workers : int, optional
        How many submissions are executed at once; 0: as the configuration says.
    scheduler : str, optional
        Address of a dask scheduler whose workers execute in place of this machine.
    force : bool, optional
        Execute and record again what has not changed.
    feedback : bool, optional
        Whether to write feedback pages.

    Returns
    -------
    list of Row
        One for each student; a submission that fails is in it too.

    Raises
    ------
    Busy
        If another run is at work here.
    FileNotFoundError
        If a student who is named has handed in nothing.
    NbgraderFailed
        If nobody can be graded: the release is stale, the reference solution fails, the disk is
        full or the gradebook locked. What was graded until then stays.
    """
    there = students(course, name)
    if unknown := sorted(set(only or ()) - set(there)):
        raise FileNotFoundError(
            f"{', '.join(unknown)} has handed in nothing for {name}: submitted/STUDENT/{name} is "
            "missing; STUDENT is the name of a folder"
        )
    settings = nbgrader.config(course)
    given = {"workers": workers, "scheduler": scheduler}
    settings.Execute.merge({name: value for name, value in given.items() if value})
    with alone(course), nbgrader.one_engine():
        try:
            run = _Run(course, name, settings, force, feedback)
            return run.all(list(dict.fromkeys(only or there)))
        except jobs.StaleRelease as stale:
            raise nbgrader.NbgraderFailed(str(stale)) from None
        except OSError as failed:
            if failed.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise nbgrader.NbgraderFailed(_no_room(failed)) from failed
        finally:
            desk.close()


@contextlib.contextmanager
def alone(course):
    """Hold the course folder for one grading run.

    Raises
    ------
    Busy
        If another run holds it. A run that was killed holds nothing.
    """
    course.grading.mkdir(parents=True, exist_ok=True)
    lock = FileLock(course.grading / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Busy(
            f"another grading run is at work in {course.root}: wait until it has ended, or stop it"
        ) from None
    try:
        yield
    finally:
        lock.release()


class _Run:
    """One grading run."""

    def __init__(self, course, name, settings, force, feedback):
        self.course, self.name, self.settings = course, name, settings
        self.force, self.feedback = force, feedback
        self.desk = nbgrader_steps.Execute(config=settings).desk(course.root)
        self.known = nbgrader.cells(course, name)
        self.due = nbgrader.due(course, name)

    def all(self, names):
        rows, ahead = {}, deque()
        waiting = deque(names)
        with tqdm(total=len(names), desc="grading", unit="submission") as bar:
            while waiting or ahead:
                if waiting and len(ahead) < AHEAD * self.desk.pool.workers:
                    student = waiting.popleft()
                    ahead.append((student, self._begin(student)))
                    continue
                student, begun = ahead.popleft()
                bar.set_postfix_str(student)
                rows[student] = begun if isinstance(begun, Row) else self._end(student, *begun)
                bar.update()
        self._renew_penalties()
        return [rows[name] for name in names]

    def _renew_penalties(self):
        """Assign late penalties also where nothing was graded: they rest on dates and scores."""
        for student in nbgrader.refresh_penalties(self.course, self.name, self.settings):
            if self.feedback and self.course.feedback(self.name, student).is_file():
                nbgrader.generate_feedback(self.course, self.name, student)

    def _begin(self, student):
        """Sanitise a submission and ask for its outcome; return its mark, or the row at once."""
        if re.search(r"[\n\ud800-\udfff]", student):
            # nbgrader finds no such folder, and the gradebook cannot hold what is no character.
            told = student.encode("unicode_escape").decode()
            problem = f"nbgrader cannot work with the folder's name ({told}): rename it"
            return Row(student, 0.0, 0.0, 0.0, problem)
        folder = self.course.notebook("submitted", self.name, student).parent
        found = looking.look(folder, self.name, self.known)
        if found.problem:
            return self._leave(student, found.problem, found)
        bad_stamp = _bad_stamp(folder / STAMP)
        if bad_stamp:
            found = replace(found, told=(*found.told, bad_stamp))
        files = dict(found.files)
        if (folder / STAMP).is_file() and not bad_stamp:
            files[STAMP] = folder / STAMP
        try:
            staged = nbgrader.sanitise(self.course, self.name, student, self.settings, files)
            notebook = nbformat.read(staged, as_version=4)
            files = nbgrader_steps.files_beside(staged.parent, folder)
            keys = []
            if not notebook.metadata.get("workbook", {}).get("grading", {}).get("unreadable"):
                if self.force:
                    self.desk.forget(self.name, student)
                keys = [a.key for a in self.desk.ask(self.name, student, notebook, files)]
        except nbgrader.NbgraderFailed as failed:
            return self._leave(student, _reason(str(failed)), found)
        except OSError as failed:
            if failed.errno in (errno.ENOSPC, errno.EDQUOT):
                raise
            return self._leave(student, f"the files could not be read: {failed}", found)
        when = [_hash(staged.parent / "timestamp.txt"), self.due]
        return found, {"keys": keys, "notebook": _hash(staged), "when": when}

    def _end(self, student, found, mark):
        done = self._done(student)
        if not self.force and (row := self._row_of_before(done, mark, student, found)):
            return row
        done.unlink(missing_ok=True)
        try:
            nbgrader.record(self.course, self.name, student, self.settings)
        except nbgrader.NbgraderFailed as failed:
            return self._leave(student, _reason(str(failed)), found)
        row = self._row(student, found)
        try:
            if self.feedback:
                nbgrader.generate_feedback(self.course, self.name, student)
        except nbgrader.NbgraderFailed as failed:  # the grades stand; the next run tries again
            return replace(row, problem=f"no feedback page: {_reason(str(failed))}")
        recorded = _hash(self.course.notebook("autograded", self.name, student))
        kept = {**mark, "recorded": recorded, "row": asdict(row)}
        write_in_one_move(done, json.dumps(kept).encode())
        return row

    def _done(self, student):
        return self.course.grading / self.name / "done" / desk.file_name(student)

    def _row_of_before(self, done, mark, student, found):
        """Return the row of an unchanged submission that is recorded, or None."""
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            before = json.loads(done.read_bytes())
            # The plain command may have recorded another hand-in since then.
            mark = {
                **mark,
                "recorded": _hash(self.course.notebook("autograded", self.name, student)),
            }
            page = not self.feedback or self.course.feedback(self.name, student).is_file()
            if page and {name: before[name] for name in mark} == mark:
                return self._row(student, found)
        return None

    def _row(self, student, found):
        scores = nbgrader.scores(self.course, self.name, student)
        path = self.course.notebook("autograded", self.name, student)
        notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
        told = notebook.metadata.get("workbook", {}).get("grading", {})
        tests = {jobs.name_of(cell) for cell in notebook.cells if jobs.is_test(cell)}
        gained = [scores[test] for test in sorted(tests & set(scores))]
        return Row(
            student,
            sum(points for points, _ in gained if points is not None),
            sum(most for _, most in gained),
            sum(most for points, most in scores.values() if points is None),
            told.get("unreadable") or told.get("lost", ""),
            (*found.told, *told.get("repaired", ()), *told.get("stopped", ())),
            (*found.suspicious, *told.get("suspicious", ())),
        )

    def _leave(self, student, problem, found):
        """Leave a submission to a person."""
        self._done(student).unlink(missing_ok=True)
        nbgrader.leave_to_a_person(self.course, self.name, student)
        # A page of an earlier hand-in would tell of points that are no longer there.
        self.course.feedback(self.name, student).unlink(missing_ok=True)
        return Row(student, 0.0, 0.0, 0.0, problem, found.told, found.suspicious)


def _bad_stamp(path):
    """Return in words what is wrong with a time-stamp that nbgrader could not read, or ""."""
    try:
        if path.is_symlink() or (path.exists() and not path.is_file()):
            raise ValueError
        if path.is_file():
            if not 0 < path.stat().st_size < 100:
                raise ValueError
            dateutil.parser.parse(path.read_text())
    except (ValueError, OverflowError, OSError):
        return f"`{path.name}` holds no time; the hand-in counts without one."
    return ""


def _hash(path):
    """Return a hash of a file; empty if there is none."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


def _no_room(told):
    return f"{told}: make room on the disk, then run the same command again; what was graded stays"


def _reason(log):
    """Return the line of nbgrader's log that says what is wrong: that of the last exception.

    Raises
    ------
    NbgraderFailed
        If it is not the submission's own fault, so that nobody can be graded.
    """
    # nbgrader indents the traceback of what went wrong, behind that of its own "please see".
    told = re.findall(
        r"^ *(?:\w+\.)*(\w+(?:Error|Exception|Fails|Lost|Release|Unavailable): .*)", log, re.M
    )
    reason = (told or log.strip().splitlines())[-1]
    if reason.startswith(("StaleRelease: ", "ReferenceFails: ", "Unavailable: ")):
        raise nbgrader.NbgraderFailed(reason.partition(": ")[2])
    if reason.startswith("OSError: [Errno 28]"):
        raise nbgrader.NbgraderFailed(_no_room(reason.partition(": ")[2]))
    if reason.startswith("OperationalError: "):
        raise nbgrader.NbgraderFailed(
            f"the gradebook: {reason.partition(': ')[2]}: see to that, then run the same command "
            "again; what was graded stays"
        )
    return reason[:300]
