"""Read MNIST from its IDX files, and take nothing in them on trust."""

import gzip
import math
import struct
import zlib

import numpy as np

from . import files

FOLDER = "mnist"
NUM_FILES = 4
IMAGE_SHAPE = (28, 28)
COUNTS = {"train": 60_000, "t10k": 10_000}
VALIDATION = 5_000  # the last of the training file
CLASS_NAMES = tuple("0123456789")
KINDS = {0x08: np.uint8}  # the IDX type codes that MNIST uses


def parts():
    """Return the files of the set.

    Returns
    -------
    dict
        Official name, without ``.gz`` -> shape of its content.
    """
    shapes = {}
    for part, count in COUNTS.items():
        shapes[f"{part}-images-idx3-ubyte"] = (count, *IMAGE_SHAPE)
        shapes[f"{part}-labels-idx1-ubyte"] = (count,)
    return shapes


def find(place, part):
    """Return the path of one part under any of its usual names, or None.

    Parameters
    ----------
    place : Path
        The folder ``mnist``.
    part : str
        Such as ``train-images-idx3-ubyte``. Some tools unpack it to ``train-images.idx3-ubyte``.
    """
    names = [part, part.replace("-idx", ".idx")]
    paths = [place / f"{name}{ending}" for ending in (".gz", "") for name in names]
    return next((path for path in paths if path.is_file()), None)


def missing(root):
    """Return the names of the parts that are not under a data folder."""
    return [part for part in parts() if find(root / FOLDER, part) is None]


def read_content(path, limit):
    """Return the bytes of a file, decompressed if they are gzip, whatever its name.

    Parameters
    ----------
    path : Path
    limit : int
        Bytes expected. One more at most is read, so that a file which would unpack to gigabytes
        is refused cheaply.

    Returns
    -------
    bytes

    Raises
    ------
    DamagedFile
        If the compressed content is broken or cut off.
    """
    with open(path, "rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        if not packed:
            return file.read(limit + 1)
        try:
            with gzip.open(file) as content:
                return content.read(limit + 1)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise files.DamagedFile(
                f"the gzip content is broken or cut off ({error or 'end of file'})"
            ) from None


def parse_idx(content, shape):
    """Read the content of an IDX file of bytes.

    Parameters
    ----------
    content : bytes
        Two zeros, a type code, the number of dimensions, each dimension as a big-endian uint32,
        then the values.
    shape : tuple of int
        What the dimensions must be.

    Returns
    -------
    ndarray, of that shape, uint8
        Read-only, without a copy.

    Raises
    ------
    DamagedFile
        If a field of the header or the length is wrong; the message names it.

    References
    ----------
    LeCun, Cortes and Burges, *The MNIST database of handwritten digits*, "File formats".
    """
    start = 4 + 4 * len(shape)
    wanted = (0x08 << 8) | len(shape)
    if len(content) < start:
        raise files.DamagedFile(f"the header is cut off ({len(content)} of {start} bytes)")
    (magic,) = struct.unpack(">I", content[:4])
    if magic != wanted:
        raise files.DamagedFile(f"the magic number is {magic}, wanted {wanted}: not this IDX file")
    dimensions = struct.unpack(f">{len(shape)}I", content[4:start])
    if dimensions != shape:
        raise files.DamagedFile(f"the header says shape {dimensions}, wanted {shape}")
    size = start + math.prod(shape)
    if len(content) != size:
        more = "more than " if len(content) > size else ""
        raise files.DamagedFile(
            f"the length is wrong: {more}{min(len(content), size)} bytes, wanted {size}"
        )
    return np.frombuffer(content, dtype=np.uint8, offset=start).reshape(shape)


def read_part(path, part):
    """Read one of the four files and check header, length, labels and checksum.

    Parameters
    ----------
    path : Path
        ``.gz`` or not.
    part : str
        Which of ``parts()`` it is.

    Returns
    -------
    ndarray, uint8
        Images (N, 28, 28) or labels (N,).

    Raises
    ------
    DamagedFile
        If anything is not as the official file has it.
    """
    shape = parts()[part]
    content = read_content(path, 4 + 4 * len(shape) + math.prod(shape))
    values = parse_idx(content, shape)
    if len(shape) == 1 and values.max() >= len(CLASS_NAMES):
        raise files.DamagedFile(f"a label is {values.max()}, wanted 0 to {len(CLASS_NAMES) - 1}")
    # Of the uncompressed bytes: the same digits compressed anew are as good.
    expected = files.expected(part)
    got = files.checksum(content, like=expected)
    if got != expected:
        raise files.DamagedFile(files.difference(expected, got))
    return values


def read(root):
    """Read the full set, all four files.

    Parameters
    ----------
    root : Path
        The data folder; the files lie in ``root/mnist``.

    Returns
    -------
    dict
        "train", "validation", "test" -> (images (N, 28, 28) uint8, labels (N,) int64).

    Raises
    ------
    DamagedFile
        If a file is not the official one; it has then been moved aside.
    """
    arrays = {}
    for part in parts():
        path = find(root / FOLDER, part)
        try:
            arrays[part] = read_part(path, part)
        except files.DamagedFile as error:
            files.refuse(path, root, str(error), "mnist")
    images, labels = (arrays[f"train-{kind}-ubyte"] for kind in ("images-idx3", "labels-idx1"))
    splits = {
        "train": (images[:-VALIDATION], labels[:-VALIDATION]),
        "validation": (images[-VALIDATION:], labels[-VALIDATION:]),
        "test": (arrays["t10k-images-idx3-ubyte"], arrays["t10k-labels-idx1-ubyte"]),
    }
    # Copies, because what was read is read-only and a notebook may change its images.
    return {name: (x.copy(), y.astype(np.int64)) for name, (x, y) in splits.items()}
