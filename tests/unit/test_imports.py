"""Who may import whom (the rules are in CONTRIBUTING.md and docs/adr)."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from course import text
from course.paths import HERE, Course

# What a student's machine has: pyproject.toml's dependencies and what they bring.
STUDENTS = {
    "IPython",
    "PIL",
    "anywidget",
    "bs4",
    "defusedxml",
    "filelock",
    "ipywidgets",
    "jupyter_client",
    "jupyter_server",
    "matplotlib",
    "mistune",
    "nbclient",
    "nbconvert",
    "nbformat",
    "numpy",
    "packaging",
    "pooch",
    "quickjs",
    "requests",
    "tqdm",
    "traitlets",
    "typst",
}
# Beyond the shape of a record: what tests, shows or prepares the course, but never grades.
COURSE_USES = {
    **{f"collect.{name}": {"helpers.handin"} for name in ("contents", "found", "owners", "run")},
    "demo": {"helpers.report"},
    "doctor": {"helpers.doctor"},
    "doctor.gradebook": {"helpers.doctor"},
    "inside.session": {"helpers.check", "helpers.steps"},
    "trial": {"helpers.check"},
}
USE_NBGRADER = {
    "doctor.gradebook",
    "feedback",
    "gate",
    "gradebook",
    "grades",
    "grades.earned",
    "jobs",
    "late",
    "nbgrader_calls",
    "nbgrader_steps",
    "released",
    "repair",
    "stats.reading",
}
# The shape of a check's record: what was got, what was wanted, and how the two compare; and the
# repair of cells, which both sides do alike.
RECORD = {
    "helpers.expected",
    "helpers.judge",
    "helpers.record",
    "helpers.repair",
    "helpers.values",
}


def modules(package):
    """Return the modules of a package: dotted name -> file."""
    found = {}
    for path in sorted((HERE / package).rglob("*.py")):
        parts = path.relative_to(HERE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imported(path):
    """Return what a file imports, as absolute dotted names."""
    package = path.relative_to(HERE).parent.parts
    return imported_by(path.read_text(encoding="utf-8"), package)


def imported_by(code, package=()):
    names = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else ()
            start = ".".join([*base, *([node.module] if node.module else [])])
            names.update(f"{start}.{alias.name}" for alias in node.names)
    return names


def foreign(names):
    """Return the top-level packages among names that are not of the standard library."""
    return {name.split(".")[0] for name in names} - sys.stdlib_module_names


def test_imports_are_read_rightly():
    code = (
        "import os.path as p, numpy\n"
        "from . import a\nfrom .b import c\nfrom ..d import e\n"
        "def f():\n    from helpers import check"
    )
    want = {"os.path", "numpy", "x.y.a", "x.y.b.c", "x.d.e", "helpers.check"}
    assert imported_by(code, ("x", "y")) == want
    assert foreign(want) == {"numpy", "x", "helpers"}


@pytest.mark.parametrize(("name", "path"), modules("helpers").items(), ids=modules("helpers"))
def test_helpers_import_what_a_student_has(name, path):
    assert foreign(imported(path)) <= STUDENTS | {"helpers"}


@pytest.mark.parametrize(("name", "path"), modules("course").items(), ids=modules("course"))
def test_course_imports_of_helpers_the_shape_of_a_record(name, path):
    used = {".".join(n.split(".")[:2]) for n in imported(path) if n.split(".")[0] == "helpers"}
    assert used <= RECORD | COURSE_USES.get(name.removeprefix("course."), set())


@pytest.mark.parametrize(("name", "path"), modules("course").items(), ids=modules("course"))
def test_few_modules_of_course_import_nbgrader(name, path):
    uses = "nbgrader" in foreign(imported(path))
    assert uses == (name.removeprefix("course.") in USE_NBGRADER)


@pytest.mark.parametrize("path", Course().texts(), ids=lambda path: path.stem)
def test_a_notebook_imports_helpers_numpy_and_matplotlib(path):
    allowed = {"helpers", "numpy", "matplotlib"} | ({"torch"} if path.stem[:2] == "07" else set())
    for cell in text.read(path).cells:
        if cell.code:
            assert foreign(imported_by(cell.source)) <= allowed, cell.id


def run(code):
    """Run code in a new process and return the JSON that it prints."""
    done = subprocess.run([sys.executable, "-c", code], cwd=HERE, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


IMPORT_ALL = """
import importlib, json, socket, sys

def refuse(*arguments, **options):
    raise SystemExit(f"network: {arguments}")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = refuse
socket.socket.sendto = refuse
for name in NAMES:
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""


def test_helpers_import_without_network_nbgrader_and_course():
    names = [name for name in modules("helpers") if not name.endswith("__main__")]
    loaded = run(IMPORT_ALL.replace("NAMES", repr(names)))
    assert set(names) <= set(loaded)
    assert not {name for name in loaded if name.split(".")[0] in ("course", "nbgrader")}
    assert "matplotlib.pyplot" not in loaded  # figures are made without its state


def test_the_guard_against_the_network_guards():
    code = IMPORT_ALL.replace("NAMES", "[]") + "socket.create_connection(('localhost', 9))"
    done = subprocess.run([sys.executable, "-c", code], cwd=HERE, capture_output=True, text=True)
    assert "network: " in done.stderr


def test_grading_loads_nothing_of_helpers_but_the_record():
    graders = ["course.build", "course.grade", "course.nbgrader_steps"]
    loaded = run(IMPORT_ALL.replace("NAMES", repr(graders)))
    ours = {name for name in loaded if name.split(".")[0] == "helpers"}
    assert ours == {"helpers"} | RECORD


def test_all_modules_are_found():
    assert {"helpers.check", "helpers.record"} <= set(modules("helpers"))
    assert {"course", "course.gate"} <= set(modules("course"))
    assert Path(sys.modules["course"].__file__) == modules("course")["course"]


def test_nbgrader_s_configuration_loads_where_only_what_students_need_is_installed():
    # JupyterLab reads nbgrader_config.py on a student's machine too, and jupytext is not there.
    code = "import sys; sys.modules['jupytext'] = None; import course.nbgrader_steps"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=HERE)
    assert done.returncode == 0, done.stderr


def test_what_nbgrader_s_configuration_names_loads_on_windows_too():
    # There is no `resource` there, and no library without a name; students use it.
    code = (
        "import ctypes, sys\n"
        "sys.modules['resource'] = sys.modules['jupytext'] = None\n"
        "load = ctypes.CDLL.__init__\n"
        "def refuse(self, name, *rest, **options):\n"
        "    if name is None: raise TypeError('no name')\n"
        "    load(self, name, *rest, **options)\n"
        "ctypes.CDLL.__init__ = refuse\n"
        "import course.defuse, course.feedback, course.nbgrader_steps, course.reading"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=HERE)
    assert done.returncode == 0, done.stderr
