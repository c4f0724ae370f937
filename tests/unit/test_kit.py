"""What a student gets: whole, runnable without the staff's part, and the same bytes each time."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from test_imports import foreign, imported, modules

from course import build, gate, kit, sample_class, text
from course.paths import HERE, Course, write_in_one_move
from helpers.doctor.requirements import required

NAME = "01_softmax"
TINY = '''\
# %% [markdown] id="intro"
# # Twice
#
# **You will build** a function. **You will learn** to multiply. **You need** nothing.

# %% role="todo" id="double"
def double(x):
    """Return twice x."""
    ### BEGIN SOLUTION
    return x + x + 0 * x
    ### END SOLUTION
'''
# Runs a notebook's cells where the kit is the only place of ours to import from.
RUN = """
import json, sys

kit = sys.argv[1]
sys.path.insert(0, kit)
sys.modules["course"] = sys.modules["nbgrader"] = sys.modules["jupytext"] = None

import helpers
assert helpers.__path__ == [f"{kit}/helpers"], helpers.__path__

from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for name, source in json.load(sys.stdin):
    result = shell.run_cell(source)
    assert result.success, (name, result.error_in_exec or result.error_before_exec)
"""


@pytest.fixture(scope="module")
def kits(tmp_path_factory):
    """Make the first notebook's kit twice, in two places that differ in all but their content."""
    places = tmp_path_factory.mktemp("kits")
    made = []
    for number, (umask, zone, seed) in enumerate([(0o022, "UTC", "0"), (0o077, "Asia/Tokyo", "7")]):
        place = places / f"place {number}"
        for name in ("course", "helpers", f"source/{NAME}", f"release/{NAME}"):
            shutil.copytree(HERE / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in (
            "LICENSE",
            "pyproject.toml",
            "nbgrader_config.py",
            f"source/{NAME}.py",
            *(f"data/{name}" for name in os.listdir(HERE / "data")),
        ):
            if (HERE / name).is_file():
                (place / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(HERE / name, place / name)
        for path in filter(Path.is_file, place.rglob("*")):
            path.chmod(0o666 & ~umask)
        done = subprocess.run(
            [sys.executable, "-m", "course", "kit", "kit.zip"],
            cwd=place,
            env={**os.environ, "TZ": zone, "PYTHONHASHSEED": seed},
            umask=umask,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.endswith(f"MB: {NAME}\n")
        made.append(place / "kit.zip")
    return made


@pytest.fixture(scope="module")
def unpacked(kits, tmp_path_factory):
    """Return the folder that a kit unpacks to."""
    place = tmp_path_factory.mktemp("unpacked")
    with zipfile.ZipFile(kits[0]) as archive:
        archive.extractall(place)
    assert os.listdir(place) == ["nn-workbook"]
    return place / "nn-workbook"


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """Return a course of two tiny assignments, both built."""
    course = Course(tmp_path_factory.mktemp("tiny"))
    for name in ("01_tiny", "02_tiny"):
        write_in_one_move(course.text(name), TINY.encode())
    build.build(course)
    return course


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Return a project with next to nothing in it, in place of ours."""
    for name in ("LICENSE", "pyproject.toml"):
        shutil.copyfile(HERE / name, tmp_path / name)
    shutil.copytree(HERE / "data", tmp_path / "data", ignore=_folders)
    write_in_one_move(tmp_path / "helpers" / "__init__.py", b"")
    monkeypatch.setattr(kit, "HERE", tmp_path)
    return tmp_path


def _folders(folder, names):
    return [name for name in names if os.path.isdir(os.path.join(folder, name))]


def test_the_same_course_gives_the_same_bytes(kits):
    one, other = (path.read_bytes() for path in kits)
    assert one == other


def test_nothing_but_what_a_student_needs_is_in_it(unpacked):
    names = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*.*")}
    ours = {name for name in names if not name.startswith("helpers/")}
    assert ours == {
        "README.md",
        "constraints.txt",
        "pyproject.toml",
        "data/README.md",
        "data/mnist-5k.npz",
        "data/registry.txt",
        "data/shapes-10.npz",
        f"release/{NAME}/{NAME}.ipynb",
    }
    assert (unpacked / "LICENSE").is_file()
    assert {"helpers/report/assets/formulas.min.js", "helpers/lab/page/panel.js"} <= names
    assert not list(unpacked.glob("helpers/**/*.mjs"))


def test_a_solved_notebook_runs_with_nothing_but_the_kit(unpacked, tmp_path):
    source = text.read(Course().text(NAME))
    solved = {cell.id: sample_class.solved(cell) for cell in source.of("todo")}
    notebook = json.loads((unpacked / "release" / NAME / f"{NAME}.ipynb").read_bytes())
    cells = [
        (cell["id"], solved.get(cell["id"], "".join(cell["source"])))
        for cell in notebook["cells"]
        if cell["metadata"]["workbook"]["role"] in ("given", "todo", "check")
    ]
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUN, unpacked],
        cwd=tmp_path,
        input=json.dumps(cells),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "mnist-5k: 4,000 / 500 / 500 images (embedded" in done.stdout


def test_every_package_that_helpers_import_is_pinned(unpacked):
    pins = {canonicalize_name(pin.name) for pin in _pins(unpacked / "constraints.txt")}
    owners = metadata.packages_distributions()
    for path in modules("helpers").values():
        for name in foreign(imported(path)) - {"helpers"}:
            assert pins & {canonicalize_name(owner) for owner in owners[name]}, (path, name)
    project = kit.tomllib.loads((unpacked / "pyproject.toml").read_text())["project"]
    for need in map(Requirement, project["dependencies"]):
        assert {canonicalize_name(need.name), *required(need.extras, of=need.name)} <= pins, need
    assert not pins & {"jupytext", "nbgrader", "pytest", "ruff", "sqlalchemy"}


def test_the_pins_are_those_of_the_project(unpacked):
    kit_s, ours = (
        {(pin.name, str(pin.specifier)) for pin in _pins(folder / "constraints.txt")}
        for folder in (unpacked, HERE)
    )
    assert len(kit_s) > 100
    assert kit_s <= ours


def _pins(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def test_what_it_installs_is_what_the_project_requires(unpacked):
    told, ours = (
        kit.tomllib.loads((folder / "pyproject.toml").read_text())["project"]
        for folder in (unpacked, HERE)
    )
    for name in ("name", "version", "requires-python"):
        assert told[name] == ours[name]
    left_out = {
        Requirement(need).name for need in set(ours["dependencies"]) - set(told["dependencies"])
    }
    assert left_out == {"nbgrader", "nh3"}
    assert set(told["dependencies"]) < set(ours["dependencies"])
    assert told["optional-dependencies"] == {"torch": ours["optional-dependencies"]["torch"]}
    report = ours["entry-points"]["nbconvert.exporters"]
    assert told["entry-points"] == {"nbconvert.exporters": report}


def test_through_takes_an_assignment_and_those_before_it(tiny, tmp_path):
    out = tmp_path / "kit.zip"
    assert kit.make(tiny, out, "01_tiny") == ["01_tiny"]
    with zipfile.ZipFile(out) as archive:
        notebooks = [name for name in archive.namelist() if name.endswith(".ipynb")]
    assert notebooks == ["nn-workbook/release/01_tiny/01_tiny.ipynb"]


@pytest.mark.parametrize(
    ("out", "last", "words"),
    [
        ("kit.zip", "09_more", "09_more: no such assignment; there are: 01_tiny, 02_tiny"),
        ("kit.tar", None, "kit.tar: a kit is one file; give a name that ends in .zip"),
        ("folder.zip", None, "folder.zip: a kit is one file"),
        ("nowhere/kit.zip", None, "nowhere: no such folder; make it first"),
    ],
)
def test_what_it_cannot_do_it_says(tiny, tmp_path, out, last, words):
    (tmp_path / "folder.zip").mkdir()
    with pytest.raises(kit.KitError, match=words):
        kit.make(tiny, tmp_path / out, last)
    assert os.listdir(tmp_path) == ["folder.zip"]


def test_a_notebook_that_is_not_up_to_date_is_refused_and_the_old_kit_stays(tmp_path):
    course = Course(tmp_path)
    write_in_one_move(course.text("01_tiny"), TINY.encode())
    build.build(course)
    write_in_one_move(course.text("01_tiny"), TINY.replace("Twice", "Thrice").encode())
    out = tmp_path / "kit.zip"
    out.write_bytes(b"the old one")
    with pytest.raises(kit.KitError, match="differs from its text; run `python -m course build`"):
        kit.make(course, out)
    assert out.read_bytes() == b"the old one"


def test_the_gate_looks_at_what_is_in_the_zip(tiny, project):
    files = kit.contents(tiny, ["01_tiny"])
    sources = [text.read(path) for path in tiny.texts()]
    kit.inspect(kit.pack(files), sources, ["01_tiny"])
    solved = tiny.notebook("source", "01_tiny").read_bytes()
    files["release/01_tiny/01_tiny.ipynb"] = solved
    with pytest.raises(gate.Leak, match="line of double in the release: 'return x"):
        kit.inspect(kit.pack(files), sources, ["01_tiny"])


def test_a_notebook_that_helpers_keep_a_copy_of_goes_out_with_it(tiny, project):
    table = "[tool.setuptools.package-data]\n"
    settings = (project / "pyproject.toml").read_text()
    settings = settings.replace(table, f'{table}"helpers.more" = ["kept/*"]\n')
    (project / "pyproject.toml").write_text(settings)
    write_in_one_move(project / "helpers" / "more" / "__init__.py", b"")
    for name in ("01_tiny", "02_tiny"):
        released = tiny.notebook("release", name).read_bytes()
        write_in_one_move(project / "helpers" / "more" / "kept" / f"{name}.ipynb", released)
    copy = "helpers/more/kept/{}.ipynb"
    sources = [text.read(path) for path in tiny.texts()]
    files = kit.contents(tiny, ["01_tiny"])
    assert copy.format("01_tiny") in files
    assert copy.format("02_tiny") not in files
    kit.inspect(kit.pack(files), sources, ["01_tiny"])
    solved = tiny.notebook("source", "01_tiny").read_bytes()
    for name, content in [("01_tiny", solved), ("02_tiny", released)]:
        data = kit.pack({**files, copy.format(name): content})
        with pytest.raises(gate.Leak, match=f"{copy.format(name)}: not for students"):
            kit.inspect(data, sources, ["01_tiny"])


def test_solutions_among_the_helpers_are_refused():
    source = text.read(Course().text(NAME))
    solutions = "\n".join(sample_class.solved(cell) for cell in source.of("todo"))
    for code, words in [(solutions, "lines of the solutions"), (TINY, "'BEGIN SOLUTION'")]:
        data = kit.pack({"helpers/answers.py": code.encode()})
        with pytest.raises(gate.Leak, match=f"helpers/answers.py: not for students.*{words}"):
            kit.inspect(data, [source], [])


@pytest.mark.parametrize("name", ["notes.txt", "data/answers.csv", "report/assets.zip"])
def test_a_stray_file_among_the_helpers_is_refused(tiny, project, name):
    write_in_one_move(project / "helpers" / name, b"")
    with pytest.raises(kit.KitError, match=f"helpers/{name}: neither code nor package data"):
        kit.contents(tiny, [])


def test_a_link_among_the_helpers_is_refused(tiny, project):
    (project / "helpers" / "more.py").symlink_to(project / "LICENSE")
    with pytest.raises(kit.KitError, match=r"helpers/more.py: a symbolic link"):
        kit.contents(tiny, [])


def test_what_running_leaves_among_the_helpers_stays_out(tiny, project):
    for name in ("__pycache__/x.pyc", ".ipynb_checkpoints/x.py", ".DS_Store"):
        write_in_one_move(project / "helpers" / name, b"")
    found = kit.contents(tiny, [])
    assert [name for name in found if name.startswith("helpers/")] == ["helpers/__init__.py"]


def test_damaged_data_are_refused(tiny, project):
    (project / "data" / "mnist-5k.npz").write_bytes(b"")
    with pytest.raises(kit.KitError, match=r"run `git checkout data/mnist-5k\.npz`"):
        kit.contents(tiny, [])
