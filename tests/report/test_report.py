"""The PDF of a notebook: what it shows, what it must not do, and that it is the same each time."""

import base64
import io
import json
import subprocess
import sys

import nbformat
import pypdf
import pytest
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from helpers import report
from helpers.report.__main__ import main
from helpers.report.typeset import Part, Parts, clean, quote, to_pdf

EVIL = '#read("/etc/passwd")'
SECRET = "root:"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40">{}</svg>'


@pytest.fixture(autouse=True)
def _date(monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")  # 14 November 2023


def markdown(text, **metadata):
    return new_markdown_cell(text, metadata=metadata)


def code(text, *outputs, **metadata):
    return new_code_cell(text, outputs=list(outputs), metadata=metadata)


def display(data, **metadata):
    return new_output("display_data", data=data, metadata=metadata)


def png(width=40, height=30, form="PNG"):
    file = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(file, form)
    return base64.b64encode(file.getvalue()).decode()


def pdf(*cells, resources=None, metadata=None, **traits):
    notebook = new_notebook(cells=list(cells), metadata=metadata or {})
    made, _ = report.ReportExporter(**traits).from_notebook_node(notebook, resources)
    return made


def read(made):
    return pypdf.PdfReader(io.BytesIO(made))


def text(*cells, **options):
    pages = read(pdf(*cells, **options)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


# What is shown


def test_markdown_is_set():
    told = text(
        markdown(
            "# Title\n\nSome **bold** words, a [link](https://example.org) and `code(x)`.\n"
            "- one\n    - two\n\n| a | b |\n|---|--:|\n| left | $x$ |\n"
        )
    )
    for words in ("Some bold words, a link and code(x).", "• one", "‣ two", "left 𝑥"):
        assert words in told


def test_formulas_are_set_and_not_printed_as_tex(caplog):
    told = text(
        markdown(
            "$\\frac{\\partial L}{\\partial W}$, $x \\in \\mathbb{R}$, $\\log \\hat{y}$\n\n"
            "$$\\begin{aligned} a &= \\sum_i \\operatorname{softmax}(z_i) \\\\ b &= 1\n"
            "\\end{aligned}$$"
        )
    )
    assert "softmax" in told
    assert "𝜕𝐿 𝜕𝑊" in told
    assert "\\" not in told
    assert not caplog.records


def test_a_formula_that_pandoc_does_not_know_is_shown_as_tex_and_the_rest_stays(caplog):
    told = text(markdown("Before $\\badmacro{x}$ and $y+1$ after."))
    assert "formula not set: \\badmacro{x}" in told
    assert "𝑦 + 1 after." in told
    assert "badmacro" in caplog.text


def test_a_part_that_typst_refuses_is_replaced_and_the_others_stay():
    parts, warnings = Parts(), []
    shown = [
        parts.add(Part('formula("a", $no such thing$)', 'bad-formula("a")', "the formula a")),
        parts.add(Part('formula("b", $b + 1$)', 'bad-formula("b")', "the formula b")),
    ]
    head = '#show: report.with(title: "T", date: datetime(year: 2023, month: 11, day: 14))\n'
    told = read(to_pdf(head, " ".join(shown), parts, 1, warnings.append)).pages[0].extract_text()
    assert "formula not set: a" in told
    assert "𝑏 + 1" in told
    assert len(warnings) == 1
    assert warnings[0].startswith("the formula a is shown as a note: ")


@pytest.mark.parametrize(
    ("tex", "shown"),
    [
        ("\\odot", "⊙"),
        ("\\otimes", "⊗"),
        ("\\cap", "∩"),
        ("\\text{sect dot.circle}", "sect dot.circle"),
    ],
)
def test_symbols_that_pandoc_and_typst_call_differently_are_set(tex, shown, caplog):
    assert shown in text(markdown(f"$a {tex} b$"))
    assert not caplog.records


def test_streams_lose_their_colours_and_progress_bars_show_the_last_state():
    told = text(
        code(
            "train()",
            new_output("stream", name="stdout", text="\x1b[32mloss 1.5\x1b[0m\n"),
            new_output("stream", name="stderr", text=" 10%\r 50%\r100% done\n"),
        )
    )
    assert "loss 1.5" in told
    assert "100% done" in told
    assert "[32m" not in told
    assert "50%" not in told


def test_a_traceback_is_readable():
    lines = ["\x1b[0;31mZeroDivisionError\x1b[0m", "line 1\n----> 1 1/0", "division by zero"]
    error = new_output("error", ename="ZeroDivisionError", evalue="?", traceback=lines)
    assert "ZeroDivisionError line 1 ----> 1 1/0 division by zero" in text(code("1/0", error))


def test_html_falls_back_to_text_and_widgets_are_left_out():
    widget = {"application/vnd.jupyter.widget-view+json": {"model_id": "m"}, "text/plain": "VBox()"}
    told = text(
        code(
            "show()",
            display({"text/html": "<table></table>", "text/plain": "plain table"}),
            display(widget),
            display({"text/html": "<b>only</b>"}),
        )
    )
    assert "plain table" in told
    assert "VBox" not in told
    assert "no text form (text/html)" in told


def test_code_is_shown_and_long_lines_are_broken():
    lines = read(pdf(code("x = 1  # why\ny = '" + "a" * 300 + "'"))).pages[0].extract_text()
    lines = lines.replace("\u200b", "").split("\n")
    assert "x = 1  # why" in lines
    assert "a" * 300 in "".join(lines)
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_pictures_are_shown_with_their_alt_text(form):
    mime = f"image/{form.lower()}"
    alt = {mime: {"alt": "A curve that falls."}}
    made = pdf(code("plot()", display({mime: png(form=form)}, **alt)))
    assert len(drawn(made)) == 1
    assert alts(made) == ["A curve that falls."]


def test_an_svg_picture_is_shown():
    svg = SVG.format('<text y="20">Hi</text>')
    assert "plot() Hi" in text(code("plot()", display({"image/svg+xml": svg})))


@pytest.mark.parametrize(("width", "height"), [(3000, 200), (200, 3000)])
def test_large_pictures_are_made_smaller_and_not_cut(width, height):
    made = pdf(code("plot()", display({"image/png": png(width, height)})))
    ((x, y, wide, tall),) = drawn(made)
    assert x >= 56
    assert y >= 56
    assert x + wide <= 595 - 56
    assert y + tall <= 842 - 56
    assert wide / tall == pytest.approx(width / height, rel=0.01)


def test_a_picture_has_the_width_that_its_output_asks_for():
    asked = {"image/png": {"width": 200}}  # CSS pixels
    made = pdf(code("plot()", display({"image/png": png(400, 300)}, **asked)))
    assert drawn(made)[0][2] == pytest.approx(150)  # points


def drawn(made):
    """Return x, y, width and height of every picture, in points from the lower left corner."""
    found = []

    def visit(operator, _operands, cm, _tm):
        if operator == b"Do":
            found.append((cm[4], cm[5] + min(cm[3], 0), cm[0], abs(cm[3])))

    for page in read(made).pages:
        page.extract_text(visitor_operand_before=visit)
    return found


def alts(made):
    reader = read(made)
    numbers = range(1, reader.trailer["/Size"])
    objects = [pypdf.generic.IndirectObject(number, 0, reader).get_object() for number in numbers]
    return [str(one["/Alt"]) for one in objects if isinstance(one, dict) and "/Alt" in one]


def test_attached_and_neighbouring_pictures_are_shown(tmp_path):
    (tmp_path / "near.png").write_bytes(base64.b64decode(png()))
    cell = markdown("![one](attachment:a.png) ![two](near.png) <img src='near.png' alt='three'>")
    cell["attachments"] = {"a.png": {"image/png": png()}}
    made = pdf(cell, resources={"metadata": {"path": str(tmp_path)}})
    assert len(drawn(made)) == 3
    assert alts(made) == ["one", "two", "three"]


def test_html_in_markdown_keeps_its_words():
    told = text(
        markdown(
            "<details><summary>Hint</summary>\n\ninner\n\n</details>\n\n"
            "if a <b and c> d: 10<sup>-3</sup>"
        )
    )
    assert "Hint inner if a <b and c> d: 10^-3" in told


def test_cells_do_not_reach_into_each_other():
    told = text(
        markdown("```\nopen fence"),
        markdown("## *Next*\n\n[a][b]"),
        markdown("[b]: http://example.org"),
    )
    assert "open fence Next [a][b]" in told


# Which cells


CELLS = [
    code("hidden_set_up()", workbook={"report": "hide"}),
    code("key_code()", new_output("stream", text="key output"), workbook={"report": "show"}),
    code("plot_code()", new_output("stream", text="plot output"), workbook={"report": "output"}),
    code("plain_cell()"),
]


def test_the_report_leaves_out_what_the_cells_say():
    told = text(*CELLS)
    assert "hidden_set_up" not in told
    assert "plot_code" not in told
    for words in ("key_code()", "key output", "plot output", "plain_cell()"):
        assert words in told


def test_a_text_may_show_its_headings_only():
    said = "## Take a step\n\nWords.\n\n```\n# a comment\n```\n\n### Further\n\nMore words."
    told = text(markdown("# Title"), markdown(said, workbook={"report": "heading"}))
    assert "Take a step Further" in told
    assert "ords" not in told
    assert "comment" not in told


def test_the_whole_notebook_leaves_out_nothing():
    told = text(*CELLS, form="whole")
    for words in ("hidden_set_up()", "key_code()", "plot_code()", "plot output", "plain_cell()"):
        assert words in told


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
    told = " ".join(read(made).pages[0].extract_text().split())
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
        code("x", new_output("stream", text="line\n" * 150)), resources={"metadata": {"name": "nb"}}
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


# Nothing in a notebook acts


@pytest.mark.parametrize(
    "cell",
    [
        markdown(EVIL),
        markdown(f"`{EVIL}`{{=typst}}"),
        markdown(f"```{{=typst}}\n{EVIL}\n```"),
        markdown(f"~~~ py`]{EVIL}\n{EVIL}\n~~~"),
        markdown(f"# {EVIL}"),
        markdown(f"[{EVIL}](https://example.org/x)"),
        markdown(f"$\\text{{{EVIL}}}$"),
        markdown(f"<b>{EVIL}</b>"),
        markdown(f"<div>\n{EVIL}\n</div>"),
        markdown(f"![{EVIL}](nothing.png)"),
        markdown('&#35;read("/etc/passwd")'),
        markdown(f'"); {EVIL} ("'),
        code(EVIL),
        code("x", new_output("stream", text=EVIL)),
        code("x", new_output("error", ename="E", evalue="", traceback=[EVIL])),
        code("x", display({"text/plain": EVIL})),
        code("x", display({"text/markdown": EVIL})),
        code("x", display({"image/png": "?"}, alt=EVIL)),
    ],
)
def test_typst_code_comes_out_as_its_letters(cell):
    told = text(cell)
    assert EVIL in told.replace("“", '"').replace("”", '"')
    assert SECRET not in told


@pytest.mark.parametrize(
    "said",
    ["\\input{/etc/passwd}", "[= ]", "/ x", "1. x", "<script>alert(1)</script>", "@label <label>"],
)
def test_markup_of_other_languages_comes_out_as_its_letters(said):
    assert f"a {said} b" in text(markdown("a " + said.replace("\\", "\\\\") + " b"))


def test_markup_at_the_start_of_a_link_is_a_word():
    # Pandoc leaves "/" there as it is, and Typst would begin a list of terms.
    assert "/ x - = y" in text(markdown("[/ x](http://a.b) [- = y](http://a.b)"))


def test_a_label_in_a_formula_is_no_code():
    told = text(markdown('$a \\label{x>)#panic("P")}$ and $b \\label{{"})#panic()}$'))
    assert "panicked" not in told
    assert "𝑎 and" in told


def test_title_and_name_are_words():
    about = {"title": EVIL, "course": EVIL, "student": {"name": EVIL, "id": '"\\'}}
    assert text(markdown("x"), metadata={"workbook": about}).count(EVIL) == 3


@pytest.mark.parametrize(
    "target",
    [
        "../secret.png",
        "..%2Fsecret.png",
        "link.png",
        "/etc/passwd",
        "file:///etc/passwd",
        "http://example.org/a.png",
        "//example.org/a.png",
        "attachment:none.png",
        "data:image/png,abc",
    ],
)
def test_no_picture_comes_from_outside_the_folder(target, tmp_path, caplog):
    (tmp_path / "secret.png").write_bytes(base64.b64decode(png()))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link.png").symlink_to(tmp_path / "secret.png")
    cells = [markdown(f"![a picture]({target})"), markdown(f"<img src='{target}' alt='too'>")]
    made = pdf(*cells, resources={"metadata": {"path": str(tmp_path / "in")}})
    told = " ".join(read(made).pages[0].extract_text().split())
    assert told.count("Picture left out: ") == 2
    assert "(a picture)" in told
    assert not drawn(made)
    assert "left out" in caplog.text


@pytest.mark.parametrize("target", ["/etc/passwd", "../a.png", "http://example.org/a.png"])
def test_an_svg_picture_that_names_another_file_is_left_out(target):
    svg = SVG.format(f'<image href="{target}"/>')
    made = pdf(code("x", display({"image/svg+xml": svg})))
    assert SECRET not in read(made).pages[0].extract_text()
    assert not drawn(made)


def test_links_lead_to_the_web_only():
    made = pdf(
        markdown("[a](javascript:alert(1)) [b](file:///etc) [c](#x) [d](https://example.org/d)")
    )
    told = [note.get_object() for note in read(made).pages[0]["/Annots"]]
    assert [note["/A"]["/URI"] for note in told] == ["https://example.org/d"]


@pytest.mark.parametrize("broken", [b"\x89PNG\r\n\x1a\nbroken", b"no picture at all"])
def test_a_broken_picture_gives_a_note(broken, caplog):
    data = base64.b64encode(broken).decode()
    told = text(code("x", display({"image/png": data}, alt="A curve")), markdown("after"))
    assert "Picture left out: " in told
    assert "(A curve) after" in told
    assert "picture" in caplog.text


def test_a_footnote_that_refers_to_itself_comes_to_an_end():
    assert "[^1] a" in text(markdown("[^1] a\n\n[^1]: b c [^1]"))


def test_letters_without_a_glyph_are_named_in_the_log(caplog):
    text(markdown("Right ✓ α → é"))
    assert not caplog.records
    text(markdown("中"))
    assert "中 (U+4E2D)" in caplog.text


def test_quoting_leaves_no_way_out():
    assert quote('a"\\b\n') == '"a\\"\\\\b\\n"'
    assert clean("a\x00\x1f\x1bb\ud800\r\nc") == "ab\ufffd\nc"


# The same, in one move, with clear errors


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


def test_nbconvert_knows_the_exporter():
    assert get_exporter("report") is report.ReportExporter


@pytest.fixture
def notebook(tmp_path):
    path = tmp_path / "nb.ipynb"
    nbformat.write(new_notebook(cells=[markdown("Hello"), *CELLS]), path)
    return path


def test_the_command_writes_the_pdf_beside_the_notebook(notebook, capsys):
    assert main([str(notebook), "--name", "Ada"]) == 0
    made = notebook.with_suffix(".pdf")
    assert capsys.readouterr().out.strip() == str(made)
    told = read(made.read_bytes()).pages[0].extract_text()
    assert "Ada" in told
    assert "hidden_set_up" not in told
    assert sorted(path.name for path in notebook.parent.iterdir()) == ["nb.ipynb", "nb.pdf"]


def test_the_command_takes_a_place_and_the_whole_notebook(notebook, tmp_path):
    made = tmp_path / "new" / "out.pdf"
    assert main([str(notebook), "-o", str(made), "--whole"]) == 0
    assert "hidden_set_up" in read(made.read_bytes()).pages[0].extract_text()


def test_the_command_finds_an_assignment_under_the_current_folder(notebook, tmp_path, monkeypatch):
    place = tmp_path / "release" / "99_x" / "99_x.ipynb"
    place.parent.mkdir(parents=True)
    notebook.rename(place)
    monkeypatch.chdir(tmp_path)
    assert main(["99_x"]) == 0
    assert place.with_suffix(".pdf").is_file()


@pytest.mark.parametrize("content", ["", "no JSON", "[]", "{}", '{"cells": 1}', "\udcff"])
def test_what_is_no_notebook_is_an_error_and_the_old_pdf_stays(content, tmp_path, capsys):
    path, old = tmp_path / "nb.ipynb", tmp_path / "nb.pdf"
    path.write_bytes(content.encode(errors="surrogateescape"))
    old.write_bytes(b"old")
    assert main([str(path)]) == 1
    assert "nb.ipynb: not a notebook" in capsys.readouterr().err
    assert old.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_damaged_cell_is_an_error(notebook, capsys):
    nb = json.loads(notebook.read_text())
    del nb["cells"][0]["source"]
    notebook.write_text(json.dumps(nb))
    assert main([str(notebook)]) == 1
    assert "damaged" in capsys.readouterr().err


def test_the_old_pdf_stays_when_the_new_one_cannot_be_set(notebook, monkeypatch, capsys):
    old = notebook.with_suffix(".pdf")
    old.write_bytes(b"old")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "?")
    assert main([str(notebook)]) == 1
    assert old.read_bytes() == b"old"
    assert "SOURCE_DATE_EPOCH" in capsys.readouterr().err


@pytest.mark.parametrize("named", ["missing.ipynb", "no_such_assignment"])
def test_a_missing_notebook_is_an_error(named, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([named]) == 1
    assert f"{named}: there is no" in capsys.readouterr().err


def test_the_module_runs_and_ends_with_its_status(tmp_path):
    path = tmp_path / "nb.ipynb"
    path.write_text("no JSON")
    command = [sys.executable, "-m", "helpers.report", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "not a notebook" in done.stderr
    assert "Traceback" not in done.stderr
