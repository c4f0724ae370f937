"""``course kit``: what a student gets, in one zip that unpacks to one folder.

The folder is this repository with all that is the staff's left out: released notebooks, helpers,
the embedded data, the pins. So every command that a student is told is the same in both.

What may be in a kit is listed here and in pyproject.toml; what is not listed is refused. Then the
release gate runs on the notebooks inside the finished zip. The same course gives the same bytes.
"""

import hashlib
import io
import json
import stat
import string
import zipfile
from pathlib import Path

from . import build, gate, text
from .errors import CourseError
from .paths import HERE, temporary_course, write_in_one_move

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10; JupyterLab brings it there
    import tomli as tomllib

FOLDER = "nn-workbook"
AS_THEY_ARE = ("LICENSE", "data/README.md", "data/registry.txt")
STAFF_NEED = ("nbgrader", "nh3")  # what no notebook needs of the project's dependencies
TEMPLATES = Path(__file__).parent / "templates" / "kit"
# The tools by which `make bundle` renews MathJax for the report; a student needs what they made.
TOOLS = "helpers/report/bundle"
# A line or two of a solution stand in any code: `def __init__(self):`. So many in one file do not.
TOO_MANY = 5


class KitError(CourseError):
    """A kit cannot be made: what is wrong, and what to do."""


def make(course, out, last=None):
    """Write a kit.

    Parameters
    ----------
    course : paths.Course
        Whose notebooks go into it; they must be up to date with their texts.
    out : Path
        The zip. It is replaced in one move, and only if everything is as it should be.
    last : str, optional
        The last assignment of the kit; those before it are in it too. Default: all.

    Returns
    -------
    list of str
        The assignments in it.

    Raises
    ------
    KitError, gate.Leak, text.TextError
    """
    names = _through(course, last)
    _check_place(out)
    if problems := build.check(course, names):
        raise KitError("\n".join(problems))
    sources = [text.read(path) for path in course.texts()]
    data = pack(contents(course, names))
    inspect(data, sources, names)
    write_in_one_move(out, data)
    return names


def _through(course, last):
    names = [path.stem for path in course.texts()]
    if last is None and names:
        return names
    if last not in names:
        there = ", ".join(names) or "none"
        raise KitError(f"{last or course.root / 'source'}: no such assignment; there are: {there}")
    return names[: names.index(last) + 1]


def _check_place(out):
    if out.suffix != ".zip" or out.is_dir():
        raise KitError(f"{out}: a kit is one file; give a name that ends in .zip")
    if not out.parent.is_dir():
        raise KitError(f"{out.parent}: no such folder; make it first, or name another one")


def contents(course, names):
    """Return what goes into a kit.

    Parameters
    ----------
    course : paths.Course
        Holds the notebooks; everything else is this project's own.
    names : list of str

    Returns
    -------
    dict of str to bytes
        Path in the kit's folder, with ``/``, and content.

    Raises
    ------
    KitError
        If something in ``helpers/`` is neither code nor package data, or an embedded data set is
        not the one in the registry.
    """
    paths = [HERE / name for name in AS_THEY_ARE]
    # A copy of a notebook that helpers keep goes out with that notebook, and not before it.
    paths += [
        path
        for path in _helpers(_project()["tool"]["setuptools"]["package-data"])
        if path.suffix != ".ipynb" or path.stem in names
    ]
    found = {path.relative_to(HERE).as_posix(): path.read_bytes() for path in paths}
    found |= _embedded_data()
    for name in names:
        found[f"release/{name}/{name}.ipynb"] = course.notebook("release", name).read_bytes()
    for name in ("README.md", "constraints.txt"):
        found[name] = (TEMPLATES / name).read_bytes()
    found["pyproject.toml"] = pyproject().encode()
    return found


