"""What a student is told before handing in, and what is handed in."""

import doctest
import http.server
import io
import json
import os
import threading
import zipfile
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_output
from tiny_answers import cell, place

from course import repair
from course.released import load
from helpers import handin
from helpers.record import NOT_ATTEMPTED, PASSED, WRONG
from helpers.report.student import STUDENT
from helpers.submit import __main__ as command
from helpers.submit import fresh, notebooks, saved

NAME = "01_tiny"


@pytest.fixture
def desk(tmp_path, tiny, monkeypatch, capsys):
    """Return a student's folder: what hands a notebook in, and what is there afterwards."""
    monkeypatch.setattr(notebooks, "RELEASED", tiny.course.pristine(NAME).parent)
    monkeypatch.setattr(saved.unsaved, "__defaults__", (list,))
    path = tmp_path / f"{NAME}.ipynb"

    def hand_in(notebook, *options):
        path.write_text(nbformat.v4.writes(notebook) + "\n")
        return again("--no-run", *options)

    def again(*options):
        status = command.main([str(path), "--student", "ada", *options])
        said = capsys.readouterr()
        found = SimpleNamespace(status=status, said=said.out + said.err, path=path, files={})
        packed = tmp_path / f"{NAME}-ada.zip"
        if packed.exists():
            with zipfile.ZipFile(packed) as archive:
                found.files = {name: archive.read(name) for name in archive.namelist()}
            found.receipt = json.loads(found.files["receipt.json"])
            packed.unlink()
        return found

    return SimpleNamespace(hand_in=hand_in, again=again, path=path)


def ran(notebook, wrong=(), count=0):
    """Return a notebook as Jupyter saves it after all cells ran; some checks were not green."""
    for number, one in enumerate(notebook.cells, count + 1):
        if one.cell_type == "code":
            one.execution_count = number
            if one.id in wrong:
                told = "✗ double of 1: got 3, wanted 2. Hint: multiply by two"
                one.outputs = [new_output("error", ename="CheckFailed", evalue=told)]
    return notebook


def states(receipt):
    return {name: record["status"] for name, record in receipt["todos"].items()}


def test_an_honest_notebook_is_handed_in_as_it_was_saved(desk, tiny):
    handed_in = desk.hand_in(ran(tiny.right()))
    assert handed_in.status == 0, handed_in.said
    assert list(handed_in.files) == [f"{NAME}.ipynb", "receipt.json"]
    assert handed_in.files[f"{NAME}.ipynb"] == desk.path.read_bytes()
    receipt = handed_in.receipt
    assert (receipt["assignment"], receipt["student"]) == (NAME, "ada")
    assert states(receipt) == {"double": PASSED, "triple": PASSED}
    assert receipt["answers"] == {"why": "answered"}
    assert receipt["repaired"] == receipt["warnings"] == []
    assert set(receipt["environment"]) == {"python", "platform", "packages", "data"}
    assert set(receipt["environment"]["data"].values()) <= {"embedded", "full"}
    assert "2 of 2 TODOs done" in handed_in.said
    assert "Repaired" not in handed_in.said
    words = desk.path.with_name(f"{NAME}-ada.receipt.txt").read_text()
    assert receipt["files"][f"{NAME}.ipynb"] in words
    assert "1 of 1 report questions answered" in words


def test_done_wrong_and_not_attempted_are_told_apart(desk, tiny):
    notebook = nbformat.reads(tiny.released.decode(), as_version=4)
    told = "○ triple: not attempted (double: not written yet)"
    ran(notebook, wrong=["check_double"])
    cell(notebook, "check_triple").outputs = [
        new_output("error", ename="NotAttempted", evalue=told)
    ]
    handed_in = desk.hand_in(notebook)
    assert states(handed_in.receipt) == {"double": WRONG, "triple": NOT_ATTEMPTED}
    assert "✗ double: wrong (double of 1: got 3, wanted 2. Hint: multiply by two)" in handed_in.said
    assert "○ triple: not attempted (double: not written yet)" in handed_in.said
    assert "○ why: empty" in handed_in.said


def test_a_check_that_never_ran_is_told(desk, tiny):
    handed_in = desk.hand_in(tiny.right())
    assert "○ double: not attempted (its check did not run)" in handed_in.said


# Repair


def _delete(name):
    return lambda notebook: notebook.cells.remove(cell(notebook, name))


def _retype(name, kind):
    def retype(notebook):
        one = cell(notebook, name)
        one.cell_type = kind
        for key in ("outputs", "execution_count"):
            one.pop(key, None)

    return retype


