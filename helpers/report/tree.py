"""Nodes of pandoc's tree: Typst code put into it, and words taken out of it."""

from .typeset import quote


def typst(code, where="Block"):
    """Return Typst code of our own as a Block or an Inline of the tree."""
    return {"t": f"Raw{where}", "c": ["typst", code]}


def word(text):
    """Return a word as a Typst string: pandoc leaves some markup at the start of a text alive."""
    return typst(f"#{quote(text)};", "Inline")


def words(node):
    """Return the text of a part of the tree, formulas as TeX."""
    if isinstance(node, list):
        return "".join(words(one) for one in node)
    if not isinstance(node, dict):
        return ""
    if node["t"] in ("Space", "SoftBreak", "LineBreak"):
        return " "
    if node["t"] in ("Str", "Code", "Math"):
        return node["c"] if isinstance(node["c"], str) else node["c"][1]
    return words(node.get("c"))
