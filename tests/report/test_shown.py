"""What a notebook holds is shown."""

import base64

import pytest
from nbformat.v4 import new_output, new_raw_cell
from notebooks import (
    SVG,
    alts,
    code,
    display,
    drawn,
    markdown,
    pdf,
    png,
    printed,
    read,
    tags,
    text,
    words,
)

from helpers.report.errors import LINES, ROWS, ReportError

EVERYTHING = r"""# Title

Some **bold** and *slanted* words, a [link](https://example.org), `code(x)` and ~~struck~~.[^n]
A new line of the same paragraph.

- one
    - two
        - three
- [x] done

3. third
4. fourth

> A quotation, said twice.

| name | value |
|:-----|------:|
| a \| b | $|x|$ |

```python
for i in range(3): print(i)
```

Term
: What it means.

---

Inline $a_1$, $ a_2 $ and \\(a_3\\); then

$$a_4$$

\begin{align} a_5 &= 1 \end{align}

\\[ a_6 \\]

See [below](#Further-on) and [nowhere](#Lost).

[^n]: A note at the foot.

## Further on

Costs \$5 and \$6.
"""


@pytest.fixture(scope="module")
def everything():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", "1700000000")
        return pdf(markdown(EVERYTHING))


@pytest.mark.parametrize(
    "said",
    [
        "Some bold and slanted words, a link, code(x) and struck.1 A new line of the same",
        "• one ‣ two – three • ☑ done",
        "3. third 4. fourth",
        "A quotation, said twice.",
        "name value a | b",
        "for i in range(3): print(i)",
        "Term What it means.",
        "See below and nowhere.",
        "1A note at the foot.",
        "Costs $5 and $6.",
    ],
)
def test_markdown_is_set(everything, said):
    assert said in words(everything)


def test_every_way_to_write_a_formula_gives_one_with_its_tex_as_alternative_text(everything):
    want = ["|x|", "a_1", "a_2", "a_3", "a_4", r"\begin{align} a_5 &= 1 \end{align}", "a_6"]
    assert sorted(alts(everything, "Formula")) == sorted([r"\vert x\vert", *want[1:]])


def test_the_parts_of_a_text_are_tagged(everything):
    kinds = {name for name, _ in tags(everything)}
    assert {"Title", "H1", "P", "L", "LI", "Table", "TH", "TD", "Link", "Note", "Code"} <= kinds


def test_links_lead_to_the_web_and_into_the_notebook(everything):
    notes = [note.get_object() for note in read(everything).pages[0]["/Annots"]]
    web = [note["/A"]["/URI"] for note in notes if "/A" in note and "/URI" in note["/A"]]
    assert web == ["https://example.org"]
    assert len(notes) >= 3  # the note at the foot and the heading are the other places


def test_a_formula_that_is_not_understood_is_shown_as_tex_and_the_rest_stays(caplog):
    made = pdf(markdown(r"Before $\badmacro{x}$ and $y+1$ after."))
    assert r"formula not set: \badmacro{x} and after." in words(made)
    assert alts(made, "Formula") == ["y+1"]
    assert r"Undefined control sequence \badmacro" in caplog.text


def test_a_macro_defined_in_one_cell_is_known_in_the_next_and_nowhere_else(caplog):
    text(markdown(r"$\newcommand{\own}{x}\own$"), markdown(r"$\own + 1$"))
    assert not caplog.records
    text(markdown(r"$\own + 1$"))
    assert r"Undefined control sequence \own" in caplog.text


def test_a_formula_may_stand_in_a_heading_a_list_a_table_and_bold_words(caplog):
    made = pdf(markdown("# $a$\n\n## $b$\n\n- $c$\n\n  $$d$$\n\n**e $$f$$**\n\n|$g$|\n|-|\n|$h$|"))
    assert sorted(alts(made, "Formula")) == list("bcdfgh")
    assert not caplog.records


def test_what_was_printed_keeps_its_colours_and_its_spaces():
    made = pdf(
        code(
            "train()",
            printed(
                "loss \x1b[32mgood\x1b[0m \x1b[1;31mbad\x1b[0m\n    \x1b[38;2;9;9;9mrgb\x1b[0m"
            ),
            printed(" 10%\r 50%\r100% done\n", "stderr"),
        )
    )
    told = words(made)
    assert "loss good bad rgb" in told
    assert "  rgb" in read(made).pages[0].extract_text()
    assert "100% done" in told
    assert "[32m" not in told
    assert "50%" not in told
    paint = read(made).pages[0].get_contents().get_data()
    assert b"0 0.4392157 0.22745098 scn" in paint  # the green of the template


