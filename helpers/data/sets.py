"""Find a data set, read it, and say which one it is."""

import os
from dataclasses import dataclass

import numpy as np

from . import cifar10, embedded, files, mnist

READERS = {"mnist": mnist, "cifar10": cifar10}
CHOICES = ("auto", "full", "embedded")


@dataclass(frozen=True, eq=False)
class Split:
    """One part of a data set.

    Parameters
    ----------
    images : ndarray, shape (N, 28, 28) or (N, 32, 32, 3), uint8
        Intensities from 0 to 255; the last axis of a colour image is red, green, blue.
    labels : ndarray, shape (N,), int64
        Index of each image's class in ``Dataset.class_names``.
    """

    images: np.ndarray
    labels: np.ndarray

    def __len__(self):
        return len(self.labels)

    def __repr__(self):
        return f"Split({len(self):,} images of shape {self.images.shape[1:]})"


@dataclass(frozen=True, eq=False)
class Dataset:
    """Images and labels in three splits that share no image.

    Parameters
    ----------
    name : str
        "mnist" or "cifar10" for the full sets, "mnist-5k" or "shapes-10" for the embedded ones.
    train, validation, test : Split
        To learn from; to choose settings on; to look at once, at the end.
    class_names : tuple of str
        What label 0, 1, ... stands for.
    origin : str
        Where the images come from.
    """

    name: str
    train: Split
    validation: Split
    test: Split
    class_names: tuple
    origin: str


ORIGINS = {
    "mnist": "MNIST, LeCun, Cortes and Burges",
    "cifar10": "CIFAR-10, Krizhevsky 2009",
    "mnist-5k": "5,000 digits of the training file of MNIST, LeCun, Cortes and Burges",
    "shapes-10": "drawn by course/embedded.py",
}


def load(name, which="auto"):
    """Load a data set, and print one line that says which.

    The full sets are read from ``data/`` after ``python -m helpers.data mnist`` (or ``cifar10``)
    has fetched them; nothing is downloaded here. In place of them stand the small sets that come
    with the workbook: 5,000 digits of MNIST, and for CIFAR-10 ten drawn shapes of the same size.

    Parameters
    ----------
    name : str
        "mnist" or "cifar10".
    which : str, default "auto"
        "full"; "embedded"; or "auto": the full set if it is there, else the embedded one. The
        environment variable ``WORKBOOK_DATA_SET`` says what "auto" is, and ``WORKBOOK_DATA``
        names another folder than ``data/``.

    Returns
    -------
    Dataset
        The splits are fixed: of MNIST 55,000 / 5,000 / 10,000 images, where the validation set is
        the last 5,000 of the training file; of CIFAR-10 49,000 / 1,000 / 10,000, the validation
        set again the last. Embedded: 4,000 / 500 / 500 digits, 5,000 / 1,000 / 1,000 shapes, with
        as many of each class.

    Raises
    ------
    ValueError
        If there is no such set, or no such choice.
    FileNotFoundError
        If the full set is asked for and not there.
    DamagedFile
        If a file is damaged, cut off or another than it should be (a ValueError). A downloaded
        one has then been moved aside.

    References
    ----------
    ``data/README.md`` gives origin, licence and checksums of each set.
    """
    if name not in READERS:
        raise ValueError(f"load: there is no set {name!r}, only {' and '.join(READERS)}")
    root = files.folder()
    absent = READERS[name].missing(root)
    if _is_embedded(which, absent):
        label = embedded.NAMES[name]
        result = _dataset(label, embedded.read(label), embedded.CLASS_NAMES[label])
        _announce(result, f"embedded; {_how_to_get(name, root, absent)}")
        return result
    if absent:
        raise FileNotFoundError(
            f"{files.shown(root / READERS[name].FOLDER)}: {_and(absent)} not there; "
            f"run `{files.FETCH[name]}` to fetch the full set, or load it with which='embedded'"
        )
    result = _dataset(name, READERS[name].read(root), READERS[name].CLASS_NAMES)
    _announce(result, f"full, from {files.shown(root / READERS[name].FOLDER)}")
    return result


def present():
    """Return which form of each set `load` reads here: {"mnist": "embedded", ...}."""
    absent = {name: reader.missing(files.folder()) for name, reader in READERS.items()}
    return {name: "embedded" if _is_embedded("auto", absent[name]) else "full" for name in READERS}


def _is_embedded(which, absent):
    choice = _choice(which)
    return choice == "embedded" or (choice == "auto" and bool(absent))


def _choice(which):
    source = "which"
    if which == "auto":
        source, which = "WORKBOOK_DATA_SET", os.environ.get("WORKBOOK_DATA_SET") or "auto"
    if which not in CHOICES:
        raise ValueError(f"load: {source} is {which!r}, wanted one of {', '.join(CHOICES)}")
    return which


def _dataset(label, arrays, class_names):
    splits = {split: Split(*pair) for split, pair in arrays.items()}
    return Dataset(name=label, class_names=class_names, origin=ORIGINS[label], **splits)


def _announce(dataset, source):
    # Short, because a notebook breaks a longer line in the middle of a word.
    sizes = " / ".join(f"{len(s):,}" for s in (dataset.train, dataset.validation, dataset.test))
    print(f"{dataset.name}: {sizes} images ({source})")


def _how_to_get(name, root, absent):
    if not absent:
        return "the full set is there too"
    some = len(absent) < READERS[name].NUM_FILES
    lacking = f"the full one lacks {_and(absent)}: " if some else "full set: "
    return f"{lacking}`{files.FETCH[name]}`"


def _and(names):
    shown = ", ".join(names[:2]) + (f" and {len(names) - 2} more" if len(names) > 2 else "")
    return f"{shown} {'is' if len(names) == 1 else 'are'}"
