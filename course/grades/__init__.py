"""``course grades``: the grades of a class as CSV, for a spreadsheet, Canvas or Moodle."""

import os

from nbgrader.api import Gradebook

from .. import late
from ..paths import write_in_one_move
from . import earned, new, platforms, table
from . import told as say
from .fill import fill
from .table import GradesError

PLATFORMS = ("spreadsheet", "canvas", "moodle")


def write(
    db_url,
    settings,
    out,
    platform="spreadsheet",
    assignments=(),
    merge=None,
    provisional=False,
    scale=False,
    decimal_comma=False,
):
    """Write the grades of a class to a CSV file, late penalties taken off.

    Parameters
    ----------
    db_url : str
        Of the gradebook. Late penalties in it are brought up to date; nothing else changes.
    settings : traitlets.config.Config
        Names nbgrader's plugin for late penalties.
    out : Path
        The file to write.
    platform : str, optional
        One of `PLATFORMS`.
    assignments : sequence of str, optional
        Names, or ``NAME=TITLE`` where a column has another title; all by default.
    merge : Path, optional
        A file that the platform has exported; its grades are filled in, and nothing else changes.
    provisional : bool, optional
        Also the points of those for whom a person has still to score something.
    scale : bool, optional
        Convert points where the platform has another maximum.
    decimal_comma : bool, optional
        Write a new file with decimal commas, and semicolons between the cells.

    Returns
    -------
    told.Told

    Raises
    ------
    GradesError
        If a file is not what the platform exports, or something is asked for that is not there.
        No file is written then.
    """
    _check(out, platform, merge)
    told = say.Told()
    titles = dict(name.partition("=")[::2] for name in assignments)
    for (student, name), (old, now) in late.refresh(db_url, list(titles), settings).items():
        told.say(say.PENALTIES, f"{student}, {name}: {old:g} -> {now:g}")
    with Gradebook(db_url) as gradebook:
        grades = earned.read(gradebook, titles)
    titles = {name: titles.get(name, "") for name in grades.most}
    if merge:
        made = table.read(merge, platforms.NEEDED[platform])
        form = getattr(platforms, platform)(made, titles)
        fill(made, form, grades, told, scale, provisional)
    else:
        make = getattr(new, platform)
        made = make(grades, titles, told, provisional, decimal_comma)
    write_in_one_move(out, made.encode())
    return told


def _check(out, platform, merge):
    if platform == "canvas" and not merge:
        raise GradesError(
            "Canvas knows students and assignments by its own numbers: export the gradebook from "
            "Canvas (Grades, Export), and name that file, --merge FILE"
        )
    if platform == "spreadsheet" and merge:
        raise GradesError("--merge fills a file of a platform: say which, --for canvas or moodle")
    if merge and os.path.exists(out) and os.path.samefile(out, merge):
        raise GradesError(f"{out} is the file to read: name another one to write, --out FILE")
