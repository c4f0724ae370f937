"""Every notebook of the course, with its solutions, as a report and as a whole."""

import nbformat
import pytest
from notebooks import alts, read, words

from course.paths import Course
from helpers.report import ReportExporter

NAMES = [path.stem for path in Course().texts()]


@pytest.mark.parametrize("form", ["report", "whole"])
@pytest.mark.parametrize("name", NAMES)
def test_a_solved_notebook_is_set_without_a_warning(name, form, caplog):
    notebook = nbformat.read(Course().notebook("source", name), as_version=4)
    made, told = ReportExporter(form=form).from_notebook_node(notebook)
    assert not caplog.records
    assert told["report"]["missing"] == []
    assert read(made).metadata.title == notebook.metadata.workbook.title
    assert all(alts(made, "Formula"))
    shown = words(made)
    assert name in shown
    assert ("helpers import" in shown) == (form == "whole")
    questions = [cell for cell in notebook.cells if cell.metadata.workbook.role == "explain"]
    for cell in questions:
        assert " ".join(cell.source.split())[:30] in shown


@pytest.mark.parametrize("name", NAMES)
def test_of_a_notebook_as_it_is_handed_out_all_that_is_missing_is_told(name, caplog):
    notebook = nbformat.read(Course().notebook("release", name), as_version=4)
    made, told = ReportExporter().from_notebook_node(notebook)
    tasks = [
        cell.id for cell in notebook.cells if cell.metadata.workbook.role in ("todo", "explain")
    ]
    assert told["report"]["missing"] == tasks
    shown = words(made)
    assert shown.count("Answer missing.") + shown.count("Not done.") == len(tasks)
    assert "answers missing" in caplog.text
