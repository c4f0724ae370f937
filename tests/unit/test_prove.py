"""``course prove``: mistakes are planted, each alone; tests kill them; what survives is told."""

import ast
import json
from dataclasses import replace

import pytest

from course import text, trial
from course.paths import Course
from course.prove import equivalent, forks, mutants, operators, page

HALVES = '''\
# %% [markdown] id="intro"
# # Halves

# %% role="given" id="imports"
import numpy as np

from helpers import check

# %% role="todo" id="half"
def half(x):
    """Return x over two."""
    ### BEGIN SOLUTION
    while np.size(x) < 0:
        x = x
    return x / 2
    ### END SOLUTION

# %% role="test" id="test_half" points=1
"""half of some numbers."""
### BEGIN HIDDEN TESTS
x = check.rng().normal(size=3)
got = half(x.copy())
check.close("half of three numbers", got, x / 2, hint="divide by two")
### END HIDDEN TESTS

# %% role="todo" id="quarter"
def quarter(x):
    """Return x over four."""
    ### BEGIN SOLUTION
    return half(half(x))
    ### END SOLUTION

# %% role="test" id="test_quarter" points=1
"""quarter leaves what it was given as it is."""
### BEGIN HIDDEN TESTS
x = check.rng().normal(size=3)
kept = x.copy()
quarter(x)
check.close("what quarter was given", x, kept, hint="return a new array")
### END HIDDEN TESTS
'''


@pytest.fixture
def halves(tmp_path):
    path = tmp_path / "09_halves.py"
    path.write_text(HALVES, encoding="utf-8")
    return text.read(path)


@pytest.mark.parametrize(
    ("operator", "code", "becomes"),
    [
        ("another_function", "np.sum(x)", {"np.mean"}),
        ("another_function", "rng.random(3)", {"rng.standard_normal"}),
        ("another_axis", "x.sum(axis=0)", {"x.sum()"}),
        ("another_axis", "x.sum(axis=(0, 2))", {"x.sum()", "x.sum(axis=(2,))", "x.sum(axis=(0,))"}),
        ("one_operand", "loss + reg", {"loss", "reg"}),
        ("one_operand", "loss / N", {"loss"}),
        ("operands_swapped", "x @ W", {"W @ x"}),
        ("no_call", "x.T", {"x"}),
        ("no_call", "np.sqrt(x)", {"x"}),
        ("epsilon_elsewhere", "np.sqrt(v + eps)", {"np.sqrt(v) + eps"}),
        ("epsilon_elsewhere", "np.sqrt(v) + eps", {"np.sqrt(v + eps)"}),
        ("another_mode", "'train'", {"'test'"}),
        ("shifted_slice", "x[a:b]", {"a + 1:b", "a:b - 1"}),
        ("shifted_slice", "x[:2]", {"1:2"}),
        ("arguments_swapped", "f(a, b)", {"f(b, a)"}),
        ("arguments_swapped", "np.maximum(0, x)", set()),
        ("argument_left_out", "np.zeros(3, dtype=int)", {"np.zeros(3)"}),
        ("another_update", "w += v", {"w -= v", "w = v"}),
        ("statement_left_out", "cache['v'] = v", {"pass"}),
        ("statement_left_out", "if a: b = c", {"pass"}),
    ],
)
def test_an_operator_plants_its_mistake(operator, code, becomes):
    planted = {
        ast.unparse(ast.fix_missing_locations(new))
        for node in ast.walk(ast.parse(code))
        for new in getattr(operators, operator)(node)
    }
    assert planted == becomes


def test_each_mutant_is_one_change_of_the_solution_and_of_nothing_else(halves):
    cell = halves.of("todo")[0]
    made = mutants.of(cell)
    assert len({mutant.code for mutant in made}) == len(made)
    head, tail = cell.source.split("    while")[0], cell.source.split("x / 2")[1]
    assert all(mutant.code.startswith(head) and mutant.code.endswith(tail) for mutant in made)
    diffs = {mutant.diff for mutant in made}
    assert {"- return x / 2\n+ return x * 2", "- return x / 2\n+ return x / 3"} <= diffs
    assert "- return x / 2\n+ return changed_in_place(x / 2, x)" in diffs


