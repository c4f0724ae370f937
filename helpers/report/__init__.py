"""A notebook as PDF, without LaTeX and without a browser.

``jupyter nbconvert --to report notebook.ipynb``, JupyterLab's "Save and Export Notebook As", and
``python -m helpers.report`` all lead to `ReportExporter`; `export` does the same for a program.
"""

from .exporter import ReportExporter, export
from .typeset import ReportError

__all__ = ["ReportError", "ReportExporter", "export"]
