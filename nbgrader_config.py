"""Configuration of nbgrader for this course; the steps it names are in course/."""

import os
import sys
from pathlib import Path

c = get_config()  # noqa: F821 - traitlets puts it here

# nbgrader calls `alembic` through PATH: find ours without an activated environment.
here, path = str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)
if here not in path.split(os.pathsep):
    os.environ["PATH"] = os.pathsep.join([here, path])

from course import feedback  # noqa: E402
from course import nbgrader_steps as steps  # noqa: E402
from course.reading import ReadLeniently  # noqa: E402

c.CourseDirectory.course_id = "nn-workbook"
c.GenerateAssignment.preprocessors = steps.RELEASE
c.Autograde.exporter_class = ReadLeniently
c.Autograde.sanitize_preprocessors = steps.SANITISE
c.Autograde.autograde_preprocessors = steps.AUTOGRADE
c.GenerateFeedback.preprocessors = feedback.STEPS
c.GenerateFeedback.exporter_class = "course.feedback_page.FeedbackExporter"  # needs nh3
# formgrader shows submissions in the teacher's own session; feedback pages are safe by themselves.
c.HTMLExporter.preprocessors = ["course.defuse.Defuse"]
c.FeedbackExporter.preprocessors = []
# c.HideTests.show = True  # shows students the code of the hidden tests
# c.Execute.sandbox = "container"  # where bubblewrap cannot work
# Late work (docs/teachers/grades.md), and a database server (docs/teachers/postgresql.md):
# c.LateSubmissionPlugin.penalty_method = "zero"
# c.AssignLatePenalties.plugin_class = "course.late.LateDays"
# c.LateDays.free_days, c.LateDays.per_day = 5, 0.1
# c.CourseDirectory.db_url = "postgresql+psycopg2:///gradebook"
