"""Keep every attempt of a student, and lay the one that counts where nbgrader looks for it.

``attempts/ASSIGNMENT/STUDENT/KEY/`` holds one attempt: what was handed in as it came, in
``files/`` what of it is graded, and ``attempt.json``. The key is a hash of what was handed in, so
that the same file is the same attempt whenever and from wherever it is collected.
"""

import datetime
import hashlib
import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..grade import STAMP
from ..looking import entries, kind_of
from ..paths import write_in_one_move
from .owners import moment

FILES, ABOUT, AS_IT_CAME = "files", "attempt.json", "handed_in"
UTC = datetime.timezone.utc
SUBMITTED = "submitted"  # what an attempt that was found there is said to come from


@dataclass(frozen=True)
class Attempt:
    """One attempt, as it is kept.

    Parameters
    ----------
    folder : Path
    time : datetime or None
        When it was handed in.
    """

    folder: Path
    time: datetime.datetime | None

    @property
    def key(self):
        return self.folder.name

    def files(self):
        """Return what is graded, by name."""
        return _files(self.folder / FILES)


def of(course, name, student):
    """Return the attempts of a student that can be graded, in the order of their times."""
    found = []
    for folder in (course.attempts / name / student).glob("*"):
        if (folder / FILES).is_dir():
            about = json.loads((folder / ABOUT).read_bytes())
            found.append(Attempt(folder, _time(about["time"])))
    return sorted(found, key=_order)


def _order(attempt):
    # One without a time counts as the first: nobody may win by leaving the time out.
    earliest = datetime.datetime.min.replace(tzinfo=UTC)
    return attempt.time or earliest, attempt.key


def keep(course, name, student, data, kind, files, about):
    """Keep one attempt.

    Parameters
    ----------
    course : paths.Course
    name, student : str
        Both safe as names of folders.
    data : bytes
        What was handed in; by its hash the attempt is known again.
    kind : str
        The ending under which it is kept as it came; empty: it is kept as ``files`` only.
    files : dict of str to bytes
        What is graded; empty if nothing of it can be.
    about : dict
        ``time`` (text or None); ``sure``, whether it is the platform's; ``from``; ``problem``.

    Returns
    -------
    bool
        Whether it is new.
    """
    folder = course.attempts / name / student / hashlib.sha256(data).hexdigest()[:16]
    if (folder / ABOUT).is_file():
        before = json.loads((folder / ABOUT).read_bytes())
        if _is_better(about, before):
            _write(folder / ABOUT, {**before, "time": about["time"], "sure": about["sure"]})
        return False
    with _scratch(course) as made:
        if kind:
            (made / f"{AS_IT_CAME}{kind}").write_bytes(data)
        for file, content in files.items():
            write_in_one_move(made / FILES / file, content)
        _write(made / ABOUT, about)
        folder.parent.mkdir(parents=True, exist_ok=True)
        os.rename(made, folder)
    return True


def _is_better(about, before):
    """Tell whether a time replaces that of before: the platform's does, else an earlier one."""
    if about["sure"] or before["sure"]:
        return about["sure"] and about["time"] != before["time"]
    return about["time"] is not None and (before["time"] or "9") > about["time"]


def lay(course, name, student, attempt):
    """Put an attempt where nbgrader looks, in place of what lies there; see `adopt`.

    Returns
    -------
    bool
        Whether anything was changed.
    """
    target = course.notebook(SUBMITTED, name, student).parent
    stamp = attempt.time and f"{attempt.time:%Y-%m-%d %H:%M:%S.%f} UTC"
    if _files(target) == attempt.files():
        return _set_stamp(target / STAMP, stamp)
    with _scratch(course) as made:
        for file, data in attempt.files().items():
            write_in_one_move(made / file, data)
        _set_stamp(made / STAMP, stamp)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            with _scratch(course) as old:
                os.rename(target, old / name)
                os.rename(made, target)
        else:
            os.rename(made, target)
    return True


def _set_stamp(path, stamp):
    before = path.read_text() if path.is_file() else None
    if before == stamp:
        return False
    if stamp is None:
        path.unlink()
    else:
        write_in_one_move(path, stamp.encode())
    return True


def adopt(course, name, student):
    """Keep what lies in ``submitted/`` and came another way, such as through the exchange."""
    target = course.notebook(SUBMITTED, name, student).parent
    files = _files(target)
    if not files or any(files == attempt.files() for attempt in of(course, name, student)):
        return
    time = _stamped(target / STAMP)
    digest = json.dumps({file: hashlib.sha256(data).hexdigest() for file, data in files.items()})
    about = {"time": time, "sure": bool(time), "from": [SUBMITTED], "problem": ""}
    keep(course, name, student, digest.encode(), "", files, about)


def _stamped(path):
    """Return the time in a file of nbgrader's, which means UTC where it names no zone."""
    try:
        return moment(path.read_text().strip(), UTC).isoformat()
    except (OSError, ValueError, AttributeError):
        return None


def _files(folder):
    """Return the regular files of a folder, by name, without the time that nbgrader keeps there."""
    if not folder.is_dir() or folder.is_symlink():
        return {}
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(entries(folder))
        if kind_of(path) == "a file" and path != folder / STAMP
    }


def _time(text):
    return datetime.datetime.fromisoformat(text) if text else None


def _write(path, about):
    write_in_one_move(path, (json.dumps(about, indent=1) + "\n").encode())


@contextmanager
def _scratch(course):
    """Give a folder on the course's disk; it is gone afterwards unless it was moved."""
    course.grading.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="collect-", dir=course.grading))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
