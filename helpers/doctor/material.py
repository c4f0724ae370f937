"""What belongs to the workbook: its data, and what its PDF report is made with."""

import logging
from pathlib import Path

from .findings import ROOT, Finding, command, one_line, python, restore

ASSETS = ("formulas.min.js", "Twemoji.ttf")
# A formula, a letter of the large font, one of the emoji font.
PROBE = "$x^2$ \u4e2d \U0001f600"


def data():
    """Compare the data with their checksums: the embedded sets, and the full ones that are here."""
    from ..data import cifar10, embedded, files, mnist

    for name in embedded.NAMES.values():
        yield _embedded(files, f"{name}.npz")
    folder = files.folder()
    parts = {part: (mnist.find(folder / mnist.FOLDER, part), part) for part in mnist.parts()}
    yield _full(files, "mnist", parts, mnist.read_part)
    batches = {part: folder / cifar10.FOLDER / part for part in cifar10.PARTS}
    there = {part: (path if path.is_file() else None,) for part, path in batches.items()}
    yield _full(files, "cifar10", there, cifar10.read_batch)


def _embedded(files, name):
    what = f"data/{name}"
    try:
        path, wanted = files.shipped(name), files.expected(name)
    except FileNotFoundError as error:
        return Finding(what, one_line(error), restore(what))
    except ValueError as error:
        return Finding("data/registry.txt", one_line(error), restore("data/registry.txt"))
    found = files.checksum(path.read_bytes(), like=wanted)
    if found == wanted:
        return Finding(what, "the checksum is right")
    own = path == ROOT / what  # or a copy in the folder that WORKBOOK_DATA names
    mend = restore(what) if own else command("cp", ROOT / what, path)
    return Finding(str(path), files.difference(wanted, found), mend)


def _full(files, name, parts, read):
    """Look at a full set: whether it is here, whole, and right.

    Parameters
    ----------
    files : module
    name : str
    parts : dict of str to tuple
        Name of each of its files -> what ``read`` is called with; the first is the path, or None.
    read : callable
        Reads a file and raises DamagedFile if it is not the right one. It moves nothing.
    """
    what, fetch = f"data set {name}", python("-m", "helpers.data", name)
    absent = [part for part, (path, *_) in parts.items() if path is None]
    if len(absent) == len(parts):
        return Finding(what, "not downloaded; notebooks use the embedded one")
    if absent:
        return Finding(what, f"{', '.join(absent)} missing", fetch)
    for part, known in parts.items():
        try:
            read(*known)
        except files.DamagedFile as error:
            return Finding(what, one_line(f"{part}: {error}"), fetch)
    return Finding(what, "downloaded, and right")


def report():
    """Make a PDF of one line, with a formula and letters of every font."""
    assets = Path(__file__).parent.parent / "report" / "assets"
    for path in (assets / name for name in ASSETS):
        if not path.is_file():
            name = path.relative_to(ROOT).as_posix()
            yield Finding("PDF report", f"{name} is missing", restore(name))
            return
    import nbformat

    from ..report import ReportError, ReportExporter

    told = []
    log = logging.Logger("doctor", logging.WARNING)
    log.addFilter(lambda record: told.append(record.getMessage()))  # and it is not shown
    cell = nbformat.v4.new_markdown_cell(PROBE)
    try:
        ReportExporter(log=log).from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    except ReportError as error:
        told.append(str(error))
    if told:
        fonts = ("typst", "quickjs-ng", "noto-cjk-sans-otc")
        mend = python("-m", "pip", "install", "--force-reinstall", "-c", "constraints.txt", *fonts)
        yield Finding("PDF report", one_line("; ".join(told)), mend)
    else:
        yield Finding("PDF report", "a formula and the letters of every font are set")
