"""Honest but untidy: solutions that print, warn, plot, are defined twice or moved lose no point.

Of every notebook, as plain functions; `tests/grading/untidy_corpus.py` has whole submissions.
"""

import ast
from dataclasses import replace

import nbformat
import pytest
from nbformat.v4 import new_code_cell
from test_answers import NAMES, source

from course import trial
from course.paths import Course
from course.repair import repair
from course.text import Cell

FIRST_TRY = """
# 第一次尝试：错了，下面重写
print("第一次尝试")
"""
NOISE = """
import warnings
import matplotlib.pyplot as plt
from tqdm import tqdm
print("调试", "x" * 20_000)
warnings.warn("untidy")
for _ in tqdm(range(3), desc="进度"):
    pass
"""
AFTERWARDS = """
plt.plot([1, 2, 3])
plt.title("an experiment")
plt.close("all")
scratch, _ = 1, 2
print("完成 " * 2000)
"""


class Untidy(ast.NodeTransformer):
    """Lets every function print, warn and show progress before it does its work."""

    def visit_FunctionDef(self, node):
        self.generic_visit(node)
        start = ast.get_docstring(node) is not None
        node.body[start:start] = ast.parse(NOISE).body
        return node


class Wrong(ast.NodeTransformer):
    """Lets every function return what is wrong."""

    def visit_FunctionDef(self, node):
        node.body = ast.parse("return 'wrong'").body
        return node


def rewritten(code, how):
    return ast.unparse(ast.fix_missing_locations(how.visit(ast.parse(code))))


def untidy(code):
    """Return an answer in which a wrong one comes first, and a noisy right one takes its place."""
    parts = [FIRST_TRY, rewritten(code, Wrong()), rewritten(code, Untidy()), NOISE, AFTERWARDS]
    return "\n".join(parts)


@pytest.mark.parametrize("name", NAMES)
def test_untidy_solutions_lose_no_point(name):
    answers = {cell.id: untidy(cell.source) for cell in source(name).of("todo")}
    verdicts = trial.run(source(name), answers)
    assert not {cell: told.message for cell, told in verdicts.items() if not told.passed}


class Leaning(ast.NodeTransformer):
    """Lets every function call a helper first."""

    def __init__(self, helper):
        self.call = f"{helper}()"

    def visit_FunctionDef(self, node):
        node.body[:0] = ast.parse(self.call).body
        return node


def block(text, todo):
    """Return the ids of a TODO and what belongs to it, a helper in a cell of its own included."""
    own = [cell.id for role in ("check", "test") for cell in text.belonging_to(todo, role)]
    return [f"hints_{todo}", todo, f"helper_of_{todo}", *own]


def two_by_two(text, notebook):
    """Let TODOs change places, two and two, each with its hints, a helper, its checks and tests.

    One that builds on the other stands above it now: when it is called, both are there.
    """
    cells = {cell.id: cell for cell in notebook.cells}
    blocks = [block(text, cell.id) for cell in text.of("todo")]
    order = list(cells)
    for _, todo, helper, *_ in blocks:
        cells[helper] = new_code_cell(id=helper)
        order.insert(order.index(todo) + 1, helper)
    for first, second in zip(blocks[::2], blocks[1::2], strict=False):
        order = [name for name in order if name not in first]
        behind = order.index(second[-1]) + 1
        order[behind:behind] = first
    return [cells[name] for name in order]


def released(name):
    """Return the cells of a notebook by name, as the gradebook holds them."""
    notebook = nbformat.read(Course().notebook("source", name), 4)
    cells = {cell.id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}
    for cell in cells.values():
        cell.metadata.nbgrader.cell_type = cell.cell_type
    return cells


@pytest.mark.parametrize("name", NAMES)
def test_todos_that_changed_places_and_helpers_below_them_lose_no_point(name):
    text = source(name)
    cells = two_by_two(text, nbformat.read(Course().notebook("release", name), 4))
    told = repair(cells, released(name))
    assert all("moved back" in sentence for sentence in told)
    known = {cell.id: cell for cell in text.cells}
    for todo in text.of("todo"):
        helper = f"helper_of_{todo.id}"
        answer = rewritten(todo.source, Leaning(helper))
        known[todo.id] = replace(todo, source=answer)
        known[helper] = Cell(helper, "given", True, f"def {helper}():\n    pass", line=0)
    as_graded = replace(text, cells=tuple(known[cell.id] for cell in cells if cell.id in known))
    assert [cell.id for cell in as_graded.of("todo")][1] == text.of("todo")[0].id
    verdicts = trial.run(as_graded)
    tests = {cell.id for cell in text.of("test")}
    assert not {test: verdicts[test].message for test in tests if not verdicts[test].passed}
