"""A small made-up class: who hands in what, for the demonstration and for tests of grading.

Every submission is the released notebook with some TODO cells filled, as a student would do it.
"""

import nbformat

from . import text
from .paths import write_in_one_move

# Answers that run but are not right. The first is the classic one of its notebook.
BUGS = {
    "01_softmax": {
        "gradient_computing": '''\
@method_of(SoftmaxCrossEntropyLoss)
def gradient_computing(self):
    """The classic bug: the loss is a mean over the batch, and its gradient a sum."""
    error = self.P - self.Y
    self.grad_W = self.Input.T @ error
    self.grad_b = error.sum(axis=0, keepdims=True)
'''
    }
}
ENDLESS = {
    "01_softmax": {
        "should_stop": '''\
def should_stop(accuracies, threshold):
    """Never stops: nothing in the loop changes its condition."""
    while threshold >= 0:
        pass
    return True
'''
    }
}
ANSWER = "The training and validation curves flatten together after about five epochs."


def solved(cell):
    """Return the code of a TODO cell with its solution, without the marks around it."""
    marks = (text.BEGIN_SOLUTION, text.END_SOLUTION)
    return "\n".join(line for line in cell.source.splitlines() if line.strip() not in marks)


def fill(released, answers):
    """Return a released notebook with some cells answered.

    Parameters
    ----------
    released : bytes
        A released ``.ipynb``.
    answers : dict of str to str
        New source by cell id.

    Returns
    -------
    bytes
    """
    notebook = nbformat.reads(released.decode(), as_version=4)
    for cell in notebook.cells:
        cell.source = answers.get(cell.id, cell.source)
    return nbformat.writes(notebook).encode()


def submissions(source, released):
    """Return the submissions of the class, by student.

    Parameters
    ----------
    source : text.Text
    released : bytes

    Returns
    -------
    dict of str to tuple of (str, bytes)
        What the submission is, in words, and the bytes handed in.
    """
    right = {cell.id: solved(cell) for cell in source.of("todo")}
    right |= {cell.id: ANSWER for cell in source.of("explain")}
    half = dict(list(right.items())[: len(source.of("todo")) // 2])
    return {
        "ada": ("right", fill(released, right)),
        "blaise": ("the first half", fill(released, half)),
        "carl": ("nothing written", released),
        "daniel": ("a classic bug", fill(released, {**right, **BUGS.get(source.name, {})})),
        "emmy": ("never stops", fill(released, {**right, **ENDLESS.get(source.name, {})})),
        "felix": ("a damaged file", fill(released, right)[:5000]),
    }


def hand_in(course, name, handed_in):
    """Lay submissions where nbgrader looks for them."""
    for student, (_, data) in handed_in.items():
        write_in_one_move(course.notebook("submitted", name, student), data)
