"""From a notebook file to a PDF file."""

from pathlib import Path

import nbformat

from ..files import write_in_one_move
from .errors import NOTEBOOK, ReportError
from .exporter import ReportExporter


def export(notebook, pdf=None, *, form="report", name="", student_id="", fonts=()):
    """Write the PDF of a notebook file in one move; an older PDF stays if anything fails.

    Parameters
    ----------
    notebook : str or Path
    pdf : str or Path, optional
        Default: beside the notebook, with the ending ``.pdf``.
    form : {"report", "whole"}
    name, student_id : str
        For the title; empty: what the notebook holds.
    fonts : sequence of str
        Folders with fonts for letters that the report's own lack.

    Returns
    -------
    pdf : Path
        Where the PDF is.
    missing : list of str
        Ids of the answers and TODOs that nothing was written for.

    Raises
    ------
    ReportError
        If the file is no notebook, or cannot be set.
    OSError
        If a file cannot be read or written.
    """
    notebook = Path(notebook)
    pdf = Path(pdf) if pdf else notebook.with_suffix(".pdf")
    exporter = ReportExporter(
        form=form, student_name=name, student_id=student_id, fonts=[str(one) for one in fonts]
    )
    told = {"metadata": {"name": notebook.stem, "path": str(notebook.parent)}}
    made, resources = exporter.from_notebook_node(read(notebook), told)
    write_in_one_move(pdf, made)
    return pdf, resources["report"]["missing"]


def read(notebook):
    """Return the notebook that a file holds; raise ReportError if it holds none."""
    size = notebook.stat().st_size
    if size > NOTEBOOK:
        raise ReportError(
            f"{notebook}: {size / 1e6:.0f} MB, a report can be made of {NOTEBOOK / 1e6:.0f} MB at "
            "most; clear long outputs in Jupyter and save it"
        )
    return parse(notebook.read_bytes(), notebook)


def parse(data, notebook):
    """Return the notebook that bytes hold; ``notebook`` is where they are, for the message."""
    try:
        # The exporter checks it; nbformat.reads would do so too, and warn on the way.
        return nbformat.convert(nbformat.reader.reads(data.decode("utf-8")), 4)
    except RecursionError as error:
        raise ReportError(f"{notebook}: its JSON is nested too deeply; fetch it again") from error
    except (nbformat.ValidationError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReportError(
            f"{notebook}: not a notebook ({str(error)[:80]}); open and save it in Jupyter, or "
            "fetch it again"
        ) from error
