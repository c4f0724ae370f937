"""Feedback pages: what a student wrote is shown and never run, and the page says what to do next.

Most pages are made from notebooks written by hand, as autograding leaves them; one comes from a
submission that is graded for real, and some are opened in Chromium.
"""

import copy
import re

import pytest
from bs4 import BeautifulSoup
from nbformat import from_dict
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell
from nbgrader.api import Gradebook
from tiny_answers import cell, define_double
from traitlets.config import Config

from course import feedback, feedback_page, feedback_shown, nbgrader_calls
from helpers.check_view import Progress
from helpers.notebook import Table
from helpers.record import NOT_ATTEMPTED, Record

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
TEST = """\
# Hidden test, 2 points
# double works below zero.
### BEGIN HIDDEN TESTS
check.close("double of -3", double(-3.0), SECRET, hint="multiply by two")
### END HIDDEN TESTS"""


def graded_cell(name, source, outputs=(), **changed):
    """Return a code cell with nbgrader's metadata, those of a hidden test if nothing is changed."""
    metadata = {
        "grade": True,
        "grade_id": name,
        "locked": True,
        "points": 2,
        "schema_version": 3,
        "score": 0.0,
        "solution": False,
        "task": False,
    }
    return new_code_cell(source, outputs=list(outputs), metadata={"nbgrader": metadata | changed})


def todo(name, **changed):
    return graded_cell(name, f"def {name}(x): ...", grade=False, solution=True, **changed)


def error(ename, evalue, *lines):
    return new_output("error", ename=ename, evalue=evalue, traceback=list(lines) or [evalue])


PASSED = new_output("execute_result", data={"text/plain": "2", "text/html": "2 of 2 points"})
WRONG = error("wrong", "double of -3: got 3, wanted -6. Hint: multiply by two")
OPEN = error("not attempted", "double: not written yet")


def shows(mime, data, **about):
    """Return a cell that displays data of one kind."""
    return new_code_cell("show()", outputs=[new_output("display_data", {mime: data}, **about)])


def prints(text, name="stdout"):
    return new_code_cell("print()", outputs=[new_output("stream", name=name, text=text)])


def text(source, **more):
    return new_markdown_cell(source, **more)


def export(*cells, settings=None, grades=None, **metadata):
    """Return the page of a notebook whose marks stand in its cells already."""
    marks = [dict(one.metadata.nbgrader) for one in cells if "nbgrader" in one.metadata]

    def grade(nb, resources):
        for one in nb.cells:
            for mark in marks:
                if one.metadata.get("nbgrader", {}).get("grade_id") == mark["grade_id"]:
                    one.metadata.nbgrader.update(mark)
        return nb, resources

    exporter = feedback_page.FeedbackExporter(config=Config(settings or {}))
    exporter.register_preprocessor(grade)
    for step in feedback.STEPS[1:]:
        exporter.register_preprocessor(step, enabled=True)
    told = {"notebook": "01_tiny", "score": 1.0, "max_score": 7.0, "late_penalty": 0}
    notebook = from_dict({"nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": cells})
    page, _ = exporter.from_notebook_node(notebook, {"nbgrader": told | (grades or {})})
    return page


def parsed(*cells, **options):
    return BeautifulSoup(export(*cells, **options), "html.parser")


def words(soup):
    return " ".join(soup.get_text(" ").split())


# What a hostile notebook may hold. Whatever runs would set window.ran.

RUN = "window.ran=1"
SCRIPT = f"<script>{RUN}</script>"
HOST = "http://hostile.example"
ATTACHED = {"x.png": {"image/svg+xml": "PHN2Zz4=", "text/html": SCRIPT}}
COVER = "position:fixed;top:0;left:0;width:100%;height:100%;z-index:9999;background-color:red"
WIDGET = {"version_major": 2, "version_minor": 0, "model_id": '"><script>window.ran=1</script>'}
PAIR = {"text/html": "", "application/javascript": RUN}

