"""The shape of what a check leaves behind: one record, the same for notebooks and for grading.

A check compares one value that the student's code computed with the value that is wanted. Its
record is plain JSON, so that it can travel in a notebook's output and be read without running
anything. This is the only module of ``helpers`` that building and grading may import.
"""

from dataclasses import asdict, dataclass

MIME = "application/vnd.nn-workbook.check+json"

PASSED = "passed"
WRONG = "wrong"
NOT_ATTEMPTED = "not attempted"
STATUSES = (PASSED, WRONG, NOT_ATTEMPTED)

NOT_WRITTEN = "not written yet"


def stub_message(function):
    """Text of the error that the released stub of ``function`` raises.

    Parameters
    ----------
    function : str
        Name of the function or method that the student is to write.

    Returns
    -------
    str

    Examples
    --------
    >>> stub_message("softmax")
    'softmax: not written yet'
    """
    return f"{function}: {NOT_WRITTEN}"


def is_stub(error):
    """Tell whether an exception is that of a released stub, and not one of the student's own."""
    return isinstance(error, NotImplementedError) and NOT_WRITTEN in str(error)


@dataclass(frozen=True)
class Record:
    """Outcome of one check.

    Parameters
    ----------
    name : str
        What was checked, in words; the same every time the check runs.
    status : str
        One of `STATUSES`.
    message : str
        One line: what differs and what to do next. Empty when the check passed.
    mistake : str
        Name of the known mistake that the value betrays, or empty.
    """

    name: str
    status: str
    message: str = ""
    mistake: str = ""

    def __post_init__(self):
        if self.status not in STATUSES:
            raise ValueError(f"status {self.status!r}: must be one of {', '.join(STATUSES)}")

    def to_json(self):
        """Return the record as a dict of strings, ready for JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, data):
        """Read a record from a dict that may come from anywhere.

        Raises
        ------
        ValueError
            If ``data`` is not exactly a record: another type, a missing or extra key, a value
            that is not a string, an unknown status.
        """
        fields = set(cls.__dataclass_fields__)
        if not isinstance(data, dict) or set(data) != fields:
            raise ValueError(f"a record is a dict with the keys {sorted(fields)}")
        if not all(isinstance(value, str) for value in data.values()):
            raise ValueError("every value of a record is a string")
        return cls(**data)
