"""Pictures of a report: from outputs, attachments and the notebook's own folder, nowhere else."""

import base64
import binascii
import urllib.parse
from pathlib import Path

from .pixels import checked
from .svg import check_svg
from .typst_code import call, clean, quote

FILE = 50_000_000  # bytes
POINTS = 0.75  # a CSS pixel


class Pictures:
    """Keeps the pictures of one document, each looked at before Typst sees it.

    Parameters
    ----------
    folder : str or None
        The notebook's folder: linked files must lie in it. None: no linked file is shown.
    warn : callable
        Called with one line for every picture left out.

    Attributes
    ----------
    files : dict
        From file name to bytes.
    """

    def __init__(self, folder, warn):
        self.folder, self.warn = folder, warn
        self.files = {}

    def output(self, mime, data, metadata):
        """Return the Typst code of a displayed picture.

        Parameters
        ----------
        mime : str
        data : str
            Base64, or for SVG the text.
        metadata : dict
            The output's; ``alt``, ``caption`` and ``width`` (CSS pixels), at the top or for its
            type.
        """
        told = metadata.get(mime)
        told = {**metadata, **told} if isinstance(told, dict) else metadata
        alt, caption = (text(told.get(name)) for name in ("alt", "caption"))
        width = told.get("width")
        width = width if isinstance(width, (int, float)) and 1 <= width <= 1e5 else None
        try:
            picture = data.encode() if mime == "image/svg+xml" else decode(data)
            return self.show(picture, alt, caption, width, display=True)
        except ValueError as error:
            return self.none(str(error), alt)

    def linked(self, target, alt, attachments=None):
        """Return the Typst code of ``![alt](target)`` in a cell with these attachments."""
        scheme, _, rest = target.partition(":")
        try:
            if scheme == "attachment":
                bundle = (attachments or {}).get(urllib.parse.unquote(rest))
                if not bundle:
                    raise ValueError("the cell has no such attachment")
                picture = decode(next(iter(bundle.values())))
            elif scheme == "data":
                head, _, data = rest.partition(",")
                if not head.endswith(";base64"):
                    raise ValueError("it is not written in base64")
                picture = decode(urllib.parse.unquote(data))
            else:
                picture = self.file(urllib.parse.unquote(target))
            return self.show(picture, alt)
        except (OSError, ValueError, RuntimeError) as error:  # the last: links that go in a circle
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
        if path.stat().st_size > FILE:
            raise ValueError(f"it has more than {FILE / 1e6:.0f} MB; save it smaller")
        return path.read_bytes()

    def show(self, picture, alt, caption="", width=None, display=False):
        """Return the Typst code of a picture given as bytes; raise ValueError if it is bad."""
        if b"<svg" in picture[:4096]:
            check_svg(picture)
            ending = "svg"
        else:
            picture, ending = checked(picture)
        name = f"picture-{len(self.files)}.{ending}"
        self.files[name] = picture
        points = None if width is None else f"{POINTS * width}pt"
        shown = call("picture", quote(name), quote(alt), points or "none")
        return call("figured", shown, quote(caption)) if display else shown

    def none(self, reason, alt):
        """Return the Typst code of a note in the place of a picture."""
        self.warn(f"a picture is left out: {clean(reason)}")
        return call("no-picture", quote(reason), quote(alt))


def decode(data):
    """Return the bytes of base64 text."""
    try:
        return base64.b64decode("".join(str(data).split()), validate=True)
    except binascii.Error as error:
        raise ValueError(f"its base64 is damaged ({error}); make it again") from error


def text(value):
    """Return a text that metadata hold, and an empty one for anything else."""
    return value if isinstance(value, str) else ""
