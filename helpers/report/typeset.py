"""Typst: how strings are quoted, how fragile parts are fenced in, how the pages are made."""

import re
import tempfile
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import typst

TEMPLATE = Path(__file__).with_name("report.typ")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]")
NO_GLYPH = re.compile(r'the text `"(.*?)"` could not be displayed')


class ReportError(Exception):
    """A notebook could not be made into a PDF; the message says why and what to do."""


def clean(text):
    """Return ``text`` without control characters and halves of surrogate pairs, with ``\\n`` ends.

    No text of a notebook holds a control character after this, so ours can separate things.
    """
    text = str(text).replace("\r\n", "\n").replace("\r", "\n")
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return CONTROL.sub("", text)


def quote(text):
    """Return ``text`` as a Typst string literal.

    This is the only way in which words of a notebook enter Typst code that is written here.
    """
    text = clean(text).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + text.replace("\n", "\\n").replace("\t", "    ") + '"'


@dataclass(eq=False)
class Part:
    """A formula or a picture: Typst code that may fail, what stands in for it, and its name."""

    source: str
    substitute: str
    what: str


@dataclass
class Parts:
    """The fragile parts of one document, and its pictures by file name."""

    parts: list = field(default_factory=list)
    pictures: dict = field(default_factory=dict)

    def add(self, part):
        """Keep a part, and return the Typst code that shows it."""
        if part not in self.parts:
            self.parts.append(part)
        return f"#part-{self.parts.index(part)};"

    def definitions(self):
        """Return the Typst code that names every part."""
        return "".join(f"#let part-{i} = {part.source}\n" for i, part in enumerate(self.parts))


@cache
def fonts():
    """Return the fonts inside the typst wheel: machines then agree on every glyph."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def to_pdf(head, body, parts, timestamp, warn):
    """Set a document.

    Parameters
    ----------
    head, body : str
        Typst code: the call of the template, and the text.
    parts : Parts
        Those that cannot be set are replaced by their substitutes.
    timestamp : int
        Seconds since 1970 in UTC: the date in the PDF, so that equal input gives equal bytes.
    warn : callable
        Called with one line for every part replaced and for characters that no font has.

    Returns
    -------
    bytes

    Raises
    ------
    ReportError
        If Typst refuses the document although every part was fine.
    """
    template = TEMPLATE.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as root:
        for name, data in parts.pictures.items():
            (Path(root) / name).write_bytes(data)
        # Typst reads nothing outside ``root``; the two folders that do not exist hold no packages.
        compiler = typst.Compiler(
            root=root,
            font_paths=fonts(),
            ignore_system_fonts=True,
            package_path=str(Path(root) / "packages"),
            package_cache_path=str(Path(root) / "packages"),
        )

        def compile(text, **options):
            text = f"{template}\n{text}".encode()
            return compiler.compile(text, format="pdf", timestamp=timestamp, **options)

        warn_of_missing_glyphs(compile, parts.definitions() + head + body, warn)
        try:
            return compile(parts.definitions() + head + body)
        except typst.TypstError:
            replace_broken(compile, head, parts, warn)
        try:
            return compile(parts.definitions() + head + body)
        except typst.TypstError as error:
            warn(f"the PDF lacks the tags that screen readers use: {error.message}")
        try:  # Typst's tags fail on rare texts, such as a link in letters that run right to left
            return compile(parts.definitions() + head + body, pdf_tags=False)
        except typst.TypstError as error:
            raise ReportError(
                f"Typst cannot set this notebook: {error.message}. Export it with fewer cells to "
                "find the one at fault, and report it."
            ) from error


def replace_broken(compile, head, parts, warn):
    """Try every part alone, and put its substitute for each that fails."""
    for part in parts.parts:
        try:
            compile(head + f"#let part = {part.source}\nA #part;")
        except typst.TypstError as error:
            warn(f"{part.what} is shown as a note: {error.message}")
            part.source = part.substitute


def warn_of_missing_glyphs(compile, text, warn):
    """Warn of the characters of ``text`` for which no embedded font has a glyph.

    PDF/A forbids such characters, and Typst then names them.
    """
    letters = " ".join(sorted({letter for letter in text if ord(letter) > 126}))
    try:
        compile(f"#set document(title: [probe])\n#{quote(letters)}", pdf_standards="a-2u")
    except typst.TypstError as error:
        if missing := dict.fromkeys(NO_GLYPH.findall(error.diagnostic)):
            named = ", ".join(f"{letter} (U+{ord(letter[0]):04X})" for letter in missing)
            warn(f"no font of the report has {named}: an empty box is printed instead")