def _split(name, keeps_metadata=True, ids=None):
    """Split a cell before its last line, as JupyterLab does: the second part keeps the id."""

    def split(notebook):
        one = cell(notebook, name)
        first, _, last = one.source.strip().rpartition("\n")
        rest = one.copy()
        rest.metadata = one.metadata.copy() if keeps_metadata else {}
        one.source, rest.source = first, last
        one.id, rest.id = ids or ("new-id", name)
        notebook.cells.insert(notebook.cells.index(one) + 1, rest)

    return split


def _split_at_the_cursor(notebook):
    """Split a cell before a word: the indentation stays above."""
    _split("double")(notebook)
    rest = cell(notebook, "double")
    cell(notebook, "new-id").source += "\n" + rest.source[:4]
    rest.source = rest.source[4:]


def _copied(notebook):
    one = cell(notebook, "double")
    second = one.copy()
    second.id, second.source = "new-id", one.source.replace("2.0", "3.0 - x + ")
    notebook.cells.insert(notebook.cells.index(one), second)


def _edit(name):
    return lambda notebook: cell(notebook, name).update(source="pass")


def _without_metadata(name):
    return lambda notebook: cell(notebook, name).metadata.pop("nbgrader")


def _moved(notebook):
    notebook.cells.append(notebook.cells.pop(place(notebook, "check_double")))


DAMAGES = {
    "check_deleted": (_delete("check_double"), "`check_double` was missing and is put back"),
    "test_deleted": (_delete("test_triple_negative"), "`test_triple_negative` was missing"),
    "todo_deleted": (_delete("double"), "TODO cell `double` was missing; its code counts"),
    "answer_deleted": (_delete("why"), "answer cell `why` was missing"),
    "check_split": (_split("check_double"), "text of the cell `check_double` had been changed"),
    "todo_split": (_split("double"), "`double` had been split; its parts are put together"),
    "todo_split_at_the_cursor": (_split_at_the_cursor, "`double` had been split"),
    "todo_split_into_new_cells": (_split("double", ids=("a", "b")), "`double` had been split"),
    "todo_copied": (_copied, "`double` was there more than once"),
    "todo_retyped": (_retype("double", "markdown"), "type of the cell `double` had been changed"),
    "check_retyped": (_retype("check_triple", "raw"), "type of the cell `check_triple` had been"),
    "given_edited": (_edit("set_up"), "text of the cell `set_up` had been changed"),
    "settings_lost": (_without_metadata("double"), "grading settings of the cell `double`"),
    "check_moved": (_moved, "`check_double` stood in the wrong place"),
}


@pytest.mark.parametrize(("damage", "words"), DAMAGES.values(), ids=DAMAGES)
def test_what_is_broken_is_repaired_in_what_is_handed_in(desk, tiny, damage, words):
    notebook = tiny.right()
    damage(notebook)
    handed_in = desk.hand_in(notebook)
    assert handed_in.status == 0, handed_in.said
    assert any(words in sentence for sentence in handed_in.receipt["repaired"])
    assert words in handed_in.said
    assert desk.path.read_text() == nbformat.v4.writes(notebook) + "\n"  # nothing is written to it
    assert handed_in.files["as_saved.ipynb"] == desk.path.read_bytes()
    # Grading finds nothing left to repair.
    made = nbformat.reads(handed_in.files[f"{NAME}.ipynb"].decode(), as_version=4)
    released, _ = load(tiny.course.gradebook_url, NAME, NAME)
    left = repair.repair(made.cells, released)
    assert left == [one for one in handed_in.receipt["repaired"] if "TODO cell" in one]


def test_the_notebook_itself_is_repaired_if_that_is_asked_for(desk, tiny):
    notebook = tiny.right()
    _delete("check_double")(notebook)
    handed_in = desk.hand_in(notebook, "--repair")
    assert "as it was it is now 01_tiny.as-it-was.ipynb" in handed_in.said
    kept = desk.path.with_name("01_tiny.as-it-was.ipynb").read_bytes()
    assert kept == handed_in.files["as_saved.ipynb"]
    assert desk.path.read_bytes() == handed_in.files[f"{NAME}.ipynb"]
    assert desk.again("--no-run").receipt["repaired"] == []


def test_an_answer_cell_that_is_put_back_counts_as_empty(desk, tiny):
    notebook = tiny.right()
    _delete("why")(notebook)
    assert desk.hand_in(notebook).receipt["answers"] == {"why": "empty"}


@pytest.mark.parametrize("damage", [_split("double"), _split_at_the_cursor])
def test_the_parts_of_a_split_todo_are_its_whole_again(desk, tiny, damage):
    notebook = tiny.right()
    want = cell(notebook, "double").source.strip()
    damage(notebook)
    made = desk.hand_in(notebook).files[f"{NAME}.ipynb"].decode()
    assert cell(nbformat.reads(made, as_version=4), "double").source == want


