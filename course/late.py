"""Late days: how many a student has for the whole course, and what further ones cost.

nbgrader asks a plugin for the penalty of each late submission while it grades
(``c.AssignLatePenalties.plugin_class`` in nbgrader_config.py). `LateDays` is one; `refresh` asks
again.
"""

import math

from nbgrader.api import Assignment, Gradebook, SubmittedAssignment
from nbgrader.plugins import BasePlugin
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import or_
from sqlalchemy.orm import undefer
from traitlets import Float, Integer

DAY = 24 * 3600  # seconds


class LateDays(BasePlugin):
    """Take points off for late days beyond those that each student has for the whole course.

    A day that has begun counts. The free days go to assignments in the order of their due dates,
    so that the order of grading changes nothing.

    References
    ----------
    https://nbgrader.readthedocs.io/en/stable/plugins/late-plugin.html
    """

    free_days = Integer(0, min=0, help="Late days of each student, for the whole course.").tag(
        config=True
    )
    per_day = Float(
        0.1, min=0, max=1, help="Share of the points earned that each further day costs."
    ).tag(config=True)

    def late_submission_penalty(self, student_id, score, total_seconds_late):
        """Return the points that a late submission loses.

        Parameters
        ----------
        student_id : str
        score : float
            Points earned, the penalty not yet taken off.
        total_seconds_late : float
            Beyond the due date and the student's extension.

        Returns
        -------
        float
        """
        left = max(0, self.free_days - self._used_before(student_id))
        return score * min(1.0, self.per_day * max(0, _days(total_seconds_late) - left))

    def _used_before(self, student_id):
        """Return the late days of assignments that were due before this one."""
        gradebook = self.parent.gradebook
        this = gradebook.find_assignment(self.parent.assignment_id)
        return sum(
            _days(other.total_seconds_late)
            for other in gradebook.student_submissions(student_id)
            if other.assignment.duedate
            and (other.assignment.duedate, other.name) < (this.duedate, this.name)
        )


def _days(seconds):
    return math.ceil(seconds / DAY)


def refresh(db_url, assignments, settings):
    """Assign the late penalties of whole assignments anew.

    nbgrader assigns a penalty when it grades a submission. The penalty is out of date as soon as a
    person scores an answer, grants an extension or moves the due date.

    Parameters
    ----------
    db_url : str
        Of the gradebook.
    assignments : sequence of str
        All if it is empty.
    settings : traitlets.config.Config
        Names the plugin.

    Returns
    -------
    dict of (str, str) to (float, float)
        By student and assignment, what changed: the points taken off before and now.
    """
    step = AssignLatePenalties(config=settings)
    step.init_plugin()
    changed = {}
    with Gradebook(db_url) as step.gradebook:
        for submission in _late(step.gradebook, assignments):
            step.assignment_id = submission.assignment.name
            before = submission.late_submission_penalty
            after = [_assign(step, submission, notebook) for notebook in submission.notebooks]
            if sum(after) != before:
                changed[submission.student_id, step.assignment_id] = before, sum(after)
        step.gradebook.db.commit()
    return changed


def _assign(step, submission, notebook):
    """Assign one penalty as nbgrader's step does, which opens the gradebook for each of them."""
    student, seconds = submission.student_id, submission.total_seconds_late
    penalty = None
    if seconds > 0:
        penalty = step.plugin_inst.late_submission_penalty(student, notebook.score, seconds)
    if penalty is not None:
        penalty = step._check_late_penalty(notebook, penalty)
    if penalty != notebook.late_submission_penalty:
        notebook.late_submission_penalty = penalty
    return penalty or 0.0


def _late(gradebook, assignments):
    """Return the submissions that are late, or have a penalty; of all assignments by default."""
    penalty = SubmittedAssignment.late_submission_penalty
    late = or_(SubmittedAssignment.timestamp > Assignment.duedate, penalty > 0)
    found = gradebook.db.query(SubmittedAssignment).join(Assignment).filter(late)
    if assignments:
        found = found.filter(Assignment.name.in_(assignments))
    return found.options(undefer(penalty)).all()


def penalties(db_url, assignments):
    """Return the points taken off by student and assignment; parameters are those of `refresh`."""
    with Gradebook(db_url) as gradebook:
        return {
            (late.student_id, late.assignment.name): late.late_submission_penalty
            for late in _late(gradebook, assignments)
        }
