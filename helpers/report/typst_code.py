"""Typst code: calls of the template, and strings. Nothing else of a notebook ever becomes code."""

import re

CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
ACCENTS = re.compile("([\u0300-\u036f]{9})[\u0300-\u036f]+")  # on one letter
LONG = re.compile("[!-~\u00a1-\u024f]{60,}")  # a path, a number: no line may hold it
EMPTY = "[]"


def clean(text):
    """Return ``text`` without control characters and half surrogate pairs, with ``\\n`` ends."""
    text = str(text).replace("\r\n", "\n").replace("\r", "\n")
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return ACCENTS.sub(r"\1", CONTROL.sub("", text))


def quote(text):
    """Return ``text`` as a Typst string literal.

    This is the only way in which words of a notebook enter Typst code.
    """
    text = clean(text).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + text.replace("\n", "\\n").replace("\t", "    ") + '"'


def words(text):
    """Return ``text`` as a string literal whose very long words may break at the line's end."""
    return quote(LONG.sub(lambda found: "\u200b".join(found[0]), clean(text)))


def call(function, /, *arguments, **named):
    """Return the call of a function of the template or of Typst.

    Parameters
    ----------
    function : str
        Written in this package, never taken from a notebook.
    *arguments : str
        Typst expressions.
    **named : object
        Typst expressions, or Python's None, True, False and numbers.

    Returns
    -------
    str
    """
    written = [*arguments, *(f"{key}: {literal(value)}" for key, value in named.items())]
    return f"{function}({', '.join(written)})"


def literal(value):
    """Return a plain value as Typst writes it; an expression stays as it is."""
    if value is None:
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def join(expressions):
    """Return one expression that shows several, one after another."""
    expressions = list(expressions)
    if len(expressions) == 1:
        return expressions[0]
    return "{" + "; ".join(expressions) + "}" if expressions else EMPTY
