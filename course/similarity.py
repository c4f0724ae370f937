"""Export what a class wrote, for the programs that look for similar code: Dolos and JPlag.

Nothing here compares anything. One archive serves both programs: ``info.csv`` is what Dolos reads,
``submissions`` and ``given`` are the folders that JPlag is told of.
"""

import csv
import hashlib
import io
import re
import zipfile
from dataclasses import dataclass, field

import nbformat

from .grade import students
from .looking import look
from .own_code import NoPython, own_code
from .paths import write_in_one_move
from .reading import Unreadable, read
from .repair import repair

GIVEN = "given/given.py"
SAME_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that an archive can hold: no clock in the bytes


@dataclass
class Answers:
    """What one student wrote, cell by cell in the order of the notebook.

    Parameters
    ----------
    code : list of str
        What is the student's own.
    no_python : list of str
        The cells that do not parse, whole.
    """

    code: list = field(default_factory=list)
    no_python: list = field(default_factory=list)


@dataclass(frozen=True)
class Export:
    """What became of a class's answers.

    Parameters
    ----------
    files : dict of str to str
        Name of the exported file, without ``.py``, by student.
    no_python : dict of str to int
        How many cells of a student's do not parse.
    empty : list of str
        Students who wrote no code.
    unread : dict of str to str
        Why a student's notebook could not be read.
    """

    files: dict
    no_python: dict
    empty: list
    unread: dict


def export(course, name, archive, names=False):
    """Write an archive of a class's answers and, beside it, the key to its pseudonyms.

    Parameters
    ----------
    course : paths.Course
    name : str
        The assignment's.
    archive : Path
        Ends in ``.zip``; the key ends in ``.key.csv`` in place of that.
    names : bool, optional
        Whether files are named after students; then there is no key. Else they are numbered, in an
        order that tells nothing of the names.

    Returns
    -------
    Export

    Raises
    ------
    FileNotFoundError
        If there is no release, or nobody has handed in anything.
    """
    released = _released(course, name)
    answers, unread = {}, {}
    for student in students(course, name):
        try:
            answers[student] = _answers(course, name, student, released)
        except Unreadable as why:
            unread[student] = str(why)
    if not answers and not unread:
        raise FileNotFoundError(f"submitted/STUDENT/{name}: nobody has handed in anything")
    files = _file_names(answers, names)
    write_in_one_move(archive, _archive(released, answers, files, names))
    if not names:
        key = _table(["file", "student"], [[file, student] for student, file in files.items()])
        write_in_one_move(key_path(archive), key)
    no_python = {student: len(a.no_python) for student, a in answers.items() if a.no_python}
    return Export(files, no_python, [s for s in answers if s not in files], unread)


def key_path(archive):
    """Return where the key to the pseudonyms of an archive lies."""
    return archive.with_suffix(".key.csv")


def _released(course, name):
    """Return the cells of the released notebook by id."""
    path = course.notebook("release", name)
    if not path.exists():
        raise FileNotFoundError(f"{path}: missing; run `python -m course build {name}`")
    return {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}


def _is_todo(cell):
    return cell.metadata.get("workbook", {}).get("role") == "todo"


def _answers(course, name, student, released):
    """Return what a student wrote into TODO cells and into code cells that were added.

    The latter count because an answer may stand in one, where its own cell is gone.
    """
    found = look(course.notebook("submitted", name, student).parent, name, set(released))
    if found.problem:
        raise Unreadable(found.problem)
    cells = read(found.notebook)[0].cells
    repair(cells, {key: cell for key, cell in released.items() if "nbgrader" in cell.metadata})
    known = {cell.source.strip() for cell in released.values()}
    answers = Answers()
    for cell in cells:
        stub = released.get(cell.id)
        if cell.cell_type != "code" or cell.source.strip() in known:
            continue
        if stub is not None and not _is_todo(stub):
            continue
        title = f"# {cell.id if stub else 'a cell that was added'}\n"
        try:
            if code := own_code(cell.source, stub.source if stub else ""):
                answers.code.append(title + code)
        except NoPython:
            answers.no_python.append(title + cell.source)
    return answers


def _file_names(answers, names):
    """Return a name for the file of each student who wrote anything, in the files' order."""

    def order(student):
        # Unlike the names' own order, that of the answers' hashes gives nobody away.
        found = answers[student]
        return hashlib.sha256(_content(found.code + found.no_python)).digest(), student

    wrote = [student for student, found in answers.items() if found.code or found.no_python]
    if not names:
        return {student: f"p{n:03}" for n, student in enumerate(sorted(wrote, key=order), 1)}
    plain = {student: re.sub(r"[^A-Za-z0-9-]+", "_", student)[:40] for student in wrote}
    return {student: f"{n:03}_{plain[student]}" for n, student in enumerate(wrote, 1)}


def _content(cells):
    return ("\n\n\n".join(cells) + "\n").encode("utf-8", "replace")


def _archive(released, answers, files, names):
    """Return the bytes of the archive; the same answers give the same bytes."""
    stubs = [cell.source for cell in released.values() if _is_todo(cell)]
    content, rows = {GIVEN: _content(stubs)}, [[GIVEN, "given", "true"]]
    for student, file in files.items():
        if answers[student].code:
            content[f"submissions/{file}.py"] = _content(answers[student].code)
            rows.append([f"submissions/{file}.py", student if names else file, "false"])
        if answers[student].no_python:
            content[f"no_python/{file}.txt"] = _content(answers[student].no_python)
    content["info.csv"] = _table(["filename", "full_name", "ignored"], rows)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(content):
            entry = zipfile.ZipInfo(path, SAME_TIME)
            entry.create_system, entry.external_attr = 3, 0o644 << 16  # on every system the same
            archive.writestr(entry, content[path])
    return buffer.getvalue()


def _table(head, rows):
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([head, *rows])
    return text.getvalue().encode("utf-8", "replace")
