"""The made-up class is what `course grade` would leave, and like a class that there might be."""

import shutil
import statistics
from collections import Counter

import nbformat
import pytest
from drawn_class import draw
from nbgrader.api import Gradebook

from course import grade, jobs, sandbox

GRADE = ("auto_score", "manual_score", "extra_credit", "needs_manual_grade")


def found(made_up, hands_in):
    return [student for student in made_up.students if student.hands_in == hands_in]


def graded(made_up, student):
    """Return what grading left of a hand-in, in the notebook and in the gradebook."""
    path = made_up.course.notebook("autograded", made_up.name, student)
    notebook = nbformat.read(path, as_version=4)
    cells = [(c.id, c.cell_type, c.source, c.metadata, told(c)) for c in notebook.cells]
    with Gradebook(made_up.course.gradebook_url) as gradebook:
        submission = gradebook.find_submission(made_up.name, student)
        [own] = submission.notebooks
        grades = {each.name: [getattr(each, name) for name in GRADE] for each in own.grades}
        comments = {each.name: (each.auto_comment, each.manual_comment) for each in own.comments}
        late = submission.timestamp, own.late_submission_penalty
    stamp = path.with_name(grade.STAMP).read_text()
    return cells, notebook.metadata, grades, comments, late, stamp


def told(cell):
    """Return the verdict that a test cell shows, without the lines of the student's code."""
    shown = cell.get("outputs", []) if jobs.is_test(cell) else []
    # What was printed or warned of on the way, `course.trial` does not keep.
    shown = [each for each in shown if each.output_type != "stream"]
    return [(each.output_type, each.get("evalue"), each.get("data")) for each in shown]


def wipe(made_up, student):
    """Take away what grading left of a hand-in, and keep what a person gave."""
    shutil.rmtree(made_up.course.notebook("autograded", made_up.name, student).parent)
    with Gradebook(made_up.course.gradebook_url) as gradebook:
        submission = gradebook.find_submission(made_up.name, student)
        submission.timestamp = None
        for each in submission.notebooks[0].grades:
            each.auto_score = each.extra_credit = None
        for each in submission.notebooks[0].comments:
            each.auto_comment = None
        gradebook.db.commit()


def test_it_is_as_grading_leaves_it(made_up, made_up_copy):
    try:
        sandbox.check()
    except sandbox.Unavailable as missing:
        pytest.skip(str(missing))
    names = [  # who was corrected, who was late, whose file is damaged
        made_up.corrected[0],
        next(student.id for student in found(made_up, "late") if student.marks),
        found(made_up, "damaged")[0].id,
    ]
    for name in names:
        wipe(made_up_copy, name)
    grade.grade(made_up_copy.course, made_up.name, names, feedback=False)
    for name in names:
        assert graded(made_up_copy, name) == graded(made_up, name), name


def test_a_class_is_the_same_each_time(made_up):
    again = draw(made_up.source, len(made_up.students), 1)
    assert again == made_up.students
    other = draw(made_up.source, len(made_up.students), 2)
    assert [s.code for s in other] != [s.code for s in again]
    assert {(s.id, s.first_name, s.last_name) for s in other} == {
        (s.id, s.first_name, s.last_name) for s in again
    }


def test_all_kinds_of_students_are_in_it(made_up):
    students = made_up.students
    assert len({(s.first_name, s.last_name) for s in students}) == len(students) == 300
    kinds = Counter(student.hands_in for student in students)
    assert kinds == {"in time": 272, "late": 12, "nothing": 9, "empty": 6, "damaged": 1}
    with Gradebook(made_up.course.gradebook_url) as gradebook:
        submissions = gradebook.assignment_submissions(made_up.name)
        assert len(gradebook.students) == 300
        assert len(submissions) == 291
        assert sum(s.total_seconds_late > 0 for s in submissions) == 12


def test_its_work_differs_as_that_of_a_class_does(made_up):
    with Gradebook(made_up.course.gradebook_url) as gradebook:
        scores = {
            s.student.id: s.notebooks[0] for s in gradebook.assignment_submissions(made_up.name)
        }
        points = {student: own.code_score for student, own in scores.items()}
        waiting = sum(own.needs_manual_grade for own in scores.values())
        written = [own.written_score for own in scores.values()]
    most = sum(test.points for test in made_up.source.of("test"))
    assert 0.5 < statistics.mean(points.values()) / most < 0.85
    assert min(points.values()) == 0
    assert max(points.values()) == most
    assert 20 < waiting < 150
    assert len(set(written)) > 10
    attempted = Counter(todo for student in made_up.students for todo in student.code)
    todos = [todo.id for todo in made_up.source.of("todo")]
    assert attempted[todos[0]] > attempted[todos[-1]] > 150
    ways = {student.code.get("softmax") for student in made_up.students}
    assert len(ways) > 10
