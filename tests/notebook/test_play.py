"""Experiments in a kernel without a page: solved notebooks run, and panels leave their pictures.

Two notebooks, which have both kinds of panel; `course check` runs all of them, in the sandbox.
"""

import nbformat
import pytest
from nbclient import NotebookClient
from test_answers import source

from course.paths import Course


@pytest.fixture(scope="module", params=["01_softmax", "06_convnet"])
def played(request):
    """Return a text and its solved notebook, run from top to bottom in a kernel."""
    notebook = nbformat.read(Course().notebook("source", request.param), as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBOOK_DATA_SET", "embedded")
        NotebookClient(notebook, timeout=300, allow_errors=True).execute()
    return source(request.param), {cell.id: cell for cell in notebook.cells}


def outputs(cell, kind):
    return [output for output in cell.outputs if output.output_type == kind]


def test_no_experiment_fails(played):
    text, cells = played
    failed = {cell.id: outputs(cells[cell.id], "error") for cell in text.of("play")}
    assert {name: errors for name, errors in failed.items() if errors} == {}


def test_every_panel_leaves_a_picture_with_words(played):
    text, cells = played
    panels = [cell.id for cell in text.of("play") if "lab." in cell.source]
    assert panels
    for name in panels:
        printed = "".join(output.text for output in outputs(cells[name], "stream"))
        assert "stopped" not in printed
        assert "cannot be made" not in printed
        [shown] = outputs(cells[name], "display_data")
        assert len(shown.metadata["image/png"]["alt"]) > 40
        assert not any("widget" in mime for mime in shown.data)
