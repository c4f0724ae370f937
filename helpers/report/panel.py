"""The button in a notebook that makes its report."""

import datetime
import os
from html import escape
from pathlib import Path

import ipywidgets
from IPython.display import HTML, display

from .student import Student


def button(assignment, name="", student_id=""):
    """Show a button that makes the PDF report of this notebook, and a link to it.

    Parameters
    ----------
    assignment : str
        Such as ``01_softmax``: the notebook's file name without its ending.
    name, student_id : str
        For the title of the report.

    Notes
    -----
    The report is made of the notebook as it was last saved. Without a page that shows the button,
    as when all cells are run by a program, nothing is made.
    """
    press = ipywidgets.Button(
        description="Make my report",
        tooltip="Make the PDF report of this notebook as it was last saved",
        icon="file-pdf-o",
    )
    told, link = ipywidgets.HTML(""), ipywidgets.Output()

    def say(words):
        told.value = f'<span role="status" aria-live="polite">{escape(words)}</span>'

    def make(_press):
        press.disabled = True
        link.clear_output()
        try:
            pdf = report(assignment, say)
        except Exception as error:  # the reader sees no log: whatever it is, it is told here
            say(f"No report: {error}")
        else:
            with link:
                display(HTML(f'<a href="{escape(pdf)}" target="_blank">Open {escape(pdf)}</a>'))
        finally:
            press.disabled = False

    press.on_click(make)
    display(Student(name, student_id))
    display(ipywidgets.VBox([ipywidgets.HBox([press, told]), link]))


def report(assignment, say):
    """Make the PDF of the notebook beside which the kernel runs.

    Parameters
    ----------
    assignment : str
    say : callable
        Called with a line at each step, and at the end with what is missing.

    Returns
    -------
    str
        The PDF's file name.
    """
    from .files import export  # loads nbconvert, which takes half a second

    notebook = Path(f"{assignment}.ipynb")
    if not notebook.is_file():
        running = os.environ.get("JPY_SESSION_NAME", "")  # Jupyter's name for this notebook
        notebook = Path(Path(running).name)
        if notebook.suffix != ".ipynb" or not notebook.is_file():
            raise FileNotFoundError(
                f"there is no {assignment}.ipynb in {Path.cwd()}; use File, Save and Export "
                "Notebook As, Report instead"
            )
    saved = datetime.datetime.fromtimestamp(notebook.stat().st_mtime)
    say(f"Setting the pages of {notebook}, saved at {saved:%H:%M:%S} ...")
    pdf, missing = export(notebook)
    lacking = f" Answers missing: {', '.join(missing)}." if missing else ""
    say(f"Made from {notebook}, saved at {saved:%H:%M:%S}.{lacking}")
    return pdf.name
