"""Panels in a kernel without a page leave their pictures, which have words.

Two notebooks, which have both kinds of panel; `course check` runs every cell of all notebooks, but
in the sandbox, from where a picture comes without its words.
"""

import nbformat
import pytest
from nbclient import NotebookClient

from course import text
from course.paths import Course


@pytest.fixture(scope="module", params=["01_softmax", "06_convnet"])
def panels(request):
    """Return the cells of a notebook's panels by name, run after those that they may rest on."""
    truth = text.read(Course().text(request.param))
    wanted = [cell.id for cell in truth.of("play") if "lab." in cell.source]
    needed = {*wanted, *(cell.id for cell in truth.of("given", "todo"))}
    notebook = nbformat.read(Course().notebook("source", request.param), as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id in needed]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBOOK_DATA_SET", "embedded")
        NotebookClient(notebook, timeout=300, allow_errors=True).execute()
    return {cell.id: cell for cell in notebook.cells if cell.id in wanted}


def outputs(cell, kind):
    return [output for output in cell.outputs if output.output_type == kind]


def test_every_panel_leaves_a_picture_with_words(panels):
    assert panels
    for cell in panels.values():
        assert outputs(cell, "error") == []
        printed = "".join(output.text for output in outputs(cell, "stream"))
        assert "stopped" not in printed
        assert "cannot be made" not in printed
        [shown] = outputs(cell, "display_data")
        assert len(shown.metadata["image/png"]["alt"]) > 40
        assert not any("widget" in mime for mime in shown.data)
