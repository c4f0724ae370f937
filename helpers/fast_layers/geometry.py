"""Where windows fit, how many images to take at a time, and clear words for what cannot be."""

import operator

CACHE = 1 << 20  # bytes to work on at a time: half of a usual second-level cache


def whole_number(param, key, least, who):
    """Return a whole number out of a layer's settings.

    Parameters
    ----------
    param : dict
    key : str
    least : int
        The smallest value that makes sense.
    who : str
        The layer, for messages.

    Raises
    ------
    ValueError
        If the key is missing, or its value is not a whole number or below `least`.
    """
    try:
        value = operator.index(param[key])
    except KeyError:
        raise ValueError(f"{who}: the settings {param} lack {key!r}; add it") from None
    except TypeError:
        raise ValueError(f"{who}: {key} is {param[key]!r}; give a whole number") from None
    if value < least:
        raise ValueError(f"{who}: {key} is {value}; it must be {least} or more")
    return value


def check_images(x, who):
    """Refuse an array that is not a batch of images."""
    if x.ndim != 4 or 0 in x.shape[1:]:
        raise ValueError(
            f"{who}: x has shape {x.shape}; it must be (N, C, H, W), where only N may be 0"
        )


def check_gradient(dout, shape, who):
    """Refuse an upstream gradient that is not of the shape of the layer's output."""
    if dout.shape != shape:
        raise ValueError(
            f"{who}: dout has shape {dout.shape}, but the layer's output {shape};"
            " give the gradient of that output"
        )


def positions(size, window, stride, pad, who):
    """Return at how many places a window fits along one axis of a padded image.

    Where the windows do not tile the axis, numbers at its end are in no window.

    Parameters
    ----------
    size, window, stride, pad : int
        In pixels.
    who : str
        The layer, for messages.

    Returns
    -------
    int
        1 + floor((size + 2 pad - window) / stride)

    Raises
    ------
    ValueError
        If the window is empty or larger than the padded image.
    """
    most = size + 2 * pad
    if not 1 <= window <= most:
        padded = f", {most} with padding" if pad else ""
        raise ValueError(
            f"{who}: a window of {window} pixels does not fit on an image of {size}{padded};"
            f" take one of 1 to {most}"
        )
    return 1 + (most - window) // stride


def at_a_time(images, size):
    """Return how many images to take at a time, so that they stay in the processor's cache.

    Parameters
    ----------
    images : int
        In the batch.
    size : int
        Bytes to work on for one image.

    Returns
    -------
    n : int
        At least 1.
    parts : list of slice
        Of the batch, `n` images each; the last may be shorter.
    """
    most = max(1, CACHE // max(1, size))
    chunks = max(1, -(-images // most))
    n = max(1, -(-images // chunks))  # about equal parts
    return n, [slice(begin, begin + n) for begin in range(0, images, n)]
