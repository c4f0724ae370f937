"""Read what students hand in: files that may be damaged, misnamed or hostile. Nothing is run."""

import filecmp
import json
import math
import os
import re
import stat
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat.notebooknode import from_dict
from nbformat.v4 import new_notebook

from .paths import write_in_one_move
from .repair import CELL_ID, Repair, joined, shown

MOST_BYTES = 30_000_000  # of a notebook; one with many pictures has a tenth of that
MOST_CELLS = 2_000
MOST_OBJECTS = 20_000  # that are looked at in a damaged file
MOST_ENTRIES = 10_000  # of a submitted folder that are looked at
MOST_FOLDERS = 8  # one within the other
DEEPEST = 50  # levels of lists in lists; what copies notebooks recurses a few calls a level
# Folders and files that no student made: nbgrader leaves them out too.
IGNORED = (".ipynb_checkpoints", "__pycache__", "__MACOSX", ".git")
# The metadata that a release gives its cells; all other is how the student's screen looks.
KEPT = ("deletable", "editable", "nbgrader", "workbook")
BYTE_ORDER_MARKS = {BOM_UTF8: "utf-8", BOM_UTF16_LE: "utf-16-le", BOM_UTF16_BE: "utf-16-be"}
BLANK = " \t\r\n\0"
ODD_VALUES = {
    "depth": "What was nested more deeply than any notebook is was left out.",
    "numbers": "Numbers that are not finite were left out.",
    "characters": "Characters that are none (half of a surrogate pair) were replaced.",
}


class Unreadable(ValueError):
    """A file from which no notebook can be read; the message says why, for the student."""


# The bytes and the text


def read(path, most_bytes=MOST_BYTES):
    """Read a notebook that may be damaged.

    Parameters
    ----------
    path : Path
        A regular file; a link, a pipe or a device is refused.
    most_bytes : int
        A larger file is refused.

    Returns
    -------
    notebook : NotebookNode
        Valid nbformat 4.5, and writable. Outputs are left out, because grading makes them anew,
        and so is metadata that no release has.
    told : list of str
        What was mended, in sentences for the student; none if nothing that matters was.

    Raises
    ------
    Unreadable
    """
    path = Path(path)
    told = []
    text = _decode(_bytes(path, most_bytes), told)
    return _mend(_parse(text, path.name, told), path.name, told), told


def _bytes(path, most_bytes=MOST_BYTES):
    """Return the content of a regular file, without following a link or waiting for a pipe."""
    name = shown(path.name)
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        if path.is_symlink():
            raise Unreadable(f"{name} is a link, and links are not followed")
        with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise Unreadable(f"{name} is no regular file")
            data = file.read(most_bytes + 1)
    except Unreadable:
        raise
    except (OSError, ValueError) as error:
        # The message of the error itself holds the path on the teacher's machine.
        why = getattr(error, "strerror", None) or "its name is not valid"
        raise Unreadable(f"{name} cannot be opened ({why})") from error
    if len(data) > most_bytes:
        raise Unreadable(f"{name} has more than {most_bytes / 1e6:g} MB; clear its outputs")
    if not data.strip(BLANK.encode()):
        raise Unreadable(f"{name} is empty" + (": it holds only zero bytes" if data else ""))
    return data


