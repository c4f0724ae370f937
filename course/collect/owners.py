"""Whose a handed-in file is, and when it was handed in."""

import csv
import datetime
import io
import re
import warnings
from dataclasses import dataclass

import dateutil.parser

from helpers import handin

from ..errors import CourseError

# What Moodle calls a student's folder or file, and what Canvas calls a file: the number is the
# participant's there, the user's here. Neither documents it; published downloads look so.
MOODLE = re.compile(r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_[a-z]+(_.*)?")
CANVAS = re.compile(r"(?P<name>[^_]+)_(?P<late>LATE_)?(?P<number>\d+)_\d+_.+", re.IGNORECASE)


class BadRoster(CourseError):
    """A list of students cannot be read; the message says where and what to do."""


@dataclass(frozen=True)
class Listed:
    """A student of the list.

    Parameters
    ----------
    student : str
        The id here.
    name, platform : str
        The full name, and the number that the learning platform has for the student; or empty.
    time : datetime or None
        When the platform says that the student handed in.
    """

    student: str
    name: str = ""
    platform: str = ""
    time: datetime.datetime | None = None


@dataclass(frozen=True)
class Owner:
    """Whose a file is.

    Parameters
    ----------
    student : str
        Empty if nobody can tell.
    time : datetime or None
        When it was handed in, if the platform says so.
    problem : str
        Why a person has to look.
    """

    student: str
    time: datetime.datetime | None = None
    problem: str = ""


def read_roster(path):
    """Read a list of students.

    Parameters
    ----------
    path : Path
        CSV with a heading; ``student`` is needed, ``name``, ``platform`` and ``time`` may be there.

    Returns
    -------
    dict of str to Listed
        By id.

    Raises
    ------
    BadRoster
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadRoster(f"{path}: not UTF-8 ({error}); save it as CSV in UTF-8") from None
    heading = text.partition("\n")[0]
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in heading else ",")
    if "student" not in (rows.fieldnames or ()):
        raise BadRoster(f"{path}: no column `student` in its first line; name the one with the ids")
    found = {}
    for row in rows:
        cells = {name: (row.get(name) or "").strip() for name in ("name", "platform")}
        student, where = (row["student"] or "").strip(), f"{path}, line {rows.line_num}"
        if not handin.STUDENT.fullmatch(student):
            raise BadRoster(f"{where}: {student!r} is no id: letters, digits and . _ @ -")
        if student in found:
            raise BadRoster(f"{where}: {student} stands in it twice; remove one")
        try:
            time = moment((row.get("time") or "").strip())
        except ValueError as error:
            raise BadRoster(f"{where}: {error}") from None
        found[student] = Listed(student, **cells, time=time)
    return found


def moment(text, zone=None):
    """Return the time that a text names, in UTC; None for an empty one.

    Parameters
    ----------
    text : str
    zone : tzinfo, optional
        That of a text that names none.

    Raises
    ------
    ValueError
        If it is no time, or has no zone.
    """
    if not text:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a zone that it does not know: then there is none
            found = dateutil.parser.parse(text)
        found = found if found.tzinfo else found.replace(tzinfo=zone)
        if found.tzinfo is not None:
            return found.astimezone(datetime.timezone.utc)
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no time; write it as 2026-12-01 23:59 +01:00") from None
    raise ValueError(f"{text!r} has no time zone; write it as 2026-12-01 23:59 +01:00")


def owner(trail, claimed, roster, is_whole=False):
    """Return whose a file is.

    The platform knows who handed in, and a file can say what it likes: so the platform's name for
    it comes first, then a folder or file that is called as a student, then what the receipt claims.

    Parameters
    ----------
    trail : tuple of str
        Of `found.Found`.
    claimed : str
        The student that the receipt names, or "".
    roster : dict of str to Listed
        The students of whom we know.
    is_whole : bool, optional
        Whether these are all of the class, so that nobody else may hand in.
    """
    by_fold = {student.casefold(): student for student in roster}
    stems = [re.sub(r"\.(zip|ipynb)$", "", part, flags=re.IGNORECASE) for part in trail]
    for part in trail:
        if listed := _on_platform(part, roster):
            return _certain(listed, claimed)
    for stem in stems:
        if stem.casefold() in by_fold:
            return _certain(roster[by_fold[stem.casefold()]], claimed)
    student = by_fold.get(claimed.casefold(), claimed)
    problem = ""
    if not student:
        problem = "nobody can tell whose it is: it has no receipt, and its name names no student"
    elif is_whole and student not in roster:
        problem = f"{student} is not on the list"
    return Owner(student, roster[student].time if student in roster else None, problem)


def uploader(trail):
    """Return the number by which Moodle or Canvas names who handed a file in, or ""."""
    matches = [form.fullmatch(part) for part in trail for form in (MOODLE, CANVAS)]
    return next((match["number"] for match in matches if match), "")


def _certain(listed, claimed):
    differs = claimed and claimed.casefold() != listed.student.casefold()
    problem = f"the receipt says {claimed}, and {listed.student} handed it in" if differs else ""
    return Owner(listed.student, listed.time, problem)


def _on_platform(part, roster):
    """Return who on the list is meant by a name that Moodle or Canvas made."""
    for form in (MOODLE, CANVAS):
        if match := form.fullmatch(part):
            numbered = [one for one in roster.values() if one.platform == match["number"]]
            named = [one for one in roster.values() if _alike(one.name, match["name"])]
            found = numbered or named
            if len(found) == 1:
                return found[0]
    return None


def _alike(name, written):
    """Compare names; Canvas writes "Ada Lovelace" as "lovelaceada"."""
    words = re.findall(r"\w+", name.casefold())
    letters = "".join(re.findall(r"\w+", written.casefold()))
    turns = [words[turn:] + words[:turn] for turn in range(len(words))]
    return letters in ["".join(turn) for turn in turns]
