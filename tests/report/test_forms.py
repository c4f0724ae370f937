"""Which cells a report shows, what stands in its title, and that it is the same each time."""

import pytest
from nbformat.v4 import new_output
from notebooks import CELLS, code, display, markdown, pdf, png, read, text, words

from helpers import report
from helpers.report.student import Student


def test_the_report_leaves_out_what_the_cells_say():
    told = text(*CELLS)
    assert "hidden_set_up" not in told
    assert "plot_code" not in told
    for said in ("key_code()", "key output", "plot output", "plain_cell()"):
        assert said in told


def test_a_text_may_show_its_headings_only():
    said = "## Take a step\n\nWords.\n\n```\n# a comment\n```\n\n### Further\n\nMore words."
    told = text(markdown("# Title"), markdown(said, workbook={"report": "heading"}))
    assert "Take a step Further" in told
    assert "ords" not in told
    assert "comment" not in told


def test_the_whole_notebook_leaves_out_nothing():
    told = text(*CELLS, form="whole")
    for said in ("hidden_set_up()", "key_code()", "plot_code()", "plot output", "plain_cell()"):
        assert said in told


ANSWER = {"nbgrader": {"grade": True, "solution": True, "grade_id": "a", "points": 5}}


@pytest.mark.parametrize(
    "answer", ["", " \n", "YOUR ANSWER HERE", "<!-- think -->\nYOUR ANSWER HERE\n"]
)
def test_a_missing_answer_is_marked(answer, caplog):
    assert "Answer missing." in text(markdown(answer, **ANSWER))
    assert "answers missing" in caplog.text


def test_a_given_answer_is_shown_and_not_marked(caplog):
    told = text(markdown("It is 92 %.", **ANSWER), markdown("YOUR ANSWER HERE"))
    assert "It is 92 %." in told
    assert "Answer missing" not in told
    assert not caplog.records


# Title, pages, outline


def test_the_title_block_tells_course_title_student_and_date():
    about = {
        "title": "1. Softmax",
        "course": "Neural networks",
        "student": {"name": "Ada", "id": "a1"},
    }
    made = pdf(markdown("# 1. Softmax\n\nText."), metadata={"workbook": about})
    told = words(made)
    assert "Neural networks 1. Softmax Ada (a1) · 14 November 2023 Text. 1 / 1" in told
    assert read(made).metadata.title == "1. Softmax"
    assert read(made).metadata.author == "Ada (a1)"


def test_the_first_heading_is_the_title_where_the_metadata_hold_none():
    made = pdf(markdown("# The *gradient* of $x$\n\n## Derive\n\n### Chain rule\n\n## Check"))
    assert read(made).metadata.title == "The gradient of x"
    derive, below, check = read(made).outline
    assert [derive["/Title"], check["/Title"]] == ["Derive", "Check"]
    assert [one["/Title"] for one in below] == ["Chain rule"]


def test_options_win_over_the_notebook():
    about = {"student": {"name": "Ada", "id": "a1"}}
    told = text(markdown("x"), metadata={"workbook": about}, student_name="Bob", student_id="b2")
    assert "Bob (b2)" in told


def test_pages_are_numbered_and_carry_the_title():
    made = pdf(
        code("x", new_output("stream", text="line\n" * 150)), metadata={"workbook": {"title": "nb"}}
    )
    pages = [page.extract_text() for page in read(made).pages]
    assert len(pages) == 3
    assert "3 / 3" in pages[2]
    assert "nb" in pages[2]


@pytest.mark.parametrize(
    "metadata",
    [{"workbook": 3}, {"workbook": {"student": "Ada", "title": None}}, {"workbook": {"title": 7}}],
)
def test_odd_metadata_do_no_harm(metadata):
    cell = code("x = 1", workbook="show", nbgrader=None)
    assert "x = 1" in text(cell, metadata=metadata)


def test_the_button_s_cell_tells_who_and_when(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    told = Student("Ada", "a1")._repr_mimebundle_()
    (record,) = [value for mime, value in told.items() if mime != "text/plain"]
    record["date"] = "2026-02-03"
    made = words(pdf(code("button()", display(told), workbook={"report": "hide"})))
    assert "Ada (a1) · 3 February 2026" in made
    assert "Report of" not in made


@pytest.mark.parametrize(
    ("cell", "metadata"),
    [
        (markdown("x"), {"date": "2026-02-03"}),
        (code("x", execution={"iopub.execute_input": "2026-02-03T23:59:59.9Z"}), {}),
    ],
)
def test_without_a_date_asked_for_it_is_the_notebook_s_own(cell, metadata, monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert "3 February 2026" in text(cell, metadata=metadata)


def test_a_notebook_without_a_date_gets_none(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    made = pdf(markdown("x"))
    assert words(made) == "Notebook x 1 / 1"
    assert read(made).metadata.creation_date is None
    assert made == pdf(markdown("x"))


def test_the_same_notebook_gives_the_same_bytes():
    cells = [markdown("# T\n\n$x$"), code("x", display({"image/png": png()}))]
    assert pdf(*cells) == pdf(*cells)


def test_another_date_gives_another_pdf(monkeypatch):
    first = pdf(markdown("x"))
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    assert pdf(markdown("x")) != first


def test_a_bad_date_is_an_error(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(report.ReportError, match="SOURCE_DATE_EPOCH is 'yesterday': set it"):
        pdf(markdown("x"))
