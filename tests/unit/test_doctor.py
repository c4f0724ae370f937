"""The doctor finds every fault of a machine, and names the command that mends it."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from course import doctor as course_s
from course.paths import HERE, write_in_one_move
from helpers import doctor
from helpers.doctor import findings, machine, material, requirements
from helpers.doctor.__main__ import CHECKS

INSTALL = "-m pip install -c constraints.txt -e "


def only(check):
    """Return the one finding of a check."""
    [finding] = check
    return finding


def bad(check):
    """Return the one finding of a check that is bad, as it is shown."""
    [finding] = [finding for finding in check if finding.mend]
    return str(finding)


def installed(folder, name, version, *requires):
    """Lay down what says that a package is installed."""
    lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {r}" for r in requires)]
    path = folder / f"{name.replace('-', '_')}-{version}.dist-info" / "METADATA"
    write_in_one_move(path, "\n".join(["Metadata-Version: 2.1", *lines, ""]).encode())


# Everything


def test_on_this_machine_nothing_is_wrong_for_a_student(capsys):
    status = doctor.examine(CHECKS)
    told = capsys.readouterr().out
    assert status == 0, told
    assert {line[:4] for line in told.splitlines()} == {"ok  "}
    for what in ("Python", "packages", "kernel python3", "data/mnist-5k.npz", "PDF report", "disk"):
        assert f"ok  {what}: " in told


def test_a_check_that_crashes_is_a_line_and_the_next_one_is_made(capsys):
    def crash():
        raise ZeroDivisionError("one\ntwo")
        yield

    def ill():
        yield doctor.Finding("this", "is bad", "mend it")

    checks = {"first": lambda: [doctor.Finding("first", "is well")], "that": crash, "this": ill}
    assert doctor.examine(checks, ["staff"]) == 1
    _, crashed, mend, found, how, _, last = capsys.readouterr().out.splitlines()
    assert crashed == "--  that: could not be looked at (ZeroDivisionError: one two)"
    assert "pip install --force-reinstall -c constraints.txt -e '.[staff]'" in mend
    assert (found, how) == ("--  this: is bad", "    mend: mend it")
    assert last.startswith("2 to mend: run the commands in ")


def test_nothing_is_looked_at_with_the_wrong_python(tmp_path, monkeypatch, capsys):
    own = tmp_path / ".venv" / "bin" / "python"
    write_in_one_move(own, b"")
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    monkeypatch.setattr(machine, "OWN", own)
    monkeypatch.setattr(sys, "orig_argv", ["python3", "-m", "helpers.doctor"])
    assert doctor.examine(CHECKS) == 1
    told, mend, _, last = capsys.readouterr().out.splitlines()
    assert told.startswith("--  Python: ")
    assert told.endswith(" is not .venv/bin/python")
    assert mend == "    mend: .venv/bin/python -m helpers.doctor"
    assert last.startswith("1 to mend: ")


def test_before_anything_is_set_up_that_is_what_it_tells(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(machine, "OWN", tmp_path / "no")
    monkeypatch.setitem(sys.modules, "packaging", None)
    assert doctor.examine(CHECKS) == 1
    told, mend, _, _ = capsys.readouterr().out.splitlines()
    assert told.endswith(" has none of the packages, and there is no .venv yet")
    assert mend.endswith(" -m venv .venv")
    assert bad(doctor.packages()).endswith(INSTALL + ".")


def test_where_a_package_is_missing_every_command_of_the_course_is_the_doctor():
    code = """
import runpy, sys
sys.modules["nbgrader"] = None
from course import doctor
doctor.run = lambda course: 7
sys.argv = ["course", "build"]
runpy.run_module("course", run_name="__main__")
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=HERE, capture_output=True, text=True)
    assert done.returncode == 7, done.stderr


# Python and its packages


def test_an_old_python(monkeypatch):
    monkeypatch.setattr(machine, "LEAST", (9, 1))
    told = bad(doctor.python_version())
    assert "is too old, 9.1 or newer is needed\n    mend: python9.1 -m venv --clear .venv" in told