def test_the_parts_of_a_split_answer_are_all_of_it(desk, tiny):
    notebook = tiny.right()
    cell(notebook, "why").source = "Because three is more.\nAnd two is less."
    _split("why")(notebook)
    made = nbformat.reads(desk.hand_in(notebook).files[f"{NAME}.ipynb"].decode(), as_version=4)
    assert cell(made, "why").source == "Because three is more.\nAnd two is less."
    assert len(made.cells) == len(tiny.right().cells)


# Warnings


def test_cells_that_ran_in_another_order_are_told(desk, tiny):
    notebook = ran(tiny.right())
    cell(notebook, "double").execution_count = 99
    [warning] = desk.hand_in(notebook).receipt["warnings"]
    assert warning.startswith("Below `double` stand cells that ran before it did")


NO_SERVER = {"url": "http://127.0.0.1:9/", "token": "", "root_dir": ""}


@pytest.fixture
def server(desk, tmp_path):
    """Return what a Jupyter server says of itself, and when its kernel was last at work."""
    sessions = []

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            right = self.headers["Authorization"] == "token secret"
            self.send_response(200 if right and self.path == "/api/sessions" else 403)
            self.end_headers()
            self.wfile.write(json.dumps(sessions).encode())

        def log_message(self, *arguments):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as answering:
        often = {"poll_interval": 0.01}  # so that it soon sees its end
        threading.Thread(target=answering.serve_forever, kwargs=often, daemon=True).start()
        url = f"http://127.0.0.1:{answering.server_port}/"
        yield {"url": url, "token": "secret", "root_dir": str(tmp_path)}, sessions
        answering.shutdown()


@pytest.mark.parametrize(
    ("minute", "file", "told"),
    [("30", f"{NAME}.ipynb", True), ("10", f"{NAME}.ipynb", False), ("30", "other.ipynb", False)],
)
def test_work_after_the_last_save_is_told(desk, server, monkeypatch, minute, file, told):
    info, sessions = server
    monkeypatch.setattr(saved, "list_running_servers", lambda: [NO_SERVER, info])
    desk.path.write_text("{}")
    os.utime(desk.path, (1_700_000_000,) * 2)  # 22:13:20 in UTC
    active = f"2023-11-14T22:{minute}:00.000000Z"
    sessions += ["strange", {"path": file, "kernel": {"last_activity": active}}]
    warnings = saved.unsaved(desk.path)
    assert [f"{NAME}.ipynb is open in Jupyter" in one for one in warnings] == [True] * told


# A fresh kernel

UNSTABLE = "def triple(x):\n    return factor * x"


def test_what_is_green_by_the_session_alone_is_told_by_name(desk, tiny):
    notebook = ran(tiny.right())
    cell(notebook, "triple").source = UNSTABLE  # `factor` was defined in a cell that is gone
    desk.hand_in(notebook)
    handed_in = desk.again()
    assert states(handed_in.receipt) == {"double": PASSED, "triple": WRONG}
    assert "✗ triple: wrong (stops with NameError: name 'factor' is not defined)" in handed_in.said
    [warning] = handed_in.receipt["warnings"]
    assert warning.startswith("The check of `triple` is green in your notebook and not when")
    assert handed_in.files[f"{NAME}.ipynb"] == desk.path.read_bytes()  # with its own outputs


def test_a_cell_that_never_ends_and_one_that_ends_python_cost_what_they_must(
    desk, tiny, tmp_path, monkeypatch
):
    monkeypatch.setattr(fresh, "PATIENCE", 1)
    notebook = tiny.right()
    cell(notebook, "double").source += "\nimport own\nwhile own.busy: pass"
    cell(notebook, "test_double_array").source = "pass"
    cell(notebook, "triple").source += "\nimport os\nos._exit(1)"
    desk.hand_in(notebook)
    (tmp_path / "own.py").write_text("busy = True")
    handed_in = desk.again("--seconds", "1", "--also", str(tmp_path / "own.py"))
    assert handed_in.status == 0, handed_in.said
    assert states(handed_in.receipt) == {"double": PASSED, "triple": NOT_ATTEMPTED}
    stopped, ended = handed_in.receipt["warnings"]
    assert stopped == "`double` did not end within 1 s and was stopped."
    assert "the code ended the whole Python process (`triple`)" in ended
    assert handed_in.files["own.py"] == b"busy = True"
    # One that does not heed the interrupt ends the run.
    (tmp_path / "own.py").write_text("import time\ndef deaf():\n" + DEAF)
    cell(notebook, "double").source = "import own\nown.deaf()"
    desk.hand_in(notebook)
    handed_in = desk.again("--seconds", "1", "--also", str(tmp_path / "own.py"))
    assert "a cell did not heed an interrupt (`double`)" in handed_in.receipt["warnings"][0]


DEAF = """\
    while True:
        try:
            time.sleep(60)
        except KeyboardInterrupt:
            pass
"""


