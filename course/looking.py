"""Look at what a student handed in, before anything of it is graded. No link is followed."""

import filecmp
import os
import stat
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from helpers.repair import joined, shown

from .paths import write_in_one_move
from .reading import Unreadable, content, read

LARGEST_FILES = 20 << 20  # bytes of all files beside a notebook
MOST_ENTRIES = 10_000  # of a submitted folder that are looked at
MOST_FOLDERS = 8  # one within the other
# Folders and files that no student made: nbgrader leaves them out too.
IGNORED = (".ipynb_checkpoints", "__pycache__", "__MACOSX", ".git")


@dataclass(frozen=True)
class Look:
    """What one student handed in for one assignment.

    Parameters
    ----------
    notebook : Path or None
        The notebook, under its expected name; None if there is a problem.
    files : dict of str to Path
        Other regular files of the student's, by relative name with forward slashes.
    told : tuple of str
        What was mended or left out, in sentences for the student.
    suspicious : tuple of str
        What no honest submission holds, in sentences for the teacher.
    problem : str
        Why a person must look; empty if there is a notebook.
    """

    notebook: Path | None
    files: dict = field(default_factory=dict)
    told: tuple = ()
    suspicious: tuple = ()
    problem: str = ""


def look(folder, name, known=(), most_files=200, most_bytes=LARGEST_FILES):
    """Find the notebook in a submitted folder, before anything of it is graded.

    A notebook under another name is copied to the expected one; the original stays. Links are
    never followed.

    Parameters
    ----------
    folder : Path
        ``submitted/STUDENT/ASSIGNMENT``.
    name : str
        The assignment's, and its notebook's without ``.ipynb``.
    known : collection of str, optional
        The names of the assignment's cells. Of several notebooks under other names, the one with
        most of them is taken, and of equals the newest. Without them each cell that nbgrader
        knows counts, in a notebook that says that it belongs to the assignment.
    most_files, most_bytes : int
        Of the other files together; what is beyond is left out.

    Returns
    -------
    Look
    """
    folder = Path(folder)
    target = folder / f"{name}.ipynb"
    if folder.is_symlink():
        return Look(None, problem=f"the folder {shown(folder.name)} is a link; nothing was read")
    told, regular, strange = [], {}, {}
    for path in islice(entries(folder), MOST_ENTRIES):
        file, kind = path.relative_to(folder).as_posix(), kind_of(path)
        if kind == "a file":
            regular[file] = path
        else:
            strange[file] = kind
    if len(regular) + len(strange) == MOST_ENTRIES:
        told.append(f"Only the first {MOST_ENTRIES} files of the folder were looked at.")
    try:
        problem = _settle(target, regular, known, told)
    except OSError as failed:  # such as a file that is gone, or a full disk
        problem = f"{target.name} could not be looked at or put in its place: {failed}"
    files = _within_limits(regular, most_files, most_bytes, told)
    suspicious = [f"`{shown(file)}` is {kind} and was not read." for file, kind in strange.items()]
    return Look(None if problem else target, files, tuple(told), tuple(suspicious), problem)


def entries(folder):
    """Yield the paths of what is in a folder and in its folders; no link is followed."""
    for root, folders, files in os.walk(folder):
        links = [name for name in folders if os.path.islink(os.path.join(root, name))]
        inner = sorted(set(folders) - set(links) - set(IGNORED))
        deep = len(Path(root).relative_to(folder).parts) == MOST_FOLDERS
        folders[:] = [] if deep else inner
        yield from (Path(root, name) for name in sorted([*files, *links, *(inner if deep else [])]))


def kind_of(path):
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            return f"a link to `{shown(os.readlink(path))}`"
    except OSError:
        return "no file that can be looked at"
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a file" if stat.S_ISREG(mode) else "no regular file (a pipe, a socket or a device)"


def _settle(target, regular, known, told):
    """See to it that the notebook has its expected name; return the problem if it cannot be."""
    notebooks = {
        file: path
        for file, path in regular.items()
        if ".ipynb" in path.name.lower() and not path.name.startswith(".")
    }
    if target.name not in notebooks:
        if not notebooks or os.path.lexists(target):
            return f"no {target.name} was handed in, but {_listed(target.parent)}"
        chosen = _most_known(notebooks, target.stem, known)
        if chosen is None:
            found = _some(notebooks)
            return (
                f"no {target.name} was handed in, but several notebooks without its cells: {found}"
            )
        try:
            write_in_one_move(target, content(notebooks[chosen]))
        except Unreadable as why:
            return f"no {target.name} was handed in, but {why}"
    others = {file: path for file, path in notebooks.items() if file != target.name}
    # The same is told when it is looked at again, so look for what the copy was made from.
    origins = [file for file, path in others.items() if filecmp.cmp(path, target, shallow=False)]
    if origins:
        told.append(f"`{shown(origins[0])}` was taken for `{target.name}`.")
    for file in origins:
        del others[file]
    if others:
        newer = any(path.stat().st_mtime > target.stat().st_mtime for path in others.values())
        told.append(
            f"`{target.name}` was graded, and not {_some(others)}"
            + (", of which at least one is newer." if newer else ".")
        )
    return ""


def _most_known(notebooks, name, known):
    """Return which of several notebooks holds most of the assignment's cells, or None."""
    newest = sorted(notebooks, key=lambda file: notebooks[file].stat().st_mtime, reverse=True)
    if len(newest) == 1:
        return newest[0]
    numbers = {file: _known_cells(notebooks[file], name, known) for file in newest[:20]}
    best = max(numbers, key=numbers.get)  # the first, so the newest, of equals
    return best if numbers[best] else None


def _known_cells(path, name, known):
    try:
        notebook, _ = read(path)
    except Unreadable:
        return 0
    settings = [cell.metadata.get("nbgrader") for cell in notebook.cells]
    ids = [found.get("grade_id") for found in settings if isinstance(found, dict)]
    if known:
        ids += [cell.id for cell in notebook.cells]
        return len({found for found in ids if isinstance(found, str)} & set(known))
    workbook = notebook.metadata.get("workbook")
    belongs = isinstance(workbook, dict) and workbook.get("assignment") == name
    return len(ids) if belongs else 0


def _within_limits(regular, most_files, most_bytes, told):
    """Return the files of the student's own that are neither too many nor too large."""
    files, left, size = {}, [], 0
    for file, path in regular.items():
        if ".ipynb" in path.name.lower() or file == "timestamp.txt":  # nbgrader wrote the latter
            continue
        bytes_ = path.lstat().st_size
        if len(files) < most_files and size + bytes_ <= most_bytes and file.isprintable():
            files[file] = path
            size += bytes_
        else:
            left.append(file)
    if left:
        told.append(
            f"Of your other files, these were left out: {_some(left)}. At most {most_files} files"
            f" and {most_bytes / 1e6:g} MB are used, and only names that can be printed."
        )
    return files


def _listed(folder):
    """Return what is in a folder, in words."""
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    kinds = {shown(path.name): kind_of(path) for path in found}
    named = [name if kind == "a file" else f"{name} ({kind})" for name, kind in kinds.items()]
    return joined(named) or "nothing"


def _some(names):
    return joined([f"`{shown(name)}`" for name in names])
