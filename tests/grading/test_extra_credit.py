"""Extra credit adds to a grade and never to what can be reached, and one word makes it required."""

import shutil

import pytest
from conftest import Class
from nbgrader.api import Gradebook

from course import build, nbgrader_calls, text
from course.paths import Course, write_in_one_move

NAME, BONUS = "01_tiny", "test_triple_negative"


@pytest.fixture(scope="module")
def bonus_text(tiny_text):
    return tiny_text.replace("points=4", "points=4 bonus=true")


@pytest.fixture(scope="module")
def made(tmp_path_factory, bonus_text):
    """Return a class whose last test is extra credit, and a right and two wrong submissions."""
    course = Course(tmp_path_factory.mktemp("bonus"), cell_timeout=3)
    write_in_one_move(course.text(NAME), bonus_text.encode())
    build.build(course)
    nbgrader_calls.generate(course, NAME)
    made = Class(course, text.read(course.text(NAME)))
    right = made.right()
    made.hand_in("ada", right)
    wrong, greedy = made.right(), made.right()
    for notebook in (wrong, greedy):
        for cell in notebook.cells:
            if cell.id == "triple":
                cell.source = "def triple(x):\n    return 4.0 * x"
    for notebook in (greedy, right):
        for cell in notebook.cells:
            if cell.id == BONUS:
                cell.source = cell.source.replace("4 points of", "400 points of")
    made.hand_in("blaise", wrong)
    made.hand_in("carl", greedy)
    made.hand_in("daniel", right)
    return made


@pytest.fixture
def copied(made, tmp_path):
    """Return a copy of it that a test may change."""
    shutil.copytree(made.course.root, tmp_path / "course")
    return Class(Course(tmp_path / "course", cell_timeout=3), made.source)


@pytest.mark.parametrize(
    ("student", "points"), [("ada", 4), ("blaise", 0), ("carl", 0), ("daniel", 4)]
)
def test_extra_credit_is_earned_by_who_is_right_whatever_the_cell_was_made_to_say(
    made, student, points
):
    made.grade(student)
    scores = nbgrader_calls.scores(made.course, NAME, student)
    assert scores[BONUS] == (points, 0)
    assert scores["test_double_negative"] == (2, 2)
    # Graded again, it does not grow.
    made.grade(student)
    assert nbgrader_calls.scores(made.course, NAME, student) == scores


def test_students_and_their_feedback_read_of_extra_credit(made):
    made.grade("ada")
    assert "# Hidden test, 4 points of extra credit" in made.released.decode()
    shown = made.graded("ada").cell(BONUS).outputs[-1].data["text/html"]
    assert shown == "4 points of extra credit"
    nbgrader_calls.generate_feedback(made.course, NAME, "ada")
    page = made.course.feedback(NAME, "ada").read_text(encoding="utf-8")
    assert "4 extra" in page


@pytest.mark.parametrize(("student", "given"), [("daniel", 0.0), ("ada", 1.5), ("blaise", 4.0)])
def test_extra_credit_that_a_person_gave_outlives_grading_again(copied, student, given):
    copied.grade(student)  # daniel and ada have earned it, blaise has not
    with Gradebook(copied.course.gradebook_url) as gradebook:
        gradebook.find_grade(BONUS, NAME, NAME, student).extra_credit = given
        gradebook.db.commit()
    for _ in range(2):
        copied.grade(student)
        assert nbgrader_calls.scores(copied.course, NAME, student)[BONUS] == (given, 0)


def test_a_test_that_is_extra_credit_no_longer_counts_once(copied, tiny_text):
    copied.grade("ada")
    write_in_one_move(copied.course.text(NAME), tiny_text.encode())
    build.build(copied.course)
    nbgrader_calls.generate(copied.course, NAME)
    copied.grade("ada")
    assert nbgrader_calls.scores(copied.course, NAME, "ada")[BONUS] == (4, 4)


def test_one_word_in_the_first_cell_makes_extra_credit_required(tmp_path, bonus_text):
    course = Course(tmp_path)
    required = bonus_text.replace('id="intro"', 'id="intro" bonus="required"')
    write_in_one_move(course.text(NAME), required.encode())
    build.build(course)
    released = course.notebook("release", NAME).read_text()
    assert "extra credit" not in released
    assert '"points": 4' in released
