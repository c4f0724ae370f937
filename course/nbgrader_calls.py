"""Hand work to nbgrader, in process, with the configuration of ``nbgrader_config.py``."""

import contextlib
import functools
import io
import logging
import shutil
import warnings
from pathlib import Path

from nbgrader import api as nbgrader_api
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import Autograde, GenerateAssignment, GenerateFeedback
from nbgrader.converters.base import BaseConverter, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log, rmtree
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, SAWarning
from traitlets import Dict, Unicode
from traitlets.config import Config, PyFileConfigLoader

from . import late, sandbox
from .errors import CourseError
from .gradebook import shown
from .paths import HERE, SETTINGS


class NbgraderFailed(CourseError):
    """A step of nbgrader did not succeed; the message ends with nbgrader's own log."""


def config(course):
    """Return the project's configuration of nbgrader, pointed at one course folder."""
    loaded = PyFileConfigLoader(SETTINGS, path=str(HERE)).load_config()
    loaded.merge(Config(CourseDirectory={"root": str(course.root), "db_url": course.gradebook_url}))
    if course.cell_timeout:
        loaded.Execute.timeout = course.cell_timeout
    if course.trusted and not sandbox.is_available():
        loaded.Execute.sandbox = "none"
    return loaded


def _coursedir(course, assignment, settings):
    return CourseDirectory(config=settings, assignment_id=assignment)


def _succeed(step, result):
    if result.get("error", "").endswith("\nKeyboardInterrupt\n"):
        raise KeyboardInterrupt  # nbgrader takes it for a failure like any other
    if not result.get("success"):
        told = [result.get("error") or "", result.get("log") or ""]
        raise NbgraderFailed(f"nbgrader {step}: " + "\n".join(text for text in told if text))
    return result.get("log") or ""


def release_without_gradebook(course, assignment):
    """Write ``release/`` of a course folder from its ``source/``; no gradebook is touched.

    Raises
    ------
    NbgraderFailed
        With nbgrader's log.
    """
    settings = config(course)
    settings.SaveCells.enabled = False
    settings.GenerateAssignment.no_database = True
    coursedir = _coursedir(course, assignment, settings)
    log = logging.getLogger("course.nbgrader")
    stream = io.StringIO()
    log.handlers = [logging.StreamHandler(stream)]
    log.propagate = False
    converter = GenerateAssignment(coursedir=coursedir, config=settings, parent=None)
    converter.log = log
    try:
        converter.start()
    except Exception as error:
        raise NbgraderFailed(
            f"nbgrader generate_assignment: {error}\n{stream.getvalue()}"
        ) from error


@contextlib.contextmanager
def one_engine():
    """Let the gradebooks that nbgrader opens, a dozen a submission, share one engine of SQLAlchemy.

    Each would otherwise compile every statement anew: a third of the time that recording takes.
    """
    own = nbgrader_api.create_engine
    nbgrader_api.create_engine = functools.cache(own)
    try:
        yield
    finally:
        nbgrader_api.create_engine = own


@contextlib.contextmanager
def _quietly():
    # nbgrader 0.9.6 makes submissions in a way that SQLAlchemy 2 warns of; nothing is wrong.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SAWarning)
        yield


def _call(course, assignment, step, *arguments):
    settings = config(course)
    nbgrader = NbGraderAPI(_coursedir(course, assignment, settings), config=settings)
    with _quietly():
        result = getattr(nbgrader, step)(assignment, *arguments)
    return _succeed(step, result)


def generate(course, assignment):
    """Write ``release/``, tell the gradebook what the assignment holds, return nbgrader's log."""
    try:
        return _call(course, assignment, "generate_assignment")
    except NbgraderFailed as failed:
        if "Cannot add or remove cells" not in str(failed):
            raise
        raise NbgraderFailed(
            f"{assignment}: once somebody has handed in, nbgrader takes no new, renamed or removed "
            "cells, for grades and comments hang on them. Leave a test that should cost nobody "
            "points where it is, as extra credit (bonus=true); put a new one into a test cell that "
            "is there"
        ) from None


class _One(BaseConverter):
    """A step for one student, who is found by name: nbgrader takes names for patterns."""

    student = Unicode()

    def init_notebooks(self):
        assignment = self.coursedir.assignment_id
        folder = self._format_source(assignment, self.student)
        notebook = Path(folder, f"{assignment}.ipynb")
        if not notebook.is_file():
            raise NbGraderException(f"{notebook} is not there")
        self.assignments = {folder: [str(notebook)]}


class _Half(_One, Autograde):
    """One half of nbgrader's Autograde, so that a whole class can be executed between the two.

    The first half reads ``submitted/`` and writes what is to be executed into a folder of ours;
    the second reads that and writes ``autograded/`` and the gradebook. The plain command does both
    for one submission before it looks at the next.
    """

    staged = Unicode()
    files = Dict()
    create_student = True

    def init_destination(self, assignment_id, student_id):
        dest = Path(self._format_dest(assignment_id, student_id))
        if dest.exists():
            rmtree(dest)
        return True

    def convert_single_notebook(self, notebook_filename):
        self._init_preprocessors()
        BaseConverter.convert_single_notebook(self, notebook_filename)


