"""Where the data lie, what their checksums are, and what happens to a damaged file."""

import filecmp
import functools
import hashlib
import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2] / "data"
CHUNK = 1 << 20  # bytes
FETCH = {name: f"python -m helpers.data {name}" for name in ("mnist", "cifar10")}


class DamagedFile(ValueError):
    """A file of the data is not what it should be; the message says what to do."""


def folder():
    """Return the folder that downloads go to and full sets are read from.

    Returns
    -------
    Path
        What the environment variable ``WORKBOOK_DATA`` names, or else ``data/`` beside
        ``helpers/``.
    """
    named = os.environ.get("WORKBOOK_DATA")
    return Path(named).expanduser() if named else PROJECT


def shipped(name):
    """Return the path of a file that comes with the workbook.

    Parameters
    ----------
    name : str
        ``registry.txt`` or an embedded set. ``WORKBOOK_DATA`` may name a disk that holds the
        downloads only, so the project's own folder is looked at too.

    Returns
    -------
    Path

    Raises
    ------
    FileNotFoundError
        If it is in neither folder.
    """
    places = list(dict.fromkeys([folder(), PROJECT]))
    for place in places:
        if (place / name).is_file():
            return place / name
    raise FileNotFoundError(
        f"{name} is missing from {' and '.join(map(str, places))}; it is part of the workbook: "
        "take it from a fresh copy, or name the folder that holds it in WORKBOOK_DATA"
    )


def shown(path):
    """Return a path as messages show it: from the working directory where that is shorter."""
    try:
        return Path(path).resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return str(path)


def registry():
    """Read the known checksums.

    Returns
    -------
    dict
        Name -> checksum, the latter as ``algorithm:hexadecimal digits``.

    Raises
    ------
    ValueError
        If a line is not ``name algorithm:digits``, or a name stands twice. It is no DamagedFile:
        the data are not to be moved aside for it.
    """
    path = shipped("registry.txt")
    return dict(_parse_registry(path, path.stat().st_mtime_ns))


def expected(name):
    """Return the known checksum of a file; raise ValueError if there is none."""
    known = registry()
    if name not in known:
        raise ValueError(f"{shown(shipped('registry.txt'))} has no line for {name}; restore it")
    return known[name]


@functools.lru_cache(maxsize=8)
def _parse_registry(path, _mtime):
    known = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        words = line.split("#", 1)[0].split()
        if not words:
            continue
        algorithm, _, digits = words[-1].partition(":")
        lengths = {"md5": 32, "sha256": 64}
        well_formed = len(digits) == lengths.get(algorithm) and not set(digits) - set(
            "0123456789abcdef"
        )
        if len(words) != 2 or not well_formed or words[0] in known:
            raise ValueError(
                f"{shown(path)}, line {number}: {line!r} is not `name md5:<32 digits>` or "
                "`name sha256:<64 digits>` with a name of its own; restore the file"
            )
        known[words[0]] = words[1]
    return known


def checksum(content, like):
    """Return the checksum of bytes, by the algorithm of another one.

    Parameters
    ----------
    content : bytes, memoryview or iterable of bytes
        At once, or in pieces.
    like : str
        ``algorithm:digits``.

    Returns
    -------
    str
        ``algorithm:digits``.
    """
    algorithm = like.partition(":")[0]
    # It tells damage, not authorship: MD5 is what the publishers of the sets give.
    digest = hashlib.new(algorithm, usedforsecurity=False)
    for piece in [content] if isinstance(content, (bytes, memoryview)) else content:
        digest.update(piece)
    return f"{algorithm}:{digest.hexdigest()}"


def pieces(file):
    """Yield the content of a binary file, a megabyte at a time."""
    while piece := file.read(CHUNK):
        yield piece


def difference(expected, got):
    """Say that two checksums differ, in the eight digits that people compare."""
    short = [f"{value.partition(':')[2][:8]}..." for value in (expected, got)]
    return f"checksum differs (expected {short[0]}, got {short[1]})"


def move_aside(path, root):
    """Move a damaged file into ``damaged/``, under a name not used before.

    Parameters
    ----------
    path : Path
        The file.
    root : Path
        The data folder.

    Returns
    -------
    str
        What was done, to be put into a message. Where the folder is read-only, that is nothing.
    """
    try:
        (root / "damaged").mkdir(exist_ok=True)
        for number in range(1, 10_000):
            target = root / "damaged" / f"{path.name}.{number}"
            try:
                target.touch(exist_ok=False)  # claims the name: two processes never share one
            except FileExistsError:
                continue
            os.replace(path, target)
            return f"the file was moved aside to {shown(target)}"
    except FileNotFoundError:
        return "another process has moved the file since"
    except OSError as error:
        return f"the file could not be moved aside ({error.strerror})"
    return "the file stayed where it is (damaged/ is full)"


def put(temporary, path, root):
    """Move a new file to its place in one move; another one that was there is moved aside.

    Parameters
    ----------
    temporary, path : Path
        The new file, and where it belongs, on the same disk.
    root : Path
        The data folder.
    """
    if path.is_file() and not filecmp.cmp(temporary, path, shallow=False):
        move_aside(path, root)
    os.replace(temporary, path)


def refuse(path, root, what, name):
    """Move a damaged file of a full set aside and raise.

    Parameters
    ----------
    path : Path
        The file.
    root : Path
        The data folder.
    what : str
        What is wrong with it.
    name : str
        "mnist" or "cifar10".

    Raises
    ------
    DamagedFile
        Always.
    """
    done = move_aside(path, root)
    raise DamagedFile(f"{shown(path)}: {what}; {done}, run `{FETCH[name]}` again") from None
