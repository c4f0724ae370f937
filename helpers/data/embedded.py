"""Read the two small sets that come with the workbook.

Each is one ``.npz`` file. Unpacking the larger one takes a good part of a second, so that its
arrays are kept unpacked in a cache and mapped into memory from there. The ``.npz`` records the
CRC-32 and the size of each array's file: what is in the cache counts only if it has both.
"""

import io
import os
import tempfile
import warnings
import zipfile
import zlib
from pathlib import Path

import numpy as np

from . import files

NAMES = {"mnist": "mnist-5k", "cifar10": "shapes-10"}
CLASS_NAMES = {
    "mnist-5k": tuple("0123456789"),
    "shapes-10": (
        "disc",
        "ring",
        "square",
        "frame",
        "triangle",
        "cross",
        "star",
        "crescent",
        "bars",
        "corner",
    ),
}
SPLITS = ("train", "validation", "test")
SMALL = 8 << 20  # bytes: below this, unpacking is faster than keeping a cache


def read(name):
    """Read an embedded set.

    Parameters
    ----------
    name : str
        "mnist-5k" or "shapes-10".

    Returns
    -------
    dict
        "train", "validation", "test" -> (images uint8, labels (N,) int64). Images may be written
        to; a change never reaches the cache.

    Raises
    ------
    DamagedFile
        If the file is damaged.
    FileNotFoundError
        If it is missing.
    """
    path = files.shipped(f"{name}.npz")
    try:
        with zipfile.ZipFile(path) as archive:
            arrays = {entry.filename: _array(archive, entry, path) for entry in archive.infolist()}
        return {
            split: (arrays[f"{split}_images.npy"], arrays[f"{split}_labels.npy"].astype(np.int64))
            for split in SPLITS
        }
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError) as error:
        raise files.DamagedFile(
            f"{files.shown(path)}: the file is damaged ({error}); it is part of the workbook: "
            "restore it from a fresh copy"
        ) from None


def _array(archive, entry, path):
    if entry.file_size < SMALL:
        return _unpacked(archive.read(entry))
    name = f"{path.stem}-{entry.filename}"
    for place in cache_folders():
        if _is_good(place / name, entry):
            return _mapped(place / name)
    content = archive.read(entry)
    if not any(_store(place / name, content) for place in cache_folders()):
        warnings.warn(
            f"each load unpacks {path.name} again, because neither "
            f"{' nor '.join(map(str, cache_folders()))} can be written to",
            stacklevel=2,
        )
    return _unpacked(content)


def cache_folders():
    """Return where unpacked arrays are kept: in the data folder, or else in the user's cache."""
    user = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return [files.folder() / "cache", Path(user) / "nn-workbook"]


def _is_good(path, entry):
    try:
        if path.stat().st_size != entry.file_size:
            return False
        return zlib.crc32(np.memmap(path, mode="r")) == entry.CRC
    except OSError:
        return False


def _store(path, content):
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)  # a classroom may share one folder
        os.replace(temporary, path)
    except OSError:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        return False
    return True


def _mapped(path):
    # Copy on write: a notebook may change its images, the file stays as it is.
    return np.asarray(np.load(path, mmap_mode="c", allow_pickle=False))


def _unpacked(content):
    return np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
