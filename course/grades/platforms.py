"""Where Canvas and Moodle want the grades in the files that they export.

Canvas: the export of its gradebook, whose columns are Student, ID, SIS User ID, SIS Login ID and
Section, then the assignments, then sums that are read only; ``lib/gradebook_exporter.rb`` and
``lib/gradebook_importer.rb`` of instructure/canvas-lms. Moodle: the grading worksheet of an
assignment; ``mod/assign/gradingtable.php`` and ``mod/assign/feedback/offline`` of moodle/moodle.
"""

import re
from dataclasses import dataclass

from .table import GradesError, points_in

CANVAS_KEYS = ("ID", "SIS User ID", "SIS Login ID", "Integration ID")
MOODLE_KEYS = ("Identifier", "Username", "ID number", "Email address")
# What files are known by. Moodle passes over a worksheet without the time of the last grade.
NEEDED = {
    "canvas": ("ID", "Section"),
    "moodle": ("Identifier", "Last modified (grade)"),
}


@dataclass(frozen=True)
class Form:
    """The places of a platform's file.

    Parameters
    ----------
    keys : list of int
        Columns that say who somebody is.
    names : list of int
        Columns that say so to a person.
    rows : list of int
        Rows of students.
    places : dict of str to int
        By assignment, the column of its grades.
    most : dict of str to float or None
        By assignment, the points that can be reached there; None if the file does not say.
    closed : list of int
        Rows that the platform will not change.
    takes_more : bool
        Whether the platform takes more points than can be reached.
    """

    keys: list
    names: list
    rows: list
    places: dict
    most: dict
    closed: list
    takes_more: bool


def canvas(table, wanted):
    """Return the places of an export of Canvas's gradebook.

    Parameters
    ----------
    table : table.Table
    wanted : dict of str to str
        By assignment, its title there: with or without the ``(12345)`` that Canvas adds, or empty
        if it is called the same.

    Returns
    -------
    Form

    Raises
    ------
    GradesError
    """
    possible = [n for n, row in enumerate(table.rows) if "Points Possible" in row[0]]
    if len(possible) != 1:
        raise GradesError(
            f"{len(possible) or 'no'} rows 'Points Possible': export the gradebook from Canvas "
            "again, and leave its rows as they are"
        )
    places = {name: _assignment(table, title or name) for name, title in wanted.items()}
    points = table.rows[possible[0]]
    return Form(
        _columns(table, CANVAS_KEYS),
        _columns(table, ("Student", "LastName", "FirstName", "ID")),
        list(range(possible[0] + 1, len(table.rows))),
        places,
        {name: points_in(points[column]) for name, column in places.items()},
        [],
        takes_more=True,
    )


def _assignment(table, title):
    found = [
        n
        for n, head in enumerate(table.header)
        if title.casefold() in (head.casefold(), re.sub(r" \(\d+\)$", "", head).casefold())
    ]
    if len(found) != 1:
        there = ", ".join(head for head in table.header if re.search(r" \(\d+\)$", head))
        raise GradesError(
            f"{len(found) or 'no'} columns are called {title!r} (assignments there: {there}): say "
            "which, --assignment 'NAME=TITLE (12345)'"
        )
    return found[0]


def moodle(table, wanted):
    """Return the places of a grading worksheet of Moodle.

    Parameters
    ----------
    table : table.Table
    wanted : dict of str to str
        One assignment, and the column of its grades; ``Grade`` if that is empty.

    Returns
    -------
    Form

    Raises
    ------
    GradesError
    """
    if len(wanted) != 1:
        raise GradesError("a worksheet of Moodle holds one assignment: name it, --assignment NAME")
    [(name, title)] = wanted.items()
    column, maximum = table.column(title or "Grade"), table.column("Maximum grade")
    if column is None:
        raise GradesError(f"no column {title or 'Grade'!r} (found: {', '.join(table.header)})")
    if maximum is None:
        raise GradesError("no column 'Maximum grade': Moodle grades this by a scale, not by points")
    changeable = table.column("Grade can be changed")
    rows = list(range(1, len(table.rows)))
    most = {points_in(table.rows[row][maximum]) for row in rows}
    return Form(
        _columns(table, MOODLE_KEYS),
        _columns(table, ("Full name", "Identifier")),
        rows,
        {name: column},
        {name: most.pop() if len(most) == 1 else None},
        [row for row in rows if changeable is not None and _says_no(table.rows[row][changeable])],
        takes_more=False,
    )


def _says_no(cell):
    return cell.strip().casefold() == "no"


def _columns(table, names):
    found = (table.column(name) for name in names)
    return [column for column in found if column is not None]
