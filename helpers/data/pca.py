"""Principal components: the directions in which the data vary most."""

from dataclasses import dataclass

import numpy as np

from .prepare import floats, mean_image, subtract_mean_image


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
    X = floats("pca_fit", X)
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
    X = floats("pca_transform", X)
    return subtract_mean_image(X, pca.mean) @ pca.components.T
