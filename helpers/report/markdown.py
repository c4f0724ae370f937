"""Markdown to a tree of HTML, by the parser that nbconvert has.

Three things differ from nbconvert's HTML export: formulas become elements of their own, footnotes
are known, and no formula is longer than `LONGEST`, because a search for an end that never comes
would take time with the square of the text's length.
"""

import re
from functools import cache
from html import escape
from typing import ClassVar

import bs4
from mistune import BlockParser, import_plugin
from nbconvert.filters.markdown_mistune import (
    IPythonRenderer,
    MarkdownWithMath,
    MathBlockParser,
    MathInlineParser,
)

from .errors import MARKDOWN

LONGEST = 5_000  # characters of a formula
NESTED = 200  # elements in each other; what is deeper than `DEPTH` loses its look
FORMULA = "tex-formula"  # the element's name
ENVIRONMENT = (
    r"\\begin\{(?P<math_env_name>[a-zA-Z]*\*?)\}"
    rf"(?P<math_env_body>(?s:.{{0,{LONGEST}}}?))\\end\{{(?P=math_env_name)\}}"
)


def between(start, end, name=None, least=0):
    """Return the pattern of a formula between two marks."""
    inside = rf"(?s:.{{{least},{LONGEST}}}?)"
    return start + (f"(?P<{name}>{inside})" if name else inside) + end


TABLE_ROW = re.compile(r"^ {0,3}\|.*$", re.MULTILINE)
IN_LINE = re.compile(r"(?<![$\\])\$[^$\n]+(?<!\\)\$")
DISPLAY, END = r"(?<!\\)\$\$", r"(?<!\\)\$\$"


class Blocks(MathBlockParser):
    """Keeps displayed formulas whole."""

    SPECIFICATION: ClassVar = {
        **MathBlockParser.SPECIFICATION,
        # As in JupyterLab a heading needs a space: "#1 is best" is a sentence.
        "atx_heading": BlockParser.SPECIFICATION["atx_heading"],
        "multiline_math": "|".join(
            [
                between(DISPLAY, END),
                between(r"\\\\\[", r"\\\\\]"),
                ENVIRONMENT,
            ]
        ),
    }


class Inlines(MathInlineParser):
    """Finds formulas in a line."""

    SPECIFICATION: ClassVar = {
        **MathInlineParser.SPECIFICATION,
        "block_math_tex": between(DISPLAY, END, "math_block_tex"),
        "block_math_latex": between(r"(?<!\\)\\\\\[", r"(?<!\\)\\\\\]", "math_block_latex"),
        "inline_math_tex": between(r"(?<![$\\])\$", r"(?<![$\\])\$", "math_inline_tex", 1),
        "inline_math_latex": between(r"(?<!\\)\\\\\(", r"(?<!\\)\\\\\)", "math_inline_latex"),
        "latex_environment": ENVIRONMENT,
    }


class Renderer(IPythonRenderer):
    """Writes formulas as elements, and code and pictures as plain HTML."""

    def block_math(self, body):
        return f'<{FORMULA} display="">{escape(body)}</{FORMULA}>'

    def inline_math(self, body):
        return f"<{FORMULA}>{escape(body)}</{FORMULA}>"

    def latex_environment(self, name, body):
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    def block_code(self, code, info=None):
        language = (info or "").split(None, 1)[0] if (info or "").strip() else ""
        return f'<pre data-language="{escape(language)}">{escape(code)}</pre>\n'

    def image(self, text, url, title=None):
        words = re.sub("<[^>]*>", "", text)  # it comes as HTML: escaped, with elements
        return f'<img src="{escape(url)}" alt="{words}" title="{escape(title or "")}">'


@cache
def parser():
    """Return the parser: nbconvert's, with footnotes."""
    names = [*MarkdownWithMath.DEFAULT_PLUGINS, "footnotes"]
    renderer = Renderer(escape=False, exclude_anchor_links=True)
    return MarkdownWithMath(
        renderer, Blocks(), Inlines(hard_wrap=False), [import_plugin(name) for name in names]
    )


def tree(text):
    """Parse a Markdown text.

    Parameters
    ----------
    text : str

    Returns
    -------
    bs4.BeautifulSoup
        One that is too long for a parser whose time grows faster than the text is returned as
        plain text.
    """
    if len(text) > MARKDOWN:
        return html(f"<pre>{escape(text)}</pre>")
    try:
        return html(parser().render(TABLE_ROW.sub(without_bars, text)))
    except RecursionError:
        return html(f"<pre>{escape(text)}</pre>")


def without_bars(row):
    """Return a row of a table with other names for the bars in its formulas."""
    return IN_LINE.sub(
        lambda found: found[0].replace(r"\|", r"\Vert ").replace("|", r"\vert "), row[0]
    )


def html(text):
    """Parse HTML, which may be broken; one that is nested endlessly becomes plain text.

    Where tags are never closed each stands in the one before.
    """
    found = bs4.BeautifulSoup(re.sub(r"\0", "", text), "html.parser")
    waiting = [(found, 0)]
    while waiting:
        node, depth = waiting.pop()
        if depth > NESTED:
            return bs4.BeautifulSoup(f"<pre>{escape(found.get_text(' '))}</pre>", "html.parser")
        waiting += [(child, depth + 1) for child in node.children if isinstance(child, bs4.Tag)]
    return found
