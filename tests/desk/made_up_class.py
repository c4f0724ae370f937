"""A class that never was, graded: a course folder with hundreds of hand-ins, in seconds.

`drawn_class` draws who hands in what: right answers, the wrong ones of ``tests/answers``, nothing;
in time, late, damaged. What grading would say is found by `course.trial`, once for each set of
answers that a hidden test depends on, and then goes the way of every grade: through the steps of
`course.nbgrader_steps` into the gradebook and ``autograded/``.

Two things are not as `course grade` leaves them: of outputs there are only the verdicts, and
``.grading/`` holds no outcomes, so that `course grade` would execute everything. The rest is
compared with it by ``test_made_up_class.py``. Nobody in this class plays: the cells with panels and
experiments are empty, for they take a minute to execute and earn nothing.
"""

import json
import os
import shutil
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from unittest import mock

import nbformat
from drawn_class import draw
from nbgrader.api import Gradebook
from nbgrader.preprocessors import LimitOutput
from sqlalchemy.exc import SAWarning
from tried_answers import Trials

from course import build, jobs, nbgrader_calls, nbgrader_steps, text
from course.grade import STAMP
from course.paths import Course, write_in_one_move

DUE = datetime(2026, 11, 15, 23, 59, 59)
DAMAGED = "<html>Your session has expired. Please log in again.</html>"
REMARK = "Say also why, not only what you saw."
CORRECTED = "Your code is right, the test was too strict: full marks."


@dataclass(frozen=True)
class MadeUpClass:
    """A class that was given one assignment, handed it in and was graded.

    Parameters
    ----------
    course : Course
    source : text.Text
    students : list of Student
    corrected : tuple of (str, str)
        A student, and the hidden test that they failed and that a person gave full marks for.
    """

    course: Course
    source: text.Text = field(repr=False)
    students: list = field(repr=False)
    corrected: tuple

    @property
    def name(self):
        return self.source.name


def make(course, name="01_softmax", number=300, seed=1, due=DUE):
    """Make a class that was given an assignment and graded.

    Parameters
    ----------
    course : Course
        Its folder may be empty, or hold another assignment of the same class.
    name : str
    number, seed : int
        With the same two, students have the same names and abilities in each assignment.
    due : datetime
        In UTC.

    Returns
    -------
    MadeUpClass
    """
    write_in_one_move(course.text(name), Course().text(name).read_bytes())
    build.build(course, [name])
    nbgrader_calls.generate(course, name)
    source = text.read(course.text(name))
    students = draw(source, number, seed)
    with _working_in(course.root):
        grading = _Grading(course, source, due)
        corrected = grading.grade(students)
    return MadeUpClass(course, source, students, corrected)


@contextmanager
def _working_in(folder):
    before = os.getcwd()
    os.chdir(folder)  # as nbgrader does
    try:
        yield
    finally:
        os.chdir(before)


class _Judge(nbgrader_steps.Judge):
    """The step that writes verdicts into a notebook, of verdicts that are known already."""

    def _judge(self, left, wants):
        return left, []


class _Rows:
    """A submission's part of the gradebook, for a step that would ask for each row by itself."""

    def __init__(self, submission):
        self.db = mock.Mock()  # what it commits is written in the end
        [notebook] = submission.notebooks
        self.grades = {grade.name: grade for grade in notebook.grades}
        self.comments = {comment.name: comment for comment in notebook.comments}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def find_grade(self, name, *_):
        return self.grades[name]

    def find_comment(self, name, *_):
        return self.comments[name]