def test_a_traceback_keeps_its_lines_and_spaces():
    lines = [
        "\x1b[0;31mZeroDivisionError\x1b[0m",
        "line 1\n----> 1 1/0",
        "    2 \x1b[1mdeep\x1b[0m",
    ]
    error = new_output("error", ename="ZeroDivisionError", evalue="?", traceback=lines)
    made = read(pdf(code("1/0", error))).pages[0].extract_text(extraction_mode="layout")
    assert "---> 1 1/0" in made
    assert "    2 deep" in made


def test_a_long_output_loses_its_middle_and_a_long_line_its_end():
    told = text(code("x", printed("".join(f"row{n}.\n" for n in range(3 * LINES)) + "z" * 9000)))
    assert "row0." in told
    assert f"row{3 * LINES - 1}." in told
    assert f"row{LINES}." not in told
    assert "lines left out, see the notebook" in told
    assert "characters left out" in told


PANDAS = """<div><style scoped>th {color: red}</style><table border="1" class="dataframe">
<thead><tr style="text-align: right;"><th></th><th colspan="2">loss</th></tr>
<tr><th></th><th>train</th><th>test</th></tr></thead>
<tbody><tr><th rowspan="2">a</th><td>0.25</td><td>0.5</td></tr><tr><td>1</td><td>2</td></tr>
</tbody></table><p>2 rows</p></div>"""


def test_html_tables_are_tables():
    made = pdf(code("frame", display({"text/html": PANDAS, "text/plain": "plain"})))
    assert "loss train test 0.25 0.5a 1 2 2 rows" in words(made)
    assert "color: red" not in words(made)
    assert [name for name, _ in tags(made)].count("TD") == 5  # one covers two rows


def test_a_wide_table_stays_within_the_margins():
    head, row = ("".join(f"<td>{text} {n}</td>" for n in range(20)) for text in ("column", "0.123"))
    html = f"<table><tr>{head}</tr><tr>{row}</tr></table>"
    page = read(pdf(code("x", display({"text/html": html})))).pages[0]
    right = []
    page.extract_text(visitor_text=lambda text, cm, tm, *_: right.append(tm[4]) if text else None)
    assert "column 19" in " ".join(page.extract_text().split())
    assert max(right) < 595 - 56


@pytest.mark.parametrize(("rows", "whole"), [(12, True), (80, False)])
def test_a_table_of_less_than_half_a_page_stays_in_one_piece(rows, whole):
    table = "".join(f"<tr><td>row{n}</td></tr>" for n in range(rows))
    made = pdf(markdown("Above.\n\n" * 34), markdown(f"<table>{table}</table>"))
    pages = [page for page in read(made).pages if "row" in page.extract_text()]
    assert (len(pages) == 1) == whole


def test_of_a_long_table_the_first_rows_are_shown_and_the_rest_is_said_to_be_left_out():
    html = "<table>" + "".join(f"<tr><td>r{n}</td></tr>" for n in range(ROWS + 5)) + "</table>"
    told = text(code("x", display({"text/html": html})))
    assert f"r{ROWS - 1}" in told
    assert f"r{ROWS} " not in told
    assert "Left out of the table: 5 rows" in told


def test_each_output_is_shown_in_the_form_that_paper_can_hold():
    view = "application/vnd.jupyter.widget-view+json"
    told = text(
        code(
            "show()",
            display({"text/html": "<table></table>", "text/plain": "plain table"}),
            display({"text/html": "<script>plot()</script>", "text/plain": "Figure()"}),
            display({view: {"model_id": "m"}, "text/plain": "VBox()"}),
            display({"text/markdown": "**strong**"}),
            display({"text/latex": "$$x$$", "text/plain": "latex"}),
            display({"text/html": "<b>only</b>"}),
            display({"video/mp4": "AAAA"}),
        )
    )
    assert "plain table Figure() strong" in told
    assert "VBox" not in told
    assert "latex" not in told
    assert "only Left out: an output of type video/mp4." in told


def test_a_widget_shows_the_picture_and_the_words_that_it_has_left():
    view = "application/vnd.jupyter.widget-view+json"
    state = {
        "box": {"state": {"children": ["IPY_MODEL_image", "IPY_MODEL_words", "IPY_MODEL_box"]}},
        "image": {
            "state": {"_model_name": "ImageModel"},
            "buffers": [{"path": ["value"], "encoding": "base64", "data": png()}],
        },
        "words": {"state": {"_model_name": "HTMLModel", "value": "<i>Trained in 2 s</i>"}},
    }
    kept = {"application/vnd.jupyter.widget-state+json": {"state": state}}
    made = pdf(code("x", display({view: {"model_id": "box"}})), metadata={"widgets": kept})
    assert len(drawn(made)) >= 1
    assert "Trained in 2 s" in words(made)


