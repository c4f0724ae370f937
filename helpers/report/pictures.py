"""Pictures of a report: from outputs, attachments and the notebook's own folder, nowhere else."""

import base64
import binascii
import urllib.parse
from pathlib import Path

from .typeset import Part, clean, quote

SIGNATURES = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg", b"GIF8": "gif"}
POINTS = 0.75  # a CSS pixel


class Pictures:
    """Turns pictures into parts of a report.

    Parameters
    ----------
    parts : typeset.Parts
        Where they are kept.
    folder : str or None
        The notebook's folder: linked files must lie in it. None: no linked file is shown.
    warn : callable
        Called with one line for every picture left out.
    """

    def __init__(self, parts, folder, warn):
        self.parts, self.folder, self.warn = parts, folder, warn

    def output(self, mime, data, metadata):
        """Return the Typst code of a displayed picture.

        Parameters
        ----------
        mime : str
        data : str
            Base64, or for SVG the text.
        metadata : dict
            The output's; ``alt`` and ``width`` (CSS pixels), at the top or for its type.
        """
        told = metadata.get(mime)
        told = {**metadata, **told} if isinstance(told, dict) else metadata
        alt, width = told.get("alt"), told.get("width")
        alt = alt if isinstance(alt, str) else ""
        width = width if isinstance(width, (int, float)) and 1 <= width <= 1e5 else None
        try:
            picture = data.encode() if mime == "image/svg+xml" else decode(data)
        except ValueError as error:
            return self.none(str(error), alt)
        return self.show(picture, alt, width)

    def linked(self, target, alt, attachments):
        """Return the Typst code of ``![alt](target)`` in a cell with these attachments."""
        scheme, _, rest = target.partition(":")
        try:
            if scheme == "attachment":
                bundle = attachments.get(urllib.parse.unquote(rest)) or {}
                return self.show(decode(next(iter(bundle.values()), "")), alt)
            if scheme == "data":
                head, _, data = rest.partition(",")
                if not head.endswith(";base64"):
                    raise ValueError("it is not written in base64")
                return self.show(decode(data), alt)
            return self.show(self.file(urllib.parse.unquote(target)), alt)
        except (OSError, ValueError) as error:
            named = target if len(target) < 100 else target[:80] + "..."
            return self.none(f"{named}: {error}", alt)

    def file(self, target):
        """Return the bytes of a file in the notebook's folder; raise ValueError for any other."""
        if not self.folder or "://" in target or target.startswith("//"):
            raise ValueError("a report fetches nothing; put the file beside the notebook")
        folder = Path(self.folder).resolve()
        path = (folder / target).resolve()
        if not path.is_relative_to(folder):
            raise ValueError("it lies outside the notebook's folder; attach it to the cell")
        if not path.is_file():
            raise ValueError("there is no such file beside the notebook")
        return path.read_bytes()

    def show(self, picture, alt, width=None):
        """Return the Typst code of a picture given as bytes."""
        ending = kind(picture)
        if not ending:
            return self.none("it is no PNG, JPEG, GIF, WebP or SVG picture", alt)
        name = f"picture-{len(self.parts.pictures)}.{ending}"
        self.parts.pictures[name] = picture
        points = "none" if width is None else f"{POINTS * width}pt"
        source = f"picture({quote(name)}, {quote(alt)}, {points})"
        return self.parts.add(Part(source, no_picture("it is damaged", alt), f"the picture {name}"))

    def none(self, reason, alt):
        """Return the Typst code of a note in the place of a picture."""
        self.warn(f"a picture is left out: {clean(reason)}")
        return f"#{no_picture(reason, alt)};"


def no_picture(reason, alt):
    """Return the expression of a note in the place of a picture."""
    return f"no-picture({quote(reason)}, {quote(alt)})"


def kind(picture):
    """Return the file ending that fits a picture's first bytes, or an empty string."""
    for signature, ending in SIGNATURES.items():
        if picture.startswith(signature):
            return ending
    if picture[:4] == b"RIFF" and picture[8:12] == b"WEBP":
        return "webp"
    return "svg" if b"<svg" in picture[:4096] else ""


def decode(data):
    """Return the bytes of base64 text."""
    try:
        return base64.b64decode("".join(data.split()), validate=True)
    except binascii.Error as error:
        raise ValueError(f"its base64 is damaged ({error})") from error
