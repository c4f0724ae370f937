"""The button of a notebook, without a page to show it."""

import nbformat
import pytest
from nbformat.v4 import new_notebook
from notebooks import markdown, read

from helpers.report import panel


@pytest.fixture
def pressed(tmp_path, monkeypatch):
    """Return a function that shows the button, presses it, and returns what it then says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    shown = []
    monkeypatch.setattr(panel, "display", shown.append)

    def press(assignment):
        panel.button(assignment, name="Ada", student_id="a1")
        assert repr(shown[0]) == "Report of Ada (a1)"
        assert not list(tmp_path.glob("*.pdf"))
        button, told = shown[1].children[0].children
        assert button.description == "Make my report"
        button.click()
        assert not button.disabled
        return told.value

    return press


def test_it_makes_the_pdf_beside_the_notebook_and_tells_what_is_missing(pressed, tmp_path):
    answer = {"nbgrader": {"grade": True, "solution": True}}
    cells = [markdown("Words."), markdown("", **answer)]
    cells[1]["id"] = "answer_one"
    nbformat.write(new_notebook(cells=cells), tmp_path / "01_x.ipynb")
    told = pressed("01_x")
    assert "Made from 01_x.ipynb, saved at" in told
    assert "Answers missing: answer_one." in told
    assert 'role="status"' in told
    assert "Words." in read((tmp_path / "01_x.pdf").read_bytes()).pages[0].extract_text()


def test_a_copy_under_another_name_is_found_by_what_jupyter_calls_it(
    pressed, tmp_path, monkeypatch
):
    nbformat.write(new_notebook(cells=[markdown("Words.")]), tmp_path / "copy.ipynb")
    monkeypatch.setenv("JPY_SESSION_NAME", "/somewhere/copy.ipynb")
    assert "Made from copy.ipynb" in pressed("01_x")


def test_without_a_notebook_it_says_what_else_to_do(pressed, tmp_path):
    told = pressed("01_x")
    assert "No report: there is no 01_x.ipynb in" in told
    assert "Save and Export Notebook As, Report" in told


def test_an_error_is_told_and_the_button_lives_on(pressed, tmp_path):
    (tmp_path / "01_x.ipynb").write_text("no <b>JSON</b>")
    told = pressed("01_x")
    assert "No report: 01_x.ipynb: not a notebook" in told
    assert "<b>" not in told


def test_the_student_s_name_is_asked_for():
    assert "write your name into this cell" in repr(panel.Student("", ""))
