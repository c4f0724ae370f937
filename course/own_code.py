"""Take what was given out of an answer, so that the student's own code stays."""

import ast
import re
import warnings

LONGEST = 100_000  # characters of a cell that is parsed: its tree takes far more memory than it


class NoPython(ValueError):
    """The cell does not parse, such as one that holds a command of Jupyter's."""


def own_code(source, stub=""):
    """Return what of a cell a student wrote.

    Statements and comments of the stub that stand unchanged are left out: docstrings, settings that
    were given, whole methods. The heads of functions and classes stay, because without them the
    rest is no Python.

    Parameters
    ----------
    source : str
        The cell as it was handed in.
    stub : str, optional
        The cell as it was released.

    Returns
    -------
    str
        Valid Python; empty if no statement in it is the student's own.

    Raises
    ------
    NoPython
    """
    given = {ast.dump(node) for node in ast.walk(_parse(stub)) if isinstance(node, ast.stmt)}
    comments = {line.strip() for line in stub.splitlines() if line.strip().startswith("#")}
    lines = re.split(r"\r\n?|\n", source)  # as Python counts lines
    try:
        left_out, own = _lines(_parse(source).body, given)
    except RecursionError as error:
        raise NoPython("nested too deeply") from error
    if not own:
        return ""
    left_out |= {n for n, line in enumerate(lines, 1) if line.strip() in comments}
    return "\n".join(
        line for n, line in enumerate(lines, 1) if n in own or n not in left_out
    ).strip("\n")


def _parse(source):
    if len(source) > LONGEST:
        raise NoPython(f"{len(source)} characters are too many")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of "\d" in a string, which is the student's business
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise NoPython(str(error)) from error


def _lines(body, given):
    """Return the line numbers of given statements, and those of the student's own.

    A body in which everything is given stays as it is: it may not become empty.
    """
    left_out, own = set(), set()
    for node in body:
        decorators = getattr(node, "decorator_list", [])
        start = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        if ast.dump(node) in given:
            left_out |= set(range(start, node.end_lineno + 1))
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            inner_left_out, inner_own = _lines(node.body, given)
            own |= inner_own
            left_out |= inner_left_out if inner_own else set()
        else:
            own |= set(range(start, node.end_lineno + 1))
    return left_out, own
