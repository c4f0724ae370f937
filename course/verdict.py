"""Decide whether a graded cell has earned its points, from what it left behind.

Fails closed: a cell passes only if it ran, raised nothing, and left exactly the records that its
own source declares, in order, all of them passed. No output at all earns nothing.
"""

import ast
from dataclasses import dataclass

from helpers.record import NOT_ATTEMPTED, NOT_WRITTEN, PASSED, WRONG

COMPARISONS = ("close", "equal", "vectorised", "within")


class Undeclared(ValueError):
    """A check that cannot be read off the source: its name is computed, or it stands in a loop."""


@dataclass(frozen=True)
class Verdict:
    """The judgement on one graded cell.

    Parameters
    ----------
    status : str
        "passed", "wrong" or "not attempted".
    message : str
        One line for the student; empty if the cell passed.
    """

    status: str
    message: str = ""

    @property
    def passed(self):
        return self.status == PASSED


def declared(code):
    """Return the names of the checks that a cell makes, in order.

    Parameters
    ----------
    code : str
        Source of a check or test cell.

    Raises
    ------
    Undeclared
        If a check stands in a loop, a condition or a function, or its name is not a plain string:
        then nobody could tell which records the cell must leave.
    """
    names = []
    for statement in ast.parse(code).body:
        _collect(statement, names)
    return names


def _collect(statement, names):
    if isinstance(statement, ast.With):
        for inner in statement.body:
            _collect(inner, names)
        return
    if isinstance(statement, ast.Expr) and is_comparison(statement.value):
        call = statement.value
        name = call.args[0] if call.args else None
        if not (isinstance(name, ast.Constant) and isinstance(name.value, str)):
            raise Undeclared(f"line {call.lineno}: the name of a check is a plain string")
        names.append(name.value)
        return
    for node in ast.walk(statement):
        if is_comparison(node):
            raise Undeclared(f"line {node.lineno}: a check stands as a statement of its own")


def is_comparison(node):
    """Tell whether a node of the syntax tree is a call such as ``check.close(...)``."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "check"
        and node.func.attr in COMPARISONS
    )


def judge(names, records, error=None):
    """Judge one cell.

    Parameters
    ----------
    names : list of str
        From `declared`, of the cell's trusted source.
    records : list of Record
        What its checks left.
    error : tuple of (str, str), optional
        Type and text of the exception that ended the cell.

    Returns
    -------
    Verdict
    """
    for record in records:
        if record.status != PASSED:
            return Verdict(record.status, f"{record.name}: {record.message}")
    if error is not None:
        kind, said = error
        if kind == "NotImplementedError" and NOT_WRITTEN in said:
            return Verdict(NOT_ATTEMPTED, said)
        return Verdict(WRONG, f"the code stopped with {kind}" + (f": {said}" if said else ""))
    left = [record.name for record in records]
    if not left:
        return Verdict(WRONG, "this test did not run")
    if left != names:
        return Verdict(WRONG, f"this test did not run to its end ({len(left)} of {len(names)})")
    return Verdict(PASSED)
