"""What a saved file cannot show: work that is not in it yet, and cells that ran out of order."""

import datetime
import itertools
from pathlib import Path

import requests
from jupyter_server.serverapp import list_running_servers

from ..record import PASSED
from ..repair import joined

SECONDS = 2  # that a Jupyter server on this machine may take to answer; and a save behind a run


def ago(path):
    """Return in words how long ago a file was saved.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.NamedTemporaryFile() as file:
    ...     ago(Path(file.name))
    'just now'
    """
    now = datetime.datetime.now(datetime.timezone.utc)
    minutes = round((now - _saved(path)).total_seconds() / 60)
    for size, unit in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            number = minutes // size
            return f"{number} {unit}{'' if number == 1 else 's'} ago"
    return "just now"


def _saved(path):
    return datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.timezone.utc)


def unsaved(path):
    """Return a warning if the notebook is open and ran something after it was saved.

    Parameters
    ----------
    path : Path

    Returns
    -------
    list of str
        Empty too where no Jupyter server of this user can be asked.
    """
    for server in list_running_servers():
        for session in _sessions(server):
            try:
                open_at = Path(server["root_dir"], session["path"])
                active = datetime.datetime.fromisoformat(
                    session["kernel"]["last_activity"].replace("Z", "+00:00")
                )
                same = open_at.samefile(path)
            except (KeyError, TypeError, ValueError, AttributeError, OSError):
                continue
            late = (active - _saved(path)).total_seconds()
            if same and late > SECONDS:
                return [
                    f"{path.name} is open in Jupyter, and its kernel was at work after the file was"
                    f" saved ({ago(path)}). If you changed anything since, save it and run this"
                    " command again."
                ]
    return []


def _sessions(server):
    try:
        with requests.Session() as asking:
            asking.trust_env = False  # no proxy stands between this machine and itself
            answer = asking.get(
                f"{server['url']}api/sessions",
                headers={"Authorization": f"token {server.get('token', '')}"},
                timeout=SECONDS,
            )
        found = answer.json() if answer.ok else []
    except (requests.RequestException, ValueError, KeyError):
        return []
    return found if isinstance(found, list) else []


def only_in_the_session(before, after):
    """Return a warning for TODOs whose check is green in the file and fails in a fresh kernel.

    Parameters
    ----------
    before, after : dict of str to Record
        As saved, and as run afresh.
    """
    names = [name for name, record in before.items() if record.status == PASSED]
    names = [name for name in names if after[name].status != PASSED]
    if not names:
        return []
    checks = "check of" if len(names) == 1 else "checks of"
    green = "is green" if len(names) == 1 else "are green"
    return [
        f"The {checks} {_listed(names)} {green} in your notebook and not when it runs from the top"
        " in a fresh kernel, as grading does. What that rests on stands further down, was changed"
        " since, or was deleted: restart the kernel, run all cells, and mend what fails."
    ]


def out_of_order(notebook):
    """Return a warning if TODOs or checks last ran in another order than they stand in."""
    counts = [
        (cell.get("id"), cell.get("execution_count"))
        for cell in notebook.cells
        if notebook.released.role(cell.get("id")) in ("given", "todo", "check")
    ]
    ran = [(name, count) for name, count in counts if isinstance(count, int)]
    late = [name for (name, count), (_, below) in itertools.pairwise(ran) if count > below]
    if not late:
        return []
    return [
        f"Below {_listed(late)} stand cells that ran before it did, so what the notebook shows may"
        " not be what it does: restart the kernel, run all cells and save."
    ]


def _listed(names):
    return joined([f"`{name}`" for name in names])
