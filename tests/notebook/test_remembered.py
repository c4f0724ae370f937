"""Hidden inputs are drawn for each submission: an answer that remembers results earns nothing."""

import ast
import copy
import itertools
import operator
import sys
from collections import defaultdict
from typing import NamedTuple

import numpy as np
import pytest
from test_answers import NAMES, answers, owner, source

from course import jobs, trial
from helpers.record import PASSED

SEEN = 0  # the seed whose inputs and results are remembered
UNSEEN = (9,)


class Call(NamedTuple):
    """What one call was given, as it was before and after the call, and what it returned.

    Given are the arguments by position and, last, a dict of those by name.
    """

    before: tuple
    after: tuple
    result: object


class Memory:
    """The calls of the functions of a notebook, and ways to answer from them."""

    def __init__(self):
        self.calls = defaultdict(list)

    def record(self, name, function):
        """Answer rightly and remember each call."""

        def answer(*args, **named):
            given = (*args, named)
            before = copied(given)
            result = function(*args, **named)
            self.calls[name].append(Call(before, *copied((given, result))))
            return result

        return answer

    def look_up(self, name, function):
        """Answer calls that have been seen; for other arguments answer zeros of the right shape."""
        seen = defaultdict(list)  # what draws random numbers answers the same call differently
        for call in self.calls[name]:
            seen[frozen(call.before)].append(call)
        turns = {given: itertools.cycle(calls) for given, calls in seen.items()}
        other = self.zeros(name, function)

        def answer(*args, **named):
            calls = turns.get(frozen((*args, named)))
            return repeat(next(calls), (*args, named)) if calls else other(*args, **named)

        return answer

    def repeat_in_order(self, name, _function):
        """Answer the first call as the first call that has been seen, and so on."""
        calls = itertools.cycle(self.calls[name])
        return lambda *args, **named: repeat(next(calls), (*args, named))

    def zeros(self, _name, function):
        """Answer zeros in the place of each number that would be right."""

        def answer(*args, **named):
            given = (*args, named)
            before, after = copied((given, given))
            result = function(*after[:-1], **after[-1])
            return repeat(Call(before, after, result), given, zeros)

        return answer

    def first_argument(self, name, _function):
        """Answer the first argument; of a method, that after self if there is one."""
        first = 1 if "." in name else 0
        return lambda *args, **_: args[first] if len(args) > first else args[0]

    def nothing(self, _name, _function):
        """Answer None."""
        return lambda *_, **__: None

    def yes(self, _name, _function):
        """Answer True."""
        return lambda *_, **__: True


def parts(value):
    """Yield what stands in tuples, lists and dicts, however deep."""
    if isinstance(value, dict):
        value = tuple(value.values())
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from parts(item)
    else:
        yield value


def is_a(value, kind):
    """Tell whether a value is a "Tensor", "nn.Module" or "optim.Optimizer" of PyTorch."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, operator.attrgetter(kind)(torch))


def copied(value):
    """Return a deep copy, in which computed tensors have lost their graph, as PyTorch wants it.

    What holds an optimiser is kept: the copy of one that has a scheduler would go on moving the
    weights of the first.
    """
    if any(is_a(part, "optim.Optimizer") for part in parts(value)):
        return value
    computed = [part for part in parts(value) if is_a(part, "Tensor") and not part.is_leaf]
    return copy.deepcopy(value, {id(part): part.detach().clone() for part in computed})


def frozen(value):
    """Return a value as one that can be compared and hashed; arrays and objects by content."""
    if is_a(value, "nn.Module"):
        return type(value).__name__, frozen(dict(value.state_dict()))
    if is_a(value, "Tensor"):
        return frozen(value.numpy(force=True)), value.requires_grad
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tobytes()
    if isinstance(value, (list, tuple)):
        return tuple(frozen(item) for item in value)
    if isinstance(value, dict):
        return tuple((key, frozen(item)) for key, item in value.items())
    if isinstance(value, np.random.Generator):
        return repr(value.bit_generator.state)
    if isinstance(value, type):
        return value.__name__
    if hasattr(value, "__dict__"):
        return type(value).__name__, frozen(vars(value))
    return value


def zeros(value):
    """Return zeros in place of the numbers of a value; a module that answers zeros."""
    if is_a(value, "Tensor"):
        return (value.detach() * 0).requires_grad_(value.requires_grad and value.is_leaf)
    if is_a(value, "nn.Module"):
        value.register_forward_hook(lambda _module, _inputs, scores: scores * 0)
        return value
    if isinstance(value, (list, tuple)):
        return type(value)(zeros(item) for item in value)
    if isinstance(value, dict):
        return {key: zeros(item) for key, item in value.items()}
    if isinstance(value, (bool, int, float, np.generic, np.ndarray)):
        return np.zeros_like(value)[()]
    return value


def repeat(call, args, put=copied):
    """Write into arguments what a call wrote into its own, and return what it returned."""
    for arg, before, after in zip(args, call.before, call.after, strict=True):
        rewrite(arg, before, after, put)
    return put(call.result)


def rewrite(value, before, after, put):
    """Return a value with those of its parts replaced that differ before and after a call."""
    if frozen(before) == frozen(after):
        return value
    # Each run defines its classes anew, so a class is known by its name.
    if len({type(part).__name__ for part in (value, before, after)}) > 1:
        return put(after)
    if is_a(after, "Tensor"):
        value.data.copy_(put(after))
        return value
    if isinstance(after, np.ndarray) and value.shape == after.shape and value.dtype == after.dtype:
        value[...] = put(after)  # in place, for others may hold the same array
    elif isinstance(after, list) and len(value) == len(before) == len(after):
        items = zip(value, before, after, strict=True)
        value[:] = [rewrite(*item, put) for item in items]
    elif isinstance(after, dict):
        for key in after:
            value[key] = rewrite(value.get(key), before.get(key), after[key], put)
    elif hasattr(after, "__dict__"):
        rewrite(vars(value), vars(before), vars(after), put)
    else:
        return put(after)
    return value


def functions(code):
    """Return the functions that a TODO defines: plain ones, and a class's public methods."""
    found = []
    for node in ast.parse(code).body:
        if isinstance(node, ast.FunctionDef):
            # @method_of(Layer) makes it Layer.forward.
            classes = [ast.unparse(decorator.args[0]) for decorator in node.decorator_list]
            found.append(".".join([*classes, node.name]))
        elif isinstance(node, ast.ClassDef):
            methods = [inner.name for inner in node.body if isinstance(inner, ast.FunctionDef)]
            found += [f"{node.name}.{method}" for method in methods if not method.startswith("_")]
    return found


