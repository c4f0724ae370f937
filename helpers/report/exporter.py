"""The exporter: a notebook in, a PDF out."""

import datetime
import functools
import os
from pathlib import Path

import nbformat
from nbconvert.exporters import Exporter
from traitlets import Enum, Unicode, default
from traitlets.config import Config

from .cells import Markdown, contents, is_missing_answer, workbook
from .markdown import Safe, read, write
from .pictures import Pictures
from .tree import typst, words
from .typeset import Parts, ReportError, quote, to_pdf


class ReportExporter(Exporter):
    """A notebook as PDF, made by pandoc and Typst: no LaTeX, no browser, no network.

    The *report* leaves out the cells whose metadata say ``workbook.report: "hide"``, and of those
    that say ``"output"`` the code. The *whole* notebook leaves out nothing.
    """

    export_from_notebook = "Course report (PDF)"
    output_mimetype = "application/pdf"

    form = Enum(["report", "whole"], "report", help="Show the cells of the report, or all.").tag(
        config=True
    )
    student_name = Unicode(help="For the title; else the name that the notebook holds.").tag(
        config=True
    )
    student_id = Unicode(help="For the title; else the id that the notebook holds.").tag(
        config=True
    )

    @default("file_extension")
    def _file_extension(self):
        return ".pdf"

    @property
    def default_config(self):
        """Join the pieces of a stream, and of a progress bar show the last state only."""
        return Config({"CoalesceStreamsPreprocessor": {"enabled": True}})

    def from_notebook_node(self, nb, resources=None, **kwargs):
        """Make the PDF of a notebook.

        Parameters
        ----------
        nb : nbformat.NotebookNode
        resources : dict, optional
            Of nbconvert; ``metadata.path`` is the folder in which linked pictures may lie.

        Returns
        -------
        pdf : bytes
        resources : dict

        Raises
        ------
        ReportError
            If the notebook is not valid or cannot be set.
        """
        try:
            nbformat.validate(nb, relax_add_props=True)
        except nbformat.ValidationError as error:
            reason = str(error).splitlines()[0]
            raise ReportError(
                f"the notebook is damaged ({reason}): open and save it in Jupyter"
            ) from error
        nb, resources = super().from_notebook_node(nb, resources, **kwargs)
        told = resources.get("metadata", {})
        parts = Parts()
        pictures = Pictures(parts, told.get("path"), self.log.warning)
        language = nb.metadata.get("language_info", {}).get("name", "python")
        items = [
            item for cell in nb.cells for item in contents(cell, self.form, language, pictures)
        ]
        try:
            title, body = self.body(items, workbook(nb).get("title"), parts, pictures)
        except RecursionError as error:
            raise ReportError("a text is nested too deeply: use fewer levels of lists") from error
        missing = [cell.get("id", "?") for cell in nb.cells if is_missing_answer(cell)]
        if missing:
            self.log.warning("answers missing: %s", ", ".join(missing))
        day = today()
        head = self.head(workbook(nb), title or told.get("name") or "Report", day)
        return to_pdf(head, body, parts, int(day.timestamp()), self.log.warning), resources

    def body(self, items, title, parts, pictures):
        """Return the title, else the first heading, and the Typst code of the items.

        A heading at the very beginning that repeats the title is left out.
        """
        tree, found = read([item.text for item in items if isinstance(item, Markdown)])
        headings = [block for blocks in found for block in blocks if block["t"] == "Header"]
        title = title or (words(headings[0]["c"][2]) if headings else "")
        first = next((blocks for blocks in found if blocks), [])
        if headings and first[0] is headings[0] and words(first[0]["c"][2]) == title:
            del first[0], headings[0]
        top = min((heading["c"][0] for heading in headings), default=1)
        for heading in headings:
            heading["c"][0] -= top - 1  # the outline begins at its first level

        texts, blocks, formulas = iter(found), [], {}
        for item in items:
            if isinstance(item, Markdown):
                picture = functools.partial(pictures.linked, attachments=item.attachments)
                blocks += Safe(parts, picture, formulas)(next(texts))
            else:
                blocks.append(typst(item))
        code = write(tree, blocks, formulas)
        for part in formulas.values():
            if part.source is None:
                self.log.warning("%s is shown as TeX: pandoc does not understand it", part.what)
                part.source = part.substitute
        return title, code

    def head(self, told, title, day):
        """Return the call of the template."""
        student = told.get("student")
        student = student if isinstance(student, dict) else {}
        name = self.student_name or student.get("name") or ""
        number = self.student_id or student.get("id") or ""
        return (
            f"#show: report.with(title: {quote(title)}, course: {quote(told.get('course') or '')},"
            f" name: {quote(name)}, id: {quote(number)},"
            f" date: datetime(year: {day.year}, month: {day.month}, day: {day.day}))\n"
        )


def today():
    """Return the date of the report: that of ``SOURCE_DATE_EPOCH``, else today's, at midnight."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        day = datetime.date.today()
        return datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.timezone.utc)
    try:
        return datetime.datetime.fromtimestamp(int(epoch), datetime.timezone.utc)
    except (ValueError, OverflowError, OSError) as error:
        raise ReportError(
            f"SOURCE_DATE_EPOCH is {epoch!r}: set it to seconds since 1970, or unset it"
        ) from error


def export(notebook, pdf=None, *, form="report", name="", student_id=""):
    """Write the PDF of a notebook file in one move; an older PDF stays if anything fails.

    Parameters
    ----------
    notebook : str or Path
    pdf : str or Path, optional
        Default: beside the notebook, with the ending ``.pdf``.
    form : {"report", "whole"}
    name, student_id : str
        For the title; empty: what the notebook's metadata say.

    Returns
    -------
    Path
        Where the PDF is.

    Raises
    ------
    ReportError
        If the file is no notebook, or cannot be set.
    OSError
        If a file cannot be read or written.
    """
    notebook = Path(notebook)
    pdf = Path(pdf) if pdf else notebook.with_suffix(".pdf")
    try:
        nb = nbformat.reads(notebook.read_text(encoding="utf-8"), as_version=4)
    except (nbformat.ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReportError(
            f"{notebook}: not a notebook ({str(error)[:80]}); open and save it in Jupyter, or "
            "fetch it again"
        ) from error
    exporter = ReportExporter(form=form, student_name=name, student_id=student_id)
    told = {"metadata": {"name": notebook.stem, "path": str(notebook.parent)}}
    made, _ = exporter.from_notebook_node(nb, told)
    pdf.parent.mkdir(parents=True, exist_ok=True)
    new = pdf.with_name(f".{pdf.name}.{os.getpid()}.new")
    try:
        new.write_bytes(made)
        os.replace(new, pdf)
    finally:
        new.unlink(missing_ok=True)
    return pdf
