"""Pictures of images: samples, weights as templates, right and wrong predictions."""

import numpy as np

from .classes import check_classes
from .figure import WIDTH, DescribedFigure, styled

MAX_IMAGES = 400


@styled
def image_grid(images, titles=None, columns=10):
    """Draw images in rows.

    Parameters
    ----------
    images : ndarray, shape (N, H, W) or (N, H, W, 3)
        uint8, or float. Floats that leave 0 to 1 are stretched, each image to its own range.
    titles : sequence of str, length N, optional
    columns : int
        Images in a row.

    Returns
    -------
    DescribedFigure

    Raises
    ------
    ValueError
        If the shapes do not fit, or there are no images, or more than 400.
    """
    shown = _displayable(images)
    titles = [""] * len(shown) if titles is None else [str(t) for t in titles]
    if len(titles) != len(shown):
        raise ValueError(f"{len(titles)} titles for {len(shown)} images; give one each")
    if columns < 1:
        raise ValueError(f"columns is {columns}; give at least 1")
    columns = min(columns, len(shown))
    fig, _ = _grid([("", shown, titles)], columns, cmap="gray", vmin=0, vmax=_white(shown))
    # A longer list would be read out for minutes.
    listed = any(titles) and len(titles) <= 30
    names = ": " + ", ".join(t.replace("\n", " ") for t in titles) if listed else ""
    size = "{} by {}".format(*shown.shape[1:3])
    plural = "image" if len(shown) == 1 else "images"
    fig.alt = f"{len(shown)} {plural} of {size} pixels, {columns} in a row{names}."
    return fig


def _displayable(images):
    """Return images as an (N, H, W) or (N, H, W, 3) array of uint8, or float from 0 to 1."""
    images = np.asarray(images)
    if images.ndim == 4 and images.shape[-1] == 1:
        images = images[..., 0]
    if images.ndim not in (3, 4) or (images.ndim == 4 and images.shape[-1] != 3):
        raise ValueError(f"images have shape {images.shape}; need (N, H, W) or (N, H, W, 3)")
    if not 1 <= len(images) <= MAX_IMAGES:
        raise ValueError(f"{len(images)} images; give 1 to {MAX_IMAGES}, such as images[:25]")
    if images.dtype == np.uint8:
        return images
    images = images.astype(float)
    if not np.isfinite(images).all():
        raise ValueError("images hold nan or infinite values")
    if images.min() >= 0 and images.max() <= 1:
        return images
    # Centred pixels, or weights: no common scale would show every image.
    axes = tuple(range(1, images.ndim))
    low, high = images.min(axis=axes, keepdims=True), images.max(axis=axes, keepdims=True)
    return (images - low) / np.where(high > low, high - low, 1.0)


def _white(images):
    return 255 if images.dtype == np.uint8 else 1


