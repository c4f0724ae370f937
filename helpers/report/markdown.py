"""Pandoc: the Markdown of many cells to Typst, in two calls, with nothing in it that could act.

The reader gives a tree of the whole text. All its words, its code and whatever names a file or an
address become Typst strings here, quoted in one place; pandoc's Typst writer adds the structure,
and the formulas, which it parses.
"""

import json
import re
import subprocess
import tempfile
import urllib.parse
from pathlib import Path

import pypandoc

from .html_words import HtmlWords
from .tree import typst, word, words
from .typeset import Part, ReportError, clean, quote

# JupyterLab's Markdown. It has no footnotes, and pandoc never ends on one that refers to itself.
READER = "gfm-yaml_metadata_block-emoji-footnotes"
# No text holds \x1f after `clean`, and character references are not read inside a comment.
SEPARATOR = "<!--\x1f-->"
TIMEOUT = 60  # seconds; a notebook takes less than one
MEMORY = "-M1G"  # for GHC's runtime, so that a text made to fill the memory ends in an error
# Symbols that Typst 0.15 no longer knows by the names that pandoc 3.9 writes; text in quotes stays.
RENAMED = re.compile(r'"(?:[^"\\]|\\.)*"|\b(?:dot|times|minus)\.circle\b|\bsect\b')
LABEL = re.compile(r"\\label\s*\{[^{}]*\}")  # a report has no references to formulas
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
        math = {"t": "Math", "c": [{"t": kind}, LABEL.sub("", tex)]}
        blocks += [typst("\x1f"), {"t": "Para", "c": [math]}]
    text = json.dumps({**tree, "blocks": blocks})
    body, *found = pandoc("-fjson", "-ttypst", text=text).split("\x1f")
    for ((kind, tex), part), code in zip(formulas.items(), found, strict=True):
        code = code.strip()
        # Pandoc gives up with "\$", the TeX as text; what follows the last "$" would be a label.
        if code.startswith("$") and code.endswith("$"):
            name = "display-formula" if kind == "DisplayMath" else "formula"
            part.source = f"{name}({quote(tex)}, {RENAMED.sub(renamed, code)})"
    return body


def renamed(found):
    """Return the present name of a symbol, and a text in quotes as it is."""
    if found[0].startswith('"'):
        return found[0]
    return found[0].replace("sect", "inter").replace(".circle", ".o")


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
        return typst(f"#source({quote(text)}, {quote(language)}, false)")

    def Math(self, kind, tex):
        tex = clean(tex)
        if (kind["t"], tex) not in self.formulas:
            what = f"the formula {tex!r}"
            self.formulas[kind["t"], tex] = Part(None, f"bad-formula({quote(tex)})", what)
        return typst(self.parts.add(self.formulas[kind["t"], tex]), "Inline")

    def Image(self, _attributes, inlines, target):
        return typst(self.picture(target[0], words(inlines)), "Inline")

    def RawInline(self, _format, text):
        return {"t": "Span", "c": [["", [], []], HtmlWords(self.picture).inlines(text)]}

    def RawBlock(self, _format, text):
        return {"t": "Para", "c": HtmlWords(self.picture).inlines(text.strip())}
