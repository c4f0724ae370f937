"""What one cell gives to a report: Typst code, and Markdown that pandoc has still to read."""

import re
from dataclasses import dataclass, field

from nbconvert.filters import strip_ansi

from .typeset import quote

STUB = "YOUR ANSWER HERE"
PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
WIDGET = "application/vnd.jupyter.widget-view+json"
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
FENCED = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)


@dataclass
class Markdown:
    """A text, and the pictures attached to its cell."""

    text: str
    attachments: dict = field(default_factory=dict)


def workbook(node):
    """Return what the workbook has noted in the metadata of a cell or a notebook."""
    told = node.metadata.get("workbook")
    return told if isinstance(told, dict) else {}


def is_missing_answer(cell):
    """Say whether a manually graded cell was left as it was handed out."""
    told = cell.metadata.get("nbgrader")
    if cell.cell_type != "markdown" or not isinstance(told, dict):
        return False
    is_answer = told.get("grade") and told.get("solution")
    return bool(is_answer) and COMMENT.sub("", cell.source).strip() in ("", STUB)


def headings(markdown):
    """Return the heading lines of a Markdown text; a comment in a code block is none."""
    return re.findall(r"^#{1,6} .+$", FENCED.sub("", markdown), re.MULTILINE)


def contents(cell, form, language, pictures):
    """Yield what a cell shows, from top to bottom.

    Parameters
    ----------
    cell : nbformat.NotebookNode
    form : str
        ``report`` heeds the cell's tag; ``whole`` shows everything.
    language : str
        Of the code, for its colours.
    pictures : pictures.Pictures

    Yields
    ------
    str or Markdown
        Typst code, or what pandoc is to read.
    """
    tag = workbook(cell).get("report") if form == "report" else "show"
    if tag == "hide":
        return
    if is_missing_answer(cell):
        yield "#missing-answer"
    elif cell.cell_type == "markdown":
        if tag == "heading":
            yield from [Markdown(line) for line in headings(cell.source)]
            return
        is_answer = workbook(cell).get("role") == "explain"
        yield from ["#answer["] * is_answer
        yield Markdown(cell.source, cell.get("attachments", {}))
        yield from ["]"] * is_answer
    elif cell.source.strip() and tag != "output":
        together = "true" if cell.get("outputs") else "false"
        yield f"#source({quote(cell.source)}, {quote(language)}, {together})"
    for output in cell.get("outputs", []):
        yield from shown(output, pictures)


def shown(output, pictures):
    """Yield what one output of a code cell shows."""
    if output.output_type == "stream":
        style = "complaint" if output.name == "stderr" else "printed"
        yield from boxed(style, output.text)
        return
    if output.output_type == "error":
        yield from boxed(
            "failure", "\n".join(output.traceback) or f"{output.ename}: {output.evalue}"
        )
        return
    data = output.data
    picture = next((mime for mime in PICTURES if data.get(mime)), None)
    if picture:
        yield pictures.output(picture, data[picture], output.metadata)
    elif WIDGET in data:  # lives in a browser only; what it drew comes as an output of its own
        return
    elif "text/markdown" in data:
        yield Markdown(data["text/markdown"])
    elif "text/plain" in data:
        yield from boxed("printed", data["text/plain"])
    elif data:
        yield f"#no-text({quote(', '.join(sorted(data)))})"


def boxed(style, text):
    """Yield a box of printed text, unless it is empty."""
    text = strip_ansi(text).strip("\n")
    if text.strip():
        yield f"#{style}({quote(text)})"