HOSTILE = {
    "a script in Markdown": text(SCRIPT),
    "a script in a code block's language": text(f'```"><script>{RUN}</script>\nx\n```'),
    "a javascript link in Markdown": text(f"[x](javascript:{RUN})"),
    "a javascript link with entities": text(f'<a href="jav&#x09;ascript:{RUN}">x</a>'),
    "a javascript link with a space": text(f'<a href=" javascript:{RUN}">x</a>'),
    "a javascript link in capitals": text(f"<JaVaScRiPt:{RUN}> [x](JAVASCRIPT:{RUN})"),
    "a vbscript link": text("[x](vbscript:msgbox)"),
    "a link to a data page": text(f"[x](data:text/html,{SCRIPT})"),
    "a link to this server": text("[x](/hub/logout) <a href='//hostile.example'>x</a>"),
    "a handler of an image": text(f"<img src=x onerror='{RUN}'>"),
    "a handler without a space": text(f'<div><img/src="x"/onerror="{RUN}"></div>'),
    "a handler that needs the focus": text(f"<input autofocus onfocus='{RUN}'>"),
    "a handler of folding": text(f"<details open ontoggle='{RUN}'><summary>x</summary></details>"),
    "an SVG element": text(f"<svg onload='{RUN}'><script>{RUN}</script></svg>"),
    "an SVG link": text(f"<svg><a xlink:href='javascript:{RUN}'><text>x</text></a></svg>"),
    "foreign content": text(f"<math><mtext><table><mglyph><style><img src=x onerror={RUN}>"),
    "a comment that is none": text(f"<!--><img src=x onerror='{RUN}'>-->"),
    "an attribute that closes its element": text(
        f"<p title='\"><img src=x onerror={RUN}>' onclick='{RUN}'>x</p>"
    ),
    "a noscript element": text(
        f"<div><noscript><p title='</noscript><img src=x onerror={RUN}>'></div>"
    ),
    "an image from the network": text(f"![x]({HOST}/x.png) <img src='{HOST}/y.png'>"),
    "an image without a scheme": text("<img src='//hostile.example/x.png'>"),
    "an image with several sources": text(f"<img srcset='{HOST}/x.png 2x' src='{HOST}/y.png'>"),
    "an image of this server": text("<img src='/hub/logout'><img src='../../gradebook.db'>"),
    "an image of SVG in the text": text(f"<img src='data:image/svg+xml,<svg onload={RUN}>'>"),
    "a background": text(f"<p style='background:url({HOST}/x.png)'>x</p>"),
    "a background under another name": text(f"<p style='background-color:u\\72l({HOST}/x)'>x</p>"),
    "a style sheet": text(f"<style>@import url({HOST}/x.css); body {{display:none}}</style>"),
    "a linked style sheet": text(f"<link rel=stylesheet href={HOST}/x.css>"),
    "a base": text(f"<base href='{HOST}/'>"),
    "a refresh": text(f"<meta http-equiv=refresh content='0;url={HOST}/'>"),
    "a form": text(f"<form action='{HOST}/'><input name=password><button>Go</button></form>"),
    "a frame": text(f"<iframe src='{HOST}/' srcdoc='{SCRIPT}'></iframe>"),
    "an object": text(f"<object data='{HOST}/x.swf'></object><embed src='{HOST}/x.swf'>"),
    "a video": text(f"<video src='{HOST}/x.mp4' autoplay onplay='{RUN}'></video>"),
    "a cover": text(f"<div style='{COVER}'><h1>7 of 7 points</h1></div>"),
    "an early end of the page": text(f"</div></section></main></body></html>{SCRIPT}"),
    "an id of the page's own": text("<p id=top>x</p><p id=test_double_negative>y</p>"),
    "a class of the page's own": text("<p class='verdict passed'>Passed</p>"),
    "an attachment of HTML": text("![x](attachment:x.png)", attachments=ATTACHED),
    "a formula that is a link": text(f"$\\href{{javascript:{RUN}}}{{x}}$ $<img src=x {RUN}>$"),
    "HTML in an output": shows("text/html", f"{SCRIPT}<img src=x onerror={RUN}>"),
    "HTML in a frame of its own": shows(
        "text/html", SCRIPT, metadata={"text/html": {"isolated": True}}
    ),
    "SVG in an output": shows("image/svg+xml", f'"><svg onload="{RUN}">{SCRIPT}</svg>'),
    "JavaScript in an output": shows("application/javascript", RUN),
    "JavaScript beside HTML": new_code_cell("", outputs=[new_output("display_data", PAIR)]),
    "LaTeX in an output": shows("text/latex", f"$x$</div>{SCRIPT}"),
    "Markdown in an output": shows("text/markdown", f"{SCRIPT}[x](javascript:{RUN})"),
    "plain text in an output": shows("text/plain", f"</pre>{SCRIPT}"),
    "an unknown kind of output": shows(f"x/{SCRIPT}", SCRIPT),
    "a widget": shows("application/vnd.jupyter.widget-view+json", WIDGET),
    "mermaid": shows("text/vnd.mermaid", f"graph TD; a-->{SCRIPT}"),
    "PNG that is none": shows("image/png", f'"><script>{RUN}</script>'),
    "an alt text that is none": shows(
        "image/png", PIXEL, metadata={"image/png": {"alt": f'"><img src=x onerror={RUN}>'}}
    ),
    "a width that is none": shows(
        "image/png", PIXEL, metadata={"image/png": {"width": f"1 onerror={RUN}"}}
    ),
    "a file name of an image": shows(
        "image/png", PIXEL, metadata={"filenames": {"image/png": f"{HOST}/x.png"}}
    ),
    "printed HTML": prints(f"</pre>{SCRIPT}"),
    "printed colours with HTML": prints(f"\x1b[31m{SCRIPT}\x1b[38;2;1;2;3m{SCRIPT}", "stderr"),
    "an error's name and traceback": new_code_cell(
        "f()", outputs=[error(SCRIPT, SCRIPT, f"\x1b[31m{SCRIPT}", f"</pre>{SCRIPT}")]
    ),
    "a test's message": graded_cell("test_double_x", TEST, [error("wrong", SCRIPT, SCRIPT)]),
    "a comment in code": new_code_cell(f"# </pre>{SCRIPT}\n'''</div>{SCRIPT}'''"),
    "a raw cell": new_raw_cell(SCRIPT, metadata={"raw_mimetype": "text/html"}),
    "tags and a cell id": new_code_cell(
        "x", id="x", metadata={"tags": [f'"><script>{RUN}</script>'], "magics_language": SCRIPT}
    ),
}
METADATA = {
    "title": SCRIPT,
    "language": 5,
    "language_info": {"name": SCRIPT, "pygments_lexer": f'"><script>{RUN}</script>'},
    "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {"</script>": SCRIPT}}},
    "workbook": {"grading": {"unreadable": SCRIPT, "repaired": [SCRIPT], "suspicious": [SCRIPT]}},
}
ATTRIBUTES = {"alt", "border", "checked", "class", "disabled", "height", "href", "id", "open"}
ATTRIBUTES |= {"rel", "role", "scope", "src", "style", "title", "type", "width"}
ATTRIBUTES |= {"charset", "content", "http-equiv", "lang", "name"}  # of the page's head


