"""The page of measured results: one notebook is measured anew, the others' sections stay."""

from types import SimpleNamespace

import pytest

from course import results, text
from course.paths import Course


@pytest.fixture
def found():
    """What measuring any notebook finds."""
    return [".61"]


@pytest.fixture
def course(tmp_path, monkeypatch, found):
    """A course of two assignments whose measuring takes no time."""
    notebooks = [
        SimpleNamespace(
            NAME=name,
            ABOUT=f"About {name}.",
            rows=lambda _course, name=name: [[f"accuracy of {name}", "–", ".50", *found]],
        )
        for name in ("01_first", "02_second")
    ]
    monkeypatch.setattr(results, "NOTEBOOKS", notebooks)
    for folder in ("source", "docs"):
        (tmp_path / folder).mkdir()
    for notebook in notebooks:
        (tmp_path / "source" / f"{notebook.NAME}.py").touch()
    return Course(tmp_path)


def test_one_notebook_is_measured_and_the_other_section_stays(course, found):
    path = results.write(course)
    first = path.read_text(encoding="utf-8")
    assert first.count("| .61 |") == 2
    found[:] = [".72"]
    results.write(course, ["02_second"])
    second = path.read_text(encoding="utf-8")
    assert second == first.replace("02_second | – | .50 | .61", "02_second | – | .50 | .72")


def test_what_was_measured_before_an_interruption_is_kept(course):
    def stopped(_course):
        raise KeyboardInterrupt

    results.NOTEBOOKS[1].rows = stopped
    with pytest.raises(KeyboardInterrupt):
        results.write(course)
    page = (course.root / "docs" / "results.md").read_text(encoding="utf-8")
    assert "accuracy of 01_first" in page
    assert "02_second" not in page


def test_an_unknown_assignment_is_refused(course):
    with pytest.raises(text.TextError, match="09_none"):
        results.write(course, ["09_none"])