def _grid(groups, columns, bottom=0.0, **imshow):
    """Draw groups of (heading, images, titles), each from a new row, above `bottom` inches."""
    tile, gap = min(WIDTH / columns, 1.5), 0.08
    height, width = groups[0][1].shape[1:3]
    picture = (tile - gap) * height / width
    rows = sum(-(-len(images) // columns) for _, images, _ in groups)
    lines = max(t.count("\n") + 1 if t else 0 for _, _, titles in groups for t in titles)
    step = picture + gap + 0.15 * lines
    heading_height = 0.3
    total = rows * step + bottom + heading_height * sum(bool(heading) for heading, _, _ in groups)
    fig = DescribedFigure(figsize=(tile * columns, total))
    y, drawn = total, []
    for heading, images, titles in groups:
        if heading:
            y -= heading_height
            fig.text(gap / 2 / fig.get_figwidth(), (y + 0.05) / total, heading, weight="bold")
        for i, (image, title) in enumerate(zip(images, titles, strict=True)):
            row, column = divmod(i, columns)
            x0, y0 = column * tile + gap / 2, y - (row + 1) * step + gap / 2
            box = (
                x0 / (tile * columns),
                y0 / total,
                1 / columns * (1 - gap / tile),
                picture / total,
            )
            ax = fig.add_axes(box)
            ax.axis("off")
            drawn.append(ax.imshow(image, interpolation="nearest", **imshow))
            ax.set_title(title, fontsize=8, pad=2)
        y -= -(-len(images) // columns) * step
    return fig, drawn


@styled
def weight_templates(W, image_shape, class_names=None, columns=5):
    """Draw each column of a weight matrix as an image, on one scale that is symmetric about 0.

    Parameters
    ----------
    W : ndarray, shape (D, C)
        One column per class or hidden unit, without a row for the bias.
    image_shape : tuple of int
        (H, W), or (H, W, 3) for colour, whose product is D. Templates in colour have no colour
        bar: grey is 0, and each channel goes from minus to plus the largest weight.
    class_names : sequence of str, length C, optional
        By default the columns are numbered.
    columns : int
        Images in a row.

    Returns
    -------
    DescribedFigure

    Raises
    ------
    ValueError
        If the shapes do not fit, or a weight is not finite.
    """
    W, image_shape = np.asarray(W, dtype=float), tuple(image_shape)
    if len(image_shape) not in (2, 3) or image_shape[2:] not in ((), (3,)):
        raise ValueError(f"image_shape is {image_shape}; need (H, W) or (H, W, 3)")
    if W.ndim != 2 or W.shape[0] != np.prod(image_shape):
        raise ValueError(
            f"W has shape {W.shape}, image_shape {image_shape} needs ({np.prod(image_shape)}, C);"
            " cut a row for the bias off with W[:-1]"
        )
    if not 1 <= W.shape[1] <= MAX_IMAGES:
        raise ValueError(f"W has {W.shape[1]} columns; give 1 to {MAX_IMAGES}, as W[:, :25]")
    if not np.isfinite(W).all():
        raise ValueError("W holds nan or infinite values")
    names = [str(n) for n in (range(W.shape[1]) if class_names is None else class_names)]
    if len(names) != W.shape[1]:
        raise ValueError(f"{len(names)} class names for the {W.shape[1]} columns of W")
    largest = float(np.abs(W).max())
    limit = largest or 1.0  # weights that are all 0 still need a scale
    templates, colour = W.T.reshape(-1, *image_shape), len(image_shape) == 3
    fig, drawn = _grid(
        [("", templates / (2 * limit) + 0.5 if colour else templates, names)],
        min(columns, len(names)),
        bottom=0.3 if colour else 0.6,
        cmap="RdBu_r",
        vmin=-limit,
        vmax=limit,
    )
    height = fig.get_figheight()
    if colour:
        scale = f"grey is 0, black −{limit:.3g}, white {limit:.3g}"
        fig.text(0.5, 0.1 / height, scale, ha="center")
    else:
        bar = fig.add_axes((0.2, 0.47 / height, 0.6, 0.1 / height))
        fig.colorbar(drawn[0], cax=bar, orientation="horizontal", label="weight")
    listed = "" if class_names is None else f" ({', '.join(names)})"
    fig.alt = (
        f"{len(names)} columns of weights as images of {image_shape[0]} by {image_shape[1]}"
        f" pixels{listed}. The largest weight in size is {largest:.3g}."
    )
    return fig


@styled
def right_and_wrong(images, labels, predictions, class_names, count=10, seed=0):
    """Draw a random sample of right and of wrong predictions.

    Parameters
    ----------
    images : ndarray, shape (N, H, W) or (N, H, W, 3)
        As for `image_grid`.
    labels, predictions : ndarray, shape (N,), int
        True and predicted class numbers.
    class_names : sequence of str, length C
    count : int
        How many of each to draw; fewer if there are fewer.
    seed : int
        The same seed draws the same sample.

    Returns
    -------
    DescribedFigure

    Raises
    ------
    ValueError
        If the shapes do not fit or a class number has no name.
    """
    labels, predictions, names = check_classes(labels, predictions, class_names)
    if len(images) != len(labels):
        raise ValueError(f"{len(images)} images for {len(labels)} labels; give one each")
    if not 1 <= count <= MAX_IMAGES // 2:
        raise ValueError(f"count is {count}; give 1 to {MAX_IMAGES // 2}")
    rng = np.random.default_rng(seed)
    right = labels == predictions
    found = {"Right": np.flatnonzero(right), "Wrong": np.flatnonzero(~right)}
    chosen = {
        word: np.sort(rng.choice(where, size=min(count, len(where)), replace=False))
        for word, where in found.items()
    }
    both = np.concatenate(list(chosen.values()))
    shown = _displayable(np.asarray(images)[both])  # together, so on the same scale
    titles = [f"predicted {names[predictions[i]]}\ntrue {names[labels[i]]}" for i in both]
    groups, facts, start = [], [], 0
    for word, where in chosen.items():
        here = slice(start, start := start + len(where))
        heading = f"{word}: {len(where)} of {len(found[word])}"
        if len(where):
            groups.append((heading, shown[here], titles[here]))
        told = ", ".join(title.replace("\n", " ") for title in titles[here])
        facts.append(f"{heading} ({told})." if told else f"{word}: none.")
    fig, _ = _grid(groups, 5, cmap="gray", vmin=0, vmax=_white(shown))
    fig.alt = f"Samples of {len(labels)} predictions. " + " ".join(facts)
    return fig