def test_the_least_python_is_that_of_the_project():
    project = (HERE / "pyproject.toml").read_text(encoding="utf-8")
    assert f'requires-python = ">={machine.LEAST[0]}.{machine.LEAST[1]}"' in project


def test_nothing_is_installed(monkeypatch):
    monkeypatch.setattr(requirements, "PROJECT", "no-such-workbook")
    told = bad(doctor.packages(["staff"]))
    assert "packages: the workbook is not installed for this Python" in told
    assert told.endswith(INSTALL + "'.[staff]'")


def test_a_package_is_missing_and_one_is_another_version(tmp_path, monkeypatch):
    installed(
        tmp_path, requirements.PROJECT, "0.1.0", "no_such.package", "NumPy>=1", "old; extra=='x'"
    )
    installed(tmp_path, "numpy", "1.26.0")
    monkeypatch.syspath_prepend(tmp_path)
    told = bad(doctor.packages())
    pin = requirements.pinned()["numpy"]
    assert f"packages: no-such-package is missing; numpy 1.26.0, tested with {pin}\n" in told
    assert told.endswith(INSTALL + ".")


def test_another_pytorch(tmp_path, monkeypatch):
    installed(tmp_path, "torch", "1.0")
    monkeypatch.syspath_prepend(tmp_path)
    told = bad(doctor.pytorch())
    assert told.startswith("--  PyTorch: 1.0, tested with ==2.")
    assert told.endswith(INSTALL + "'.[torch]'")


def test_an_entry_point_that_jupyter_does_not_find():
    told = bad(doctor.entry_point("nbconvert.exporters", "no_such", "the report"))
    assert told.startswith("--  the report: Jupyter does not find it (nbconvert.exporters)\n")
    assert told.endswith(INSTALL + ".")


