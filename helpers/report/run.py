"""Who ran a notebook, and when: from the notebook alone, so that equal ones give equal PDFs."""

import datetime
import os

from .cells import workbook
from .errors import ReportError
from .student import STUDENT

UTC = datetime.timezone.utc


def records(nb):
    """Yield what `button` has left in the outputs of a notebook."""
    for cell in nb.cells:
        for output in cell.get("outputs", []):
            told = output.get("data", {}).get(STUDENT)
            if isinstance(told, dict):
                yield told


def student_of(nb):
    """Return the name and the id of a notebook's student, as a dict of two strings."""
    noted = workbook(nb).get("student")
    found = {"name": "", "id": ""}
    for told in [noted if isinstance(noted, dict) else {}, *records(nb)]:
        found.update({key: str(told[key])[:200] for key in found if told.get(key)})
    return found


def day_of(nb):
    """Return the day for the title: midnight in UTC, or None.

    That of ``SOURCE_DATE_EPOCH``; else the one that the notebook's metadata give (``date``); else
    the last one on which a cell was run, if the notebook has kept it.

    Raises
    ------
    ReportError
        If ``SOURCE_DATE_EPOCH`` is not a number of seconds.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch:
        try:
            return datetime.datetime.fromtimestamp(int(epoch), UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise ReportError(
                f"SOURCE_DATE_EPOCH is {epoch!r}: set it to seconds since 1970, or unset it"
            ) from error
    told = [workbook(nb).get("date"), nb.metadata.get("date")]
    days = list(filter(None, map(day, told)))[:1]
    if not days:
        days = [day(one.get("date")) for one in records(nb)]
        for cell in nb.cells:
            timing = cell.metadata.get("execution")
            days += map(day, timing.values()) if isinstance(timing, dict) else ()
    return max(filter(None, days), default=None)


def day(text):
    """Return the day of an ISO date or time, or None for anything else."""
    try:
        found = datetime.date.fromisoformat(str(text)[:10])
    except ValueError:
        return None
    return datetime.datetime(found.year, found.month, found.day, tzinfo=UTC)