def dangers(soup):
    """Return what of a page could run, load, send or cover something."""
    found = []
    for one in soup.find_all(True):
        if one.name in ("base", "button", "embed", "form", "iframe", "link", "math", "object"):
            found.append(one.name)
        if one.name in ("script", "style", "meta", "svg", "video") and one.parent.name != "head":
            found.append(f"{one.name} in the body")
        for name, value in one.attrs.items():
            value = " ".join(value) if isinstance(value, list) else value
            wrong = {
                "href": not re.match(r"#|https?://|mailto:", value),
                "src": not value.startswith("data:image/"),
                "style": re.search(r"url|position|z-index|\\", value),
            }
            if wrong.get(name) or name not in ATTRIBUTES:
                found.append(f"{one.name} {name}={value}")
    return found


def without_mathjax(page):
    """Parse a page, and take out the two scripts that are the page's own."""
    soup = BeautifulSoup(page, "html.parser")
    settings, mathjax = soup.find_all("script")[:2]
    assert settings.string.startswith("window.MathJax = {")
    assert mathjax["src"].startswith("https://cdnjs.cloudflare.com/ajax/libs/mathjax/")
    for own in (settings, mathjax):
        own.decompose()
    return soup


@pytest.mark.parametrize("what", HOSTILE)
def test_a_page_holds_nothing_that_runs_or_loads(what):
    soup = without_mathjax(export(HOSTILE[what]))
    assert dangers(soup) == []
    assert soup.main.find_all("section")


