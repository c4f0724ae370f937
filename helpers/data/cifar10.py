"""Read CIFAR-10 from its pickled batches, and take nothing in them on trust."""

import os
import pickle
import shutil
import tarfile
import tempfile
import zlib
from pathlib import Path

import numpy as np

from . import files, pickles

FOLDER = "cifar-10-batches-py"
ARCHIVE = "cifar-10-python.tar.gz"
BATCH = 10_000  # images a file
TRAINING = tuple(f"data_batch_{number}" for number in range(1, 6))
PARTS = (*TRAINING, "test_batch")
NUM_FILES = len(PARTS)
VALIDATION = 1_000  # the last of the training batches
CLASS_NAMES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)


def missing(root):
    """Return the names of the batches that are not under a data folder."""
    return [part for part in PARTS if not (root / FOLDER / part).is_file()]


def read_batch(path):
    """Read one batch and check all that it holds.

    Parameters
    ----------
    path : Path

    Returns
    -------
    images : ndarray, shape (N, 3, 32, 32), uint8
        Channels first, as the file has them.
    labels : ndarray, shape (N,), int64

    Raises
    ------
    DamagedFile
        If the file is not a batch of CIFAR-10; the message says in what.
    """
    if path.stat().st_size > pickles.MOST_BYTES:
        raise files.DamagedFile(f"the file has {path.stat().st_size} bytes: too many for a batch")
    try:
        batch = pickles.loads(path.read_bytes())
    except pickle.UnpicklingError as error:
        raise files.DamagedFile(f"this is no batch of CIFAR-10: {error}") from None
    if not isinstance(batch, dict):
        raise files.DamagedFile(f"it holds a {type(batch).__name__}, wanted a dict")
    # Python 2 wrote the keys as bytes, others write text.
    batch = {k.decode("latin1") if isinstance(k, bytes) else k: v for k, v in batch.items()}
    images, labels = batch.get("data"), batch.get("labels")
    shape = (BATCH, 3 * 32 * 32)
    if not isinstance(images, np.ndarray) or images.dtype != np.uint8 or images.shape != shape:
        found = (
            f"{images.dtype} of shape {images.shape}"
            if isinstance(images, np.ndarray)
            else f"a {type(images).__name__}"
        )
        raise files.DamagedFile(f"'data' is {found}, wanted uint8 of shape {shape}")
    return images.reshape(BATCH, 3, 32, 32), _labels(labels)


def _labels(labels):
    if isinstance(labels, np.ndarray):
        labels = labels.tolist()
    if not isinstance(labels, list) or len(labels) != BATCH:
        raise files.DamagedFile(f"'labels' is not a list of {BATCH} labels")
    if not all(type(label) is int and 0 <= label < len(CLASS_NAMES) for label in labels):
        raise files.DamagedFile(f"a label is not a number from 0 to {len(CLASS_NAMES) - 1}")
    return np.array(labels, dtype=np.int64)


def read(root):
    """Read the full set, five training batches and the test batch.

    Parameters
    ----------
    root : Path
        The data folder; the files lie in ``root/cifar-10-batches-py``.

    Returns
    -------
    dict
        "train", "validation", "test" -> (images (N, 32, 32, 3) uint8, labels (N,) int64).

    Raises
    ------
    DamagedFile
        If a file is not a batch; it has then been moved aside.
    """
    images = np.empty((len(PARTS) * BATCH, 32, 32, 3), dtype=np.uint8)
    labels = np.empty(len(images), dtype=np.int64)
    for number, part in enumerate(PARTS):
        path = root / FOLDER / part
        rows = slice(number * BATCH, (number + 1) * BATCH)
        try:
            planes, labels[rows] = read_batch(path)
        except files.DamagedFile as error:
            files.refuse(path, root, str(error), "cifar10")
        images[rows] = planes.transpose(0, 2, 3, 1)
    test = len(TRAINING) * BATCH
    cuts = {
        "train": slice(0, test - VALIDATION),
        "validation": slice(test - VALIDATION, test),
        "test": slice(test, None),
    }
    return {name: (images[cut], labels[cut]) for name, cut in cuts.items()}


def unpack(archive, root):
    """Unpack the official archive: the files it should hold, and nothing else.

    Parameters
    ----------
    archive : Path
        ``cifar-10-python.tar.gz``. Names in it are compared, never used as paths.
    root : Path
        The data folder; the files come to lie in ``root/cifar-10-batches-py``.

    Raises
    ------
    DamagedFile
        If a file is missing from it, too large, or not a plain file. Nothing is put into place.
    """
    wanted = {f"{FOLDER}/{part}": part for part in (*PARTS, "batches.meta")}
    (root / FOLDER).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root / FOLDER, prefix=".unpack-") as scratch:
        try:
            with tarfile.open(archive, "r:gz") as packed:
                for member in packed:
                    if member.name not in wanted:
                        continue
                    if not member.isfile() or member.size > pickles.MOST_BYTES:
                        raise files.DamagedFile(f"{member.name} in it is not a plain batch file")
                    target = Path(scratch) / wanted.pop(member.name)
                    with packed.extractfile(member) as source, open(target, "wb") as file:
                        shutil.copyfileobj(source, file)
            if wanted:
                raise files.DamagedFile(f"it lacks {', '.join(sorted(wanted))}")
        except (tarfile.TarError, EOFError, zlib.error, files.DamagedFile) as error:
            files.refuse(archive, root, f"not the archive of CIFAR-10 ({error})", "cifar10")
        for name in sorted(os.listdir(scratch)):
            files.put(Path(scratch) / name, root / FOLDER / name, root)
