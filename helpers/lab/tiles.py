"""The first layer's weights as one small picture for the page."""

from io import BytesIO

import numpy as np
from matplotlib import colormaps
from PIL import Image

GAP = 1  # pixels between two pictures
MOST_PICTURES = 20
FEW_PIXELS = 1500  # beyond, noise takes too many bytes without loss


def encoded(images):
    """Return images side by side as the bytes of one file, PNG or JPEG, whichever is small.

    Parameters
    ----------
    images : ndarray, shape (n, height, width) or (n, height, width, 3), float
        One colour scale for all of them; grey ones are drawn from blue (below 0) to red.
    """
    images = np.nan_to_num(images)
    rows = 1 if len(images) < 6 else 2
    columns = -(-len(images) // rows)
    height, width = images.shape[1:3]
    most = np.abs(images).max() or 1.0
    if images.ndim == 4:
        coloured = (255 * (images / most + 1) / 2).astype(np.uint8)
    else:
        coloured = colormaps["RdBu_r"](images / most / 2 + 0.5, bytes=True)[..., :3]
    grid = np.full((rows * (height + GAP), columns * (width + GAP), 3), 255, np.uint8)
    for i, image in enumerate(coloured):
        y, x = i // columns * (height + GAP), i % columns * (width + GAP)
        grid[y : y + height, x : x + width] = image
    file = BytesIO()
    if grid[..., 0].size <= FEW_PIXELS:
        Image.fromarray(grid).save(file, format="PNG")
    else:
        Image.fromarray(grid).save(file, format="JPEG", quality=70)
    return file.getvalue()
