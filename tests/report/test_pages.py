"""Pages look as they did when somebody last looked at them."""

import shutil

import pytest
from golden_pages import GOLDEN, PAGES, drawn, page_picture
from notebooks import code, display, markdown, pdf, png, printed
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


LONG = " + ".join(f"x_{{{n}}}" for n in range(60))
PICTURE = f"data:image/png;base64,{png(3000, 9)}"
WIDE = {"text/html": f"<table><tr>{'<td>a cell of a table</td>' * 30}</tr></table>"}


@pytest.mark.parametrize(
    "cell",
    [
        markdown(f"$${LONG}$$"),
        markdown(f"Words ${LONG}$ and `{'code ' * 50}` and {'w' * 300}"),
        markdown(
            f"- one\n  - two\n    - $${LONG}$$\n    - ![x](data:image/png;base64,{png(3000, 9)})"
        ),
        code("x", display(WIDE)),
        code("x = 1  # " + "long " * 60, printed("=" * 500 + "\n" + "\x1b[31m" + "-" * 500)),
        code("x", display({"image/png": png(4000, 30)}), display({"image/png": png(30, 4000)})),
    ],
)
def test_nothing_runs_over_the_margins(cell):
    page = page_picture(pdf(cell))
    left, right = ImageChops.invert(page).getbbox()[::2]
    assert left >= 38  # 2 cm are 39.4 of these pixels
    assert right <= page.width - 38
