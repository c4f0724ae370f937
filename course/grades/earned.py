"""What the gradebook says that students have earned."""

from dataclasses import dataclass

from nbgrader.api import Assignment, Grade, SubmittedAssignment, SubmittedNotebook
from nbgrader.api import Student as InGradebook

from . import told as say
from .table import GradesError


@dataclass(frozen=True)
class Student:
    """A student of the gradebook; what is not known is empty."""

    id: str
    last_name: str = ""
    first_name: str = ""
    email: str = ""
    lms_user_id: str = ""


@dataclass(frozen=True)
class Earned:
    """What a student has earned for an assignment.

    Parameters
    ----------
    score : float
        Points of tests and of people, extra credit in them, the penalty not yet taken off.
    penalty : float
        Points taken off because it was late.
    waiting : bool
        Whether a part waits for a person.
    graded : bool
        Whether any part has points.
    """

    score: float
    penalty: float = 0.0
    waiting: bool = False
    graded: bool = True

    @property
    def points(self):
        return max(0.0, self.score - self.penalty)


@dataclass(frozen=True)
class Grades:
    """The grades of a class.

    Parameters
    ----------
    students : dict of str to Student
        By id, in the order of their names.
    most : dict of str to float
        By assignment, in the order of the course: the points that can be reached.
    earned : dict of (str, str) to Earned
        By student and assignment. Who has handed in nothing is not in it.
    """

    students: dict
    most: dict
    earned: dict

    def points(self, assignment, students, told, provisional):
        """Return the points of those students who have a grade to be written.

        Parameters
        ----------
        assignment : str
        students : iterable of str
        told : told.Told
            Hears of those who have none yet.
        provisional : bool
            Whether the points so far of those who wait for a person count.

        Returns
        -------
        dict of str to float
        """
        points, left = {}, []
        for student in students:
            one = self.earned.get((student, assignment))
            if one is None:
                continue
            if one.graded and (provisional or not one.waiting):
                points[student] = one.points
            else:
                left.append(student)
        told.say_all(say.WAITING, assignment, left)
        return points


def read(gradebook, assignments=()):
    """Read the grades of a class.

    Parameters
    ----------
    gradebook : nbgrader.api.Gradebook
    assignments : sequence of str, optional
        Only these.

    Returns
    -------
    Grades

    Raises
    ------
    GradesError
        If the gradebook does not know one that is named.
    """
    most = {one.name: one.max_score for one in gradebook.assignments}
    for name in assignments:
        if name not in most:
            known = ", ".join(sorted(most)) or "none"
            raise GradesError(f"the gradebook knows no assignment {name!r} (known: {known})")
    most = {name: most[name] for name in sorted(assignments or most)}
    people = [
        Student(
            one.id,
            one.last_name or "",
            one.first_name or "",
            one.email or "",
            one.lms_user_id or "",
        )
        for one in gradebook.students
    ]
    people.sort(key=lambda one: (one.last_name, one.first_name, one.id))
    return Grades({one.id: one for one in people}, most, _earned(gradebook, most))


def _earned(gradebook, most):
    graded = {
        found
        for (found,) in gradebook.db.query(SubmittedNotebook.assignment_id)
        .join(Grade)
        .filter(Grade.auto_score.is_not(None) | Grade.manual_score.is_not(None))
        .distinct()
    }
    rows = (
        gradebook.db.query(
            InGradebook.id,
            Assignment.name,
            SubmittedAssignment.id,
            SubmittedAssignment.score,
            SubmittedAssignment.late_submission_penalty,
            SubmittedAssignment.needs_manual_grade,
        )
        .select_from(SubmittedAssignment)
        .join(Assignment)
        .join(InGradebook)
    )
    return {
        (student, assignment): Earned(score, penalty, waiting, submission in graded)
        for student, assignment, submission, score, penalty, waiting in rows
        if assignment in most
    }
