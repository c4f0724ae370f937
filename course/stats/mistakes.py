"""The mistakes of a class in one task, by frequency."""

import re
from collections import defaultdict
from dataclasses import dataclass

from helpers.record import WRONG
from helpers.repair import shown

SHARED = 3  # students who must fail in the same words before these are shown


@dataclass(frozen=True)
class Mistake:
    """What some students did wrong in one task.

    Parameters
    ----------
    words : str
        The name of a known mistake, or what the test said, with "…" for its numbers.
    known : bool
    students : tuple of str
    """

    words: str
    known: bool
    students: tuple


def made(task, hand_ins):
    """Return the known mistakes that were made; and of those who made none, what their tests said.

    Somebody who makes a known mistake in one test often fails others too, on other values.
    """
    made, known = defaultdict(list), set()
    for each in (each for each in hand_ins if task.name not in each.untouched):
        failed = [each.verdicts[test.name] for test in task.tests]
        failed = [verdict for verdict in failed if verdict.get("status") == WRONG]
        named = [verdict["mistake"] for verdict in failed if verdict["mistake"]]
        known.update(named)
        for words in dict.fromkeys(named or map(_words, failed)):
            made[words].append(each.student)
    found = [Mistake(words, words in known, tuple(made[words])) for words in made]
    return tuple(sorted(found, key=lambda each: (-len(each.students), each.words)))


def shareable(mistakes):
    """Return mistakes without what so few students' code said that it may be their own words."""
    few = [each for each in mistakes if not each.known and len(each.students) < SHARED]
    shared = [each for each in mistakes if each not in few]
    if few:
        students = dict.fromkeys(student for each in few for student in each.students)
        words = f"something else, in words that fewer than {SHARED} students share"
        shared.append(Mistake(words, False, tuple(students)))
    return tuple(shared)


def _words(verdict):
    """Return what a test said of a mistake that has no name, alike for all who made it."""
    check, colon, said = verdict["message"].partition(". Hint: ")[0].partition(": ")
    said = re.sub(r"(got .*; )?the largest difference is .*", "other values than wanted", said)
    said = re.sub(r"(?<![\w.])-?\d+(\.\d+)?(e[+-]?\d+)?", "…", said)
    return shown(check + colon + said, 200)  # it may quote what a student wrote
