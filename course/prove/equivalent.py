"""The mutants that are no mistakes: listed by hand, each with the reason why it is as right."""

import json

from ..errors import CourseError

HELP = (
    'write a list of objects with "todo", "diff" (lines with their signs, as docs/mutants.md shows'
    ' them) and "why"'
)


class ListError(CourseError):
    """A list of equivalent mutants cannot be read; the message names the file and the remedy."""


def read(course, name):
    """Return the reasons of one assignment.

    Returns
    -------
    dict of (str, str) to str
        The reason, by TODO and diff.

    Raises
    ------
    ListError
        If the file is damaged, or lists a mutant without a reason.
    """
    path = _path(course, name)
    if not path.exists():
        return {}
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
        reasons = {(each["todo"], each["diff"]): each["why"].strip() for each in entries}
    except (ValueError, KeyError, TypeError) as error:
        raise ListError(f"{path}: {type(error).__name__}: {error}: {HELP}") from None
    if without := [diff for (_, diff), why in reasons.items() if not why]:
        raise ListError(f"{path}: no reason is given for {without[0]!r}: {HELP}")
    return reasons


def stale(name, listed, proofs):
    """Return a line for each listed mutant that is none any more, or that a test kills."""
    survivors = {
        (proof.todo, mutant.diff)
        for proof in proofs
        for mutant, fate in proof.judged
        if not fate.killed
    }
    return [
        f"{name}: {todo}: listed as equivalent, but no such mutant survives:\n{diff}"
        for todo, diff in listed
        if (todo, diff) not in survivors
    ]


def _path(course, name):
    return course.root / "tests" / "answers" / f"{name}_equivalent.json"
