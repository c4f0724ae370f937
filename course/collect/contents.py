"""One handed-in file, read without believing it: a hand-in of ``helpers.submit`` or a notebook."""

import datetime
import hashlib
import io
import json
from dataclasses import dataclass, field

from helpers import handin
from helpers.repair import joined, shown

from ..mending import Unreadable
from ..reading import CUT_OFF, read_bytes
from .archive import Bounds, Refused, members

LARGEST_RECEIPT = 1_000_000
BOUNDS = Bounds(
    members=handin.MOST_FILES + 3,
    largest=handin.LARGEST_NOTEBOOK,
    total=2 * handin.LARGEST_NOTEBOOK + handin.LARGEST_FILES + LARGEST_RECEIPT,
)


@dataclass(frozen=True)
class Contents:
    """What a handed-in file holds.

    Parameters
    ----------
    assignment, student : str
        As it says itself; empty where it does not.
    notebook : bytes
        Empty where nothing can be graded.
    files : dict of str to bytes
        Others, which are handed in with it.
    time : datetime or None
        As the receipt says, with a zone.
    has_receipt : bool
    problem : str
        Why a person has to look; empty if nobody has to.
    """

    assignment: str = ""
    student: str = ""
    notebook: bytes = b""
    files: dict = field(default_factory=dict)
    time: datetime.datetime | None = None
    has_receipt: bool = False
    problem: str = ""


def of_notebook(data, name, assignments):
    """Return the contents of a notebook that was handed in without a receipt.

    Parameters
    ----------
    data : bytes
    name : str
        Of the file.
    assignments : sequence of str
        The course's: it belongs to the one that it names itself, else to that in the file's name.
    """
    named = _named(name, assignments)
    try:
        if len(data) > handin.LARGEST_NOTEBOOK:
            raise Unreadable(f"it has more than {handin.LARGEST_NOTEBOOK / 1e6:g} MB")
        notebook, told = read_bytes(data, name)
    except Unreadable as why:
        # Grading reads what can be read of it, and tells the student.
        return Contents(named, notebook=data, problem=f"damaged: {why}")
    workbook = notebook.metadata.get("workbook")
    found = workbook.get("assignment") if isinstance(workbook, dict) else None
    found = found if found in assignments else named
    lost = next((sentence for sentence in told if sentence.startswith(CUT_OFF)), "")
    return Contents(found, notebook=data, problem=f"damaged: {lost}" if lost else "")


def of_hand_in(data, name, assignments):
    """Return the contents of a hand-in; one that is not as it should be holds nothing to grade.

    Parameters
    ----------
    data : bytes
        Of the zip.
    name : str
        Of the file; asked for the assignment only where the receipt cannot be read.
    assignments : sequence of str
        The course's.
    """
    found = {}
    try:
        for member in members(io.BytesIO(data), BOUNDS):
            if member.problem:
                raise Refused(f"`{shown(member.name)}`: {member.problem}")
            if member.name.casefold() in map(str.casefold, found):
                raise Refused(f"`{shown(member.name)}` is in it twice")
            found[member.name] = member.data
        receipt = _receipt(found.pop(handin.RECEIPT, b""), assignments)
    except Refused as why:
        return Contents(_named(name, assignments), problem=f"damaged: {why}")
    assignment, student, time, hashes = receipt
    about = {"assignment": assignment, "student": student, "time": time, "has_receipt": True}
    notebook = f"{assignment}.ipynb"
    others = set(found) - {notebook, handin.AS_SAVED}
    if strange := sorted(name for name in others if not handin.is_other_file(name)):
        return Contents(**about, problem=f"damaged: it holds `{shown(strange[0])}`")
    if notebook not in found:
        return Contents(**about, problem=f"damaged: it holds no {notebook}")
    changed = {name for name in {*found, *hashes} if _hash(found.get(name)) != hashes.get(name)}
    found.pop(handin.AS_SAVED, None)
    data = found.pop(notebook)
    problem = of_notebook(data, notebook, [assignment]).problem
    if changed:
        problem = f"changed after the receipt: {joined([shown(name) for name in sorted(changed)])}"
    return Contents(**about, notebook=data, files=found, problem=problem)


def _named(name, assignments):
    """Return the one assignment that the name of a file holds, or ""."""
    named = [known for known in assignments if known in name]
    return named[0] if len(named) == 1 else ""


def _receipt(data, assignments):
    """Return the assignment, the student, the time and the hashes that a receipt names."""
    if not data:
        raise Refused("it has no receipt")
    try:
        if len(data) > LARGEST_RECEIPT:
            raise ValueError("too large")
        told = json.loads(data)
        assignment, student, hashes = told["assignment"], told["student"], told["files"]
        time = datetime.datetime.fromisoformat(told["time"])
        known = told["form"] == handin.FORM and isinstance(hashes, dict)
        if not known or time.tzinfo is None or not handin.STUDENT.fullmatch(student):
            raise ValueError("not of the form that is read here")
        time = time.astimezone(datetime.timezone.utc)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise Refused(f"its receipt cannot be read ({shown(str(error), 80)})") from None
    if assignment not in assignments:
        raise Refused(f"its receipt is of `{shown(str(assignment))}`, which this course has not")
    return assignment, student, time, hashes


def _hash(data):
    return None if data is None else hashlib.sha256(data).hexdigest()
