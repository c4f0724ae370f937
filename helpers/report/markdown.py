"""Pandoc: the Markdown of many cells to Typst, in two calls, with nothing in it that could act.

The reader gives a tree of the whole text. All its words, its code and whatever names a file or an
address become Typst strings here, quoted in one place; pandoc's Typst writer adds the structure,
and the formulas, which it parses.
"""

import json
import subprocess
import tempfile
import urllib.parse
from html.parser import HTMLParser
from pathlib import Path

import pypandoc

from .typeset import Part, ReportError, clean, quote

# JupyterLab's Markdown. It has no footnotes, and pandoc never ends on one that refers to itself.
READER = "gfm-yaml_metadata_block-emoji-footnotes"
# No text holds \x1f after `clean`, and character references are not read inside a comment.
SEPARATOR = "<!--\x1f-->"
TIMEOUT = 60  # seconds; a notebook takes less than one
MEMORY = "-M1G"  # for GHC's runtime, so that a text made to fill the memory ends in an error
LINKS = ("http://", "https://", "mailto:")


def pandoc(*arguments, text="", folder=None):
    """Run pandoc, which may read no file but its arguments, and return what it prints."""
    limits = ["+RTS", MEMORY, "-RTS", "--sandbox", "--wrap=none"]
    command = [pypandoc.get_pandoc_path(), *limits, *arguments]
    try:
        done = subprocess.run(
            command, input=text.encode(), capture_output=True, cwd=folder, timeout=TIMEOUT
        )
    except subprocess.TimeoutExpired as error:
        raise ReportError(f"pandoc was stopped after {TIMEOUT} s: is a cell very long?") from error
    if done.returncode:
        raise ReportError(f"pandoc failed: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode()


def read(texts):
    """Parse Markdown texts, each by itself.

    Parameters
    ----------
    texts : list of str

    Returns
    -------
    tree : dict
        Pandoc's tree of an empty document, for `write`.
    found : list of list of dict
        The blocks of each text.
    """
    names = ["separator"]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "separator").write_text(SEPARATOR, encoding="utf-8")
        for number, text in enumerate(texts):
            Path(folder, str(number)).write_text(clean(text) + "\n", encoding="utf-8")
            names += [str(number), "separator"]
        # --file-scope: an open fence, a footnote or a link's definition ends with its cell.
        tree = json.loads(pandoc("--file-scope", f"-f{READER}", "-tjson", *names, folder=folder))
    found = [[]]
    for block in tree["blocks"]:
        if block["t"] == "RawBlock" and block["c"][1].strip() == SEPARATOR:
            found.append([])
        else:
            found[-1].append(block)
    return {**tree, "blocks": []}, found[1:-1]


def write(tree, blocks, formulas):
    """Write blocks as Typst, and give every formula its Typst source.

    Parameters
    ----------
    tree : dict
        From `read`.
    blocks : list of dict
        Safe: see `Safe`.
    formulas : dict
        From (``DisplayMath`` or ``InlineMath``, TeX) to the `Part` that is completed here; the
        source stays None where pandoc does not understand the TeX.

    Returns
    -------
    str
    """
    blocks = list(blocks)
    for kind, tex in formulas:
        math = {"t": "Math", "c": [{"t": kind}, tex]}
        blocks += [typst("\x1f"), {"t": "Para", "c": [math]}]
    text = json.dumps({**tree, "blocks": blocks})
    body, *found = pandoc("-fjson", "-ttypst", text=text).split("\x1f")
    for ((kind, tex), part), code in zip(formulas.items(), found, strict=True):
        if code.strip().startswith("$"):  # pandoc gives up with "\$", the TeX as text
            name = "display-formula" if kind == "DisplayMath" else "formula"
            part.source = f"{name}({quote(tex)}, {code.strip()})"
    return body


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