def test_panels_and_experiments_run_only_if_they_were_changed(tiny):
    released = SimpleNamespace(
        cells={"play": SimpleNamespace(source="1")},
        role=lambda name: {"play": "play", "test": "test"}.get(name, ""),
    )
    runs = [
        fresh._counts(released, SimpleNamespace(id=name, source=source))
        for name, source in (("play", "1\n"), ("play", "2"), ("test", ""), ("own", "x"))
    ]
    assert runs == [False, True, False, True]


def test_half_a_character_is_handed_in_all_the_same(desk, tiny):
    notebook = ran(tiny.right(), wrong=["check_double"])
    cell(notebook, "check_double").outputs[0].evalue = "half \ud800 of a pair"
    _delete("check_triple")(notebook)
    desk.path.write_text(json.dumps(notebook))
    handed_in = desk.again("--no-run")
    assert handed_in.status == 0, handed_in.said
    assert states(handed_in.receipt)["double"] == WRONG


def test_an_interrupt_writes_nothing(desk, tiny, monkeypatch):
    desk.hand_in(tiny.right())

    def interrupted(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(fresh, "run", interrupted)
    handed_in = desk.again()
    assert (handed_in.status, handed_in.files) == (130, {})
    assert "stopped; nothing was written" in handed_in.said


# Who, and what cannot be handed in


def test_the_student_of_the_report_hands_in(desk, tiny, tmp_path):
    notebook = tiny.right()
    about = {STUDENT: {"name": "Ada", "id": "ada17", "date": "2026-11-20"}}
    cell(notebook, "set_up").outputs = [new_output("display_data", data=about)]
    desk.path.write_text(nbformat.v4.writes(notebook))
    assert command.main([str(desk.path), "--no-run"]) == 0
    assert (tmp_path / f"{NAME}-ada17.zip").is_file()


def _text(text):
    return lambda path: path.write_text(text)


def _assignment(name):
    workbook = {"assignment": name} if name else {}
    made = nbformat.v4.new_notebook(metadata={"workbook": workbook})
    return _text(nbformat.v4.writes(made))


def _cells(cells):
    return _text(f'{{"nbformat": 4, "nbformat_minor": 5, "metadata": {{}}, "cells": [{cells}]}}')


REFUSED = {
    "nobody": (["--student", ""], None, "nobody: say who hands in"),
    "bad_id": (["--student", "../ada"], None, "../ada: say who hands in"),
    "notebook_beside": (["--also", "x.ipynb"], None, "rename it"),
    "bad_name_beside": (["--also", "-rf"], None, "rename it"),
    "too_much_beside": (["--also", "large.bin"], None, "at most 200 files and 21 MB"),
    "no_json": ([], _text("hello"), "not a notebook"),
    "no_cells": ([], _text('{"nbformat": 4, "metadata": {}}'), "not a notebook"),
    "no_source": (
        [],
        _cells('{"cell_type": "code", "metadata": {}, "source": 5}'),
        "cells are damaged",
    ),
    "no_assignment": ([], _assignment(""), "does not say which assignment"),
    "unknown_assignment": ([], _assignment("09_none"), "no assignment 09_none, only 01_tiny"),
}


@pytest.mark.parametrize(("options", "write", "words"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_handed_in_is_told(desk, tiny, monkeypatch, options, write, words):
    monkeypatch.chdir(desk.path.parent)
    desk.hand_in(tiny.right())
    for name in ("x.ipynb", "-rf"):
        (desk.path.parent / name).write_text("x")
    with open("large.bin", "wb") as file:
        file.truncate(21 << 20)
    if write:
        write(desk.path)
    options = [f"--also={options[1]}"] if options[:1] == ["--also"] else options
    refused = desk.again("--no-run", *options)
    assert (refused.status, refused.files) == (1, {})
    assert words in refused.said


def test_a_notebook_is_found_by_the_name_of_its_assignment(
    desk, tiny, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    desk.hand_in(tiny.right())
    assert command.main([NAME, "--student", "ben", "--no-run"]) == 0
    assert command.main(["07_none", "--student", "ben"]) == 1
    assert "07_none: there is no 07_none.ipynb or release" in capsys.readouterr().err


@pytest.mark.parametrize("module", [handin, saved], ids=lambda module: module.__name__)
def test_the_examples_are_true(module):
    failed, tried = doctest.testmod(module)
    assert (failed, tried > 0) == (0, True)


def test_an_old_console_can_print_it(desk, tiny, monkeypatch):
    desk.hand_in(tiny.right())
    console = io.TextIOWrapper(io.BytesIO(), encoding="cp1252")
    monkeypatch.setattr("sys.stdout", console)
    assert command.main([str(desk.path), "--student", "ada", "--no-run"]) == 0
