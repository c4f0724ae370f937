"""Pages look as they did when somebody last looked at them."""

import shutil

import pytest
from golden_pages import GOLDEN, PAGES, drawn
from PIL import Image, ImageChops

TOLERANCE = 40  # of 255 grey levels, in the mean of 4 x 4 pixels: a letter's edge, but no word

pytestmark = pytest.mark.skipif(
    shutil.which("pdftoppm") is None, reason="no pdftoppm: apt-get install poppler-utils"
)


def difference(one, other):
    """Return the largest difference between two pictures, in squares of 4 x 4 pixels."""
    small = [image.convert("L").reduce(4) for image in (one, other)]
    return ImageChops.difference(*small).getextrema()[1]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_looks_as_it_did(name):
    page = drawn(name)
    with Image.open(GOLDEN / f"{name}.png") as golden:
        assert page.size == golden.size
        assert difference(page, golden) <= TOLERANCE, "look at it, and see golden_pages.py"


def test_a_missing_title_would_be_seen():
    with Image.open(GOLDEN / "text.png") as golden:
        page = golden.convert("L")
    x, y, right, _ = ImageChops.invert(page).getbbox()
    title = (x, y + 14, right, y + 32)
    assert page.crop(title).getextrema()[0] < 128
    changed = page.copy()
    changed.paste(255, title)
    assert difference(changed, page) > TOLERANCE
