"""What a class handed in for one assignment, as far as its statistics need it."""

from dataclasses import dataclass, field

GRADED, TO_A_PERSON, OLDER_TESTS = "graded", "left to a person", "graded with older tests"


@dataclass(frozen=True)
class HiddenTest:
    """One hidden test.

    Parameters
    ----------
    name : str
        Of its cell.
    about : str
        What it says to students.
    points : float
    extra : bool
        Whether they are extra credit.
    """

    name: str
    about: str
    points: float
    extra: bool = False


@dataclass(frozen=True)
class Task:
    """A TODO with its hidden tests, or a question.

    Parameters
    ----------
    name : str
    points : float
        With extra credit.
    tests : tuple of HiddenTest
        Empty for a question.
    stubs : int
        How many pieces of code are to be written; 0 for a question.
    """

    name: str
    points: float
    tests: tuple = ()
    stubs: int = 0


@dataclass(frozen=True)
class HandIn:
    """What one student handed in, and what grading made of it.

    Parameters
    ----------
    student : str
    late : bool
    state : str
        `GRADED`, `TO_A_PERSON`, or `OLDER_TESTS`: the hidden tests have changed since then.
    points : dict of str to (float or None)
        By graded cell; None: waits for a person.
    verdicts : dict of str to dict
        By hidden test: ``status``, ``message`` and ``mistake``.
    untouched : frozenset of str
        TODOs of which every stub still stands, and questions without an answer.
    seconds : dict of str to float
        By TODO: how long its visible checks and hidden tests ran. Empty if that is not known.
    """

    student: str
    late: bool
    state: str = GRADED
    points: dict = field(default_factory=dict)
    verdicts: dict = field(default_factory=dict)
    untouched: frozenset = frozenset()
    seconds: dict = field(default_factory=dict)


@dataclass(frozen=True)
class ClassWork:
    """What a class made of one assignment.

    Parameters
    ----------
    name, title : str
    tasks : tuple of Task
        In the order of the notebook.
    hand_ins : tuple of HandIn
    names : dict of str to str
        First and last name by student; of the whole class, also of those who handed in nothing.
    """

    name: str
    title: str
    tasks: tuple
    hand_ins: tuple
    names: dict