def test_commands_that_are_not_beside_python(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    told = bad(course_s.commands())
    assert "commands: nbgrader, jupyter, alembic not in " in told
    assert "pip install --force-reinstall -c constraints.txt -e '.[staff]'" in told


def test_jupyter_finds_what_the_course_adds():
    assert [finding.mend for finding in course_s.entry_points()] == ["", ""]
    assert not only(course_s.commands()).mend


# The kernel


def kernel_of(folder, monkeypatch, **spec):
    """Make Jupyter take a kernel of ours for python3."""
    spec = {"argv": [], "display_name": "Python 3", "language": "python", **spec}
    write_in_one_move(folder / "kernels" / "python3" / "kernel.json", json.dumps(spec).encode())
    monkeypatch.setenv("JUPYTER_PATH", str(folder))


def test_what_starts_kernels_is_missing(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "jupyter_client.manager", None)
    assert doctor.examine({"kernel": doctor.kernel}) == 1
    assert "--  kernel: could not be looked at (ModuleNotFoundError" in capsys.readouterr().out


def test_a_kernel_that_does_not_start(tmp_path, monkeypatch):
    kernel_of(tmp_path, monkeypatch, argv=["/no/such/python", "{connection_file}"])
    told = bad(doctor.kernel())
    assert "kernel python3: it does not start (FileNotFoundError: " in told
    assert told.endswith("-m ipykernel install --sys-prefix")


@pytest.mark.parametrize(
    ("status", "prefix", "helpers", "words", "mend"),
    [
        ("error", "", "", "it cannot import helpers", INSTALL + "."),
        ("ok", "/other", HERE / "helpers", "it is that of another Python, /other", "--sys-prefix"),
        ("ok", sys.prefix, "/other/helpers", "it has other helpers, /other/", INSTALL + "."),
    ],
)
def test_a_kernel_that_is_not_this_one(monkeypatch, status, prefix, helpers, words, mend):
    monkeypatch.setattr(machine, "_ask_kernel", lambda _: (status, f"{prefix}\n{helpers}\n"))
    told = bad(doctor.kernel())
    assert f"kernel python3: {words}" in told
    assert told.endswith(mend)


# Data, report, disk


@pytest.fixture
def data(tmp_path, monkeypatch):
    """Return a data folder of our own, with the embedded sets in it."""
    for path in [*(HERE / "data").glob("*.npz"), HERE / "data" / "registry.txt"]:
        shutil.copyfile(path, tmp_path / path.name)
    monkeypatch.setenv("WORKBOOK_DATA", str(tmp_path))
    return tmp_path


def test_right_data(data):
    assert not [finding for finding in doctor.data() if finding.mend]


def test_a_damaged_embedded_set(data):
    path = data / "mnist-5k.npz"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    told = bad(doctor.data())
    assert "mnist-5k.npz: checksum differs (expected 2881b05e..., got " in told
    subprocess.run(told.partition("mend: ")[2], shell=True, check=True)
    assert not [finding for finding in doctor.data() if finding.mend]


def test_a_missing_embedded_set(data, monkeypatch):
    from helpers.data import files

    (data / "shapes-10.npz").unlink()
    monkeypatch.setattr(files, "PROJECT", data)
    told = bad(doctor.data())
    assert "data/shapes-10.npz: shapes-10.npz is missing from " in told
    assert told.endswith("mend: git checkout -- data/shapes-10.npz")


def test_a_damaged_registry(data):
    (data / "registry.txt").write_text("mnist-5k.npz md5:1")
    told = [str(finding) for finding in doctor.data() if finding.mend]
    assert "data/registry.txt: " in told[0]
    assert told[0].endswith("mend: git checkout -- data/registry.txt")


def test_full_sets_that_are_not_whole_or_not_right(data):
    write_in_one_move(data / "mnist" / "train-labels-idx1-ubyte", b"")
    for part in [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]:
        write_in_one_move(data / "cifar-10-batches-py" / part, b"no batch")
    mnist, cifar10 = (str(finding) for finding in doctor.data() if finding.mend)
    assert mnist.startswith("--  data set mnist: train-images-idx3-ubyte, t10k-images")
    assert mnist.endswith("-m helpers.data mnist")
    assert cifar10.startswith("--  data set cifar10: data_batch_1: this is no batch of CIFAR-10")
    assert cifar10.endswith("-m helpers.data cifar10")
    assert (data / "cifar-10-batches-py" / "data_batch_1").is_file()  # it only looks


def test_the_report_lacks_a_letter(monkeypatch):
    monkeypatch.setattr(material, "PROBE", "\U00010600")
    told = bad(doctor.report())
    assert "PDF report: no font of the report has" in told
    assert "pip install --force-reinstall -c constraints.txt typst" in told


def test_the_report_lacks_a_file(monkeypatch):
    monkeypatch.setattr(material, "ASSETS", ("no.ttf",))
    told = bad(doctor.report())
    assert "PDF report: helpers/report/assets/no.ttf is missing\n" in told
    assert told.endswith("mend: git checkout -- helpers/report/assets/no.ttf")


def test_a_student_s_copy_has_no_git(tmp_path, monkeypatch):
    monkeypatch.setattr(findings, "ROOT", tmp_path)
    assert doctor.restore("data/x.npz") == "take data/x.npz from a fresh copy of the workbook"


def test_a_full_disk(monkeypatch, tmp_path):
    write_in_one_move(tmp_path / "data" / "cache" / "x", b"")
    monkeypatch.setattr(machine, "ROOT", tmp_path)
    told = bad(doctor.disk(10**18, "all data of the world"))
    assert "GB free, all data of the world need 1000000000.0 GB\n    mend: make " in told
    assert told.endswith("these may be deleted at any time: data/cache")


def test_a_folder_that_cannot_be_written_to(monkeypatch):
    told = bad(doctor.folders("release", "/proc", "no such folder"))
    assert "folders: /proc cannot be written to (" in told
    assert told.endswith("chmod -R u+w /proc" if os.getuid() == 0 else f"{os.getuid()} /proc")
