"""Find the handed-in files in what a learning platform gives: a folder or zip, with zips in it."""

import datetime
import io
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath

from helpers import handin
from helpers.repair import shown

from ..looking import IGNORED, MOST_ENTRIES, entries, kind_of
from ..mending import Unreadable
from ..reading import content
from .archive import Bounds, Refused, members, names

LARGEST_FILE = 100_000_000  # bytes of one hand-in; more than any that is well-formed
MOST_IN_A_ZIP = 20_000
DEEPEST = 2  # zips around a notebook: that of the platform, and one that a student made


@dataclass(frozen=True)
class Found:
    """A handed-in file.

    Parameters
    ----------
    trail : tuple of str
        The names of the folders and zips around it, and its own; never to be used as a path.
    data : bytes
    when : datetime or None
        Its time on the disk or in the zip.
    problem : str
        Why it was not read.
    """

    trail: tuple
    data: bytes = b""
    when: datetime.datetime | None = None
    problem: str = ""

    @property
    def name(self):
        return self.trail[-1]

    @property
    def where(self):
        return "/".join(map(shown, self.trail))

    @property
    def is_notebook(self):
        return self.name.lower().endswith(".ipynb")


def find(path):
    """Yield the handed-in files under a path, always in the same order; other files are left out.

    Parameters
    ----------
    path : Path
        A folder, a zip, or one handed-in file.

    Yields
    ------
    Found

    Raises
    ------
    FileNotFoundError
    """
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such folder or zip; name what the platform gave you")
    files = sorted(islice(entries(path), MOST_ENTRIES)) if path.is_dir() else [path]
    for file in files:
        trail = file.relative_to(path if path.is_dir() else path.parent).parts
        kind = kind_of(file)
        if kind != "a file" or _is_one(file.name):
            yield from _on_disk(file, trail, kind)
    if len(files) == MOST_ENTRIES:
        yield Found((path.name,), problem=f"only {MOST_ENTRIES} files of it were looked at")


def _is_one(name):
    return name.lower().endswith((".ipynb", ".zip")) and name != handin.AS_SAVED


def _on_disk(file, trail, kind):
    if kind != "a file":
        yield Found(trail, problem=f"it is {kind}")
        return
    when = _when(file)
    if file.name.lower().endswith(".ipynb") or file.stat().st_size <= LARGEST_FILE:
        try:
            yield from _opened(trail, content(file, LARGEST_FILE), when, 0)
        except Unreadable as why:
            yield Found(trail, when=when, problem=str(why))
        return
    with open(file, "rb") as zipped:
        yield from _members(trail, zipped, file.stat().st_size, 1)


def _when(file):
    try:
        return datetime.datetime.fromtimestamp(file.stat().st_mtime, datetime.timezone.utc)
    except (ValueError, OverflowError, OSError):  # a disk can hold times that no calendar has
        return None


def _opened(trail, data, when, deep):
    """Yield a handed-in file, or those in a zip that is none itself."""
    if trail[-1].lower().endswith(".ipynb") or _is_hand_in(data):
        yield Found(trail, data, when)
    elif deep == DEEPEST:
        yield Found(trail, data, when, "it is a zip in a zip in a zip")
    else:
        yield from _members(trail, io.BytesIO(data), len(data), deep + 1, data)


def _is_hand_in(data):
    """Tell whether a zip has a receipt; one that is damaged is to be read as a hand-in too."""
    try:
        return handin.RECEIPT in names(io.BytesIO(data), MOST_IN_A_ZIP)
    except Refused:
        return True


def _members(trail, file, size, deep, data=b""):
    # A hand-in hardly shrinks any more when it is packed again, and a notebook tenfold.
    bounds = Bounds(MOST_IN_A_ZIP, LARGEST_FILE, 100 * size + LARGEST_FILE)
    try:
        for member in members(file, bounds):
            path = PurePosixPath(member.name)
            if set(path.parts) & set(IGNORED) or not (member.problem or _is_one(path.name)):
                continue
            within = (*trail, *path.parts)
            if member.problem:
                yield Found(within, b"", member.when, member.problem)
            else:
                yield from _opened(within, member.data, member.when, deep)
    except Refused as why:
        yield Found(trail, data, None, f"damaged: {why}")
