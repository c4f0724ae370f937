"""Where windows fit on an image, and clear words for those that cannot."""

import operator


def integer(param, key, least, who):
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
        raise ValueError(f"{who}: its settings {param} lack {key!r}; add it") from None
    except TypeError:
        raise ValueError(f"{who}: {key} is {param[key]!r}; give a whole number") from None
    if value < least:
        raise ValueError(f"{who}: {key} is {value}; it must be {least} or more")
    return value


def check_images(x, name, who):
    """Refuse an array that is not a batch of images with numbers in float32 or float64."""
    if x.ndim != 4:
        raise ValueError(f"{who}: {name} has shape {x.shape}; it must have four axes, (N, C, H, W)")


def positions(size, window, stride, pad, who):
    """Return at how many places a window fits along one side of a padded image.

    Where the windows do not tile the side, numbers at its end are in no window.

    Parameters
    ----------
    size, window, stride, pad : int
        In pixels.
    who : str
        The layer and the side, for messages.

    Returns
    -------
    int
        1 + floor((size + 2 pad - window) / stride)

    Raises
    ------
    ValueError
        If the window is larger than the padded image.
    """
    if window < 1 or window > size + 2 * pad:
        raise ValueError(
            f"{who}: a window of {window} does not fit on {size} pixels with {pad} of padding on"
            f" each side; take a window from 1 to {size + 2 * pad}, or more padding"
        )
    return 1 + (size + 2 * pad - window) // stride


def check_gradient(dout, shape, who):
    """Refuse an upstream gradient that is not of the shape of the layer's output."""
    if dout.shape != shape:
        raise ValueError(
            f"{who}: dout has shape {dout.shape}, but the forward pass returned {shape};"
            " give the gradient of that output"
        )
