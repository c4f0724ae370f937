"""What the project declares can be installed, started and read on somebody else's machine."""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from helpers.doctor.requirements import required, version

ROOT = Path(__file__).resolve().parents[2]
PROJECT = "nn-workbook"
EXTRAS = ("postgres", "staff", "test", "torch")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PLATFORMS = {
    "Linux": {"sys_platform": "linux", "os_name": "posix", "platform_system": "Linux"},
    "macOS": {"sys_platform": "darwin", "os_name": "posix", "platform_system": "Darwin"},
    "Windows": {"sys_platform": "win32", "os_name": "nt", "platform_system": "Windows"},
}
TEXT = {".cfg", ".ipynb", ".md", ".py", ".sh", ".svg", ".toml", ".txt", ".typ", ".yaml", ".yml"}
NAMED = {"Makefile", "run", ".gitignore", "LICENSE"}
FOLDERS = (".ci", "bench", "course", "docs", "helpers", "release", "source", "tests")

# Package indexes, and where things lie on one machine only. Written so as not to match itself.
FOREIGN = re.compile(
    r"pypi\.(?:org|python)|pythonhosted\.|download\.pytorch\.|deb\.debian\.|registry\.npmjs"
    r"|--(?:extra-)?index-url|--find-links"
    r"|(?<![\w.])/(?:root|home|opt|work|Users)/[\w.]",
)


def written_files():
    """Return every text file that is kept; caches and downloads have other names or places."""
    top = [path for path in ROOT.iterdir() if path.is_file()]
    below = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    data = list((ROOT / "data").glob("*"))
    return [
        path
        for path in top + below + data
        if (path.suffix in TEXT or path.name in NAMED)
        and ".ipynb_checkpoints" not in path.parts
        and path != Path(__file__).resolve()
    ]


def pins():
    """Return what constraints.txt says, as requirements."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def pinned(environment):
    """Return {canonical name: [versions]} of the pins that hold in an environment."""
    found = {}
    for pin in pins():
        if pin.marker is None or pin.marker.evaluate(environment):
            (exact,) = pin.specifier
            found.setdefault(canonicalize_name(pin.name), []).append(exact.version)
    return found


def documented_targets():
    return set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, flags=re.MULTILINE))


def test_the_search_sees_the_files_that_matter():
    names = {path.relative_to(ROOT).as_posix() for path in written_files()}
    assert {"Makefile", "pyproject.toml", "constraints.txt", ".ci/run"} <= names
    assert {"source/01_softmax.py", "release/01_softmax/01_softmax.ipynb"} <= names


@pytest.mark.parametrize(
    "line",
    [
        "pip install --index-url https://example.invalid numpy",
        "https://pypi" + ".org/simple",
        'open("/ho' + 'me/ada/notes")',
        '"path": "/ro' + 'ot/x"',
    ],
)
def test_a_package_index_or_a_machine_path_is_recognised(line):
    assert FOREIGN.search(line)


@pytest.mark.parametrize("line", ["https://example.org/home/x", "a/root/b", "../work/x", "/tmp"])
def test_other_addresses_and_paths_are_left_alone(line):
    assert not FOREIGN.search(line)


def test_no_file_names_a_package_index_or_a_machine_path():
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
        for path in written_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if FOREIGN.search(line)
    ]
    assert not found, "\n".join(found)


def test_every_pin_is_exact():
    assert pins()
    for pin in pins():
        assert [exact.operator for exact in pin.specifier] == ["=="], pin


def test_constraints_cover_every_installed_requirement():
    # What is of an extra that is not installed here cannot be known.
    requirements = {name for name in required(EXTRAS) if version(name)}
    assert {"numpy", "nbgrader", "jupytext", "pytest"} <= requirements
    missing = requirements - set(pinned(default_environment()))
    assert not missing, f"run 'make constraints': {', '.join(sorted(missing))} not pinned"


@pytest.mark.parametrize("minor", range(10, 15))
@pytest.mark.parametrize("platform", PLATFORMS)
def test_each_requirement_has_one_fitting_pin_on_every_python_and_platform(minor, platform):
    environment = {
        **default_environment(),
        "python_version": f"3.{minor}",
        "python_full_version": f"3.{minor}.0",
        **PLATFORMS[platform],
    }
    versions = pinned(environment)
    doubled = {name: found for name, found in versions.items() if len(found) > 1}
    assert not doubled
    for line in importlib.metadata.requires(PROJECT):
        requirement = Requirement(line)
        (version,) = versions[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(version), f"{requirement} but pinned {version}"


def test_the_makefile_names_the_pinned_torch():
    (version,) = pinned(default_environment())["torch"]
    assert f"TORCH_PIN := torch=={version}\n" in MAKEFILE


def test_every_target_for_people_is_documented_and_phony():
    phony = set(re.search(r"^\.PHONY: (help .*)$", MAKEFILE, flags=re.MULTILINE)[1].split())
    assert documented_targets() == phony


def test_plain_make_lists_every_target():
    make = shutil.which("make")
    if make is None:
        pytest.skip("no make: apt-get install make")
    done = subprocess.run([make, "-C", ROOT, "-s"], capture_output=True, text=True, check=True)
    listed = set(re.findall(r"^make ([a-z-]+) +\S", done.stdout, flags=re.MULTILINE))
    assert listed == documented_targets()


def test_every_entry_point_loads():
    points = importlib.metadata.distribution(PROJECT).entry_points
    assert {point.name for point in points} == {"report", "workbook-sandbox"}
    assert all(callable(point.load()) for point in points)


def test_an_installed_package_has_what_the_report_and_the_hand_in_read(tmp_path):
    command = [sys.executable, "-c", "import setuptools; setuptools.setup()", "-q", "build_py"]
    done = subprocess.run(
        [*command, "--build-lib", tmp_path], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    kept = {path.name for path in (ROOT / "helpers" / "report" / "assets").iterdir()}
    assert {"formulas.min.js", "Twemoji.ttf", "LICENSE-MathJax.txt", "LICENSE-Twemoji.txt"} <= kept
    assert {path.name for path in (tmp_path / "helpers" / "report" / "assets").iterdir()} == kept
    assert (tmp_path / "helpers" / "report" / "report.typ").is_file()
    released = {path.name for path in (tmp_path / "helpers" / "submit" / "released").iterdir()}
    assert released == {path.name for path in ROOT.glob("release/*/*.ipynb")}


def test_ci_runs_make_test_and_can_be_executed():
    script = ROOT / ".ci" / "run"
    text = script.read_text(encoding="utf-8")
    assert text.startswith("#!/usr/bin/env bash\n")
    assert "set -euo pipefail" in text
    assert "make test" in text
    if os.name == "posix":
        assert os.access(script, os.X_OK)


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("false", 0), ("true", 1)])
def test_a_skip_is_a_failure_in_ci_only_and_keeps_its_reason(tmp_path, ci, status):
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_skips.py").write_text(
        'import pytest\ndef test_skips():\n    pytest.skip("no browser: install one")\n'
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-ra", "-p", "no:cacheprovider", "."],
        cwd=tmp_path,
        env={**os.environ, "CI": ci, "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == status, done.stdout
    assert "no browser: install one" in done.stdout
    assert ("nothing is skipped: test_skips.py::test_skips" in done.stdout) == (status == 1)
