"""HTML to Typst code: a white list of elements, each of which is one call of the template."""

import re
import urllib.parse

import bs4

from .errors import DEPTH
from .html_list import BLOCKS, CALLS, DROPPED, HEADING, MEDIA, is_block, is_html, written
from .markdown import FORMULA
from .table import table
from .terminal import terminal
from .typst_code import EMPTY, call, clean, join, quote, words

NOTES = 200  # references to notes of one text
LINKS = ("http://", "https://", "mailto:")
# Chinese and Japanese know no spaces: there a line's end in the source is none. Korean does.
WIDE = "\u2e80-\u312f\u3190-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff"
BETWEEN_WIDE = re.compile(rf"(?<=[{WIDE}])[^\S\n]*\n\s*(?=[{WIDE}])")
ENDS_WIDE, BEGINS_WIDE = re.compile(rf"[{WIDE}]\Z"), re.compile(rf"[^\S\n]*\n\s*(?=[{WIDE}])")


class HtmlCode:
    """Writes one tree of HTML as Typst code.

    Parameters
    ----------
    tree : bs4.BeautifulSoup
    picture : callable
        ``picture(target, alt)`` returns the Typst code that shows a linked picture.
    formula : callable
        ``formula(tex, display)`` returns the Typst code that shows a formula.
    anchors : dict
        From the places in the notebook that links may name to labels of the document.
    number : int
        Tells the labels of this tree from those of others.
    """

    def __init__(self, tree, picture, formula, anchors, number):
        self.tree, self.picture, self.formula, self.anchors = tree, picture, formula, anchors
        self.number = number
        self.notes, self.shown_notes = footnotes(tree), set()
        self.in_note, self.references = False, 0
        self.depth = 0
        self.before = ""  # the text before this one

    def code(self):
        """Return the code of the whole tree."""
        return self.children(self.tree)

    def children(self, node):
        """Return the code of what stands in a node."""
        if self.depth >= DEPTH:
            return self.text(node.get_text())
        self.depth += 1
        in_blocks = node.name not in ("p", "span") and any(
            child.name in BLOCKS for child in node.children
        )
        found = []
        for child in trimmed(node):
            if isinstance(child, bs4.element.PreformattedString):
                continue  # comments, declarations
            if isinstance(child, bs4.NavigableString):
                if not in_blocks or child.strip():
                    found.append(self.text(child))
            else:
                found.append(self.element(child))
        self.depth -= 1
        return join(one for one in found if one != EMPTY)

    def text(self, text):
        """Return words, with one space between them."""
        text = clean(text)
        if ENDS_WIDE.search(self.before):
            text = BEGINS_WIDE.sub("", text, count=1)
        self.before = text or self.before
        return words(re.sub(r"[ \t\n]+", " ", BETWEEN_WIDE.sub("", text)))

    def element(self, node):
        """Return the code of one element."""
        name = node.name
        if name in DROPPED:
            return EMPTY
        if name in MEDIA:
            return call("left-out", quote(f"{name}: see the notebook"))
        if HEADING.fullmatch(name):
            return self.heading(node)
        if name == FORMULA:
            return self.on_formula(node)
        own = getattr(self, f"on_{name}", None)
        if own and is_html(node):
            return own(node)
        inside = self.children(node)
        if not is_html(node):
            return join([quote(written(node)), inside])
        if name in CALLS and inside != EMPTY:
            return call(CALLS[name], inside)
        return call("apart", inside) if name in BLOCKS and inside != EMPTY else inside

    def heading(self, node):
        level, body = int(node.name[1]), self.children(node)
        label = self.anchors.get(node.get("data-anchor"))
        return call("titled", str(level), quote(label or ""), body)

    def on_p(self, node):
        """Return paragraphs, with the displayed formulas and pictures between them."""
        found, line = [], node.copy_self()
        for child in [*trimmed(node), None]:
            if child is not None and not stands_alone(child, node):
                line.append(child)
                continue
            inside = self.children(line)
            found += [call("par", inside)] * (inside != EMPTY)
            line = node.copy_self()
            if child is not None:
                found.append(self.element(child))
        return join(found)

    def on_formula(self, node):
        self.before = ""
        display = node.has_attr("display")
        # A display formula in the middle of a bold text, say, would end its line.
        return self.formula(node.get_text(), display and is_block(node.parent))

    def on_a(self, node):
        target, body = str(node.get("href") or ""), self.children(node)
        if body == EMPTY:
            return EMPTY
        if target.lower().startswith(LINKS):
            return call("web", quote(address(target)), body)
        label = self.anchors.get(anchor(target[1:])) if target.startswith("#") else None
        return call("goto", quote(label), body) if label else body

    def on_br(self, _node):
        return "linebreak()"

    def on_hr(self, _node):
        return "rule()"

    def on_img(self, node):
        shown = self.picture(str(node.get("src") or ""), str(node.get("alt") or ""))
        return call("figured", shown, quote("")) if is_block(node.parent) else shown

    def on_input(self, node):
        if node.get("type") != "checkbox":
            return EMPTY
        return quote("☑ " if node.has_attr("checked") else "☐ ")

    def on_code(self, node):
        return call("raw", words(node.get_text()))

    on_kbd = on_samp = on_tt = on_code

    def on_pre(self, node):
        if node.has_attr("data-language"):
            text = node.get_text().rstrip("\n")
            return call("source", words(text), quote(node["data-language"]), "false")
        return terminal("printed", node.get_text().strip("\n"))

    def on_ul(self, node):
        return self.list_code(node, "list")

    def on_ol(self, node):
        start = str(node.get("start") or "1")
        start = int(start) if re.fullmatch("[0-9]{1,6}", start) else 1
        return self.list_code(node, "enum", start=start)

    def list_code(self, node, name, **named):
        children = [child for child in node.children if isinstance(child, bs4.Tag)]
        items = [self.children(child) for child in children if child.name not in DROPPED]
        # A list within another stands close to its item, any other one apart from the text above.
        apart = [] if node.parent.name == "li" else ["parbreak()"]
        return join([*apart, call(name, *(items or [EMPTY]), tight=is_tight(node), **named)])

    def on_table(self, node):
        return table(node, self.children)

    def on_div(self, node):
        inside = self.children(node)
        alert = "alert" in (node.get("class") or ())
        return call("notice" if alert else "apart", inside) if inside != EMPTY else EMPTY

    def on_sup(self, node):
        if "footnote-ref" not in (node.get("class") or ()):
            return call("super", self.children(node))
        number = node.get_text()
        note, label = self.notes.get(number), quote(f"note-{self.number}-{number}")
        self.references += 1
        if note is None or self.in_note or self.references > NOTES:
            return call("super", quote(number))  # a note within a note would never end
        if number in self.shown_notes:
            return call("footnote", call("label", label))
        self.shown_notes.add(number)
        self.in_note = True
        paragraphs = note.find_all("p", recursive=False)
        body = self.children(paragraphs[0] if len(paragraphs) == 1 else note)
        self.in_note = False
        return call("noted", label, body)


