"""HTML inside Markdown: its words, its line breaks and its pictures, and none of its effects."""

from html.parser import HTMLParser

from .tree import typst, word

# These mean a look that a report can do without; any other tag is shown as it is written.
# fmt: off
LOOKS = frozenset([
    "a", "b", "blockquote", "center", "code", "details", "div", "em", "font", "h1", "h2", "h3",
    "h4", "h5", "h6", "hr", "i", "kbd", "ol", "p", "pre", "s", "small", "span", "strong",
    "summary", "table", "tbody", "thead", "u", "ul",
])
# fmt: on
BREAKS = frozenset(["br", "li", "tr"])
SIGNS = {"sub": "_", "sup": "^", "td": " ", "th": " "}  # 10<sup>-3</sup> must not become 10-3


class HtmlWords(HTMLParser):
    """Reads a piece of HTML.

    Parameters
    ----------
    picture : callable
        ``picture(target, alt)`` returns the Typst code that shows a linked picture.
    """

    def __init__(self, picture):
        super().__init__()
        self.picture, self.found = picture, []

    def inlines(self, text):
        """Return the nodes that stand for ``text``."""
        self.feed(text)
        self.close()
        return self.found

    def handle_data(self, data):
        self.found.append(word(data.replace("\n", " ")))

    def handle_starttag(self, tag, attributes):
        named = dict(attributes)
        # "a <b and c> d" is a comparison and not a tag.
        is_tag = all(value is not None or name == "open" for name, value in attributes)
        if tag == "img" and named.get("src"):
            code = self.picture(named["src"], named.get("alt") or "")
            self.found.append(typst(code, "Inline"))
        elif tag in BREAKS:
            self.found.append({"t": "LineBreak"})
        elif tag in SIGNS:
            self.handle_data(SIGNS[tag])
        elif tag not in LOOKS or not is_tag:
            self.handle_data(self.get_starttag_text())

    def handle_endtag(self, tag):
        if tag not in LOOKS and tag not in BREAKS and tag not in SIGNS:
            self.handle_data(f"</{tag}>")

    def handle_decl(self, decl):
        self.handle_data(f"<!{decl}>")

    def unknown_decl(self, data):
        self.handle_data(f"<![{data}]>")

    def handle_pi(self, data):
        self.handle_data(f"<?{data}>")
