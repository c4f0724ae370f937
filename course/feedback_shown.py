"""What a feedback page shows of a notebook: each thing of its type and within its limit."""

import re

from nbformat import from_dict

# An honest notebook stays far below these.
CELLS, OUTPUTS = 1000, 2000  # cells without points, and outputs of all cells
SOURCE, TEXT, MESSAGE = 20_000, 100_000, 5_000  # characters of a cell, an output, a message
HTML = 5_000_000  # characters of one output; HTML may hold figures
WIDGET = "application/vnd.jupyter.widget-view+json"
PICTURES = ("image/svg+xml", "image/png", "image/jpeg")
# What is shown of an output is the first of these that it has.
SHOWN = (WIDGET, "text/html", "text/markdown", "text/latex", *PICTURES, "text/plain")

INLINE = re.compile(r"data:(image/(?:png|jpeg|gif|webp));base64,([A-Za-z0-9+/=]+)")


def shown(nb):
    """Return a notebook of nothing but what a page shows, with each text cut to its limit.

    Parameters
    ----------
    nb : NotebookNode
        An autograded notebook; whatever a student can write in it may be anything.

    Returns
    -------
    NotebookNode
        Of cells and outputs from which something is cut, ``left_out`` counts the characters.
    """
    cells, others, outputs = [], CELLS, OUTPUTS
    for cell in nb.cells:
        graded = bool(_dict(cell.metadata.get("nbgrader")))
        others -= not graded
        if not graded and others < 0:
            continue
        plain = _cell(cell)
        if cell.cell_type == "code":
            plain |= {"execution_count": None, "outputs": _outputs(cell.outputs, outputs)}
            plain["metadata"]["outputs_left_out"] = len(cell.outputs) - len(plain["outputs"])
            outputs -= len(plain["outputs"])
        cells.append(plain)
    told = _dict(_dict(nb.metadata.get("workbook")).get("grading"))
    grading = {
        "unreadable": _text(told.get("unreadable"))[:MESSAGE],
        "repaired": [_text(one)[:MESSAGE] for one in told.get("repaired") or ()],
    }
    metadata = {"grading": grading, "cells_left_out": len(nb.cells) - len(cells)}
    return from_dict({"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": cells})


def _cell(cell):
    source = _text(cell.source)
    about = {
        key: value
        for key, value in _dict(cell.metadata.get("nbgrader")).items()
        if key not in ("comment", "score", "waiting")  # GetGrades says them
    }
    metadata = {"nbgrader": about} if about else {}
    plain = {"cell_type": cell.cell_type, "metadata": metadata}
    if cell.cell_type == "markdown":
        source, plain["attachments"] = _attachments(cell, source)
    metadata["left_out"] = len(source[SOURCE:])
    return plain | {"source": source[:SOURCE]}


def _attachments(cell, source):
    """Return a cell's text and its pictures; those that stand in the text are taken out of it."""
    pictures = {
        name: {mime: _text(data) for mime, data in _dict(kinds).items() if mime in PICTURES}
        for name, kinds in _dict(cell.get("attachments")).items()
    }

    def attach(found):
        mime, data = found.groups()
        name = f"in-the-text-{len(pictures)}"
        pictures[name] = {mime: data}
        return f"attachment:{name}"

    # There it would count as text, and take long to parse.
    return INLINE.sub(attach, source), pictures


def _outputs(outputs, room):
    """Return the first outputs and the last, which holds the points of a test."""
    if len(outputs) > max(1, room):
        outputs = [*outputs[: max(0, room - 1)], outputs[-1]]
    return [_output(output) for output in outputs]


def _output(output):
    kind = output.output_type
    if kind == "stream":
        name = "stderr" if output.name == "stderr" else "stdout"
        text = _last_written(_text(output.text))
        return {
            "output_type": kind,
            "name": name,
            "text": text[:TEXT],
            "left_out": len(text[TEXT:]),
        }
    if kind == "error":
        trace = "\n".join(_text(line) for line in output.get("traceback", ()))
        return {
            "output_type": kind,
            "ename": _text(output.ename)[:MESSAGE],
            "evalue": _text(output.evalue)[:MESSAGE],
            "traceback": trace[:TEXT].split("\n"),
            "left_out": len(trace[TEXT:]),
        }
    return _display(output)


def _display(output):
    """Return an output with the one kind of data that is shown of it."""
    found = _dict(output.get("data"))
    mime = next((mime for mime in SHOWN if mime in found), "")
    data = "" if mime == WIDGET else _text(found.get(mime))
    limits = {"text/html": HTML, "text/markdown": SOURCE, **dict.fromkeys(PICTURES, len(data))}
    left_out = max(0, len(data) - limits.get(mime, TEXT))
    if left_out:
        # Half a picture inside HTML is of no use.
        data = "" if mime == "text/html" else data[:-left_out]
    about = _dict(_dict(output.get("metadata")).get(mime))
    width = about.get("width")
    plain = {
        "output_type": output.output_type,
        "data": {mime: data},
        "metadata": {
            "alt": _text(about.get("alt"))[:MESSAGE],
            "width": width if isinstance(width, int) and 0 < width < 10_000 else None,
        },
        "left_out": left_out,
    }
    return plain | ({"execution_count": None} if output.output_type == "execute_result" else {})


def _dict(value):
    return value if isinstance(value, dict) else {}


def _text(value):
    """Return text that can be written to a file, whatever the value is."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _last_written(text):
    """Return what a terminal shows of lines that were written over, such as a progress bar."""
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