def test_a_page_holds_nothing_that_runs_in_its_notebook_s_metadata():
    soup = without_mathjax(export(text("x"), **METADATA))
    assert dangers(soup) == []
    assert soup.find(role="alert").get_text().count(SCRIPT) == 1
    assert soup.find(class_="repaired").get_text().count(SCRIPT) == 1


@pytest.mark.parametrize("what", ["an id of the page's own", "a class of the page's own"])
def test_a_student_cannot_imitate_the_page(what):
    soup = parsed(HOSTILE[what])
    assert len(soup.find_all(id="top")) == 1
    assert not soup.find_all(class_="verdict")


DAMAGED = {
    "a colour code that ends too early": prints("\x1b[38mx\x1b[48;5mx"),
    "half a letter": prints("\ud800x"),
    "half a letter in code": new_code_cell("x = '\ud800'"),
    "an attachment that is missing": text("![x](attachment:none.png) x"),
    "attachments that are none": text("![x](attachment:a) x", attachments={"a": {"b": "c"}}),
    "an unfinished formula": text("x $$ \\begin{align} \\[ $ \\\\("),
    "control letters": prints("\x00\x07\x08\x0b\x0cx"),
    "a deep list": text("\n".join("  " * depth + "- x" for depth in range(200))),
    "deep quotes": text(">" * 2000 + " x"),
    "deep HTML": shows("text/html", "<div>" * 2_000 + "x"),
    "open brackets": text("[" * 5000 + "x"),
    "names of numbers": prints("\x1b[" + "9" * 5000 + "mx"),
    "a test without outputs": graded_cell("test_double_x", "x"),
    "a test that ended otherwise": graded_cell("test_double_x", "x", [error("KernelDied", "x")]),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_cell_still_makes_a_page(what):
    page = export(DAMAGED[what], text("The last cell."))
    assert page.encode()
    soup = BeautifulSoup(page, "html.parser")
    assert "x" in words(soup.main)
    assert "The last cell." in words(soup.main)


# In a real browser.


@pytest.fixture
def opened(browser):
    """Return a function that opens a page; what it asks for and what it says is kept."""
    window = browser.new_page(viewport={"width": 900, "height": 900})
    window.asked, window.dialogs = [], []
    window.on("dialog", lambda dialog: (window.dialogs.append(dialog.message), dialog.dismiss()))

    def open_page(page):
        def answer(route):
            window.asked.append(route.request.url)
            if route.request.url == "http://feedback.example/page.html":
                route.fulfill(body=page, content_type="text/html")
            else:
                route.abort()

        window.route("**/*", answer)
        window.goto("http://feedback.example/page.html")
        return window

    yield open_page
    window.close()


def assert_nothing_happened(window):
    assert window.evaluate("window.ran") is None
    assert window.dialogs == []
    page, *others = window.asked
    assert page == "http://feedback.example/page.html"
    mathjax = "https://cdnjs.cloudflare.com/ajax/libs/mathjax/"
    assert [url for url in others if not url.startswith((mathjax, "data:image/"))] == []
    # The settings of MathJax did run: the page's own policy lets them.
    assert window.evaluate("MathJax.displayAlign") == "center"


@pytest.mark.parametrize("names", [list(HOSTILE)[start::5] for start in range(5)])
def test_a_browser_runs_nothing_and_asks_nobody(opened, names):
    window = opened(export(*(HOSTILE[name] for name in names), **METADATA))
    for place in window.locator("summary, .theirs a[href^='#'], input").all():
        place.dispatch_event("click")
        place.dispatch_event("focus")
    assert_nothing_happened(window)


def test_the_policy_alone_stops_what_a_sanitiser_might_miss(opened):
    missed = f"<img src=x onerror={RUN}>{SCRIPT}<img src='{HOST}/x.png'><p onclick={RUN}>x</p>"
    page = export(text("A PLACE"))
    assert page.count("A PLACE") == 1
    assert_nothing_happened(opened(page.replace("A PLACE", missed)))


def test_nothing_covers_what_the_page_says(opened):
    covers = f'<div style="{COVER}">x</div><p style="margin: -4000px; border: 4000px solid">x</p>'
    page = export(text(covers), graded_cell("test_double_x", TEST, [WRONG]), text("A PLACE"))
    window = opened(page.replace("A PLACE", covers))  # as if the sanitiser had missed them
    on_top = window.evaluate(
        """[".verdict .status", "h1"].map(wanted => {
            const box = document.querySelector(wanted);
            box.scrollIntoView();
            const {left, top, height} = box.getBoundingClientRect();
            return box === document.elementFromPoint(left + 5, top + height / 2);
        })"""
    )
    assert on_top == [True, True]


@pytest.mark.parametrize("width", [360, 1200])
def test_nothing_is_wider_than_the_window(opened, width):
    wide = "x" * 400
    cells = [
        new_code_cell(f"y = '{wide}'", outputs=[error("ValueError", wide, wide)]),
        text(f"{wide}\n\n`{wide}`\n\n| {wide} | {wide} |\n| - | - |\n| 1 | 2 |"),
        todo("double"),
        graded_cell(f"test_double_{wide}", TEST, [error("wrong", f"{wide}: {wide}")]),
        shows("text/html", f'<img src="data:image/png;base64,{PIXEL}" width="3000">'),
    ]
    window = opened(export(*cells))
    window.set_viewport_size({"width": width, "height": 800})
    assert window.evaluate("document.documentElement.scrollWidth") <= width


# What an honest notebook needs.


def test_formulas_reach_mathjax_as_they_were_written():
    [shown] = parsed(
        text("So $a_1 < b$ and\n\n$$\\begin{align} x &= y \\\\ z &= 1 \\end{align}$$")
    )(class_="tex2jax_process")
    assert "$a_1 < b$" in shown.get_text()
    assert "$$\\begin{align} x &= y \\\\ z &= 1 \\end{align}$$" in shown.get_text()


def test_mathjax_leaves_code_prints_and_messages_alone():
    soup = parsed(new_code_cell("'$x$'"), prints("$y$"), graded_cell("test_a", TEST, [WRONG]))
    assert "tex2jax_ignore" in soup.body["class"]
    assert not soup(class_="tex2jax_process")


def test_hints_stay_folded():
    folded = parsed(text("<details><summary>Hint 1</summary>Use $x$.</details>")).details
    assert folded.summary.get_text() == "Hint 1"
    assert not folded.has_attr("open")


def test_tables_and_task_lists_of_markdown_are_shown():
    soup = parsed(text("| a | b |\n| -: | - |\n| 1 | 2 |\n\n- [x] done\n- [ ] open"))
    assert [one.get_text() for one in soup.main.find_all("td")] == ["1", "2"]
    assert soup.main.find("td")["style"] == "text-align:right"
    boxes = soup.main.find_all("input")
    assert [box.has_attr("checked") for box in boxes] == [True, False]
    assert all(box["type"] == "checkbox" and box.has_attr("disabled") for box in boxes)


def test_the_course_s_own_tables_keep_their_looks():
    made = [
        Table(["momentum", "accuracy"], [[0.9, 92.1]])._repr_html_(),
        Progress({"double": Record("double", NOT_ATTEMPTED)})._repr_html_(),
    ]
    for html in made:
        [shown] = parsed(shows("text/html", html)).select(".output .text")
        before = BeautifulSoup(html, "html.parser")
        assert shown.get_text() == before.get_text()
        wanted = [one["style"].replace(": ", ":") for one in before.select("[style]")]
        assert [one["style"].replace(": ", ":") for one in shown.select("[style]")] == wanted


def test_a_table_of_pandas_keeps_its_cells_and_colours():
    html = (
        "<div><style scoped>.dataframe tbody tr th {vertical-align: top}</style>"
        '<table border="1" class="dataframe"><thead><tr style="text-align: right;"><th></th>'
        '<th>loss</th></tr></thead><tbody><tr><th>0</th><td style="background-color: #eef">0.5'
        "</td></tr></tbody></table></div>"
    )
    [table] = parsed(shows("text/html", html)).select(".output table")
    assert table["class"] == ["dataframe"]
    assert table.td["style"].replace(" ", "") == "background-color:#eef"
    assert words(table) == "loss 0 0.5"


@pytest.mark.parametrize(
    "shown",
    [
        shows("image/png", PIXEL, metadata={"image/png": {"alt": "A point.", "width": 7}}),
        shows("image/png", PIXEL + "\n", metadata={"image/png": {"alt": "A point.", "width": 7}}),
        shows(
            "text/html",
            f'<img src="data:image/png;base64,{PIXEL}" width="7" alt="A point.">',
        ),
        text("![A point.](attachment:a.png)", attachments={"a.png": {"image/png": PIXEL}}),
        text(f"![A point.](data:image/png;base64,{PIXEL})"),
        text(f"<img src='data:image/png;base64,{PIXEL}' alt='A point.'>"),
    ],
    ids=["an output", "with an end of line", "in HTML", "attached", "in Markdown", "in its HTML"],
)
def test_a_figure_is_shown_with_its_alt_text(shown):
    [image] = parsed(shown).main.find_all("img")
    assert image["src"] == f"data:image/png;base64,{PIXEL}"
    assert image["alt"] == "A point."


def test_a_picture_in_svg_is_shown_as_an_image():
    [image] = parsed(shows("image/svg+xml", "<svg/>")).main.find_all("img")
    assert image["src"].startswith("data:image/svg+xml;base64,")


def test_links_lead_to_pages_and_to_headings():
    soup = parsed(text("# One two\n\n[there](#One-two) and <https://numpy.org>"))
    there, numpy = soup.main.find_all("a", string=["there", "https://numpy.org"])
    assert soup.find(id=there["href"][1:]).name == "h1"
    assert numpy["href"] == "https://numpy.org"
    assert "noopener" in numpy["rel"]


def test_colours_of_a_terminal_and_lines_written_over_are_shown_as_there():
    soup = parsed(prints("epoch 1\repoch 2\r\n\x1b[31mred\x1b[0m\n"))
    assert soup.select_one(".output pre").get_text() == "epoch 2\nred\n"
    assert soup.find(class_="ansi-red-fg").get_text() == "red"


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (HOSTILE["a widget"], "An interactive panel"),
        (HOSTILE["an unknown kind of output"], "An output of a kind"),
        (shows("text/html", SCRIPT), "This output needs scripts"),
    ],
)
def test_what_cannot_be_shown_is_named(shown, said):
    assert said in words(parsed(shown).main)


