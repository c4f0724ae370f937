"""The wrong and the right answers of ``tests/answers``, for whatever tests with them."""

import functools
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

import jupytext

from course import text
from course.paths import Course

ANSWERS = Path(__file__).resolve().parent / "answers"
# Given cells that the graded cells do not need, and that take seconds: they load or draw data.
NOT_NEEDED = {
    "01_softmax": {"load", "prepare", "solver"},
    "02_two_layer_net": {"load", "prepare", "fit"},
    "03_beras": {"load"},
    "04_deep_nets": {"load", "prepare", "train_net"},
    "05_batchnorm_dropout": {"load", "prepare"},
    "06_convnet": {"load", "prepare", "deep_settings"},
    "07_pytorch": {"load", "prepare", "numpy_layers"},
}


@dataclass(frozen=True)
class Answer:
    """One answer: code by TODO, and of a wrong one the test that must fail and what it says.

    ``first`` are the words that name the mistake in the first message that a student gets, where
    a check says it in other words than ``test``, which may be a later one.
    """

    id: str
    code: dict
    test: str = ""
    says: str = ""
    first: str = ""


@functools.cache
def source(name):
    """Return the text of a notebook without the cells that its graded cells do not need."""
    whole = text.read(Course().text(name))
    left = tuple(cell for cell in whole.cells if cell.id not in NOT_NEEDED.get(name, ()))
    return replace(whole, cells=left)


@functools.cache
def answers(name, kind):
    """Return the answers of one file; cells with the same id belong to one answer."""
    written = (ANSWERS / f"{name}_{kind}.py").read_text(encoding="utf-8")
    code, says = defaultdict(dict), {}
    for cell in jupytext.reads(written, fmt="py:percent").cells:
        if cell.cell_type == "code":
            options = dict(cell.metadata)
            todo, answer = options["todo"], options["id"]
            assert todo not in code[answer], f"{name}_{kind}.py: {answer} answers {todo} twice"
            code[answer][todo] = cell.source
            known = ("test", "says", "first")
            says[answer] = {key: options[key] for key in known if key in options}
    return [Answer(answer, code[answer], **says[answer]) for answer in code]
