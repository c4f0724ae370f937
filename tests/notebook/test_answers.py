"""Wrong answers fail with a message that names the mistake; right ones pass, however they look."""

import ast
import functools
import itertools
from collections import Counter

import pytest
from answer_files import ANSWERS, answers, source

from course import jobs, seal, text, trial
from helpers import check
from helpers.judge import matches
from helpers.record import PASSED

NAMES = sorted(path.name.removesuffix("_wrong.py") for path in ANSWERS.glob("*_wrong.py"))
WRONG_PER_TODO, RIGHT_PER_TODO = 6, 3
NAMED_AT_ONCE = 0.9  # share of the wrong answers


@functools.cache
def verdicts(name, kind, number):
    """Judge one answer: a right one by all cells, a wrong one by those of the TODO it fails."""
    answer = answers(name, kind)[number]
    return trial.run(source(name), answer.code, only=owner(name, answer.test))


@functools.cache
def owner(name, test):
    """Return the TODO that a check or a hidden test belongs to, or None."""
    names = sorted((cell.id for cell in source(name).of("todo")), key=len, reverse=True)
    return text.owner(test, test.partition("_")[0], names)


def parameters(kind):
    return [
        pytest.param(name, number, id=f"{name}-{answer.id}")
        for name in NAMES
        for number, answer in enumerate(answers(name, kind))
    ]


@functools.cache
def visible(name):
    """Return what the check cells of a text want: they draw nothing, it is the same each time."""
    with check.expecting() as wants:
        trial.run(source(name))
    return wants


@functools.cache
def comparisons(name, seed=0):
    """Return what all checks of a text want, as the reference solution runs them.

    Parameters
    ----------
    name : str
    seed : int, optional
        Of the inputs that hidden tests draw.

    Returns
    -------
    list of Expected
        Those of the check cells, then those of the test cells.
    """
    hidden = trial.wanted(source(name), seed)
    wants = visible(name) + [want for wants in hidden.values() for want in wants]
    made = [
        seal.checks(cell.source) for role in ("check", "test") for cell in source(name).of(role)
    ]
    assert [want.name for want in wants] == [check_name for names in made for check_name in names]
    return wants


def hidden_mistakes(name):
    """Return (name of the check, name of the mistake) for all known mistakes of hidden tests."""
    calls = [
        node
        for cell in source(name).of("test")
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Call)
    ]
    return [
        (call.args[0].value, key.value)
        for call in calls
        for keyword in call.keywords
        if keyword.arg == "mistakes"
        for key in keyword.value.keys
    ]


@pytest.mark.parametrize(("name", "number"), parameters("wrong"))
def test_a_wrong_answer_fails_and_is_told_why(name, number):
    answer = answers(name, "wrong")[number]
    judged = {cell.id for cell in source(name).of("check", "test")}
    assert answer.test in judged, f"{answer.id}: {answer.test!r} is no check and no hidden test"
    verdict = verdicts(name, "wrong", number)[answer.test]
    assert not verdict.passed
    assert answer.says
    assert answer.says in verdict.message


def first_told(name, number):
    """Return the first verdict that is not a pass: students meet the checks before the tests."""
    found = verdicts(name, "wrong", number)
    failed = [cell for cell in found if not found[cell].passed]
    return found[min(failed, key=lambda cell: not cell.startswith("check_"))]


@pytest.mark.parametrize("name", NAMES)
def test_most_wrong_answers_are_named_by_the_first_message(name):
    unnamed = {}
    for number, answer in enumerate(answers(name, "wrong")):
        first = first_told(name, number)
        if (answer.first or answer.says) not in first.message:
            unnamed[answer.id] = first.message
    assert len(unnamed) <= (1 - NAMED_AT_ONCE) * len(answers(name, "wrong")), unnamed


@pytest.mark.parametrize(("name", "number"), parameters("right"))
def test_a_right_answer_passes_every_check_and_every_test(name, number):
    failed = {
        cell_id: verdict.message
        for cell_id, verdict in verdicts(name, "right", number).items()
        if not verdict.passed
    }
    assert not failed


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(("kind", "least"), [("wrong", WRONG_PER_TODO), ("right", RIGHT_PER_TODO)])
def test_each_todo_has_enough_answers(name, kind, least):
    found = Counter(todo for answer in answers(name, kind) for todo in answer.code)
    short = {cell.id for cell in source(name).of("todo") if found[cell.id] < least}
    assert not short


@pytest.mark.parametrize("name", NAMES)
def test_each_hidden_test_is_the_one_that_a_wrong_answer_meets(name):
    met = {answer.test for answer in answers(name, "wrong")}
    assert {cell.id for cell in source(name).of("test")} <= met


@pytest.mark.parametrize("seed", range(jobs.SETS_OF_INPUTS))
@pytest.mark.parametrize("name", NAMES)
def test_no_known_mistake_equals_the_right_value(name, seed):
    right = [
        (want.name, mistake)
        for want in comparisons(name, seed)
        for mistake, value in want.mistakes.items()
        if want.judge(value).status == PASSED
    ]
    assert not right


@pytest.mark.parametrize("seed", range(jobs.SETS_OF_INPUTS))
@pytest.mark.parametrize("name", NAMES)
def test_no_known_mistake_hides_another(name, seed):
    hidden = [
        (want.name, first, second)
        for want in comparisons(name, seed)
        for first, second in itertools.combinations(want.mistakes, 2)
        if matches(want.mistakes[second], want.mistakes[first], want.rtol, want.atol)
    ]
    assert not hidden


@pytest.mark.parametrize("name", NAMES)
def test_each_check_has_a_hint_and_each_mistake_a_name(name):
    wants = comparisons(name)
    assert wants
    assert all(want.hint.strip() for want in wants)
    assert all(mistake.strip() for want in wants for mistake in want.mistakes)


@pytest.mark.parametrize("name", NAMES)
def test_each_hint_is_met_by_some_wrong_answer(name):
    messages = [
        verdict.message
        for number in range(len(answers(name, "wrong")))
        for verdict in verdicts(name, "wrong", number).values()
    ]
    never = [
        (want.name, want.hint)
        for want in comparisons(name)
        if not any(m.startswith(f"{want.name}: ") and want.hint in m for m in messages)
    ]
    assert not never


@pytest.mark.parametrize("name", NAMES)
def test_each_known_mistake_of_a_hidden_test_is_made_by_some_wrong_answer(name):
    messages = [
        verdict.message
        for number in range(len(answers(name, "wrong")))
        for verdict in verdicts(name, "wrong", number).values()
    ]
    never = [
        (check_name, mistake)
        for check_name, mistake in hidden_mistakes(name)
        if not any(said.startswith(f"{check_name}: {mistake} (") for said in messages)
    ]
    assert not never


@pytest.mark.parametrize("name", NAMES)
def test_the_answers_are_judged_without_the_data(name):
    given = [cell.source for cell in source(name).of("given")]
    assert not [code for code in given if "data.load" in code]