# What the page says of the grading.


def test_the_code_of_a_hidden_test_is_not_shown():
    crash = error("KernelDied", "no", "----> 1 check.close(double(-3.0), SECRET)")
    page = export(graded_cell("test_a", TEST, [WRONG]), graded_cell("test_b", TEST, [crash]))
    assert "SECRET" not in page
    assert "# double works below zero." in words(BeautifulSoup(page, "html.parser"))


def test_one_setting_shows_the_code_of_hidden_tests():
    settings = {"HideTests": {"show": True}}
    assert "SECRET" in export(graded_cell("test_a", TEST, [WRONG]), settings=settings)


@pytest.mark.parametrize(
    ("output", "kind", "said"),
    [
        (PASSED, "passed", "✓ Passed"),
        (
            WRONG,
            "wrong",
            "✗ Wrong double of -3: got 3, wanted -6 Hint: multiply by two",
        ),
        (OPEN, "not-attempted", "○ Not attempted double: not written yet"),
        (error("wrong", "no colon"), "wrong", "✗ Wrong no colon"),
        (
            error("wrong", "the code stopped with E: x", "wrong: ...", "line 2, in double: 1 / 0"),
            "wrong",
            "✗ Wrong the code stopped with E: x line 2, in double: 1 / 0",
        ),
    ],
)
def test_a_test_says_in_words_how_it_ended(output, kind, said):
    [verdict] = parsed(graded_cell("test_a", TEST, [prints("x").outputs[0], output]))(
        class_="verdict"
    )
    assert kind in verdict["class"]
    assert words(verdict) == said


