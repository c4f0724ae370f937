"""Honest but untidy: solutions that print, warn, plot and are defined twice lose no point.

Of every notebook, as plain functions; `tests/grading/untidy_corpus.py` has whole submissions.
"""

import ast

import pytest
from test_answers import NAMES, source

from course import trial

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
