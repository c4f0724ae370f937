"""Put the cells of a submission back into the form in which nbgrader can grade them.

The heart is ``helpers.repair``, which students run too. Here are the cells of the gradebook and the
step of nbgrader.
"""

import copy
import html

from nbformat.notebooknode import from_dict
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, NbGraderPreprocessor

from helpers.repair import repair as repair_cells

from .notebook import COURSE_TITLE
from .released import load

UNREADABLE = """\
# Your file could not be read

{reason}.

So nothing in it could be graded. Open your notebook in Jupyter, save it, and hand in the saved \
file again; if it does not open there either, talk to your teacher. The file that you handed in \
is kept as it is."""
_CLEAR = (ClearHiddenTests(), ClearMarkScheme())


class Repair(NbGraderPreprocessor):
    """Give a submission back what the release gave it, and note what was repaired.

    nbgrader finds cells by their metadata, and one bad value there aborts the grading of a whole
    class; what `read` in ``reading.py`` found is passed on in ``resources["workbook"]``. The notes
    stand in ``nb.metadata["workbook"]["grading"]``.
    """

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        found = resources.get("workbook") or {"repaired": [], "unreadable": ""}
        released, kernelspec = load(about["db_url"], about["assignment"], about["notebook"])
        told = [*found["repaired"], *repair(nb.cells, released)]
        if found["unreadable"]:
            told = []
            nb.cells.insert(0, _notice(found["unreadable"]))
        workbook = nb.metadata.get("workbook")
        forged = isinstance(workbook, dict) and "grading" in workbook
        grading = {
            "unreadable": found["unreadable"],
            "lost": found.get("lost", ""),
            "repaired": told,
            "suspicious": ["The file came with a grading report of its own."] if forged else [],
        }
        nb.metadata = _metadata(workbook, about["notebook"], kernelspec, grading)
        nb.nbformat, nb.nbformat_minor = 4, 5
        for sentence in told:
            self.log.warning(sentence)
        return nb, resources


def repair(cells, released):
    """Repair the cells of a submission in place; see `helpers.repair.repair`.

    Parameters
    ----------
    cells : list of NotebookNode
        Of a valid notebook of nbformat 4.
    released : dict of str to NotebookNode
        From `released.released_cells`; not changed.

    Returns
    -------
    list of str
        What was repaired, in sentences for the student; none for an honest submission.
    """
    given = {name: _as_given(cell) for name, cell in released.items()}
    return repair_cells(cells, released, given)


def _as_given(cell):
    """Return the source of a cell as students got it: the gradebook's holds the hidden tests."""
    given = copy.copy(cell)
    try:
        for step in _CLEAR:
            given, _ = step.preprocess_cell(given, {}, 0)
    except RuntimeError:  # a region that does not end, which no release has
        return cell.source
    return given.source


def _notice(reason):
    source = UNREADABLE.format(reason=html.escape(reason, quote=False))
    cell = {"id": "unreadable", "cell_type": "markdown", "metadata": {}, "source": source}
    return from_dict(cell)


def _metadata(submitted, name, kernelspec, grading):
    """Return a notebook's metadata as the release has it, with what grading found."""
    workbook = {"assignment": name, "course": COURSE_TITLE, "grading": grading}
    title = submitted.get("title") if isinstance(submitted, dict) else None
    if isinstance(title, str):
        workbook["title"] = title[:200]
    metadata = {"language_info": {"name": "python"}, "workbook": workbook}
    if kernelspec:
        metadata["kernelspec"] = kernelspec
    return from_dict(metadata)