def test_what_a_test_printed_stays():
    printed = prints("from the student").outputs[0]
    assert "from the student" in words(parsed(graded_cell("test_a", TEST, [printed, PASSED])))


def test_the_box_gives_points_by_task_and_how_each_test_ended():
    cells = [
        todo("double"),
        graded_cell("test_double_negative", TEST, [PASSED], score=2.0),
        graded_cell("test_double_array", TEST, [WRONG], points=1),
        todo("double_all"),
        graded_cell("test_double_all_one", TEST, [OPEN], points=4),
        graded_cell("why", "", solution=True, points=5, waiting=True),
    ]
    rows = parsed(*cells).select(".tasks tbody tr")
    assert [words(row) for row in rows] == [
        "double 2 of 3 ✓ passed ✗ wrong",
        "double_all 0 of 4 ○ not attempted",
        "why waits for a person: 5",
    ]


def test_every_link_of_the_box_leads_somewhere():
    cells = [
        todo("double", comment="Good."),
        graded_cell("test_double_negative", TEST, [PASSED]),
        graded_cell("why", "", solution=True, comment="See *there*."),
    ]
    soup = parsed(*cells)
    links = soup.header.find_all("a")
    assert len(links) == 5
    for link in links:
        assert soup.find(id=link["href"][1:]), link


