"""Pictures of pixels: which of them may be shown."""

import io
import warnings

from PIL import Image

FORMATS = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp"}
PIXELS = 25_000_000


def checked(picture):
    """Look at a picture of pixels.

    Parameters
    ----------
    picture : bytes

    Returns
    -------
    picture : bytes
        As a PNG where Typst could not read it.
    ending : str

    Raises
    ------
    ValueError
        If it is none, is damaged, or is so large that it would fill the memory.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is said to be too large is measured below
            with Image.open(io.BytesIO(picture), formats=[*FORMATS, "BMP", "TIFF"]) as image:
                if image.width * image.height > PIXELS:
                    raise ValueError(
                        f"it has {image.width} x {image.height} pixels; save it with fewer than "
                        f"{PIXELS / 1e6:.0f} million"
                    )
                image.load()
                if image.format in FORMATS and image.mode != "CMYK":
                    return picture, FORMATS[image.format]
                changed = io.BytesIO()
                image.convert("RGB").save(changed, "PNG")
                return changed.getvalue(), "png"
    except Image.UnidentifiedImageError as error:
        raise ValueError("it is no PNG, JPEG, GIF, WebP, BMP, TIFF or SVG picture") from error
    except Image.DecompressionBombError as error:
        raise ValueError(f"it has far too many pixels; save it with {PIXELS:,} at most") from error
    except (OSError, SyntaxError, EOFError, IndexError, MemoryError) as error:
        raise ValueError(f"it is damaged ({error}); make it again") from error