def _decode(data, told):
    mark = next((mark for mark in BYTE_ORDER_MARKS if data.startswith(mark)), b"")
    if mark:
        told.append("The file began with a byte-order mark; it was read without it.")
    data, encoding = data[len(mark) :], BYTE_ORDER_MARKS.get(mark, "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        told.append("The file held bytes that are no text; they were replaced by a sign for that.")
        return data.decode(encoding, errors="replace")


# The JSON


def _integer(digits):
    return int(digits) if len(digits) < 20 else float(digits)  # Python refuses thousands of digits


# Not strict: line ends and other control characters may stand within a text.
_JSON = json.JSONDecoder(strict=False, parse_int=_integer)


def _parse(text, name, told):
    """Return what the JSON of a notebook holds; mend conflicts of Git and salvage the rest."""
    text = text.lstrip(BLANK)
    try:
        value, end = _JSON.raw_decode(text)
    except RecursionError:
        raise Unreadable(f"{shown(name)} is nested too deeply to be a notebook") from None
    except ValueError as broken:
        mended = _one_side(text, told) or _salvaged(text, broken, told)
        if mended is None:
            raise Unreadable(_not_json(text, name, broken)) from None
        return mended
    if rest := len(text[end:].strip(" \t\r\n")):
        told.append(f"Behind the notebook stood {rest} characters more; they were left out.")
    return value


def _not_json(text, name, broken):
    where = f"line {broken.lineno}, column {broken.colno}: {broken.msg}"
    if text.startswith("{"):
        return f"{shown(name)} is damaged ({where}), and no whole cell was found in it"
    return f'{shown(name)} is no notebook: it begins with "{shown(text, 40)}" ({where})'


def _one_side(text, told):
    """Return the first side of Git's conflicts that is a notebook, or None.

    Only for text that is not JSON: marks within a cell stand within quotes, and are content.
    """
    sides, labels, within, found = ([], []), ["", ""], None, False
    for line in text.split("\n"):
        mark, label = line[:7], line[7:].strip()
        if within is None and mark == "<<<<<<<":
            within, labels[0], found = 0, label, True
        elif within == 0 and mark == "|||||||":
            within = 2  # what both sides began with
        elif within in (0, 2) and line.rstrip() == "=======":
            within = 1
        elif within == 1 and mark == ">>>>>>>":
            within, labels[1] = None, label
        else:
            for side in (0, 1):
                if within in (None, side):
                    sides[side].append(line)
    if within is not None or not found:
        return None
    for side, label, which in zip(sides, labels, ("first", "second"), strict=True):
        try:
            value, _ = _JSON.raw_decode("\n".join(side).lstrip(BLANK))
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            named = f" (`{shown(label)}`)" if label else ""
            told.append(
                f"The file held conflict marks of Git; the {which} side{named} was kept and the"
                " other left out."
            )
            return value
    return None


def _salvaged(text, broken, told):
    """Return a notebook of the cells that are whole in a damaged file, or None if none is."""
    start = re.search(r'(?<!\\)"cells"\s*:\s*\[', text)
    at, cells = start.end() if start else len(text), []
    vain = 0  # characters that were read in vain: a hostile file could make that endless
    for _ in range(MOST_OBJECTS):
        # Within a text of JSON a quote is always escaped, so this finds objects only.
        found = re.compile(r'\{\s*"').search(text, at)
        if not found or vain > 2 * len(text):
            break
        try:
            value, at = _JSON.raw_decode(text, found.start())
        except (ValueError, RecursionError) as failed:
            vain += getattr(failed, "pos", len(text)) - found.start()
            at = found.end()
            continue
        if "cell_type" in value:
            cells.append(value)
    if not cells:
        return None
    number = "1 whole cell was" if len(cells) == 1 else f"{len(cells)} whole cells were"
    told.append(
        f"The file is cut off or damaged at line {broken.lineno}, column {broken.colno};"
        f" {number} saved from it, and anything else in it is lost."
    )
    return {"cells": cells, "nbformat": 4}


# The notebook


def _mend(value, name, told):
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


class ReadLeniently(NotebookExporter):
    """Read a submission as far as it can be read, for ``c.Autograde.exporter_class``.

    What `read` tells goes to `Repair` in ``resources["workbook"]``. A file that cannot be read
    becomes an empty notebook, so that it is graded and reported like every other. Where `Repair`
    is not among the steps, as in the second pass of autograding, a notebook is read as nbconvert
    reads it.
    """

    def from_filename(self, filename, resources=None, **kw):
        if not any(isinstance(step, Repair) for step in self._preprocessors):
            return super().from_filename(filename, resources=resources, **kw)
        try:
            notebook, told = read(filename)
            reason = ""
        except Unreadable as unreadable:
            notebook, told, reason = new_notebook(), [], str(unreadable)
        resources = ResourcesDict() if resources is None else resources
        folder, name = os.path.split(filename)
        resources["metadata"] = ResourcesDict(name=os.path.splitext(name)[0], path=folder)
        resources["workbook"] = {"repaired": told, "unreadable": reason}
        return self.from_notebook_node(notebook, resources=resources, **kw)


# The folder


@dataclass(frozen=True)
class Look:
    """What one student handed in for one assignment.

    Parameters
    ----------
    notebook : Path or None
        The notebook, under its expected name; None if there is a problem.
    files : dict of str to Path
        Other regular files of the student's, by relative name with forward slashes.
    told : tuple of str
        What was mended or left out, in sentences for the student.
    suspicious : tuple of str
        What no honest submission holds, in sentences for the teacher.
    problem : str
        Why a person must look; empty if there is a notebook.
    """

    notebook: Path | None
    files: dict = field(default_factory=dict)
    told: tuple = ()
    suspicious: tuple = ()
    problem: str = ""


def look(folder, name, known=(), most_files=200, most_bytes=50_000_000):
    """Find the notebook in a submitted folder, before anything of it is graded.

    A notebook under another name is copied to the expected one; the original stays. Links are
    never followed.

    Parameters
    ----------
    folder : Path
        ``submitted/STUDENT/ASSIGNMENT``.
    name : str
        The assignment's, and its notebook's without ``.ipynb``.
    known : collection of str, optional
        The names of the assignment's cells. Of several notebooks under other names, the one with
        most of them is taken, and of equals the newest. Without them each cell that nbgrader
        knows counts, in a notebook that says that it belongs to the assignment.
    most_files, most_bytes : int
        Of the other files together; what is beyond is left out.

    Returns
    -------
    Look
    """
    folder = Path(folder)
    target = folder / f"{name}.ipynb"
    if folder.is_symlink():
        return Look(None, problem=f"the folder {shown(folder.name)} is a link; nothing was read")
    told, regular, strange = [], {}, {}
    for path in islice(_entries(folder), MOST_ENTRIES):
        file, kind = path.relative_to(folder).as_posix(), _kind(path)
        if kind == "a file":
            regular[file] = path
        else:
            strange[file] = kind
    if len(regular) + len(strange) == MOST_ENTRIES:
        told.append(f"Only the first {MOST_ENTRIES} files of the folder were looked at.")
    try:
        problem = _settle(target, regular, known, told)
    except OSError as failed:  # such as a file that is gone, or a full disk
        problem = f"{target.name} could not be looked at or put in its place: {failed}"
    files = _within_limits(regular, most_files, most_bytes, told)
    suspicious = [f"`{shown(file)}` is {kind} and was not read." for file, kind in strange.items()]
    return Look(None if problem else target, files, tuple(told), tuple(suspicious), problem)


def _entries(folder):
    """Yield the paths of what is in a folder and in its folders; no link is followed."""
    for root, folders, files in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(root, name))]
        inner = sorted(set(folders) - set(links) - set(IGNORED))
        deep = len(Path(root).relative_to(folder).parts) == MOST_FOLDERS
        folders[:] = [] if deep else inner
        yield from (Path(root, name) for name in sorted([*files, *links, *(inner if deep else [])]))


