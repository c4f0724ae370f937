"""SVG pictures: which of them may be shown."""

import base64
import re

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from .pixels import checked

DEEPEST = 60  # levels; a plot has about ten
LARGEST = 100_000  # elements, after <use> has copied what it names
NAMED = re.compile(r"\burl\(\s*['\"]?(?!['\"]?#)|@import", re.IGNORECASE)
PIXELS = re.compile(r"data:image/(?:png|jpeg);base64,(.*)", re.DOTALL)
LOADS = frozenset(["image", "feImage", "use", "textPath", "tref", "script", "foreignObject"])


def check_svg(picture):
    """Look at an SVG picture.

    Parameters
    ----------
    picture : bytes

    Raises
    ------
    ValueError
        If it is no XML, declares entities, names another file, or is nested or copied into itself
        so often that drawing it would not end.
    """
    try:
        root = ElementTree.fromstring(picture)
    except DefusedXmlException as error:
        raise ValueError("it declares entities; save it without") from error
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise ValueError(f"it is not well-formed XML ({error}); make it again") from error
    by_id, waiting = {}, [(root, 1)]
    while waiting:
        node, depth = waiting.pop()
        if depth > DEEPEST:
            raise ValueError(f"its elements are nested more than {DEEPEST} deep; simplify it")
        check_node(node)
        if node.get("id"):
            by_id[node.get("id")] = node
        waiting += [(child, depth + 1) for child in node]
    try:
        count = drawn(root, by_id, {}, ())
    except RecursionError as error:
        raise ValueError("its copies are nested too deeply; simplify it") from error
    if count > LARGEST:
        raise ValueError(f"it draws more than {LARGEST:,} elements; save it as PNG")


def check_node(node):
    """Raise ValueError if an element names something outside the picture."""
    for name, value in node.attrib.items():
        if NAMED.search(value):
            raise ValueError("it names another file; save it with everything in it")
        if name.rpartition("}")[2] != "href" or local(node) not in LOADS or value.startswith("#"):
            continue
        found = PIXELS.match(value)
        if not found or local(node) != "image":
            raise ValueError("it names another file; save it with everything in it")
        checked(base64.b64decode(found[1]))
    if local(node) == "style" and NAMED.search(node.text or ""):
        raise ValueError("its style names another file; save it with everything in it")


def drawn(node, by_id, known, above):
    """Return how many elements an element draws, those that <use> copies counted each time."""
    name = node.get("id")
    if name in above:
        raise ValueError("it copies an element into itself; make it again")
    if name in known:
        return known[name]
    above = (*above, name) if name else above
    if len(above) > DEEPEST:
        raise ValueError(f"its copies are nested more than {DEEPEST} deep; simplify it")
    count = 1 + sum(drawn(child, by_id, known, above) for child in node)
    if local(node) == "use":
        target = next((v for k, v in node.attrib.items() if k.rpartition("}")[2] == "href"), "")
        if target[1:] in by_id:
            count += drawn(by_id[target[1:]], by_id, known, above)
    count = min(count, LARGEST + 1)
    if name:
        known[name] = count
    return count


def local(node):
    """Return an element's name without its namespace."""
    return str(node.tag).rpartition("}")[2]
