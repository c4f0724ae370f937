"""Fill grades into a file that a platform has exported; nothing else in it changes."""

from . import told as say
from .roll import Roll
from .table import GradesError, points_in


def fill(table, form, grades, told, scale=False, provisional=False):
    """Put the grades of a class into the cells that are theirs.

    Where there is no grade here, what stands in the file stays.

    Parameters
    ----------
    table : table.Table
        Changed in place.
    form : platforms.Form
    grades : earned.Grades
    told : told.Told
        Hears what was written, and what was not.
    scale : bool, optional
        Convert points where the platform has another maximum.
    provisional : bool, optional
        Also the points of those for whom a person has still to score something.

    Raises
    ------
    GradesError
        If the maximum differs and `scale` is not set.
    """
    rows = _rows(table, form, grades, told)
    for assignment, column in form.places.items():
        factor = _factor(form, grades, assignment, scale)
        points = grades.points(assignment, rows, told, provisional)
        nothing = [student for student in rows if (student, assignment) not in grades.earned]
        told.say_all(say.NOTHING, assignment, nothing)
        written = 0
        for student in points:
            row, has = rows[student], round(points[student] * factor, 2)
            cell, number = table.rows[row][column], table.number(has)
            if row in form.closed or not _may_be_filled(cell):
                told.say(say.CLOSED, f"{student}, {assignment}: {number} here, there {cell!r}")
            elif has > form.most[assignment] and not form.takes_more:
                told.say(say.ABOVE, f"{student}, {assignment}: {number}")
            else:
                table.rows[row][column] = number
                written += 1
        told.say(say.WRITTEN, f"{assignment}: {written} of {len(rows)}")


def _may_be_filled(cell):
    """Say whether a cell holds a number or nothing: "EX" excuses, "N/A" was not assigned."""
    return cell.strip() in ("", "-") or points_in(cell) is not None


def _factor(form, grades, assignment, scale):
    there, here = form.most[assignment], grades.most[assignment]
    if there == here:
        return 1.0
    if scale and there and here:
        return there / here
    raise GradesError(
        f"{assignment} has {here:g} points here, and there "
        f"{'no number' if there is None else format(there, 'g')}: make the two the same, or say "
        "--scale to convert"
    )


def _rows(table, form, grades, told):
    """Return the row of each student who has exactly one."""
    roll, meant = Roll(grades.students.values()), {student: [] for student in grades.students}
    alone = set()  # rows that mean one student
    for row in form.rows:
        cells = table.rows[row]
        found = roll.find([cells[column] for column in form.keys])
        name = ", ".join(filter(None, (cells[column].strip() for column in form.names)))
        name = f"{name} (row {row + 1})"
        for student in found:
            meant[student].append((row, name))
        if len(found) == 1:
            alone.add(row)
        elif not found:
            told.say(say.STRANGERS, name)
    rows = {}
    for student, found in meant.items():
        if len(found) == 1 and found[0][0] in alone:
            rows[student] = found[0][0]
        elif found:
            told.say(say.AMBIGUOUS, f"{student}: {'; '.join(name for _, name in found)}")
        elif any((student, assignment) in grades.earned for assignment in form.places):
            told.say(say.ABSENT, student)
    return rows
