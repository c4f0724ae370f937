"""The release gate: what a released notebook may hold, and nothing else.

An allow-list. The gate does not look for leaks; it works out from the text, by itself, the one
form that each released cell may have, and refuses everything that differs. It runs inside
``course build`` on the bytes that students would get (nbgrader's hooks fail open).

Beside that it asks the reverse question, independently of how a cell came about: does any line
that only the solution or the hidden tests hold stand anywhere in the release?
"""

import ast
import json
import re

from nbformat.notebooknode import from_dict
from nbgrader.utils import compute_checksum

from helpers.record import stub_message

from . import notebook, text
from .errors import CourseError

TEXT_STUB = "YOUR ANSWER HERE"
MARKER = re.compile(
    r"(begin|end)[\s_]*(solution|hidden|mark)|solution[\s_]*(begin|end)|hidden[\s_]*tests?\s*$",
    re.IGNORECASE | re.MULTILINE,
)
# Shorter lines, such as `return x` or `else:`, stand in given code too and give nothing away.
TELLING = 12


class Leak(CourseError):
    """A released notebook holds something that it may not hold. One line for each finding."""


def check_folder(source, folder):
    """Refuse a release folder unless it holds exactly the notebook that may be released.

    Parameters
    ----------
    source : text.Text
        What the release derives from.
    folder : Path
        ``release/X``.

    Raises
    ------
    Leak
        Naming every finding.
    """
    findings = []
    wanted = folder / f"{source.name}.ipynb"
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            findings.append(f"{path.name}: a symbolic link; only a file may lie in the release")
        elif path != wanted:
            findings.append(f"{path.name}: only {wanted.name} may lie in the release")
    if wanted.is_symlink() or not wanted.is_file():
        findings.append(f"{wanted.name}: missing")
    else:
        findings += inspect(source, wanted.read_bytes())
    if findings:
        raise Leak(f"{source.name}: not released\n" + "\n".join(f"  {line}" for line in findings))


def inspect(source, data):
    """Return what is wrong with the bytes of a released notebook, one line a finding.

    Parameters
    ----------
    source : text.Text
    data : bytes

    Returns
    -------
    list of str
        Empty if the notebook may be released.
    """
    try:
        released = json.loads(data.decode("utf-8"), object_pairs_hook=_unique_keys)
    except ValueError as error:
        return [f"not a notebook: {error}"]
    _join_sources(released)
    findings = _differences(expected_notebook(source), released, "notebook")
    for shown in _strings(released):
        findings += [f"marker {m.group(0)!r} in the release" for m in MARKER.finditer(shown)]
    findings += [
        f"line of {cell} in the release: {line!r}"
        for cell, line in leaked(telling_lines(source), _strings(released))
    ]
    return findings


def _join_sources(released):
    """Join the lists of lines that nbformat writes for sources, where they are nothing else."""
    cells = released.get("cells") if isinstance(released, dict) else None
    for cell in cells if isinstance(cells, list) else []:
        lines = cell.get("source") if isinstance(cell, dict) else None
        if isinstance(lines, list) and all(isinstance(line, str) for line in lines):
            cell["source"] = "".join(lines)


def _unique_keys(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) != len(keys):
        # A reader keeps one of the two values, so the other would travel unseen.
        raise ValueError(f"a key stands twice among {sorted(keys)}")
    return dict(pairs)


def expected_notebook(source):
    """Return the one form in which a text may be released, as parsed JSON."""
    return {
        "cells": [_expected_cell(cell) for cell in source.cells],
        "metadata": notebook.metadata(source),
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def _expected_cell(cell):
    metadata = notebook.cell_metadata(cell)
    released = {"id": cell.id, "metadata": metadata, "source": _expected_source(cell)}
    released["cell_type"] = "code" if cell.code else "markdown"
    if cell.code:
        released |= {"execution_count": None, "outputs": []}
    if "nbgrader" in metadata:
        metadata["deletable"] = False
        if not metadata["nbgrader"]["solution"]:
            metadata["editable"] = False
        metadata["nbgrader"]["cell_type"] = released["cell_type"]
        metadata["nbgrader"]["checksum"] = compute_checksum(from_dict(released))
    return released


def _expected_source(cell):
    if cell.role == "explain":
        return TEXT_STUB
    solution, hidden = text.regions(cell)
    removed = {line for region in solution + hidden for line in region}
    begins = {region.start for region in solution}
    lines = []
    for number, line in enumerate(cell.source.splitlines()):
        if number in begins:
            indent = line[: len(line) - len(line.lstrip())]
            stub = stub_message(text.function_at(cell, number))
            lines.append(f'{indent}raise NotImplementedError("{stub}")')
        elif number not in removed:
            lines.append(line)
    if cell.role != "test":
        return "\n".join(lines)
    first = ast.parse(cell.source).body[0]
    return "\n".join([notebook.test_heading(cell), *lines[first.end_lineno :]])


def _differences(want, got, where):
    """Return where two JSON values differ, with types told apart (True is not 1)."""
    if type(want) is not type(got) and not {type(want), type(got)} <= {int, float}:
        return [f"{where}: {type(got).__name__}, may only be {type(want).__name__}"]
    if isinstance(want, dict):
        found = [f"{where}: may not hold {key!r}" for key in got if key not in want]
        found += [f"{where}: lacks {key!r}" for key in want if key not in got]
        for key in want:
            if key in got:
                found += _differences(want[key], got[key], f"{where}.{key}")
        return found
    if isinstance(want, list):
        found = [f"{where}: may not hold {_short(item)}" for item in got[len(want) :]]
        found += [f"{where}: lacks {_short(item)}" for item in want[len(got) :]]
        for number, (one, other) in enumerate(zip(want, got, strict=False)):
            name = one["id"] if isinstance(one, dict) and "id" in one else number
            found += _differences(one, other, f"{where}[{name}]")
        return found
    if want != got:
        return [f"{where}: {_short(got)}, may only be {_short(want)}"]
    return []


def _short(value):
    if isinstance(value, dict) and isinstance(value.get("id"), str):
        return f"cell {value['id']!r}"
    shown = repr(value)
    return shown if len(shown) < 120 else f"{shown[:80]}... ({len(shown)} characters)"


def telling_lines(source):
    """Return the lines that stand only in solutions, hidden tests and reference answers.

    Parameters
    ----------
    source : text.Text

    Returns
    -------
    dict of str to tuple of str
        The line without its blanks -> id of its cell, and the line.
    """
    public, secret = set(), {}
    for cell in source.cells:
        regions = [line for found in text.regions(cell) for region in found for line in region]
        for number, line in enumerate(cell.source.splitlines()):
            if cell.role == "explain" or number in regions:
                secret.setdefault(_squeeze(line), (cell.id, line.strip()))
            else:
                public.add(_squeeze(line))
    return {
        squeezed: found
        for squeezed, found in secret.items()
        if len(squeezed) >= TELLING and squeezed not in public
    }


def leaked(telling, strings):
    """Return which telling lines stand in what students get.

    Parameters
    ----------
    telling : dict
        As `telling_lines` returns it.
    strings : iterable of str

    Returns
    -------
    list of tuple of str
        Id of the cell, and the line.
    """
    shown = {_squeeze(line) for string in strings for line in string.splitlines()}
    return [found for squeezed, found in telling.items() if squeezed in shown]


def _strings(value):
    """Yield every string of a JSON value, wherever it hides."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _strings(item)


def _squeeze(line):
    return re.sub(r"\s+", "", line)
