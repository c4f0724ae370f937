"""Show a submission in formgrader so that nothing in it runs: there it stands beside the grades.

formgrader renders what a student wrote in the teacher's own session, where a script could press its
buttons. This step stands in ``c.HTMLExporter.preprocessors``, the one list that formgrader reads.
"""

import re

from nbconvert.preprocessors import Preprocessor
from nbformat.v4 import new_markdown_cell

from .feedback_page import FeedbackExporter

BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


class Defuse(Preprocessor):
    """Replace Markdown and HTML of a student by what the sanitiser of feedback makes of it."""

    def preprocess(self, nb, resources):
        page = FeedbackExporter()
        nb.cells = [self._cell(cell, page) for cell in nb.cells]
        return nb, resources

    def _cell(self, cell, page):
        if cell.cell_type == "markdown":
            attachments = cell.pop("attachments", None)
            cell.source = _one_block(page.markdown(cell.source, attachments))
        elif cell.cell_type != "code":
            cell = new_markdown_cell(_one_block(f"<pre>{page.plain(cell.source)}</pre>"))
        for output in cell.get("outputs", []):
            if "data" in output:
                output.data = _data(output.data, page)
        return cell


def _one_block(html):
    """Return HTML that Markdown takes for one block, and passes on as it is."""
    return "<div>" + re.sub(r"\n[ \t\r]*(?=\n)", "\n&#10;", str(html)) + "</div>"


def _data(data, page):
    """Return the representations of one output that are safe to show."""
    safe = {}
    for mime in ("image/png", "image/jpeg"):
        if isinstance(data.get(mime), str) and BASE64.fullmatch(data[mime]):
            safe[mime] = data[mime]
    if isinstance(data.get("text/html"), str):
        safe["text/html"] = str(page.html(data["text/html"]))
    elif isinstance(data.get("text/markdown"), str):
        safe["text/html"] = str(page.markdown(data["text/markdown"]))
    elif isinstance(data.get("image/svg+xml"), str):
        picture = page.picture(data["image/svg+xml"], "image/svg+xml")
        safe["text/html"] = f'<img alt="figure" src="{picture}">'
    plain = data.get("text/plain")
    safe["text/plain"] = plain if isinstance(plain, str) else "[an output that is not shown here]"
    return safe
