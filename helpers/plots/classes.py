"""Labels and predictions as they come in from a notebook."""

import numpy as np


def check_classes(labels, predictions, class_names):
    """Return labels and predictions as int arrays of shape (N,) and names as a list of str."""
    labels, predictions = np.asarray(labels), np.asarray(predictions)
    names = [str(n) for n in class_names]
    if labels.ndim != 1 or labels.shape != predictions.shape or labels.size == 0:
        raise ValueError(
            f"labels have shape {labels.shape}, predictions {predictions.shape}; need (N,) for both"
        )
    for what, values in (("labels", labels), ("predictions", predictions)):
        if not np.issubdtype(values.dtype, np.integer):
            raise ValueError(f"{what} are {values.dtype}; need class numbers (integers)")
        if values.min() < 0 or values.max() >= len(names):
            raise ValueError(
                f"{what} go from {values.min()} to {values.max()}, but there are {len(names)}"
                " class names"
            )
    return labels, predictions, names
