"""What a grading run says when it has ended."""

import textwrap
import unicodedata

WIDTH = 100


def table(rows):
    """Return the points of a class, and below them what was repaired, suspicious, left over.

    Parameters
    ----------
    rows : list of grade.Row

    Returns
    -------
    str
    """
    width = max([len("student"), *(len(row.student[:40]) for row in rows)])
    lines = [f"{'student':{width}}  points  waiting"]
    for row in rows:
        if row.problem:
            told = "needs a person"
        else:
            told = f"{row.points:g} of {row.most:g}".rjust(6) + f"  {row.waiting:g}".rjust(9)
        lines.append(f"{_plain(row.student):{width}}  {told}")
    for heading, told in (
        ("Needs a person", lambda row: [row.problem] if row.problem else []),
        ("Suspicious (look before you act on it)", lambda row: row.suspicious),
        ("Repaired (the students are told)", lambda row: row.repaired),
    ):
        found = [(row.student, sentence) for row in rows for sentence in told(row)]
        if found:
            lines += ["", f"{heading}:"]
            for student, sentence in found:
                lines += textwrap.wrap(
                    f"{_plain(student)}: {_plain(sentence)}",
                    WIDTH,
                    initial_indent="  ",
                    subsequent_indent="    ",
                )
    problems = sum(bool(row.problem) for row in rows)
    lines += ["", f"{len(rows) - problems} graded, {problems} left to a person"]
    return "\n".join(lines)


def changes(rows):
    """Return which grades a rehearsal would change.

    Parameters
    ----------
    rows : list of tuple
        (student, cell, points before, points after, why), from `preview.rehearse`.
    """
    if not rows:
        return "no grade would change"
    lines = [
        f"{_plain(student)}, {cell}: {_points(before)} -> {_points(after)}"
        + (f" ({_plain(why)})" if why else "")
        for student, cell, before, after, why in rows
    ]
    return "\n".join([*lines, "", f"{len(lines)} grades would change; nothing was written"])


def _points(points):
    return "waits for a person" if points is None else f"{points:g}"


def _plain(text):
    """Return a text without what a terminal would act on."""
    return "".join(
        c if c.isprintable() or unicodedata.category(c) == "Zs" else "?" for c in text[:400]
    )