class _Grading:
    """Takes what students hand in, and grades it.

    Parameters
    ----------
    course : Course
    source : text.Text
    due : datetime
    """

    def __init__(self, course, source, due):
        self.course, self.source, self.name, self.due = course, source, source.name, due
        self.play = [cell.id for cell in source.of("play")]
        self.settings = nbgrader_calls.config(course)
        self.released = course.notebook("release", self.name).read_text(encoding="utf-8")
        self.sanitised = self._sanitise("nobody", self.released).read_text(encoding="utf-8")
        for folder in (course.root / "submitted", course.grading / "staged"):
            shutil.rmtree(folder / "nobody")
        notebook = nbformat.v4.reads(self.sanitised)
        sources = {cell.id: cell.source for cell in notebook.cells}
        stubs = {todo.id: sources[todo.id] for todo in source.of("todo")}
        self.trials = Trials(self.name, stubs, jobs.seeds(jobs.tests_of(notebook))[0])
        steps = [_Judge, LimitOutput, nbgrader_steps.SaveAutoGrades]
        self.steps = [step(config=self.settings) for step in steps]

    def grade(self, students):
        """Grade a class, and return which test of whom a person has corrected."""
        corrected = None
        # Outputs that steps make are valid: checking each takes a third of the time.
        unchecked = mock.patch("nbformat.v4.nbbase.validate")
        with self._gradebook() as gradebook, unchecked:
            self._enrol(gradebook, students)
            for student in students:
                if student.hands_in in ("nothing", "damaged"):
                    continue
                rows = self._rows(gradebook, student)
                verdicts = self._take(student, rows)
                wrong = [test for test, verdict in verdicts.items() if verdict.status == "wrong"]
                if wrong and not corrected:
                    corrected = student.id, wrong[0]
                    self._correct(rows, wrong[0])
                self._read_answers(student, rows)
        for student in students:
            if student.hands_in == "damaged":
                self._sanitise(student.id, DAMAGED, self._when(student))
                nbgrader_calls.record(self.course, self.name, student.id, self.settings)
        return corrected

    @contextmanager
    def _gradebook(self):
        """Open the gradebook; all is written at the end, in one go."""
        with warnings.catch_warnings(), Gradebook(self.course.gradebook_url) as gradebook:
            warnings.simplefilter("ignore", SAWarning)  # as in `course.nbgrader_calls`
            commit, gradebook.db.commit = gradebook.db.commit, gradebook.db.flush
            yield gradebook
            commit()

    def _enrol(self, gradebook, students):
        gradebook.update_or_create_assignment(self.name, duedate=self.due)
        for student in students:
            gradebook.update_or_create_student(
                student.id,
                first_name=student.first_name,
                last_name=student.last_name,
                email=f"{student.id}@example.org",
            )

    def _rows(self, gradebook, student):
        when = self._when(student)
        return _Rows(gradebook.add_submission(self.name, student.id, timestamp=when))

    def _take(self, student, rows):
        """Lay down what a student hands in, grade it, and return the verdicts by hidden test."""
        notebook = _filled(self.sanitised, student, self.play)
        notes = self._choose_notes(notebook)
        handed_in = _filled(self.released, student, self.play)
        handed_in.cells[-1].source = notes
        self._hand_in(student.id, json.dumps(handed_in), self._when(student))
        verdicts = self.trials.verdicts(student.code)
        notebook.metadata.workbook.grading["stopped"] = []
        about = {"notebook": self.name, "assignment": self.name, "student": student.id}
        resources = {
            "nbgrader": {**about, "db_url": self.course.gradebook_url},
            "workbook": {"left": verdicts},
        }
        with mock.patch.object(nbgrader_steps, "Gradebook", return_value=rows):
            for step in self.steps:
                notebook, resources = step(notebook, resources)
        path = self.course.notebook("autograded", self.name, student.id)
        write_in_one_move(path, json.dumps(notebook).encode())
        write_in_one_move(path.with_name(STAMP), self._when(student).encode())
        return verdicts

    def _when(self, student):
        return f"{self.due - timedelta(hours=student.hours)} UTC"

    def _hand_in(self, student, written, when):
        path = self.course.notebook("submitted", self.name, student)
        write_in_one_move(path, written.encode())
        write_in_one_move(path.with_name(STAMP), when.encode())

    def _sanitise(self, student, written, when=""):
        self._hand_in(student, written, when)
        stamp = self.course.notebook("submitted", self.name, student).with_name(STAMP)
        files = {STAMP: stamp} if when else {}
        return nbgrader_calls.sanitise(self.course, self.name, student, self.settings, files)

    def _choose_notes(self, notebook):
        """Let the notes be such that grading draws the inputs for which verdicts are known."""
        sources, page = [cell.source for cell in notebook.cells], 0
        while int(jobs.key(sources)[:8], 16) % jobs.SETS_OF_INPUTS:
            page += 1
            sources[-1] = f"# My notes, page {page}"
        notebook.cells[-1].source = sources[-1]
        return sources[-1]

    def _read_answers(self, student, rows):
        """Do what a person does: mark the answers, and say something to the weak ones."""
        for name, mark in student.marks.items():
            grade = rows.find_grade(name)
            grade.manual_score, grade.needs_manual_grade = mark, False
            if mark < grade.max_score / 2:
                rows.find_comment(name).manual_comment = REMARK

    def _correct(self, rows, test):
        """Give full marks for a test that a person finds too strict."""
        grade = rows.find_grade(test)
        grade.manual_score, grade.needs_manual_grade = grade.max_score, False
        todos = sorted((todo.id for todo in self.source.of("todo")), key=len, reverse=True)
        rows.find_comment(text.owner(test, "test", todos)).manual_comment = CORRECTED


def _filled(written, student, play):
    """Return a notebook, released or sanitised, with what a student writes, notes at the end."""
    notebook = nbformat.v4.reads(written)
    answers = {**dict.fromkeys(play, ""), **student.code, **student.answers}
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    notebook.cells.append(nbformat.v4.new_code_cell("# My notes", id="notes"))
    return notebook
