"""Take what a hidden test wants out of its code, before the code meets a student's answer.

    Z = rng.normal(size=(3, 4))                       Z = rng.normal(size=(3, 4))
    right = np.exp(Z) / np.exp(Z).sum(1)      ->
    check.close("rows", softmax(Z), right,            __probe__(0, softmax(Z))
                hint="divide by the row's sum")

What stays only makes inputs, calls the student's functions and hands over what they return. The
names, wanted values, tolerances, known mistakes and hints go, and with them every statement that
only served them. They are learnt from a run of the whole cell with the reference solution.
"""

import ast
import functools
from dataclasses import dataclass

from helpers.expected import KINDS

from .inside.session import COUNT, PROBE


class Unsealable(ValueError):
    """A check that cannot be taken out cleanly; the text says which line, and what to write."""


@dataclass(frozen=True)
class Sealed:
    """A test cell without its answers.

    Parameters
    ----------
    code : str
        Python source; probe number k hands over what check k got.
    names : tuple of str
        The checks of the original cell, in order.
    """

    code: str
    names: tuple


@functools.cache
def seal(code):
    """Take the answers out of a test cell.

    Parameters
    ----------
    code : str
        Source of a test cell.

    Returns
    -------
    Sealed

    Raises
    ------
    Unsealable
        If a check stands in a loop, a condition or a function, or its name is not a plain string:
        then nobody could tell which values the cell must hand over. Also if a statement that must
        stay tells a value that is only wanted.

    Examples
    --------
    >>> seal('want = 2 * 3\\ncheck.equal("six", six(), want, hint="2 * 3")').code
    '__probe__(0, six())'
    """
    calls = []
    body = _probed(ast.parse(code).body, calls)
    kept = _needed(body)
    _refuse_leftovers(kept, calls)
    module = ast.Module(kept, type_ignores=[])
    return Sealed(ast.unparse(ast.fix_missing_locations(module)), _names_of(calls))


def checks(code):
    """Return the names of the checks that a check or test cell makes, in order.

    Raises
    ------
    Unsealable
        As in `seal`, but for what is only wanted: students see the wanted values of check cells.
    """
    calls = []
    _probed(ast.parse(code).body, calls)
    return _names_of(calls)


def _names_of(calls):
    return tuple(call.args[0].value for call in calls)


def is_check(node):
    """Tell whether a node of the syntax tree is a call such as ``check.close(...)``."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "check"
        and node.func.attr in KINDS
    )


def _probed(statements, calls):
    """Return statements with a probe in place of each check; the checks go into ``calls``."""
    probed = []
    for statement in statements:
        if isinstance(statement, ast.With):
            statement.body = _probed(statement.body, calls)
        elif isinstance(statement, ast.Expr) and is_check(statement.value):
            statement.value = _probe(statement.value, len(calls), calls)
        else:
            for node in ast.walk(statement):
                if is_check(node):
                    raise Unsealable(
                        f"line {node.lineno}: a check stands as a statement of its own"
                    )
        probed.append(statement)
    return probed


def _probe(call, number, calls):
    if not (call.args and isinstance(call.args[0], ast.Constant)) or not isinstance(
        call.args[0].value, str
    ):
        raise Unsealable(f"line {call.lineno}: the name of a check is a plain string")
    if len(call.args) < 2 or any(isinstance(argument, ast.Starred) for argument in call.args):
        raise Unsealable(f"line {call.lineno}: name and got are the first two arguments of a check")
    calls.append(call)
    arguments = [ast.Constant(number), call.args[1]]
    if call.func.attr == "vectorised":
        sizes = {key.arg: key.value for key in call.keywords if key.arg in ("small", "large")}
        arguments += [sizes.get("small", ast.Constant(4)), sizes.get("large", ast.Constant(64))]
    name = COUNT if call.func.attr == "vectorised" else PROBE
    return ast.copy_location(ast.Call(ast.Name(name, ast.Load()), arguments, keywords=[]), call)


def _needed(statements):
    """Drop the statements that serve nothing which stays: liveness, read from the end."""
    later = set()  # a function may read names that are set after it is defined
    while True:
        kept, live = [], set(later)
        for statement in reversed(statements):
            if _is_dead(statement, live):
                continue
            kept.insert(0, statement)
            live -= _set_for_certain(statement)
            live |= _names(statement, ast.Load)
        found = {
            name
            for statement in kept
            for node in ast.walk(statement)
            if isinstance(node, (ast.FunctionDef, ast.Lambda))
            for name in _names(node, ast.Load)
        }
        if found <= later:
            return kept
        later |= found


def _is_dead(statement, live):
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, ast.Constant)
    if isinstance(statement, ast.Assign):
        return all(_only_binds(target, live) for target in statement.targets)
    if isinstance(statement, (ast.AnnAssign, ast.AugAssign)):
        return _only_binds(statement.target, live)
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return statement.name not in live and not statement.decorator_list
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return not live & {(a.asname or a.name).split(".")[0] for a in statement.names}
    if isinstance(statement, (ast.For, ast.While, ast.If)):
        target = getattr(statement, "target", None)
        return (target is None or _only_binds(target, live)) and all(
            _is_dead(inner, live) for inner in statement.body + statement.orelse
        )
    return isinstance(statement, ast.Pass)


def _only_binds(target, live):
    """Tell whether assigning to a target does nothing but bind names that nobody reads."""
    if isinstance(target, ast.Name):
        return target.id not in live
    if isinstance(target, (ast.Tuple, ast.List)):
        return all(_only_binds(element, live) for element in target.elts)
    return isinstance(target, ast.Starred) and _only_binds(target.value, live)


def _set_for_certain(statement):
    """Return the names that a statement sets for certain, without reading them."""
    if not isinstance(statement, (ast.Assign, ast.AnnAssign, ast.FunctionDef, ast.ClassDef)):
        return set()
    defined = {statement.name} if hasattr(statement, "name") else set()
    targets = getattr(statement, "targets", [getattr(statement, "target", None)])
    return defined | {name for t in targets if t for name in _names(t, ast.Store)}


def _names(node, context):
    """Return the names that a node reads (`ast.Load`) or sets (`ast.Store`)."""
    names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, context)}
    if (
        context is ast.Load
        and isinstance(node, ast.AugAssign)
        and isinstance(node.target, ast.Name)
    ):
        names.add(node.target.id)
    return names


def _refuse_leftovers(kept, calls):
    """Refuse what is only wanted, yet stays because its statement does something else too."""
    probes = {id(node) for statement in kept for node in ast.walk(statement)}
    wanted = {
        name
        for call in calls
        for part in [*call.args[2:], *(keyword.value for keyword in call.keywords)]
        if id(part) not in probes
        for name in _names(part, ast.Load)
    }
    used = set().union(*(_used(statement) for statement in kept))
    for statement in kept:
        for name in sorted(_names(statement, ast.Store) & wanted - used):
            raise Unsealable(
                f"line {statement.lineno}: {name!r} is only wanted, but it is set with "
                "something that the test needs, or written into: make it an expression of its own"
            )


def _used(statement):
    """Return the names that a statement reads for more than to change what they stand for."""
    changed = set()  # the nodes of `gradients` in gradients.append(g), and in gradients[0] = g
    for node in ast.walk(statement):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            changed.add(_root(node.value.func))
        elif isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.ctx, ast.Store):
            changed.add(_root(node))
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node not in changed
    }


def _root(node):
    while isinstance(node, (ast.Subscript, ast.Attribute)):
        node = node.value
    return node