class Safe:
    """Replaces what must not reach Typst as it is.

    Parameters
    ----------
    parts : typeset.Parts
    picture : callable
        ``picture(target, alt)`` returns the Typst code that shows a linked picture.
    formulas : dict
        Filled with the formulas found; see `write`.
    """

    def __init__(self, parts, picture, formulas):
        self.parts, self.picture, self.formulas = parts, picture, formulas

    def __call__(self, node):
        """Return a copy of ``node``, safe from top to bottom."""
        if isinstance(node, list):
            return [self(one) for one in node]
        if not isinstance(node, dict):
            return node
        if node.get("t") == "Str":
            return word(node["c"])
        change = getattr(self, node.get("t", ""), None)
        return change(*node["c"]) if change else {key: self(value) for key, value in node.items()}

    def Span(self, _attributes, inlines):
        return {"t": "Span", "c": [["", [], []], self(inlines)]}

    def Div(self, _attributes, blocks):
        return {"t": "Div", "c": [["", [], []], self(blocks)]}

    def Header(self, level, _attributes, inlines):
        # Without labels: two equal ones, or a link to one that is not shown, stop Typst.
        return {"t": "Header", "c": [level, ["", [], []], self(inlines)]}

    def Link(self, attributes, inlines, target):
        if not target[0].lower().startswith(LINKS):
            return self.Span(attributes, inlines)
        # Percent signs instead of quotes and backslashes, which could end Typst's string.
        address = urllib.parse.quote(target[0], safe="%/:=&?~#+!$,;'@()*[]")
        return {"t": "Link", "c": [["", [], []], self(inlines), [address, ""]]}

    def Code(self, _attributes, text):
        return typst(f"#raw({quote(text)});", "Inline")

    def CodeBlock(self, attributes, text):
        language = attributes[1][0] if attributes[1] else ""
        return typst(f"#source({quote(text)}, {quote(language)})")

    def Math(self, kind, tex):
        tex = clean(tex)
        if (kind["t"], tex) not in self.formulas:
            what = f"the formula {tex!r}"
            self.formulas[kind["t"], tex] = Part(None, f"bad-formula({quote(tex)})", what)
        return typst(self.parts.add(self.formulas[kind["t"], tex]), "Inline")

    def Image(self, _attributes, inlines, target):
        return typst(self.picture(target[0], words(inlines)), "Inline")

    def RawInline(self, _format, text):
        return {"t": "Span", "c": [["", [], []], Html(self.picture).inlines(text)]}

    def RawBlock(self, _format, text):
        return {"t": "Para", "c": Html(self.picture).inlines(text)}


class Html(HTMLParser):
    """The words of a piece of HTML: known tags are left out, all others are shown as they are."""

    KNOWN = frozenset(
        "a b blockquote body center code details div em font h1 h2 h3 h4 h5 h6 hr i kbd li ol p pre "
        "s small span strong summary table tbody td th thead tr u ul".split()
    )
    INSTEAD = {"br": "\n", "sub": "_", "sup": "^", "td": " ", "th": " ", "tr": "\n", "li": "\n"}

    def __init__(self, picture):
        super().__init__()
        self.picture, self.found = picture, []

    def inlines(self, text):
        self.feed(text)
        self.close()
        return self.found

    def handle_data(self, data):
        for number, line in enumerate(clean(data).split("\n")):
            self.found += [{"t": "LineBreak"}] * bool(number) + [word(line)]

    def handle_starttag(self, tag, attributes):
        # "a <b and c> d" is a comparison and not a tag.
        told = all(value is not None or name == "open" for name, value in attributes)
        if tag == "img" and dict(attributes).get("src"):
            named = dict(attributes)
            self.found.append(
                typst(self.picture(named["src"], named.get("alt") or ""), "Inline")
            )
        elif told and (tag in self.KNOWN or tag in self.INSTEAD):
            self.handle_data(self.INSTEAD.get(tag, ""))
        else:
            self.handle_data(self.get_starttag_text())

    def handle_endtag(self, tag):
        if tag not in self.KNOWN and tag not in self.INSTEAD:
            self.handle_data(f"</{tag}>")

    def handle_decl(self, decl):
        self.handle_data(f"<!{decl}>")

    def handle_pi(self, data):
        self.handle_data(f"<?{data}>")
