"""The data of the workbook: load them, prepare them, go through them in batches.

``python -m helpers.data mnist`` and ``python -m helpers.data cifar10`` fetch the full sets.
"""

from .files import DamagedFile
from .goals import accuracy_to_reach
from .minibatch import batches, num_batches
from .pca import PCA, pca_fit, pca_transform
from .prepare import (
    flatten,
    mean_image,
    one_hot,
    scale,
    subtract_image_mean,
    subtract_mean_image,
)
from .sets import Dataset, Split, load

__all__ = [
    "PCA",
    "DamagedFile",
    "Dataset",
    "Split",
    "accuracy_to_reach",
    "batches",
    "flatten",
    "load",
    "mean_image",
    "num_batches",
    "one_hot",
    "pca_fit",
    "pca_transform",
    "scale",
    "subtract_image_mean",
    "subtract_mean_image",
]
