"""Mend the fields of a notebook from a damaged file, so that nbformat finds it valid."""

import math

from nbformat.notebooknode import from_dict

from helpers.repair import CELL_ID, joined, shown

MOST_CELLS = 2_000
DEEPEST = 50  # levels of lists in lists; what copies notebooks recurses a few calls a level
# The metadata that a release gives its cells; all other is how the student's screen looks.
KEPT = ("deletable", "editable", "nbgrader", "workbook")
ODD_VALUES = {
    "depth": "What was nested more deeply than any notebook is was left out.",
    "numbers": "Numbers that are not finite were left out.",
    "characters": "Characters that are none (half of a surrogate pair) were replaced.",
}


class Unreadable(ValueError):
    """A file from which no notebook can be read; the message says why, for the student."""


def mend(value, name, told):
    """Return the notebook that a value read from JSON stands for."""
    if not isinstance(value, dict):
        raise Unreadable(f"{shown(name)} is no notebook: it holds a {type(value).__name__}")
    cells = value.get("cells")
    if not isinstance(cells, list) and isinstance(value.get("worksheets"), list):
        sheets = [sheet for sheet in value["worksheets"] if isinstance(sheet, dict)]
        lists = [sheet["cells"] for sheet in sheets if isinstance(sheet.get("cells"), list)]
        cells = [cell for found in lists for cell in found]
        told.append("The file was in an old format of Jupyter; it was read as the present one.")
    if not isinstance(cells, list):
        raise Unreadable(f"{shown(name)} is no notebook: it holds no list of cells")
    if len(cells) > MOST_CELLS:
        raise Unreadable(f"{shown(name)} has {len(cells)} cells; at most {MOST_CELLS} are read")
    odd, broken, mended = set(), {}, []
    for number, cell in enumerate(cells, 1):
        mended.append(_cell(cell, odd, fields := []))
        if fields:
            broken[number] = fields
    _give_ids(mended)
    metadata = value.get("metadata")
    if isinstance(metadata, dict) and "workbook" in metadata:
        metadata = {"workbook": _clean(metadata["workbook"], odd)}
    else:
        metadata = {}
    told += _about_cells(broken) + [ODD_VALUES[kind] for kind in ODD_VALUES if kind in odd]
    whole = {"cells": mended, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return from_dict(whole)


def _clean(value, odd, depth=0):
    """Return a value of JSON that can be copied and written; tell in `odd` what could not be."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError:
            odd.add("characters")
            return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    elif isinstance(value, float) and not math.isfinite(value):
        odd.add("numbers")
        return None
    elif isinstance(value, (dict, list)) and depth > DEEPEST:
        odd.add("depth")
        return None
    elif isinstance(value, dict):
        return {_clean(k, odd): _clean(v, odd, depth + 1) for k, v in value.items()}
    elif isinstance(value, list):
        return [_clean(item, odd, depth + 1) for item in value]
    return value


def _cell(raw, odd, broken):
    """Return a valid cell; append to `broken` the names of the fields that were not."""
    if not isinstance(raw, dict):
        raw = {"cell_type": "raw", "source": raw}
        broken.append("all of it")
    kind = raw.get("cell_type")
    kind = kind.lower() if isinstance(kind, str) else ""
    source = _source(raw.get("source", raw.get("input", "")), broken)  # "input": nbformat 3
    if kind in ("heading", "html"):  # nbformat 3
        level = raw.get("level")
        hashes = "#" * level if isinstance(level, int) and 1 <= level <= 6 else "#"
        kind, source = "markdown", f"{hashes} {source}" if kind == "heading" else source
    if kind not in ("code", "markdown", "raw"):
        broken.append("type")
        kind = "code" if {"outputs", "execution_count"} & set(raw) else "markdown"
    metadata = raw.get("metadata", {})
    if not isinstance(metadata, dict):
        broken.append("metadata")
        metadata = {}
    cell = {
        "id": raw.get("id"),
        "cell_type": kind,
        "metadata": {key: _clean(metadata[key], odd) for key in KEPT if key in metadata},
        "source": _clean(source, odd),
    }
    if kind == "code":
        return {**cell, "execution_count": None, "outputs": []}
    if attached := raw.get("attachments"):
        try:
            cell["attachments"] = _clean(_attachments(attached), odd)
        except (AttributeError, TypeError):
            broken.append("attachments")
    return cell


def _attachments(value):
    """Return the pictures of a cell, ``{name: {mime: text}}``, with their lines in one text."""
    return {
        name: {
            mime: text if isinstance(text, str) else "".join(text) for mime, text in bundle.items()
        }
        for name, bundle in value.items()
    }


def _source(value, broken):
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(line, str) for line in value):
        # Some programs write the lines without their ends.
        ended = any(line.endswith("\n") for line in value[:-1])
        return ("" if ended else "\n").join(value)
    broken.append("source")
    if isinstance(value, list):
        return "".join(line for line in value if isinstance(line, str))
    return "" if value is None or isinstance(value, dict) else str(value)


def _give_ids(cells):
    """Give an id to each cell that has none of its own: always the same for the same file."""
    valid = [isinstance(cell["id"], str) and CELL_ID.fullmatch(cell["id"]) for cell in cells]
    taken = {cell["id"] for cell, is_valid in zip(cells, valid, strict=True) if is_valid}
    seen = set()
    for number, (cell, is_valid) in enumerate(zip(cells, valid, strict=True), 1):
        if not is_valid or cell["id"] in seen:
            new = f"cell-{number}"
            while new in taken:
                new += "-"
            cell["id"] = new
            taken.add(new)
        seen.add(cell["id"])


def _about_cells(broken):
    if not broken:
        return []
    fields = ", ".join(sorted({field for fields in broken.values() for field in fields}))
    which = ("Cell " if len(broken) == 1 else "Cells ") + joined([str(n) for n in broken])
    return [f"{which} of the file had broken fields ({fields}); they were put right or emptied."]
