"""The white list: which elements of HTML a report knows, and what each of them means."""

import re

# Elements that mean the same as a function that Typst or the template has.
# fmt: off
CALLS = {
    "b": "strong", "strong": "strong", "em": "emph", "i": "emph", "cite": "emph", "dfn": "emph",
    "var": "emph", "del": "strike", "s": "strike", "strike": "strike", "u": "underline",
    "ins": "underline", "mark": "highlight", "small": "smaller", "sub": "sub", "sup": "super",
    "blockquote": "quoted", "center": "centred", "summary": "summary",
    "figcaption": "caption", "caption": "caption", "dt": "strong", "dd": "pad-left",
}
# Their content is not for reading, or only alive in a browser.
DROPPED = frozenset([
    "script", "style", "template", "head", "noscript", "object", "embed", "applet", "svg", "math",
    "button", "select", "textarea", "canvas", "title", "meta", "link",
])
MEDIA = frozenset(["iframe", "video", "audio"])
BLOCKS = frozenset([
    "p", "div", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "pre", "table", "hr", "section",
    "details", "summary", "figure", "figcaption", "center", "article", "header", "footer", "main",
    "h1", "h2", "h3", "h4", "h5", "h6",
])
OWN = frozenset([  # `HtmlCode` has a method for each
    "a", "br", "hr", "img", "input", "code", "kbd", "samp", "tt", "pre", "ul", "ol", "table", "div",
    "sup", "p",
])
LOOKS = frozenset([  # what they add is no word
    "a", "abbr", "acronym", "address", "area", "aside", "bdi", "bdo", "big", "body", "col",
    "colgroup", "data", "fieldset", "font", "form", "html", "label", "legend", "map", "menu",
    "nav", "output", "picture", "q", "rp", "rt", "ruby", "source", "span", "tbody", "td", "tfoot",
    "th", "thead", "time", "tr", "track", "wbr",
])
EMPTY_TOO = frozenset([  # attributes that may have no value
    "align", "alt", "border", "checked", "class", "colspan", "data-language", "disabled", "display",
    "height", "hidden", "href", "id", "name", "open", "reversed", "rowspan", "scoped", "src",
    "style", "target", "title", "type", "value", "width",
])
# fmt: on
HEADING = re.compile("h[1-6]")


def is_html(node):
    """Say whether a tag is one of HTML; "a <b and c> d" is a comparison."""
    name = node.name
    known = name in CALLS or name in BLOCKS or name in LOOKS or name in OWN
    return known and not any(
        value == "" and key not in EMPTY_TOO for key, value in node.attrs.items()
    )


def written(node):
    """Return a tag as it was written."""
    told = "".join(f" {key}" + f'="{value}"' * bool(value) for key, value in node.attrs.items())
    return f"<{node.name}{told}>"


def is_block(node):
    """Say whether what stands in a node may have lines of its own."""
    return node is None or node.name == "[document]" or node.name in BLOCKS
