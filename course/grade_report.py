"""What a grading run says when it has ended."""

import textwrap
import unicodedata

WIDTH = 100
MOST = 400  # letters of a sentence, which a student may have written


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
    told = {
        "Needs a person": [f"{row.student}: {row.problem}" for row in rows if row.problem],
        "Suspicious (look before you act on it)": _all(rows, "suspicious"),
        "Repaired (the students are told)": _all(rows, "repaired"),
    }
    if below := paragraphs(told, MOST):
        lines += ["", below]
    problems = sum(bool(row.problem) for row in rows)
    lines += ["", f"{len(rows) - problems} graded, {problems} left to a person"]
    return "\n".join(lines)


def _all(rows, what):
    return [f"{row.student}: {sentence}" for row in rows for sentence in getattr(row, what)]


def paragraphs(under, most=None):
    """Return sentences below their headings; a heading with nothing below it is left out.

    Parameters
    ----------
    under : dict of str to list of str
    most : int, optional
        Letters of a sentence; what is longer is cut.
    """
    return "\n\n".join(
        "\n".join([f"{heading}:", *(_wrapped(sentence, most) for sentence in sentences)])
        for heading, sentences in under.items()
        if sentences
    )


def _wrapped(sentence, most):
    wrapper = textwrap.TextWrapper(WIDTH, initial_indent="  ", subsequent_indent="    ")
    return wrapper.fill(_plain(sentence, most))


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


def _plain(text, most=MOST):
    """Return a text without what a terminal would act on."""
    return "".join(
        c if c.isprintable() or unicodedata.category(c) == "Zs" else "?" for c in text[:most]
    )
