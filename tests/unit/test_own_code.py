"""What of an answer is the student's own?"""

import ast

import nbformat
import pytest
from course_answers import answers

from course import sample_class, text
from course.own_code import NoPython, own_code
from course.paths import Course

STUB = '''\
GIVEN = 1e-11


class SGD:
    """Take steps."""

    def __init__(self, model):
        """Begin at rest."""
        self.model = model

    # TODO: one step.
    def step(self, config=None):
        """Take one step."""
        config = {} if config is None else config
        # TODO: new weights.
        raise NotImplementedError("step: not written yet")
'''


def test_given_statements_and_comments_are_left_out():
    written = "        # against the gradient\n        self.model.w -= self.model.dw"
    answer = STUB.replace('        raise NotImplementedError("step: not written yet")', written)
    assert own_code(answer, STUB).split("\n") == [
        "class SGD:",
        "",
        "",
        "    def step(self, config=None):",
        "        # against the gradient",
        "        self.model.w -= self.model.dw",
    ]


@pytest.mark.parametrize(
    "answer",
    [STUB, STUB.replace("TODO", "todo"), STUB.replace("step(self", "step(me"), "# a plan", ""],
    ids=["stub", "other comment", "other argument", "comment alone", "nothing"],
)
def test_where_no_statement_is_new_nothing_is_the_students(answer):
    assert own_code(answer, STUB) == ""


@pytest.mark.parametrize(
    "answer",
    [
        'def f(x):\n    """Other words."""\n    return x',
        "def f(x): x += 1; return x",
        "def f(x):\n    y = 1; x = 2\n    return x",
        "@cached\ndef f(x):\n    if x:\n        # why\n        return 1",
        'text = """\n# TODO: y\n"""',
    ],
)
def test_what_differs_stays_as_it_is_written(answer):
    stub = (
        'def f(x):\n    """Words."""\n    # TODO: y\n    y = 1\n    raise NotImplementedError("f")'
    )
    assert own_code(answer, stub) == answer


@pytest.mark.parametrize(
    "cell",
    ["%timeit f()", "def f(:", "x = 1\0", "(" * 500, "x = " + "-" * 3000 + "1", "x = 1\n" * 20_000],
)
def test_what_does_not_parse_is_told_apart(cell):
    with pytest.raises(NoPython):
        own_code(cell)


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_lines_may_end_as_on_other_systems(end):
    stub = "def f(x):\n    a = 1\n    raise ValueError"
    answer = f"def f(x):{end}    a = 1{end}    return x{end}"
    assert own_code(answer, stub) == "def f(x):\n    return x"


def test_strange_strings_warn_nobody():
    assert own_code(r'x = "\d"') == r'x = "\d"'


def docstrings(code):
    """Return the docstrings of all functions and classes."""
    nodes = [n for n in ast.walk(ast.parse(code)) if isinstance(n, (ast.FunctionDef, ast.ClassDef))]
    return {ast.get_docstring(node) for node in nodes} - {None}


@pytest.mark.parametrize("name", [path.stem for path in Course().texts()])
def test_every_answer_of_the_course_stays_python_without_the_words_of_its_stub(name):
    released = nbformat.read(Course().notebook("release", name), as_version=4)
    stubs = {cell.id: cell.source for cell in released.cells}
    solved = [(c.id, sample_class.solved(c)) for c in text.read(Course().text(name)).of("todo")]
    assert all(docstrings(answer) for _todo, answer in solved)
    for todo, answer in solved + answers(name):
        own = own_code(answer, stubs[todo])
        assert own or not ast.parse(answer).body
        assert not docstrings(own) & docstrings(stubs[todo])
