"""Read what students hand in: files that may be damaged, misnamed or hostile. Nothing is run."""

import json
import os
import re
import stat
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat.v4 import new_notebook

from helpers.repair import shown

from .mending import Unreadable, mend
from .repair import Repair

MOST_BYTES = 30_000_000  # of a notebook; one with many pictures has a tenth of that
MOST_OBJECTS = 20_000  # that are looked at in a damaged file
BYTE_ORDER_MARKS = {BOM_UTF8: "utf-8", BOM_UTF16_LE: "utf-16-le", BOM_UTF16_BE: "utf-16-be"}
CUT_OFF = "The file is cut off or damaged"
BLANK = " \t\r\n\0"


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
    return read_bytes(content(path, most_bytes), path.name)


def read_bytes(data, name):
    """Read the content of a notebook that may be damaged; ``name`` is for messages. See `read`."""
    told = []
    text = _decode(data, told)
    return mend(_parse(text, name, told), name, told), told


def content(path, most_bytes=MOST_BYTES):
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
        f"{CUT_OFF} at line {broken.lineno}, column {broken.colno};"
        f" {number} saved from it, and anything else in it is lost. A person will look at it;"
        " if you have the whole file, hand it in again."
    )
    return {"cells": cells, "nbformat": 4}


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
        # What was lost of a file that is cut off may be the best of it: somebody has to look.
        lost = next((sentence for sentence in told if sentence.startswith(CUT_OFF)), "")
        resources["workbook"] = {"repaired": told, "unreadable": reason, "lost": lost}
        return self.from_notebook_node(notebook, resources=resources, **kw)
