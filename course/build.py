"""Derive the notebooks from their texts: ``source/X.py`` -> ``source/X/`` -> ``release/X/``.

A copy of each release lies in ``helpers/submit/released``, where it is compared with what a student
is about to hand in. Nothing is written until everything is made and the release gate has passed;
then each file is replaced in one move. A rebuild of the same text gives the same bytes.
"""

from . import gate, notebook, text
from .nbgrader_calls import release_without_gradebook
from .paths import temporary_course, write_in_one_move


def derive(course, paths):
    """Make the source and released notebooks of some texts, in memory.

    Parameters
    ----------
    course : paths.Course
        Where the derived files belong.
    paths : list of Path
        Texts.

    Returns
    -------
    dict of Path to bytes
        Each derived file and its content; nothing is written.

    Raises
    ------
    text.TextError, nbgrader_calls.NbgraderFailed
    gate.Leak
        If a released notebook holds anything that it may not hold.
    """
    made = {}
    with temporary_course() as scratch:
        for path in paths:
            source = text.read(path)
            data = notebook.to_bytes(source)
            made[course.notebook("source", source.name)] = data
            write_in_one_move(scratch.notebook("source", source.name), data)
            release_without_gradebook(scratch, source.name)
            released = scratch.notebook("release", source.name)
            gate.check_folder(source, released.parent)
            for copy in (course.notebook("release", source.name), course.pristine(source.name)):
                made[copy] = released.read_bytes()
    return made


def build(course, names=()):
    """Write every derived notebook, or those of the named assignments.

    Returns
    -------
    list of Path
        What was written.
    """
    made = derive(course, texts(course, names))
    for path, data in made.items():
        write_in_one_move(path, data)
    return list(made)


def check(course, names=()):
    """Compare every derived notebook on disk with a rebuild, byte by byte.

    Returns
    -------
    list of str
        One line for each file that is stale, missing or should not be there.
    """
    paths = texts(course, names)
    made = derive(course, paths)
    problems = []
    for path, data in made.items():
        where = path.relative_to(course.root)
        if not path.exists():
            problems.append(f"{where}: missing; run `python -m course build`")
        elif path.read_bytes() != data:
            problems.append(f"{where}: differs from its text; run `python -m course build`")
    steps = [course.root / step for step in ("source", "release")]
    if names:
        folders = [step / path.stem for step in steps for path in paths]
    else:
        folders = [folder for step in steps for folder in sorted(step.glob("*")) if folder.is_dir()]
        folders.append(course.pristine("").parent)
    extra = [p for folder in folders for p in sorted(folder.rglob("*")) if _is_extra(p, made)]
    return problems + [f"{p.relative_to(course.root)}: derives from no text" for p in extra]


def _is_extra(path, made):
    return path.is_symlink() or (path.is_file() and path not in made)


def texts(course, names=()):
    """Return the paths of the named texts, or of all."""
    for name in names:
        if not course.text(name).exists():
            raise text.TextError(f"{course.text(name)}: no such text")
    return [course.text(name) for name in names] or course.texts()
