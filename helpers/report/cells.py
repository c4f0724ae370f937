"""What one cell gives to a report: Typst code, and trees of HTML that are still to be written."""

import re
from dataclasses import dataclass, field

import bs4

from .html_list import HEADING
from .markdown import tree
from .outputs import boxed, shown
from .typst_code import call, quote, words

STUB = "YOUR ANSWER HERE"
UNDONE = re.compile(r"^\s*raise NotImplementedError\(", re.MULTILINE)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
LONG = 25  # lines of code that stay on the page of their output


@dataclass
class Tree:
    """A text as HTML, and the pictures attached to its cell."""

    html: bs4.BeautifulSoup
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


def is_undone(cell):
    """Say whether a TODO was left as it was handed out."""
    return workbook(cell).get("role") == "todo" and bool(UNDONE.search(cell.source))


def contents(cell, form, language, pictures, widgets):
    """Yield what a cell shows, from top to bottom.

    Parameters
    ----------
    cell : nbformat.NotebookNode
    form : str
        ``report`` heeds the cell's tag; ``whole`` shows everything.
    language : str
        Of the code, for its colours.
    pictures : pictures.Pictures
    widgets : dict
        The state of the notebook's widgets, by model id.

    Yields
    ------
    str or Tree
        Typst code, or what is to become Typst code when all headings are known.
    """
    tag = workbook(cell).get("report") if form == "report" else "show"
    if tag == "hide":
        return
    if is_missing_answer(cell):
        yield "missing-answer"
    elif cell.cell_type == "markdown":
        yield from text(cell, tag)
    elif cell.cell_type == "raw":
        yield from boxed("printed", cell.source)
    elif cell.source.strip() and tag != "output":
        if is_undone(cell):
            yield "missing-code"
        outputs = bool(cell.get("outputs")) and cell.source.count("\n") < LONG
        yield call("source", words(cell.source), quote(language), str(outputs).lower())
    for output in cell.get("outputs", []):
        for piece in shown(output, pictures, widgets):
            yield Tree(piece) if isinstance(piece, bs4.BeautifulSoup) else piece


def text(cell, tag):
    """Yield what a Markdown cell shows."""
    html = tree(cell.source)
    if tag == "heading":
        headings = html.find_all(HEADING)
        html.clear()
        html.extend(headings)
    attachments = cell.get("attachments")
    found = Tree(html, attachments if isinstance(attachments, dict) else {})
    if workbook(cell).get("role") == "explain":
        yield from ["answer({", found, "})"]
    else:
        yield found