class _Sanitise(_Half):
    _sanitizing = True

    @property
    def _output_directory(self):
        return self.staged

    def init_assignment(self, assignment_id, student_id):
        """Copy what was found beside the notebook; nbgrader's own would follow links."""
        folder = Path(self._format_dest(assignment_id, student_id))
        for name, path in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, folder / name, follow_symlinks=False)


class _Record(_Half):
    _sanitizing = False

    @property
    def _input_directory(self):
        return self.staged


class _Feedback(_One, GenerateFeedback):
    force = True


def _convert(course, assignment, student, step, settings, **options):
    coursedir = _coursedir(course, assignment, settings)
    converter = step(coursedir, config=settings, parent=None, student=student, **options)
    with _quietly():
        _succeed(step.__name__.strip("_").lower(), capture_log(converter))


def sanitise(course, assignment, student, settings, files):
    """Put one submission into the form in which it can be executed; no gradebook is touched.

    Parameters
    ----------
    files : dict of str to Path
        What belongs beside the notebook.

    Returns
    -------
    Path
        The sanitised notebook.
    """
    staged = course.grading / "staged"
    _convert(course, assignment, student, _Sanitise, settings, files=files, staged=str(staged))
    return staged / student / assignment / f"{assignment}.ipynb"


def record(course, assignment, student, settings):
    """Judge one sanitised submission by its outcome, and write its grades."""
    staged = str(course.grading / "staged")
    _convert(course, assignment, student, _Record, settings, staged=staged)


def leave_to_a_person(course, assignment, student):
    """Mark every grade of a submission that cannot be graded as waiting for a person.

    What an earlier hand-in earned would otherwise stand there as if it were this one's.
    """
    with _quietly(), _open(course) as gradebook:
        gradebook.update_or_create_student(student)
        submission = gradebook.update_or_create_submission(assignment, student)
        for notebook in submission.notebooks:
            for grade in notebook.grades:
                grade.auto_score, grade.needs_manual_grade = None, True
        gradebook.db.commit()


def autograde(course, assignment, student):
    """Grade one submission and return nbgrader's log. A failure concerns this submission only."""
    return _call(course, assignment, "autograde", student)


def generate_feedback(course, assignment, student):
    """Write one student's feedback page."""
    _convert(course, assignment, student, _Feedback, config(course))


@contextlib.contextmanager
def _open(course):
    try:
        with Gradebook(course.gradebook_url) as gradebook:
            yield gradebook
    except OperationalError as failed:
        raise NbgraderFailed(
            f"{shown(course.gradebook_url)} cannot be read or written ({failed.orig}): see to "
            "that, then run the same command again; what was graded stays"
        ) from failed


def _grades(gradebook, assignment, student):
    try:
        submission = gradebook.find_submission(assignment, student)
    except MissingEntry:
        return []
    return [grade for notebook in submission.notebooks for grade in notebook.grades]


def cells(course, assignment):
    """Return the names of the cells that the gradebook knows of an assignment.

    Raises
    ------
    NbgraderFailed
        If it does not know the assignment.
    """
    with _open(course) as gradebook:
        try:
            notebooks = gradebook.find_assignment(assignment).notebooks
        except MissingEntry:
            raise NbgraderFailed(
                f"the gradebook knows no {assignment}: run `nbgrader generate_assignment "
                f"{assignment}` first"
            ) from None
        return {cell.name for notebook in notebooks for cell in notebook.source_cells}


def due(course, assignment):
    """Return when an assignment is due, as text in UTC; empty if the gradebook does not say."""
    with _open(course) as gradebook, contextlib.suppress(MissingEntry):
        return str(gradebook.find_assignment(assignment).duedate or "")
    return ""


def has_gradebook(course):
    """Tell whether there is a gradebook: to open one of SQLite that is missing would make it."""
    url = make_url(course.gradebook_url)
    return url.get_backend_name() != "sqlite" or Path(url.database).exists()


def students(course):
    """Return the ids of the students in the gradebook, in order."""
    with _open(course) as gradebook:
        return sorted(student.id for student in gradebook.students)


def sources(course, assignment):
    """Return the source of each cell that the gradebook knows of an assignment, by name."""
    with _open(course) as gradebook:
        notebooks = gradebook.find_assignment(assignment).notebooks
        return {cell.name: cell.source for book in notebooks for cell in book.source_cells}


def refresh_penalties(course, assignment, settings):
    """Assign the late penalties of an assignment anew; return the students whose has changed."""
    return [who for who, _ in late.refresh(course.gradebook_url, [assignment], settings)]


def scores(course, assignment, student):
    """Return the points of one graded submission.

    Returns
    -------
    dict of str to tuple
        For each graded cell its points (None: needs a person) and the most it can give. Empty if
        the gradebook has no such submission.
    """
    with _open(course) as gradebook:
        return {
            grade.name: (None if grade.needs_manual_grade else grade.score, grade.max_score)
            for grade in _grades(gradebook, assignment, student)
        }
