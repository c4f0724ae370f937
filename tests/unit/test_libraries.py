"""course.libraries: which notebook uses what beyond NumPy, and what happens where it is not."""

import importlib.util

import pytest

from course import __main__ as command
from course import libraries, text
from course.paths import Course


@pytest.fixture
def without_torch(monkeypatch):
    """Have PyTorch not installed."""
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "torch" else find_spec(name)
    )


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import numpy, os", []),
        ("import torch.nn as nn", ["torch"]),
        ("from torch.utils import data\ndef f():\n    import scipy", ["scipy", "torch"]),
        ("from . import torch\nfrom torchvision import models", []),
    ],
)
def test_what_code_imports_is_read_from_its_text(code, found):
    assert libraries.used([code]) == found


def test_only_the_last_notebook_needs_pytorch():
    needed = {path.stem: libraries.needed(text.read(path)) for path in Course().texts()}
    assert {name: found for name, found in needed.items() if found} == {"07_pytorch": ["torch"]}


def test_what_is_not_installed_is_named_with_its_remedy(without_torch):
    said = libraries.lacking(["torch"])
    assert (
        said == "torch not installed here: `python -m pip install -c constraints.txt -e '.[torch]'`"
    )
    assert libraries.lacking([]) == ""


def test_course_check_says_what_it_leaves_out_without_pytorch(without_torch, capsys):
    assert command.main(["check", "07_pytorch"]) == 0
    said = capsys.readouterr().out
    assert "07_pytorch: starter and solution are not run, torch not installed here" in said
    assert "07_pytorch: 6 TODOs" in said


def test_the_notebook_stops_in_its_first_cell_without_pytorch(without_torch):
    cells = {cell.id: cell.source for cell in text.read(Course().text("07_pytorch")).cells}
    with pytest.raises(ImportError, match=r"^torch is not installed: run `pip install torch`"):
        exec(cells["set_up"], {})