@pytest.fixture
def earned(monkeypatch):
    """Return a function that tells which of its hidden tests an answer to one TODO passes."""
    monkeypatch.setitem(sys.modules, "memory", Memory())

    def run(name, todo, way, seed):
        (cell,) = (cell for cell in source(name).of("todo") if cell.id == todo)
        changes = [f"{it} = memory.{way}({it!r}, {it})" for it in functions(cell.source)]
        assert changes
        code = "\n".join([cell.source, "import memory", *changes])
        verdicts = trial.run(source(name), {todo: code}, only=todo, seed=seed)
        return {test for test in hidden_tests(name, todo) if verdicts[test].passed}

    return run


def hidden_tests(name, todo):
    return {cell.id for cell in source(name).belonging_to(todo, "test")}


def backward_tests(name):
    """Return the tests that ask for gradients; a remembered tensor has no graph behind it."""
    return {cell.id for cell in source(name).of("test") if ".backward()" in cell.source}


def takes_arguments(code):
    """Tell whether a TODO defines anything that takes arguments: nothing else can remember."""
    return any(
        isinstance(node, ast.ClassDef) or (isinstance(node, ast.FunctionDef) and node.args.args)
        for node in ast.parse(code).body
    )


TODOS = [
    (name, todo.id)
    for name in NAMES
    for todo in source(name).of("todo")
    if takes_arguments(todo.source)
]


@pytest.mark.parametrize("way", ["look_up", "repeat_in_order"])
@pytest.mark.parametrize(("name", "todo"), TODOS)
def test_remembered_results_earn_nothing_for_other_inputs(earned, name, todo, way):
    assert earned(name, todo, "record", SEEN) == hidden_tests(name, todo)
    # It is a good memory: what it has seen, it answers rightly. Only gradients it cannot give.
    assert hidden_tests(name, todo) - backward_tests(name) <= earned(name, todo, way, SEEN)
    for seed in UNSEEN:
        assert not earned(name, todo, way, seed), seed


@pytest.mark.parametrize("way", ["first_argument", "nothing", "zeros", "yes"])
@pytest.mark.parametrize(("name", "todo"), TODOS)
def test_an_answer_that_computes_nothing_earns_nothing(earned, name, todo, way):
    for seed in (SEEN, *UNSEEN):
        assert not earned(name, todo, way, seed), seed


@pytest.mark.parametrize("name", NAMES)
def test_each_hidden_test_wants_other_values_for_each_set_of_inputs(name):
    wants = [trial.wanted(source(name), seed) for seed in range(jobs.SETS_OF_INPUTS)]
    alike = [
        (test, one, other)
        for test in wants[0]
        for one, other in itertools.combinations(range(jobs.SETS_OF_INPUTS), 2)
        if all(
            want.judge(remembered.want).status == PASSED
            for want, remembered in zip(wants[one][test], wants[other][test], strict=True)
            if want.kind in ("close", "equal")
        )
    ]
    assert not alike


@pytest.mark.parametrize("seed", [1, 3, 4, 6])
@pytest.mark.parametrize("name", NAMES)
def test_the_solution_passes_for_all_inputs(name, seed):
    verdicts = trial.run(source(name), strict=True, seed=seed)
    assert not {cell: said.message for cell, said in verdicts.items() if not said.passed}


@pytest.mark.parametrize("seed", [2, 10])
@pytest.mark.parametrize("name", NAMES)
def test_right_answers_pass_for_other_inputs_too(name, seed):
    messages = {
        (answer.id, cell): verdict.message
        for answer in answers(name, "right")
        for cell, verdict in trial.run(source(name), answer.code, seed=seed).items()
        if not verdict.passed
    }
    assert not messages


@pytest.mark.parametrize("seed", [5])
@pytest.mark.parametrize("name", NAMES)
def test_wrong_answers_are_told_the_same_for_other_inputs(name, seed):
    missed = {}
    for answer in answers(name, "wrong"):
        todo = owner(name, answer.test)
        verdict = trial.run(source(name), answer.code, only=todo, seed=seed)[answer.test]
        if verdict.passed or answer.says not in verdict.message:
            missed[answer.id] = verdict.message
    assert not missed
