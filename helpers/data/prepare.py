"""From bytes to features: every step of preprocessing is one pure function."""

import math
from dataclasses import dataclass

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
    images = _floats("subtract_image_mean", images)
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
    images = _floats("mean_image", images)
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
    images = _floats("subtract_mean_image", images)
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


@dataclass(frozen=True, eq=False)
class PCA:
    """The directions in which the data vary most; made by ``pca_fit``.

    Parameters
    ----------
    mean : ndarray, shape (D,)
        Mean of the data it was fitted to.
    components : ndarray, shape (K, D)
        Orthonormal rows, in order of falling variance. The entry of largest magnitude in each row
        is positive, so that the signs do not depend on the machine.
    explained_variance_ratio : ndarray, shape (K,)
        Share of the total variance that lies along each component, from 0 to 1.
    """

    mean: np.ndarray
    components: np.ndarray
    explained_variance_ratio: np.ndarray


def pca_fit(X, num_components):
    """Find the principal components by a singular value decomposition.

    The centred data are first reduced to the triangular factor of their QR decomposition: it has
    the same singular values and right singular vectors, in D rows instead of N.

    Parameters
    ----------
    X : ndarray, shape (N, D), float
        One row per example, of the training set; N is at least 2.
    num_components : int
        K, from 1 to the smaller of N and D.

    Returns
    -------
    PCA
        Arrays of the dtype of ``X``.

    Raises
    ------
    TypeError
        If ``X`` are not floats.
    ValueError
        If ``X`` is not (N, D) with N at least 2, or K is out of range.

    References
    ----------
    Pearson, 1901; Jolliffe, *Principal Component Analysis*, 2002, section 3.5.
    """
    X = _floats("pca_fit", X)
    if X.ndim != 2 or len(X) < 2:
        raise ValueError(f"pca_fit: X has shape {X.shape}, wanted (N, D) with N at least 2")
    if not 1 <= num_components <= min(X.shape):
        raise ValueError(
            f"pca_fit: num_components is {num_components}, wanted 1 to {min(X.shape)} "
            f"for X of shape {X.shape}"
        )
    mean = mean_image(X)
    triangle = np.linalg.qr(X - mean, mode="r")  # (min(N, D), D)
    _, singular, rows = np.linalg.svd(triangle, full_matrices=False)
    components = rows[:num_components]
    largest = np.take_along_axis(components, np.abs(components).argmax(axis=1)[:, None], axis=1)
    components = components * np.where(largest < 0, -1, 1).astype(X.dtype)
    variance = singular**2
    total = variance.sum()
    ratio = variance / total if total > 0 else np.zeros_like(variance)
    return PCA(mean, components, ratio[:num_components])


def pca_transform(X, pca):
    """Express each row in the coordinates of the principal components.

    Parameters
    ----------
    X : ndarray, shape (N, D), float
        Of any split.
    pca : PCA
        Fitted to the training set.

    Returns
    -------
    ndarray, shape (N, K)
        ``(X - mean) @ components.T``. Back again, up to what K components cannot tell:
        ``Z @ pca.components + pca.mean``.
    """
    X = _floats("pca_transform", X)
    return subtract_mean_image(X, pca.mean) @ pca.components.T


def _floats(function, array):
    array = np.asarray(array)
    if not np.issubdtype(array.dtype, np.floating):
        raise TypeError(f"{function}: got {array.dtype}, wanted floats; apply scale first")
    return array
