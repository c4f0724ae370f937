"""The exporter: a notebook in, a PDF out."""

import nbformat
from nbconvert.exporters import Exporter
from nbformat.v4.rwbase import rejoin_lines
from traitlets import Enum, List, Unicode, default
from traitlets.config import Config

from .cells import workbook
from .document import Document, head
from .errors import CELLS, ReportError
from .run import day_of, student_of
from .typeset import Typesetter


class ReportExporter(Exporter):
    """A notebook as PDF, made by MathJax and Typst: no LaTeX, no browser, no network.

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
    fonts = List(Unicode(), help="Folders with fonts for letters that the report's lack.").tag(
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
            ``resources["report"]["missing"]`` names the answers that nothing was written for.

        Raises
        ------
        ReportError
            If the notebook is not valid or cannot be set.
        """
        nb = checked(nb)
        formulas = any("$" in cell.source or "\\" in cell.source for cell in nb.cells)
        with Typesetter(self.fonts, formulas) as typesetter:
            nb, resources = super().from_notebook_node(nb, resources, **kwargs)
            told = resources.get("metadata", {})
            document = Document(nb, self.form, told.get("path"), self.log.warning)
            if document.missing:
                self.log.warning("answers missing: %s", ", ".join(document.missing))
            moment = day_of(nb)
            pdf = typesetter.pdf(
                self._head(nb, document.title or told.get("name") or "Report", moment),
                document.body,
                document.pictures,
                document.formulas,
                int(moment.timestamp()) if moment else 0,
                self.log.warning,
            )
        resources["report"] = {"missing": document.missing}
        return pdf, resources

    def _head(self, nb, title, moment):
        told, student = workbook(nb), student_of(nb)
        if self.student_name:
            student["name"] = self.student_name
        if self.student_id:
            student["id"] = self.student_id
        assignment = str(told.get("assignment") or "")
        return head(title, str(told.get("course") or ""), assignment, student, moment)


def checked(nb):
    """Return a copy of a notebook in which each cell has an id; raise ReportError if it is none."""
    if len(nb.get("cells", ())) > CELLS:
        raise ReportError(
            f"the notebook has {len(nb.cells)} cells; a report shows {CELLS} at most: split it"
        )
    try:
        cells = [
            cell if "id" in cell else {**cell, "id": f"cell-{number}"}
            for number, cell in enumerate(nb.cells)
        ]
        nb = nbformat.from_dict({**nb, "cells": cells, "nbformat_minor": 5})
        nbformat.validate(nb, relax_add_props=True)
        nb = rejoin_lines(nb)  # a file may hold its texts line by line, and be posted like that
    except (nbformat.ValidationError, AttributeError, TypeError) as error:
        reason = str(error).splitlines()[0]
        raise ReportError(
            f"the notebook is damaged ({reason}): open and save it in Jupyter"
        ) from error
    return nb