def test_comments_and_a_late_penalty_are_shown():
    soup = parsed(
        graded_cell("why", "", solution=True, comment=f"See *there*. {SCRIPT}"),
        grades={"late_penalty": 1.5},
    )
    comment = soup.find(class_="comment")
    assert comment.em.get_text() == "there"
    assert comment.script is None
    assert words(soup.find(class_="late")) == "Late submission penalty −1.5"


def test_a_student_cannot_write_a_comment_or_a_score_for_the_teacher():
    forged = {"grade_id": "x", "comment": "Excellent.", "score": 5}
    [plain] = feedback_shown.shown(
        new_notebook(cells=[text("x", metadata={"nbgrader": forged})])
    ).cells
    assert plain.metadata.nbgrader == {"grade_id": "x"}


def test_repairs_and_reasons_are_told_and_suspicions_are_not():
    grading = {
        "unreadable": "line 3 is no JSON",
        "repaired": ["the cell <double> was deleted and is back"],
        "suspicious": ["patched numpy"],
    }
    page = export(text("x"), workbook={"grading": grading})
    said = words(BeautifulSoup(page, "html.parser").header)
    assert "could not be read: line 3 is no JSON" in said
    assert "hand it in again" in said
    assert "the cell <double> was deleted and is back" in said
    assert "patched" not in page


def test_an_undisturbed_notebook_has_no_alarm():
    soup = parsed(todo("double"), workbook={"grading": {"unreadable": "", "repaired": []}})
    assert not soup.find(role="alert")
    assert not soup.find(class_="repaired")


# Size.


def many(number, cell):
    """Return copies of a cell; to make and validate each would take seconds."""
    return [copy.deepcopy(cell) for _ in range(number)]


def outputs(number):
    cell = prints("<")
    cell.outputs *= number
    return cell