def fates(stage, *codes):
    made = [mutants.Mutant(stage.todo.id, "planted", stage.todo.source, code) for code in codes]
    return forks.fates(stage, made, 2)


def test_wrong_mutants_are_killed_whatever_they_do(halves, monkeypatch):
    monkeypatch.setattr(forks, "LEAST", 1.0)
    monkeypatch.setattr(forks, "TIMES", 1.0)
    stage = next(trial.stages(halves))
    wrong, hangs, ends, broken, right = fates(
        stage,
        "def half(x):\n    return x / 3",
        "def half(x):\n    while True:\n        pass",
        "def half(x):\n    import os\n    os._exit(0)",
        "raise ValueError('no such thing')",
        "def half(x):\n    return 0.5 * x",
    )
    assert (wrong.test, wrong.said.split(":")[0]) == ("test_half", "half of three numbers")
    assert hangs.test == ends.test == forks.TOO_LONG
    assert (broken.test, broken.said) == (forks.ITSELF, "ValueError: no such thing")
    assert not right.killed


def test_a_mistake_is_also_noticed_by_what_builds_on_it(halves):
    stage = next(trial.stages(halves))
    [fate] = fates(stage, "def half(x):\n    x /= 2\n    return x")
    assert fate.test == "test_quarter"


def test_what_cannot_be_changed_in_place_is_no_mistake(halves):
    stage = next(trial.stages(halves))
    assert fates(stage, "def half(x, n=2):\n    return changed_in_place(x / n, n)") == [None]


def test_a_solution_that_fails_is_told(halves):
    stage = next(trial.stages(halves))
    stage = replace(stage, todo=replace(stage.todo, source="def half(x):\n    return x"))
    with pytest.raises(RuntimeError, match="half: the solution fails test_half"):
        fates(stage, "def half(x):\n    return 0.5 * x")


def test_the_page_counts_and_shows_what_survived_and_why():
    made = [mutants.Mutant("half", "planted", "a = 1", f"a = {n}") for n in (2, 3, 4, 5)]
    found = [forks.Fate("test_half"), forks.Fate(), forks.Fate(), None]
    proof = page.Proof("half", made, found, {("half", made[1].diff): "three is as good"})
    told = "\n".join(page.section([proof], 2.0))
    assert "1 of 2 mistakes killed (50.0%), in 2 s." in told
    assert "| `half` | 2 | 1 | 1 | 50.0% | 1 |" in told
    assert "Survived in `half` (planted):\n\n```diff\n- a = 1\n+ a = 4\n```" in told
    assert "Equivalent in `half`: three is as good\n\n```diff\n- a = 1\n+ a = 3\n```" in told
    listed = {("half", made[1].diff): "", ("half", made[0].diff): "killed", ("none", ""): ""}
    assert len(equivalent.stale("09_halves", listed, [proof])) == 2


@pytest.mark.parametrize(
    "content", ["[", '[{"todo": "a"}]', '[{"todo": "a", "diff": "b", "why": " "}]']
)
def test_a_damaged_list_of_equivalents_says_what_to_write(tmp_path, content):
    path = tmp_path / "tests" / "answers" / "09_halves_equivalent.json"
    path.parent.mkdir(parents=True)
    path.write_text(content, encoding="utf-8")
    with pytest.raises(
        equivalent.ListError, match=r"09_halves_equivalent\.json: .*write a list of objects"
    ):
        equivalent.read(Course(tmp_path), "09_halves")
    path.write_text(json.dumps([{"todo": "a", "diff": "b", "why": "c"}]), encoding="utf-8")
    assert equivalent.read(Course(tmp_path), "09_halves") == {("a", "b"): "c"}