def _kind(path):
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            return f"a link to `{shown(os.readlink(path))}`"
    except OSError:
        return "no file that can be looked at"
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a file" if stat.S_ISREG(mode) else "no regular file (a pipe, a socket or a device)"


def _settle(target, regular, known, told):
    """See to it that the notebook has its expected name; return the problem if it cannot be."""
    notebooks = {
        file: path
        for file, path in regular.items()
        if ".ipynb" in path.name.lower() and not path.name.startswith(".")
    }
    if target.name not in notebooks:
        if not notebooks or os.path.lexists(target):
            return f"no {target.name} was handed in, but {_listed(target.parent)}"
        chosen = _most_known(notebooks, target.stem, known)
        if chosen is None:
            found = _some(notebooks)
            return (
                f"no {target.name} was handed in, but several notebooks without its cells: {found}"
            )
        try:
            write_in_one_move(target, _bytes(notebooks[chosen]))
        except Unreadable as why:
            return f"no {target.name} was handed in, but {why}"
    others = {file: path for file, path in notebooks.items() if file != target.name}
    # The same is told when it is looked at again, so look for what the copy was made from.
    origins = [file for file, path in others.items() if filecmp.cmp(path, target, shallow=False)]
    if origins:
        told.append(f"`{shown(origins[0])}` was taken for `{target.name}`.")
    for file in origins:
        del others[file]
    if others:
        newer = any(path.stat().st_mtime > target.stat().st_mtime for path in others.values())
        told.append(
            f"`{target.name}` was graded, and not {_some(others)}"
            + (", of which at least one is newer." if newer else ".")
        )
    return ""


def _most_known(notebooks, name, known):
    """Return which of several notebooks holds most of the assignment's cells, or None."""
    newest = sorted(notebooks, key=lambda file: notebooks[file].stat().st_mtime, reverse=True)
    if len(newest) == 1:
        return newest[0]
    numbers = {file: _known_cells(notebooks[file], name, known) for file in newest[:20]}
    best = max(numbers, key=numbers.get)  # the first, so the newest, of equals
    return best if numbers[best] else None


def _known_cells(path, name, known):
    try:
        notebook, _ = read(path)
    except Unreadable:
        return 0
    settings = [cell.metadata.get("nbgrader") for cell in notebook.cells]
    ids = [found.get("grade_id") for found in settings if isinstance(found, dict)]
    if known:
        ids += [cell.id for cell in notebook.cells]
        return len({found for found in ids if isinstance(found, str)} & set(known))
    workbook = notebook.metadata.get("workbook")
    belongs = isinstance(workbook, dict) and workbook.get("assignment") == name
    return len(ids) if belongs else 0


def _within_limits(regular, most_files, most_bytes, told):
    """Return the files of the student's own that are neither too many nor too large."""
    files, left, size = {}, [], 0
    for file, path in regular.items():
        if ".ipynb" in path.name.lower() or file == "timestamp.txt":  # nbgrader wrote the latter
            continue
        bytes_ = path.lstat().st_size
        if len(files) < most_files and size + bytes_ <= most_bytes and file.isprintable():
            files[file] = path
            size += bytes_
        else:
            left.append(file)
    if left:
        told.append(
            f"Of your other files, these were left out: {_some(left)}. At most {most_files} files"
            f" and {most_bytes / 1e6:g} MB are used, and only names that can be printed."
        )
    return files


def _listed(folder):
    """Return what is in a folder, in words."""
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    kinds = {shown(path.name): _kind(path) for path in found}
    named = [name if kind == "a file" else f"{name} ({kind})" for name, kind in kinds.items()]
    return joined(named) or "nothing"


def _some(names):
    return joined([f"`{shown(name)}`" for name in names])