# Made when they are wanted: pytest would make all of them before its first test.
FLOODS = {
    "one long line": lambda: [prints("x" * 10_000_000)],
    "many lines": lambda: [prints("<\n" * 200_000)],
    "colours": lambda: many(60, prints("\x1b[31m<" * 100_000)),
    "many cells": lambda: many(5_000, new_code_cell("x")),
    "many outputs": lambda: [outputs(50_000)],
    "long code": lambda: [new_code_cell("a+" * 100_000)],
    "much code": lambda: many(12, new_code_cell("a+\n" * 6_500)),
    "long HTML": lambda: [shows("text/html", "<b>x</b>" * 1_000_000)],
    "much HTML": lambda: many(20, shows("text/html", "<b>x</b>" * 50_000)),
    "much Markdown": lambda: many(200, text("*a* " * 5_000)),
    "a slow formula": lambda: [text("\\\\[" * 100_000)],
    "a long message": lambda: [graded_cell("test_a", TEST, [error("wrong", "x" * 10_000_000)])],
    "a long traceback": lambda: [
        new_code_cell("", outputs=[error("E", "x", *["x" * 100] * 100_000)])
    ],
}


@pytest.mark.parametrize("what", FLOODS)
def test_a_page_has_a_limit_and_says_what_is_left_out(what):
    last = graded_cell("test_last", TEST, [WRONG])
    page = export(*FLOODS[what](), last)
    assert len(page.encode()) < 5_000_000
    soup = BeautifulSoup(page[-4000:], "html.parser")
    assert "wanted -6" in words(soup)  # the last verdict is there
    if what != "a long message":
        assert "left out" in page


def test_figures_have_a_limit_of_their_own():
    settings = {"FeedbackExporter": {"figure_limit": 200, "figures_limit": 150}}
    large = shows("image/png", "A" * 201)
    html = shows("text/html", f"<img src='data:image/png;base64,{PIXEL}'>")
    figures = [image["src"] for image in parsed(large, html, html, settings=settings)("img")]
    shown = f"data:image/png;base64,{PIXEL}"
    assert figures[1] == shown
    assert figures[0] == figures[2] != shown


def test_a_figure_takes_no_room_from_the_texts():
    settings = {"FeedbackExporter": {"text_limit": 1000}}
    html = shows("text/html", f"<img src='data:image/png;base64,{PIXEL * 20}'>")
    assert "left out" not in export(html, html, text("x"), settings=settings)


# A submission that is graded for real.


@pytest.fixture(scope="module")
def real(tiny):
    """Return the course of a submission with a mistake, files beside it and a comment."""
    notebook = tiny.right()
    define_double(notebook, "print('at work')", "x = abs(x)")
    notebook.cells.append(text(SCRIPT))
    cell(notebook, "triple").source = "def triple(x):\n    raise NotImplementedError"
    tiny.hand_in("feedback", notebook)
    folder = tiny.course.notebook("submitted", tiny.name, "feedback").parent
    (folder / "other.html").write_text(SCRIPT)
    (folder / "pictures").mkdir()
    (folder / "pictures" / "x.svg").write_text(SCRIPT)
    tiny.grade("feedback")
    with Gradebook(tiny.course.gradebook_url) as gradebook:
        found = gradebook.find_comment("why", tiny.name, tiny.name, "feedback")
        found.manual_comment = "Well *said*."
        gradebook.db.commit()
    nbgrader_calls.generate_feedback(tiny.course, tiny.name, "feedback")
    return tiny.course.feedback(tiny.name, "feedback")


def test_a_graded_submission_gets_a_page(real):
    soup = without_mathjax(real.read_text(encoding="utf-8"))
    assert dangers(soup) == []
    assert words(soup.find(class_="score")).startswith("1 of 12 points ; 5 points wait")
    assert "the sign is lost" in words(soup.select_one(".verdict.wrong"))
    assert "at work" in words(soup.main)
    assert "# double works below zero." in words(soup.main)
    assert "check.close" not in words(soup.find(id="test_double_negative").parent)
    assert soup.find(class_="comment").em.get_text() == "said"


def test_nothing_of_a_student_s_lies_beside_the_page(real):
    assert {path.name for path in real.parent.iterdir()} <= {real.name, *feedback_page.KEPT}
