"""From bytes to features: every step of preprocessing is one pure function."""

import math

import numpy as np


def scale(images):
    """Turn bytes into numbers from 0 to 1.

    Parameters
    ----------
    images : ndarray, any shape, uint8
        Intensities from 0 to 255.

    Returns
    -------
    ndarray, the same shape, float32
        ``images / 255``.

    Raises
    ------
    TypeError
        If ``images`` is not uint8; most often it has been scaled before.

    Examples
    --------
    >>> scale(np.array([0, 51, 255], dtype=np.uint8))
    array([0. , 0.2, 1. ], dtype=float32)
    """
    images = np.asarray(images)
    if images.dtype != np.uint8:
        raise TypeError(
            f"scale: images are {images.dtype}, wanted uint8; pass the images of the data set, "
            "once: numbers from 0 to 1 must not be divided by 255 again"
        )
    return np.true_divide(images, np.float32(255), dtype=np.float32)


def subtract_image_mean(images):
    """Subtract from each image its own mean, so that its brightness no longer matters.

    Parameters
    ----------
    images : ndarray, shape (N, ...), float
        One image per entry of the first axis, flat or not.

    Returns
    -------
    ndarray, the same shape and dtype
        Each image has mean 0, taken over all its pixels and channels.

    Raises
    ------
    TypeError
        If ``images`` are not floats.

    Examples
    --------
    >>> subtract_image_mean(np.array([[0.0, 1.0], [4.0, 8.0]]))
    array([[-0.5,  0.5],
           [-2. ,  2. ]])
    """
    images = floats("subtract_image_mean", images)
    if images.size == 0:
        return images.copy()
    return images - images.mean(axis=tuple(range(1, images.ndim)), keepdims=True)


def mean_image(images):
    """Return the mean over the images of a set, pixel by pixel.

    Take it of the training set alone: the validation and test images must not take part in
    anything that is learnt.

    Parameters
    ----------
    images : ndarray, shape (N, ...), float
        N is at least 1.

    Returns
    -------
    ndarray, shape (...), the same dtype
        Summed in float64, so that 50,000 small numbers keep their digits.

    Raises
    ------
    TypeError
        If ``images`` are not floats.
    ValueError
        If there are none.
    """
    images = floats("mean_image", images)
    if len(images) == 0:
        raise ValueError("mean_image: there are no images to take the mean of")
    return images.mean(axis=0, dtype=np.float64).astype(images.dtype)


def subtract_mean_image(images, mean):
    """Subtract the mean image of the training set from each image.

    Parameters
    ----------
    images : ndarray, shape (N, ...), float
        Of any split.
    mean : ndarray, shape (...), float
        What ``mean_image`` made of the training images.

    Returns
    -------
    ndarray, shape (N, ...), dtype of ``images``

    Raises
    ------
    TypeError
        If ``images`` are not floats.
    ValueError
        If ``mean`` has not the shape of one image.
    """
    images = floats("subtract_mean_image", images)
    mean = np.asarray(mean, dtype=images.dtype)
    if mean.shape != images.shape[1:]:
        raise ValueError(
            f"subtract_mean_image: the mean has shape {mean.shape}, one image has "
            f"{images.shape[1:]}; take mean_image of images of this shape"
        )
    return images - mean


def flatten(images):
    """Make each image a row of features.

    Parameters
    ----------
    images : ndarray, shape (N, d1, ..., dk), any dtype

    Returns
    -------
    ndarray, shape (N, d1 * ... * dk), the same dtype
        A view where the memory layout allows it.

    Examples
    --------
    >>> flatten(np.zeros((5, 28, 28))).shape
    (5, 784)
    """
    images = np.asarray(images)
    if images.ndim == 0:
        raise ValueError("flatten: got a single number, wanted an array of N images")
    return images.reshape(len(images), math.prod(images.shape[1:]))


def one_hot(labels, num_classes):
    """Encode labels as rows with a single one.

    Parameters
    ----------
    labels : ndarray, shape (N,), int
        Classes from 0 to ``num_classes - 1``.
    num_classes : int
        C, also when some class does not occur.

    Returns
    -------
    ndarray, shape (N, C), float32

    Raises
    ------
    TypeError
        If the labels are not whole numbers.
    ValueError
        If a label is out of range, or ``labels`` is not one row of labels.

    Examples
    --------
    >>> one_hot(np.array([2, 0]), 3)
    array([[0., 0., 1.],
           [1., 0., 0.]], dtype=float32)
    """
    labels = np.asarray(labels)
    if labels.ndim != 1:
        raise ValueError(f"one_hot: labels have shape {labels.shape}, wanted (N,)")
    if labels.size and not np.issubdtype(labels.dtype, np.integer):
        raise TypeError(f"one_hot: labels are {labels.dtype}, wanted integers")
    if labels.size and not (labels.min() >= 0 and labels.max() < num_classes):
        raise ValueError(
            f"one_hot: labels run from {labels.min()} to {labels.max()}, "
            f"wanted 0 to {num_classes - 1} for {num_classes} classes"
        )
    rows = np.zeros((len(labels), num_classes), dtype=np.float32)
    rows[np.arange(len(labels)), labels.astype(np.intp)] = 1
    return rows


def floats(function, array):
    """Return an array, or raise TypeError in a function's name if it holds no floats."""
    array = np.asarray(array)
    if not np.issubdtype(array.dtype, np.floating):
        raise TypeError(f"{function}: got {array.dtype}, wanted floats; apply scale first")
    return array
