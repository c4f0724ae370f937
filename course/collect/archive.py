"""Read zips that may be hostile: in memory, within bounds, and without a path of theirs.

Nothing is ever extracted under a name from an archive, and no header is believed: what counts is
what is read. zipfile bounds what it inflates, but not what it takes of bzip2 or LZMA.
"""

import datetime
import re
import stat
import zipfile
from dataclasses import dataclass

from helpers.repair import shown

METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
ENTRY = b"PK\x01\x02"  # with it begins each entry of a zip's directory
PIECE = 1 << 20  # bytes


class Refused(ValueError):
    """An archive as a whole is not read; the message says why."""


class _Bad(ValueError):
    """One member is not read; the message says why."""


@dataclass(frozen=True)
class Member:
    """A file in an archive.

    Parameters
    ----------
    name : str
        As the archive has it; never to be used as a path.
    data : bytes
        Empty if there is a problem.
    when : datetime or None
        By the archive, which has no time zone: that of this machine is meant.
    problem : str
        Why it was not read.
    """

    name: str
    data: bytes
    when: datetime.datetime | None
    problem: str = ""


@dataclass(frozen=True)
class Bounds:
    """What is read of one archive.

    Parameters
    ----------
    members : int
    largest, total : int
        Bytes of one member, and of all together, unpacked.
    """

    members: int
    largest: int
    total: int


def members(file, bounds):
    """Yield the files in an archive, one at a time.

    Parameters
    ----------
    file : binary file
    bounds : Bounds

    Yields
    ------
    Member

    Raises
    ------
    Refused
        If it is no zip, or has more in it than the bounds allow.
    """
    budget = _Budget(bounds)
    with _opened(file, bounds.members) as archive:
        for info in archive.infolist():
            if info.filename.endswith("/") and not info.file_size:  # a folder
                continue
            problem, data = _problem(info), b""
            if not problem:
                try:
                    data = budget.read(archive, info)
                except _Bad as bad:
                    problem = str(bad)
            yield Member(info.filename, data, _when(info), problem)


def names(file, most):
    """Return the names of the files in an archive; raise Refused as `members` does."""
    with _opened(file, most) as archive:
        return archive.namelist()


def _opened(file, most):
    if _number_of_entries(file) > most:
        raise Refused(f"it holds more than {most} files")
    try:
        return zipfile.ZipFile(file)
    except Exception as error:  # whatever zipfile and struct say of a hostile directory
        raise Refused(f"it is no whole zip file ({_said(error)})") from error


class _Budget:
    """What may still be unpacked: what was read in vain counts too."""

    def __init__(self, bounds):
        self.bounds, self.left = bounds, bounds.total

    def read(self, archive, info):
        pieces, size = [], 0
        try:
            with archive.open(info) as file:
                while piece := file.read(PIECE):
                    pieces.append(piece)
                    size += len(piece)
                    self.left -= len(piece)
                    if size > self.bounds.largest or self.left < 0:
                        break
        except Exception as error:  # whatever zipfile and zlib say of a damaged member
            raise _Bad(f"it is damaged ({_said(error)})") from error
        if self.left < 0:
            raise Refused(f"it unpacks to more than {self.bounds.total / 1e6:.0f} MB")
        if size > self.bounds.largest:
            raise _Bad(f"it unpacks to more than {self.bounds.largest / 1e6:.0f} MB")
        return b"".join(pieces)


def _number_of_entries(file):
    """Return at least how many entries zipfile would make objects of."""
    file.seek(0)
    number, end = 0, b""
    while piece := file.read(PIECE):
        number += (end + piece).count(ENTRY)
        end = piece[1 - len(ENTRY) :]
    return number


def _problem(info):
    """Return in words why a member is not read, or ""."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG):
        return "it is a link or a device, and no file"
    if info.flag_bits & 1:
        return "it is encrypted"
    if info.compress_type not in METHODS:
        return "it is packed in a way that is not read here (only stored and deflated are)"
    return bad_name(info.orig_filename)


def bad_name(name):
    """Return in words what is wrong with the name of a member, or ""."""
    parts = re.split(r"[/\\]", name)
    if not parts[0] or re.match(r"[A-Za-z]:", name):
        return "its name is an absolute path"
    if ".." in parts:
        return "its name leads out of the archive"
    if not name.isprintable() or len(name) > 500:
        return "its name is too long or has characters that cannot be shown"
    return ""


def _when(info):
    try:
        return datetime.datetime(*info.date_time).astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def _said(error):
    return shown(" ".join(str(error).split()) or type(error).__name__, 80)
