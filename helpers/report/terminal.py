"""What a cell has printed: its lines, in the colours of a terminal."""

import re

from nbconvert.filters import ansi2html, strip_ansi

from .errors import COLUMNS, LINES
from .markdown import html
from .typst_code import call, clean, join, quote, words

COLOUR = re.compile(r"ansi-(black|red|green|yellow|blue|magenta|cyan|white)(?:-intense)?-(fg|bg)")
CODES = 5000  # in one box: the time that nbconvert takes for them grows with the square
RGB = re.compile(r"(?<![-\w])(background-)?color: rgb\((\d{1,3}),(\d{1,3}),(\d{1,3})\)")


def terminal(style, text):
    """Return a box of printed text.

    Parameters
    ----------
    style : str
        A function of the template: ``printed``, ``complaint`` or ``failure``.
    text : str
        May hold ANSI codes. Of very many lines the middle is left out, and so is the end of a very
        long line.

    Returns
    -------
    str
    """
    lines = [shortened(line) for line in text.split("\n")]
    if len(lines) > LINES:
        half = LINES // 2
        told = f"[... {len(lines) - 2 * half} lines left out, see the notebook ...]"
        lines = [*lines[:half], told, *lines[-half:]]
    text = "\n".join(lines)
    if text.count("\x1b") > CODES:
        text = strip_ansi(text)
    if "\x1b" in text and clean(strip_ansi(text)) != clean(text):
        return call(style, join(runs(text)))
    return call(style, call("raw", words(text), block=True))


def shortened(line):
    """Return a line, without its end if it is very long."""
    if len(line) <= COLUMNS:
        return line
    return f"{line[:COLUMNS]} [... {len(line) - COLUMNS} characters left out]"


def runs(text):
    """Yield the pieces of a text with ANSI codes, each in its colour."""
    # Within <pre> the parser leaves spaces as they are.
    for node in html(f"<pre>{ansi2html(text)}</pre>").pre:
        look = style(node) if node.name == "span" else {}
        for number, line in enumerate(clean(node.get_text()).split("\n")):
            if number:
                yield "linebreak()"
            if line:
                yield call("ink", words(line), **look)


def style(span):
    """Return the arguments of ``ink`` for one of ansi2html's elements."""
    look = {}
    for name in span.get("class", ()):
        if found := COLOUR.fullmatch(name):
            look[{"fg": "colour", "bg": "ground"}[found[2]]] = quote(found[1])
        elif name in ("ansi-bold", "ansi-underline"):
            look[name.removeprefix("ansi-")] = True
    for ground, *channels in RGB.findall(span.get("style", "")):
        levels = [min(int(channel), 255) for channel in channels]
        look["ground" if ground else "colour"] = quote("#{:02x}{:02x}{:02x}".format(*levels))
    return look
