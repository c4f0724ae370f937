"""How a check looks in a notebook: one line each, and a table of where the student stands."""

from html import escape

from .record import MIME, NOT_ATTEMPTED, PASSED, WRONG

# A mark and a word besides the colour, so that nothing depends on telling red from green.
MARKS = {PASSED: "✓", WRONG: "✗", NOT_ATTEMPTED: "○"}
WORDS = {PASSED: "done", WRONG: "wrong", NOT_ATTEMPTED: "not attempted"}
CELL = "text-align:left;padding:0.2em 0.8em"  # a feedback page sets no space between cells
# Okabe and Ito's bluish green and vermilion: told apart with any colour vision.
COLOURS = {PASSED: "#009e73", WRONG: "#d55e00", NOT_ATTEMPTED: "#808080"}


def _style(status):
    """Return the CSS of a status's colour.

    No one colour has enough contrast (4.5) both on a white and on a black page, so it is mixed
    with the text colour of the page; a browser that cannot mix takes the text colour itself.
    """
    return f"color:color-mix(in srgb, {COLOURS[status]} 70%, currentcolor)"


def failure_text(record):
    """Return the one line that stands in place of a traceback."""
    if record.status == NOT_ATTEMPTED:
        why = f" ({record.message})" if record.message else ""
        return f"{MARKS[NOT_ATTEMPTED]} {record.name}: not attempted{why}"
    return f"{MARKS[WRONG]} {record.name}: {record.message}"


def show_record(record):
    """Display one record: a line for the reader, and the record itself beside it.

    Outside a notebook the line is printed.
    """
    line = f"{MARKS[PASSED]} {record.name}" if record.status == PASSED else failure_text(record)
    shell = _shell()
    if shell is None:
        print(line)
        return
    data = {MIME: record.to_json(), "text/plain": line}
    if record.status == PASSED:
        # A failure is told by the error that follows; its record travels without a second line.
        data["text/html"] = (
            f'<div style="{_style(PASSED)}">{MARKS[PASSED]} {escape(record.name)}</div>'
        )
    else:
        data["text/html"] = ""
    shell.display_pub.publish(data)


def _shell():
    """Return the shell of a notebook that is running, or None outside one."""
    try:
        from IPython import get_ipython
    except ImportError:  # pragma: no cover - IPython comes with JupyterLab
        return None
    shell = get_ipython()
    return None if type(shell).__name__ in ("NoneType", "TerminalInteractiveShell") else shell


def _next(record):
    """Return what a student does next about a TODO."""
    if record.status == NOT_ATTEMPTED and not record.message:
        return "write it, then run its check"
    return record.message


class Progress:
    """A table of TODOs with their state; see ``check.progress``.

    Parameters
    ----------
    status : dict of str to Record
    """

    def __init__(self, status):
        self.status = status

    def count(self, status):
        """Return how many TODOs have this status."""
        return sum(record.status == status for record in self.status.values())

    def __repr__(self):
        lines = [f"{self.count(PASSED)} of {len(self.status)} TODOs done"]
        for name, record in self.status.items():
            text = f"{MARKS[record.status]} {name}: {WORDS[record.status]}"
            lines.append(f"{text} ({_next(record)})" if _next(record) else text)
        return "\n".join(lines)

    def _repr_html_(self):
        rows = "".join(
            f'<tr><td style="{CELL}">{escape(name)}</td>'
            f'<td style="{CELL};white-space:nowrap;{_style(record.status)}">'
            f"{MARKS[record.status]} {WORDS[record.status]}</td>"
            f'<td style="{CELL}">{escape(_next(record))}</td></tr>'
            for name, record in self.status.items()
        )
        done, total = self.count(PASSED), len(self.status)
        return (
            f'<table><caption style="text-align:left;color:inherit">'
            f"<b>{done} of {total} TODOs done</b></caption>"
            f'<thead><tr><th style="{CELL}">TODO</th><th style="{CELL}">State</th>'
            f'<th style="{CELL}">What to do next</th></tr></thead><tbody>{rows}</tbody>'
            "</table>"
        )
