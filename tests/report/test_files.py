"""From a file to a file: the command, one move, and clear errors."""

import json
import subprocess
import sys

import nbformat
import pytest
from nbconvert.exporters import get_exporter
from nbformat.v4 import new_notebook
from notebooks import CELLS, markdown, read

from helpers import report
from helpers.report.__main__ import main


def test_nbconvert_knows_the_exporter():
    assert get_exporter("report") is report.ReportExporter


@pytest.fixture
def notebook(tmp_path):
    path = tmp_path / "nb.ipynb"
    nbformat.write(new_notebook(cells=[markdown("Hello"), *CELLS]), path)
    return path


def test_the_command_writes_the_pdf_beside_the_notebook(notebook, capsys):
    assert main([str(notebook), "--name", "Ada"]) == 0
    made = notebook.with_suffix(".pdf")
    assert capsys.readouterr().out.strip() == str(made)
    told = read(made.read_bytes()).pages[0].extract_text()
    assert "Ada" in told
    assert "hidden_set_up" not in told
    assert sorted(path.name for path in notebook.parent.iterdir()) == ["nb.ipynb", "nb.pdf"]


def test_the_command_takes_a_place_and_the_whole_notebook(notebook, tmp_path):
    made = tmp_path / "new" / "out.pdf"
    assert main([str(notebook), "-o", str(made), "--whole"]) == 0
    assert "hidden_set_up" in read(made.read_bytes()).pages[0].extract_text()


def test_the_command_finds_an_assignment_under_the_current_folder(notebook, tmp_path, monkeypatch):
    place = tmp_path / "release" / "99_x" / "99_x.ipynb"
    place.parent.mkdir(parents=True)
    notebook.rename(place)
    monkeypatch.chdir(tmp_path)
    assert main(["99_x"]) == 0
    assert place.with_suffix(".pdf").is_file()


@pytest.mark.parametrize("content", ["", "no JSON", "[]", "{}", '{"cells": 1}', "\udcff"])
def test_what_is_no_notebook_is_an_error_and_the_old_pdf_stays(content, tmp_path, capsys):
    path, old = tmp_path / "nb.ipynb", tmp_path / "nb.pdf"
    path.write_bytes(content.encode(errors="surrogateescape"))
    old.write_bytes(b"old")
    assert main([str(path)]) == 1
    assert "nb.ipynb: not a notebook" in capsys.readouterr().err
    assert old.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_damaged_cell_is_an_error(notebook, capsys):
    nb = json.loads(notebook.read_text())
    del nb["cells"][0]["source"]
    notebook.write_text(json.dumps(nb))
    assert main([str(notebook)]) == 1
    assert "damaged" in capsys.readouterr().err


def test_the_old_pdf_stays_when_the_new_one_cannot_be_set(notebook, monkeypatch, capsys):
    old = notebook.with_suffix(".pdf")
    old.write_bytes(b"old")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "?")
    assert main([str(notebook)]) == 1
    assert old.read_bytes() == b"old"
    assert "SOURCE_DATE_EPOCH" in capsys.readouterr().err


@pytest.mark.parametrize("named", ["missing.ipynb", "no_such_assignment"])
def test_a_missing_notebook_is_an_error(named, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main([named]) == 1
    assert f"{named}: there is no" in capsys.readouterr().err


def test_the_module_runs_and_ends_with_its_status(tmp_path):
    path = tmp_path / "nb.ipynb"
    path.write_text("no JSON")
    command = [sys.executable, "-m", "helpers.report", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "not a notebook" in done.stderr
    assert "Traceback" not in done.stderr
