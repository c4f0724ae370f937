"""Classes that are graded for real: a tiny assignment for many cases, the first notebook once."""

import contextlib
import io
import shutil
import warnings
from dataclasses import dataclass, field

import nbformat
import pytest

from course import build, demo, nbgrader_calls, sample_class, sandbox, text
from course.paths import Course, write_in_one_move

TINY = '''\
# %% [markdown] id="intro"
# # Twice and thrice
#
# **You will build** two functions. **You will learn** to multiply. **You need** nothing.

# %% role="given" id="set_up"
import numpy as np

from helpers import check

check.todos("double", "triple")

# %% role="todo" id="double"
def double(x):
    """Return twice x."""
    ### BEGIN SOLUTION
    return 2.0 * x
    ### END SOLUTION

# %% [markdown] id="hints_double"
# <details><summary>Hint 1</summary>Multiply.</details>
# <details><summary>Hint 2</summary>By two.</details>
# <details><summary>Hint 3</summary>Two times x.</details>

# %% role="check" id="check_double"
with check.todo("double"):
    check.close("double of 1", double(1.0), 2.0, hint="multiply by two")

# %% role="test" id="test_double_negative" points=2
"""double works below zero."""
### BEGIN HIDDEN TESTS
check.close("double of -3", double(-3.0), -6.0, hint="multiply by two",
            mistakes={"the sign is lost": 6.0})
### END HIDDEN TESTS

# %% role="test" id="test_double_array" points=1
"""double works on arrays."""
### BEGIN HIDDEN TESTS
check.close("double of two", double(np.array([1.0, 4.0])), [2.0, 8.0], hint="multiply by two")
check.close("double of a row", double(np.array([[5.0]])), [[10.0]], hint="keep the shape")
### END HIDDEN TESTS

# %% role="todo" id="triple"
def triple(x):
    """Return three times x."""
    ### BEGIN SOLUTION
    return 3.0 * x
    ### END SOLUTION

# %% [markdown] id="hints_triple"
# <details><summary>Hint 1</summary>Multiply.</details>
# <details><summary>Hint 2</summary>By three.</details>
# <details><summary>Hint 3</summary>Three times x.</details>

# %% role="check" id="check_triple"
with check.todo("triple"):
    check.close("triple of 1", triple(1.0), 3.0, hint="multiply by three")

# %% role="test" id="test_triple_negative" points=4
"""triple works below zero."""
### BEGIN HIDDEN TESTS
check.close("triple of -3", triple(-3.0), -9.0, hint="multiply by three")
### END HIDDEN TESTS

# %% [markdown] role="explain" id="why" points=5
# *Why is three times more than twice? Your answer here.*
'''
ANSWER = "Because three is more than two."


@dataclass(frozen=True)
class Graded:
    """What grading left of one submission."""

    notebook: nbformat.NotebookNode = field(repr=False)
    scores: dict  # of each graded cell: its points, None where they wait for a person

    def cell(self, name):
        """Return the cell that was graded under a name."""
        [found] = [
            cell
            for cell in self.notebook.cells
            if cell.metadata.get("nbgrader", {}).get("grade_id") == name
        ]
        return found

    def told(self, name):
        """Return the error that a cell ends with, as "name: message"; empty if there is none."""
        errors = [out for out in self.cell(name).outputs if out.output_type == "error"]
        return "; ".join(f"{error.ename}: {error.evalue}" for error in errors)


@dataclass(frozen=True)
class Class:
    """A class that has been given one assignment, in a course folder of its own."""

    course: Course
    source: text.Text

    @property
    def name(self):
        return self.source.name

    @property
    def released(self):
        return self.course.notebook("release", self.name).read_bytes()

    def right(self):
        """Return a notebook with every TODO solved and every question answered."""
        answers = {cell.id: sample_class.solved(cell) for cell in self.source.of("todo")}
        answers |= {cell.id: ANSWER for cell in self.source.of("explain")}
        return nbformat.reads(sample_class.fill(self.released, answers), as_version=4)

    def hand_in(self, student, submission):
        """Lay a submission, a notebook or the bytes of a file, where nbgrader looks for it."""
        if isinstance(submission, nbformat.NotebookNode):
            # nbformat would repair or refuse what some cases break on purpose.
            submission = nbformat.v4.writes(submission).encode()
        write_in_one_move(self.course.notebook("submitted", self.name, student), submission)

    def grade(self, student):
        """Grade what a student has handed in."""
        with warnings.catch_warnings():
            # nbformat warns of what is untidy in a submission; it does not concern us here.
            warnings.simplefilter("ignore")
            nbgrader_calls.autograde(self.course, self.name, student)
        return self.graded(student)

    def graded(self, student):
        """Read what the last grading left."""
        scores = nbgrader_calls.scores(self.course, self.name, student)
        return Graded(
            nbformat.read(
                self.course.notebook("autograded", self.name, student),
                as_version=nbformat.NO_CONVERT,
            ),
            {name: points for name, (points, _) in scores.items()},
        )


@pytest.fixture(scope="session", autouse=True)
def can_be_graded():
    """Skip everything here where student code cannot be shut in."""
    try:
        sandbox.check()
    except sandbox.Unavailable as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def tiny_text():
    """Return the text of an assignment with two TODOs, three tests and a question."""
    return TINY


@pytest.fixture(scope="session")
def tiny(tmp_path_factory, tiny_text):
    """Return a class that has been given the tiny assignment."""
    course = Course(tmp_path_factory.mktemp("tiny"), cell_timeout=3)
    write_in_one_move(course.text("01_tiny"), tiny_text.encode())
    build.build(course)
    nbgrader_calls.generate(course, "01_tiny")
    return Class(course, text.read(course.text("01_tiny")))


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory):
    """Run `course demo` on a copy of the first notebook's text.

    Returns
    -------
    Class, str
        The class that it graded, and what it printed.
    """
    name = "01_softmax"
    course = Course(tmp_path_factory.mktemp("demonstration"))
    course.text(name).parent.mkdir()
    shutil.copy(Course().text(name), course.text(name))
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        demo.run(course)
    return Class(Course(course.root / "demo"), text.read(course.text(name))), printed.getvalue()
