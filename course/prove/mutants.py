"""The mutants of one solution: its cell with one mistake planted."""

import ast
import difflib
from dataclasses import dataclass

from ..text import BEGIN_SOLUTION, END_SOLUTION
from .operators import FIELD, GENERAL

# What a mutant's function calls in place of returning at once; see `forks.damaged`.
DAMAGED = "changed_in_place"


@dataclass(frozen=True)
class Mutant:
    """A solution with one mistake.

    Parameters
    ----------
    todo : str
        The id of the cell.
    operator : str
        What kind of mistake.
    original, code : str
        The cell without and with it.
    """

    todo: str
    operator: str
    original: str
    code: str

    @property
    def diff(self):
        """Return the lines that differ, each with its sign."""
        lines = difflib.ndiff(self.original.splitlines(), self.code.splitlines())
        return "\n".join(f"{line[0]} {line[2:].strip()}" for line in lines if line[0] in "+-")


def of(cell):
    """Return the mutants of a TODO cell, each different from the others.

    Parameters
    ----------
    cell : text.Cell
        With its solution.

    Returns
    -------
    list of Mutant
    """
    mutants, seen = [], {_meaning(cell.source)}
    for operator, code in (*_general(cell.source), *_field(cell.source), *_in_place(cell.source)):
        if _only_in_solution(cell.source, code) and _meaning(code) not in seen:
            seen.add(_meaning(code))
            mutants.append(Mutant(cell.id, operator, cell.source, code))
    return mutants


def _meaning(code):
    """Return what two codes share that differ in brackets, spaces or zip's guard, or None."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "zip":
            node.keywords = []  # `strict` makes wrong lengths an error, and right ones no better
    return ast.dump(tree)


def _only_in_solution(original, code):
    """Whether nothing but the solution was changed: the stub's signature is given."""
    if _meaning(code) is None:
        return False
    head, _, rest = original.partition(BEGIN_SOLUTION)
    tail = rest.partition(END_SOLUTION)[2]
    return code.startswith(head) and code.endswith(tail)


def _general(source):
    try:
        from cosmic_ray.mutating import mutate_code
        from cosmic_ray.plugins import get_operator
    except ImportError:
        raise OSError(
            "course prove needs Cosmic Ray: run make prove, or pip install '.[test]'"
        ) from None

    for name in GENERAL:
        operator, occurrence = get_operator(name)(), 0
        while (code := mutate_code(source, operator, occurrence)) is not None:
            yield name.removeprefix("core/"), code
            occurrence += 1


def _field(source):
    for node in ast.walk(ast.parse(source)):
        for operator in FIELD:
            for new in operator(node):
                yield operator.__name__, _replaced(source, node, new)


def _in_place(source):
    """Let each function damage an argument after its value was computed."""
    tree = ast.parse(source)
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            names = [arg.arg for arg in function.args.args if arg.arg not in ("self", "cls")]
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and node.value is not None:
                    for name in names:
                        call = ast.Call(ast.Name(DAMAGED), [node.value, ast.Name(name)], [])
                        yield f"{DAMAGED} {name}", _replaced(source, node, ast.Return(call))


def _replaced(source, node, new):
    """Return the source with one node's text replaced; the rest keeps its looks."""
    lines = source.encode().splitlines(keepends=True)  # the tree counts columns in bytes
    start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    end = sum(map(len, lines[: node.end_lineno - 1])) + node.end_col_offset
    text = ast.unparse(ast.fix_missing_locations(new))
    if isinstance(new, (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.IfExp)):
        text = f"({text})"
    whole = source.encode()
    return (whole[:start] + text.encode() + whole[end:]).decode()
