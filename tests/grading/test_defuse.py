"""course.defuse: what formgrader shows of a submission runs nothing."""

from html.parser import HTMLParser

import pytest
from nbconvert.exporters import HTMLExporter
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

from course import nbgrader_calls
from course.paths import Course

SCRIPTS = [
    "<script>hack()</script>",
    "<img src=x onerror=hack()>",
    "<svg onload=hack()><rect/></svg>",
    "[x](javascript:hack())",
    "<a href='javascript:hack()'>x</a>",
    "<iframe srcdoc='<script>hack()</script>'></iframe>",
    "```\na\n\n[x](javascript:hack())\n\n<script>hack()</script>\n```",
    "    code\n\n    <script>hack()</script>",
    "<pre>\n\n[x](javascript:hack())\n\n</pre>",
    "<form action='javascript:hack()'><button>x</button></form>",
    "<meta http-equiv=refresh content='0;url=javascript:hack()'>",
    "<base href='https://hostile.example/'>",
    "</div></div><script>hack()</script>",
    "<div>\n\n<script>hack()</script>\n\n</div>",
]


class Dangers(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found, self.script = [], False

    def handle_starttag(self, tag, attributes):
        self.script = tag == "script"
        if tag in ("base", "form", "iframe", "object", "embed"):
            self.found.append(tag)
        for name, value in attributes:
            if name.startswith("on") or "javascript:" in (value or ""):
                self.found.append((tag, name, value))

    def handle_endtag(self, tag):
        self.script = False

    def handle_data(self, data):
        if self.script and "hack()" in data:
            self.found.append(data)


@pytest.fixture(scope="module")
def page():
    """Return a function that renders a notebook as formgrader does, with the course's settings."""
    exporter = HTMLExporter(config=nbgrader_calls.config(Course()), template_name="classic")

    def render(*cells):
        parser = Dangers()
        html, _ = exporter.from_notebook_node(new_notebook(cells=list(cells)))
        parser.feed(html)
        return html, parser.found

    return render


def shown(mime, data):
    return new_code_cell("1", outputs=[new_output("display_data", data={mime: data})])


@pytest.mark.parametrize("script", SCRIPTS)
def test_text_runs_nothing(page, script):
    _, plain = page(new_markdown_cell("nothing"))
    assert page(new_markdown_cell(f"before {script}"))[1] == plain
    assert page(new_markdown_cell(script))[1] == plain
    assert page(new_raw_cell(script))[1] == plain


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("mime", ["text/html", "text/markdown", "image/svg+xml", "text/latex"])
def test_outputs_run_nothing(page, script, mime):
    _, plain = page(new_markdown_cell("nothing"))
    assert page(shown(mime, script))[1] == plain


def test_scripts_as_outputs_are_not_shown(page):
    assert "hack()" not in page(shown("application/javascript", "hack()"))[0]


def test_an_honest_answer_keeps_its_looks(page):
    text = (
        "**bold** and $a < b$\n\n| x | y |\n| --- | --- |\n| 1 | 2 |\n\n```\none\n\ntwo\n```\n\nend"
    )
    html, _ = page(new_markdown_cell(text))
    assert "<strong>bold</strong>" in html
    assert "$a &lt; b$" in html
    assert "<td>1</td>" in html
    assert "<p>end</p>" in html


def test_a_figure_is_shown(page):
    assert "data:image/png;base64,aGk=" in page(shown("image/png", "aGk="))[0]