def _helpers(package_data):
    """Return the files of ``helpers`` that an installed package has; refuse what else is there."""
    kept = set()
    for start in (HERE / "helpers").rglob("__init__.py"):
        package = ".".join(start.parent.relative_to(HERE).parts)
        for pattern in ["*.py", *package_data["*"], *package_data.get(package, ())]:
            kept.update(start.parent.glob(pattern))
    paths = []
    for path in sorted((HERE / "helpers").rglob("*")):
        name = path.relative_to(HERE).as_posix()
        hidden = any(part.startswith(".") or part == "__pycache__" for part in Path(name).parts)
        if hidden or path.is_dir() or name.startswith(f"{TOOLS}/"):
            continue
        if path.is_symlink():
            raise KitError(f"{name}: a symbolic link; only a file may be in a kit")
        if path not in kept:
            raise KitError(
                f"{name}: neither code nor package data; remove it, or name it under "
                "[tool.setuptools.package-data] in pyproject.toml"
            )
        paths.append(path)
    return paths


def _embedded_data():
    """Return the embedded data sets; refuse one that is not what the registry says."""
    found = {}
    for line in (HERE / "data" / "registry.txt").read_text(encoding="utf-8").splitlines():
        name, _, checksum = line.partition(" sha256:")
        if not name.endswith(".npz"):
            continue  # a comment, or a download
        content = (HERE / "data" / name).read_bytes()
        if hashlib.sha256(content).hexdigest() != checksum:
            raise KitError(
                f"data/{name}: its checksum is not that of data/registry.txt; "
                f"run `git checkout data/{name}`"
            )
        found[f"data/{name}"] = content
    return found


def pyproject():
    """Return the kit's own pyproject.toml: this project's, of which helpers alone are left."""
    project = _project()["project"]
    pins = (TEMPLATES / "constraints.txt").read_text(encoding="utf-8").splitlines()
    told = {
        "setuptools": [pin for pin in pins if pin.startswith("setuptools==")],
        "version": project["version"],
        "python": project["requires-python"],
        "dependencies": [
            need for need in project["dependencies"] if not need.startswith(STAFF_NEED)
        ],
        "torch": project["optional-dependencies"]["torch"],
    }
    template = string.Template((TEMPLATES / "pyproject.toml.in").read_text(encoding="utf-8"))
    # Strings and lists of strings are written in the same way in JSON and in TOML.
    return template.substitute({k: json.dumps(v, indent=2) for k, v in told.items()})


def _project():
    return tomllib.loads((HERE / "pyproject.toml").read_text(encoding="utf-8"))


def pack(files):
    """Return a zip whose bytes depend on the files alone.

    Parameters
    ----------
    files : dict of str to bytes

    Returns
    -------
    bytes
        The files in the order of their names, dated 1980, readable by all. They are not
        compressed: releases of zlib differ in what they make of the same bytes.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}")
            entry.create_system = 3  # Unix, on Windows too
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(entry, files[name])
    return packed.getvalue()


def inspect(data, sources, names):
    """Refuse a finished kit that gives away what students may not have.

    Parameters
    ----------
    data : bytes
        The zip.
    sources : list of text.Text
        All texts of the course, with their solutions.
    names : list of str
        The assignments that may be in it.

    Raises
    ------
    gate.Leak
        Naming every finding of the first file that has any.
    """
    released = {source.name: source for source in sources if source.name in names}
    telling = {source.name: gate.telling_lines(source) for source in sources}
    with temporary_course() as unpacked, zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(unpacked.root)
        kit = unpacked.root / FOLDER
        for name, source in released.items():
            gate.check_folder(source, kit / "release" / name)
        for path in sorted(kit.glob("helpers/**/*.ipynb")):
            if path.stem not in released or gate.inspect(released[path.stem], path.read_bytes()):
                name = path.relative_to(kit).as_posix()
                raise gate.Leak(f"{name}: not for students, it is not a notebook as released")
        for path in sorted(kit.rglob("*.py")):
            _check_code(path.relative_to(kit).as_posix(), path.read_text("utf-8"), telling)


def _check_code(name, shown, telling):
    if marker := gate.MARKER.search(shown):
        raise gate.Leak(f"{name}: not for students, it has the marker {marker.group(0)!r}")
    for assignment, known in telling.items():
        lines = [line for _, line in gate.leaked(known, [shown])]
        if len(lines) >= TOO_MANY:
            raise gate.Leak(
                f"{name}: not for students, it has {len(lines)} lines of the solutions and hidden "
                f"tests of {assignment}, such as {lines[0]!r}"
            )
