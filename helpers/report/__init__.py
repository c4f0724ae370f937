"""A notebook as PDF, without LaTeX and without a browser.

``jupyter nbconvert --to report notebook.ipynb``, JupyterLab's "Save and Export Notebook As",
``python -m helpers.report`` and the `button` in a notebook all lead to `ReportExporter`; `export`
does the same for a program.
"""

import importlib

__all__ = ["ReportError", "ReportExporter", "button", "export"]
LATER = {
    "ReportError": "errors",
    "ReportExporter": "exporter",
    "button": "panel",
    "export": "files",
}


def __getattr__(name):
    """Import a module when it is first used: a notebook needs the button and no nbconvert."""
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{LATER[name]}", __name__), name)