def test_code_is_shown_and_long_lines_are_broken():
    lines = read(pdf(code("x = 1  # why\ny = '" + "a" * 300 + "'"))).pages[0].extract_text()
    lines = lines.replace("\u200b", "").split("\n")
    assert "x = 1  # why" in lines
    assert "a" * 300 in "".join(lines)
    assert max(map(len, lines)) <= 110


@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_pictures_are_shown_with_alternative_text_and_caption(form):
    mime = f"image/{form.lower()}"
    told = {mime: {"alt": "A curve that falls.", "caption": "Loss of each epoch"}}
    made = pdf(code("plot()", display({mime: png(form=form)}, **told)))
    assert len(drawn(made)) == 1
    assert alts(made, "Figure") == ["A curve that falls."]
    assert "Loss of each epoch" in words(made)


def test_an_svg_picture_is_shown():
    svg = SVG.format('<text y="20">Hi</text>')
    assert "plot() Hi" in text(code("plot()", display({"image/svg+xml": svg})))


@pytest.mark.parametrize(("width", "height"), [(3000, 200), (200, 3000)])
def test_large_pictures_are_made_smaller_and_not_cut(width, height):
    made = pdf(code("plot()", display({"image/png": png(width, height)})))
    pictures = [one for page in range(len(read(made).pages)) for one in drawn(made, page)]
    ((x, y, wide, tall),) = pictures
    assert x >= 56
    assert y >= 56
    assert x + wide <= 595 - 56
    assert y + tall <= 842 - 56
    assert wide / tall == pytest.approx(width / height, rel=0.01)


def test_a_picture_has_the_width_that_its_output_asks_for():
    asked = {"image/png": {"width": 200}}  # CSS pixels
    made = pdf(code("plot()", display({"image/png": png(400, 300)}, **asked)))
    assert drawn(made)[0][2] == pytest.approx(150)  # points


def test_attached_and_neighbouring_pictures_are_shown(tmp_path):
    (tmp_path / "near.png").write_bytes(base64.b64decode(png()))
    cell = markdown("![one](attachment:a.png) ![two](near.png) <img src='near.png' alt='three'>")
    cell["attachments"] = {"a.png": {"image/png": png()}}
    made = pdf(cell, folder=tmp_path)
    assert len(drawn(made)) == 3
    assert alts(made, "Figure") == ["one", "two", "three"]


def test_html_in_markdown_keeps_its_words():
    told = text(
        markdown(
            "<details><summary>Hint</summary>\n\ninner\n\n</details>\n\n"
            "if a <b and c> d: 10<sup>-3</sup> and @name <label>"
        )
    )
    assert "Hint inner if a <b and c> d: 10" in told
    assert "-3 and @name" in told


def test_a_raw_cell_is_shown_as_it_is_written():
    assert "\\input{x} <b>raw</b>" in text(new_raw_cell("\\input{x} <b>raw</b>"))


def test_cells_do_not_reach_into_each_other():
    told = text(
        markdown("```\nopen fence"),
        markdown("## *Next*\n\n[a][b]"),
        markdown("[b]: http://example.org"),
        markdown("<div><b>never closed"),
        markdown("plain"),
    )
    assert "open fence Next [a][b] never closed plain" in told


def test_chinese_japanese_accents_and_emoji_have_glyphs_and_no_stray_space(caplog):
    told = text(
        markdown("中文的第一行\n第二行，与 English 混排。\n\nÜber naïve façade Łódź — “à côté”"),
        markdown("**勾配**降下法\nのテスト `中文` 😀 ✅ 👩‍🔬 $\\text{中文}$ 한국어\n글"),
    )
    assert "中文的第一行第二行，与 English 混排。" in told
    assert "Über naïve façade Łódź — “à côté”" in told
    assert "勾配降下法のテスト 中文" in told
    assert "한국어 글" in told
    assert not caplog.records


def test_letters_that_no_font_has_are_named_with_the_remedy(caplog):
    text(markdown("Right ✓ α → é"))
    assert not caplog.records
    text(markdown("ሰላም and العربية"))
    assert "ሰ (U+1230)" in caplog.text
    assert "--fonts FOLDER" in caplog.text


def test_a_folder_of_fonts_that_is_none_is_an_error(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ReportError, match="nowhere: no such folder of fonts"):
        text(markdown("x"), fonts=["nowhere"])
    (tmp_path / "here").mkdir()
    assert "x" in text(markdown("x"), fonts=["here"])


def test_no_heading_stands_alone_at_the_foot_of_a_page():
    for lines in range(56, 80):
        made = pdf(code("x", printed("line\n" * lines)), markdown("## Alone?\n\nIts text."))
        pages = [page.extract_text() for page in read(made).pages]
        if len(pages) == 2:
            break
    assert "Its text." in pages[1]
    assert "Alone?" in pages[1]
