"""A new file of grades: for a spreadsheet, or for Moodle's "Import grades from CSV file"."""

from . import told as say
from .table import Table, plain


def spreadsheet(grades, titles, told, provisional, decimal_comma):
    """Return a row for each student of the class; empty where there is no grade.

    Parameters
    ----------
    grades : earned.Grades
    titles : dict of str to str
        By assignment, the head of its column; empty for its name and points.
    told : told.Told
        Hears of those who wait for a person.
    provisional : bool
        Also write their points so far.
    decimal_comma : bool

    Returns
    -------
    table.Table
    """
    made = _empty(decimal_comma)
    made.bom = True  # by which Excel knows UTF-8
    columns = _columns(made, grades, titles, told, provisional)
    columns += [column for name in grades.most if (column := _penalties(made, name, grades))]
    made.rows.append(["student", "last name", "first name", "email", *_heads(columns)])
    for one in grades.students.values():
        about = [one.id, one.last_name, one.first_name, one.email]
        made.rows.append([*map(plain, about), *(cells[one.id] for _, cells in columns)])
    return made


def moodle(grades, titles, told, provisional, decimal_comma):
    """Return a row for each student who has a grade; parameters are those of `spreadsheet`.

    Moodle asks which column names the student, and which grades go where.
    """
    made = _empty(decimal_comma)
    columns = _columns(made, grades, titles, told, provisional)
    made.rows.append(["username", "email", *_heads(columns)])
    for one in grades.students.values():
        points = [cells[one.id] for _, cells in columns]
        if any(points):
            made.rows.append([plain(one.id), plain(one.email), *points])
    return made


def _empty(decimal_comma):
    return Table([], ";" if decimal_comma else ",", decimal_comma=decimal_comma)


def _heads(columns):
    return [plain(head) for head, _ in columns]


def _columns(made, grades, titles, told, provisional):
    """Return a head and the cells by student for each assignment."""
    columns = []
    for name, most in grades.most.items():
        points = grades.points(name, grades.students, told, provisional)
        cells = dict.fromkeys(grades.students, "")
        cells |= {student: made.number(number) for student, number in points.items()}
        told.say(say.WRITTEN, f"{name}: {len(points)} of {len(cells)}")
        columns.append((titles[name] or f"{name} (of {made.number(most)})", cells))
    return columns


def _penalties(made, name, grades):
    """Return a column of the points that were taken off, or None if there are none."""
    cells = dict.fromkeys(grades.students, "")
    for student in grades.students:
        one = grades.earned.get((student, name))
        if one is not None and one.penalty:
            cells[student] = made.number(one.penalty)
    return (f"{name} late penalty", cells) if any(cells.values()) else None
