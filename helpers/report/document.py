"""The document of a notebook: what its cells show, as one text of Typst code."""

import bs4

from .cells import Tree, contents, is_missing_answer, is_undone, workbook
from .errors import TYPST, ReportError
from .formulas import Formulas
from .html_code import HtmlCode, anchor
from .html_list import HEADING
from .pictures import Pictures
from .typst_code import call, quote

WIDGETS = "application/vnd.jupyter.widget-state+json"


class Document:
    """What a notebook shows.

    Parameters
    ----------
    nb : nbformat.NotebookNode
        Valid, of format 4.
    form : {"report", "whole"}
    folder : str or None
        In which linked pictures may lie.
    warn : callable
        Called with one line for everything that is left out.

    Attributes
    ----------
    title : str
        That of the metadata, else the first heading; may be empty.
    body : str
        Typst code, to stand after the template's.
    pictures : dict
        From file name to bytes.
    formulas : list of (str, bool)
        TeX, and whether it is displayed.
    missing : list of str
        Names of the answers and TODOs that nothing was written for.
    """

    def __init__(self, nb, form, folder, warn):
        self._pictures, self._formulas = Pictures(folder, warn), Formulas()
        self.pictures, self.formulas = self._pictures.files, self._formulas.jobs
        undone = [cell for cell in nb.cells if is_missing_answer(cell) or is_undone(cell)]
        self.missing = [str(cell.get("id", "?")) for cell in undone]
        language = str(table(nb.metadata.get("language_info")).get("name", "python"))
        widgets = table(table(table(nb.metadata.get("widgets")).get(WIDGETS)).get("state"))
        items = []
        for cell in nb.cells:
            items += contents(cell, form, language, self._pictures, widgets)
        told = workbook(nb).get("title")
        self.title, anchors = outline(items, str(told) if told else "")
        self.body = "\n".join(
            self._code(item, anchors, number) for number, item in enumerate(items)
        )
        if len(self.body) > TYPST:
            raise ReportError(
                f"the report would have {len(self.body):,} characters, {TYPST:,} are possible: "
                "clear long outputs, or split the notebook"
            )

    def _code(self, item, anchors, number):
        if not isinstance(item, Tree):
            return item

        def picture(target, alt):
            return self._pictures.linked(target, alt, item.attachments)

        return HtmlCode(item.html, picture, self._formulas.add, anchors, number).code()


def outline(items, title):
    """Find the title, and prepare all headings.

    A heading at the very beginning that repeats the title is taken out; the levels of the others
    begin at 1, and each gets a label for links.

    Parameters
    ----------
    items : list of str or Tree
    title : str
        Of the metadata, or empty.

    Returns
    -------
    title : str
    anchors : dict
        From what a link may name to a label.
    """
    trees = [item.html for item in items if isinstance(item, Tree)]
    headings = [node for html in trees for node in html.find_all(HEADING)]
    title = title or (words(headings[0]) if headings else "")
    if headings and words(headings[0]) == title and is_first(headings[0], items):
        headings.pop(0).decompose()
    top = min((int(node.name[1]) for node in headings), default=1)
    anchors = {}
    for number, node in enumerate(headings):
        node.name = f"h{int(node.name[1]) - top + 1}"
        node["data-anchor"] = anchor(words(node))
        anchors.setdefault(node["data-anchor"], f"heading-{number}")
    return title, anchors


def is_first(heading, items):
    """Say whether nothing is shown above a heading."""
    return isinstance(items[0], Tree) and heading is next(
        (node for node in items[0].html if isinstance(node, bs4.Tag) or node.strip()), None
    )


def words(node):
    """Return the text of a heading in one line."""
    return " ".join(node.get_text().split())


def table(value):
    """Return a mapping that metadata hold, and an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def head(title, course, assignment, student, day):
    """Return the call of the template.

    Parameters
    ----------
    title, course, assignment : str
    student : dict
        ``name`` and ``id``.
    day : datetime.date or None

    Returns
    -------
    str
    """
    date = call("datetime", year=day.year, month=day.month, day=day.day) if day else None
    told = {"title": title, "course": course, "assignment": assignment, **student}
    with_code = call("report.with", date=date, **{key: quote(value) for key, value in told.items()})
    return f"#show: {with_code}\n"
