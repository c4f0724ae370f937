"""Hand work to nbgrader, in process, with the configuration of ``nbgrader_config.py``."""

import io
import logging
import warnings

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from .paths import HERE


class NbgraderFailed(RuntimeError):
    """A step of nbgrader did not succeed; the message ends with nbgrader's own log."""


def config(course):
    """Return the project's configuration of nbgrader, pointed at one course folder."""
    loaded = PyFileConfigLoader("nbgrader_config.py", path=str(HERE)).load_config()
    loaded.merge(Config(CourseDirectory={"root": str(course.root), "db_url": course.gradebook_url}))
    if course.cell_timeout:
        loaded.Execute.timeout = course.cell_timeout
    return loaded


def _coursedir(course, assignment, settings):
    return CourseDirectory(config=settings, assignment_id=assignment)


def _succeed(step, result):
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


def _call(course, assignment, step, *arguments):
    settings = config(course)
    nbgrader = NbGraderAPI(_coursedir(course, assignment, settings), config=settings)
    with warnings.catch_warnings():
        # nbgrader 0.9.6 makes submissions in a way that SQLAlchemy 2 warns of; nothing is wrong.
        warnings.simplefilter("ignore", SAWarning)
        result = getattr(nbgrader, step)(assignment, *arguments)
    return _succeed(step, result)


def generate(course, assignment):
    """Write ``release/``, tell the gradebook what the assignment holds, return nbgrader's log."""
    return _call(course, assignment, "generate_assignment")


def autograde(course, assignment, student):
    """Grade one submission and return nbgrader's log. A failure concerns this submission only."""
    return _call(course, assignment, "autograde", student)


def generate_feedback(course, assignment, student):
    """Write one student's feedback page and return nbgrader's log."""
    return _call(course, assignment, "generate_feedback", student)


def scores(course, assignment, student):
    """Return the points of one graded submission.

    Returns
    -------
    dict of str to tuple
        For each graded cell its points (None: needs a person) and the most it can give.
    """
    with Gradebook(course.gradebook_url) as gradebook:
        submission = gradebook.find_submission(assignment, student)
        return {
            grade.name: (None if grade.needs_manual_grade else grade.score, grade.max_score)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }
