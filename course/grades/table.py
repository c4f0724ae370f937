"""Grades as CSV: files of a learning platform read as they are, and written in the same form."""

import csv
import io
import re
from dataclasses import dataclass

from ..errors import CourseError

BOM = "\ufeff"
DELIMITERS = ",;\t"
# What a spreadsheet takes for the beginning of a formula, and runs (OWASP, "CSV Injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class GradesError(CourseError):
    """Grades cannot be written as asked; the text says what is wrong, and what to do."""


@dataclass
class Table:
    """The rows of a CSV file, and the form that it has.

    Parameters
    ----------
    rows : list of list of str
        The header first.
    delimiter : str
    newline : str
    bom : bool
        Whether it begins with a byte order mark, by which Excel knows UTF-8.
    decimal_comma : bool
        Whether its numbers have a comma for a point.
    """

    rows: list
    delimiter: str = ","
    newline: str = "\r\n"
    bom: bool = False
    decimal_comma: bool = False

    @property
    def header(self):
        return self.rows[0]

    def column(self, name):
        """Return the number of a column, or None; case and spaces around do not count.

        Raises
        ------
        GradesError
            If several are called so.
        """
        found = [n for n, head in enumerate(self.header) if _same(head, name)]
        if len(found) > 1:
            raise GradesError(f"{len(found)} columns are called {name!r}: remove all but one")
        return found[0] if found else None

    def number(self, points):
        """Return points as the file writes them: at most two decimals."""
        text = f"{points:.2f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if self.decimal_comma else text

    def encode(self):
        """Return the bytes of the file."""
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self.delimiter, lineterminator=self.newline).writerows(self.rows)
        return ((BOM if self.bom else "") + text.getvalue()).encode()


def read(path, needed):
    """Read a CSV file that a platform has exported.

    Parameters
    ----------
    path : Path
    needed : sequence of str
        Columns that it must have.

    Returns
    -------
    Table
        Every row as long as the header.

    Raises
    ------
    GradesError
        If it is not such a file.
    """
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise GradesError(
            f"{path}: not UTF-8 ({error.reason} at byte {error.start}): export it again, or save "
            "it as 'CSV UTF-8'"
        ) from None
    bom, text = text.startswith(BOM), text.removeprefix(BOM)
    newline = "\r\n" if "\r\n" in text else "\n"
    heading = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=heading.count)
    try:
        rows = _rows(text, delimiter)
    except csv.Error as error:
        raise GradesError(f"{path}: not a CSV file ({error}): export it again") from None
    if not rows:
        raise GradesError(f"{path}: the file is empty: export it again")
    table = Table(_filled(path, rows), delimiter, newline, bom)
    if any(table.column(name) is None for name in needed):
        there = ", ".join(table.header)[:300]
        raise GradesError(f"{path}: no columns {', '.join(needed)} (found: {there})")
    numbers = (cell for row in table.rows[1:] for cell in row)
    table.decimal_comma = any(re.fullmatch(r"\d+,\d+", cell.strip()) for cell in numbers)
    return table


def _rows(text, delimiter):
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    return [row for row in rows if row]


def _filled(path, rows):
    """Return rows of equal length; a file that was cut leaves shorter ones."""
    width = len(rows[0])
    for number, row in enumerate(rows, 1):
        if len(row) > width:
            raise GradesError(
                f"{path}: row {number} has {len(row)} cells and the header {width}: a comma or a "
                "quotation mark was lost; export it again"
            )
    return [row + [""] * (width - len(row)) for row in rows]


def points_in(cell):
    """Return the number in a cell, with a decimal point or comma, or None."""
    text = cell.strip().replace(",", ".")
    return float(text) if re.fullmatch(r"-?\d+(\.\d+)?", text) else None


def plain(text):
    """Return text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text


def _same(one, other):
    return one.strip().casefold() == other.casefold()