def footnotes(tree):
    """Take the footnotes out of a tree, and return them by number."""
    found = {}
    for section in tree.find_all("section", class_="footnotes"):
        section.extract()
        for note in section.find_all("li"):
            for back in note.find_all("a", class_="footnote"):
                back.decompose()
            found[str(note.get("id", "")).removeprefix("fn-")] = note
    return found


def trimmed(node):
    """Return the children of a node; those of a paragraph without the space at its ends."""
    children = list(node.children)
    if node.name in BLOCKS and children:
        for end, strip in ((0, str.lstrip), (-1, str.rstrip)):
            if type(children[end]) is bs4.NavigableString:
                children[end] = bs4.NavigableString(strip(children[end]))
    return [child for child in children if child != ""]


def stands_alone(node, paragraph):
    """Say whether a child of a paragraph is set between two lines: a formula or the one picture."""
    if node.name == FORMULA:
        return node.has_attr("display")
    return node.name == "img" and not paragraph.get_text(strip=True)


def is_tight(node):
    """Say whether the items of a list stand close: none holds a paragraph."""
    return not any(item.find("p", recursive=False) for item in node.find_all("li", recursive=False))


def anchor(name):
    """Return the name of a place as JupyterLab makes it of a heading, for comparison."""
    return re.sub(r"\s+", "-", urllib.parse.unquote(clean(name)).strip())


def address(target):
    """Return a link's target as an address of plain characters."""
    return urllib.parse.quote(clean(target), safe="%/:=&?~#+!$,;'@()*[]")[:2000]
