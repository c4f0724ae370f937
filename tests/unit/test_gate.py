"""course.gate: the real release passes, and nothing else does."""

import base64
import json
import shutil

import pytest

from course import build, gate, text
from course.paths import Course

NAME = "01_softmax"
SOURCE = text.read(Course().text(NAME))
LEAKS = []  # (what, function that changes a release, words that the message holds, tells)


def leak(names, tells=False):
    """Register a leak: what its message names, and whether a line of a solution stands in it."""

    def register(function):
        LEAKS.append(pytest.param(function, names, tells, id=function.__name__))
        return function

    return register


def secret(cell_id):
    """Return a telling line of the solution or the hidden test of one cell."""
    cell = next(cell for cell in SOURCE.cells if cell.id == cell_id)
    lines = cell.source.splitlines()
    solution, hidden = text.regions(cell)
    return max((lines[n].strip() for n in (solution + hidden)[0][1:-1]), key=len)


@pytest.fixture(scope="module")
def released():
    """Return the bytes of the release, made from the text as it is now."""
    course = Course()
    return build.derive(course, [course.text(NAME)])[course.notebook("release", NAME)]


class Changed:
    """A release that a leak may change; ``cell("softmax")`` is a cell of it."""

    def __init__(self, data):
        self.notebook = json.loads(data)

    def cell(self, cell_id):
        return next(cell for cell in self.notebook["cells"] if cell["id"] == cell_id)

    def nbgrader(self, cell_id):
        return self.cell(cell_id)["metadata"]["nbgrader"]

    def output(self, cell_id, **output):
        self.cell(cell_id)["outputs"].append(output)


# Sources


@leak("cells[softmax].source", tells=True)
def solution_put_back(release):
    cell = next(cell for cell in SOURCE.cells if cell.id == "softmax")
    release.cell("softmax")["source"] = cell.source


@leak("cells[softmax].source", tells=True)
def solution_below_the_stub(release):
    release.cell("softmax")["source"] += ["\n    " + secret("softmax")]


@leak("cells[softmax_text].source", tells=True)
def solution_in_markdown(release):
    release.cell("softmax_text")["source"] += ["\n\n" + secret("softmax")]


@leak("cells[set_up].source")
def solution_as_comment_in_given_code(release):
    release.cell("set_up")["source"] += ["\n# " + secret("softmax")]


@leak("cells[set_up].source")
def one_letter_changed(release):
    release.cell("set_up")["source"][0] = "Import time\n"


@leak("cells[softmax].source")
def stub_that_does_not_raise(release):
    lines = release.cell("softmax")["source"]
    release.cell("softmax")["source"] = [
        line.replace("raise NotImplementedError", "print") for line in lines
    ]


@leak("cells[test_softmax_values].source", tells=True)
def hidden_test_in_its_cell(release):
    release.cell("test_softmax_values")["source"] += ["\n" + secret("test_softmax_values")]


@leak("cells[check_softmax].source", tells=True)
def hidden_test_in_a_visible_check(release):
    release.cell("check_softmax")["source"] += ["\n" + secret("test_softmax_values")]


@leak("'BEGIN MARK")
def mark_scheme(release):
    release.cell("answer_accuracy")["source"] = "### BEGIN MARK SCHEME\n5\n### END MARK SCHEME"


@leak("'BEGIN SOLUTION'", tells=True)
def solution_marks(release):
    release.cell("softmax")["source"] += ["\n### BEGIN SOLUTION\n### END SOLUTION"]


@leak("'begin_solution'")
def solution_marks_in_another_spelling(release):
    release.cell("intro")["source"] += ["\n<!-- begin_solution -->"]


@leak("'Solution  begin'")
def solution_marks_in_another_order(release):
    release.cell("intro")["source"] += ["\n# Solution  begin"]


@leak("'BEGIN HIDDEN'")
def hidden_marks_in_metadata(release):
    release.notebook["metadata"]["workbook"]["title"] = "BEGIN HIDDEN TESTS"


@leak("cells[answer_momentum].source", tells=True)
def reference_answer(release):
    cell = next(cell for cell in SOURCE.cells if cell.id == "answer_momentum")
    release.cell("answer_momentum")["source"] = cell.source


@leak("cells[softmax].source", tells=True)
def source_that_is_no_text(release):
    release.cell("softmax")["source"] = ["def softmax(Z):\n", {"hidden": secret("softmax")}]


# Outputs


@leak("cells[softmax].outputs", tells=True)
def solution_on_stdout(release):
    release.output("softmax", output_type="stream", name="stdout", text=secret("softmax"))


@leak("cells[play_training].outputs", tells=True)
def solution_in_html(release):
    html = ["<pre>\n", secret("softmax") + "\n", "</pre>"]
    release.output("play_training", output_type="display_data", data={"text/html": html})


@leak("cells[check_softmax].outputs", tells=True)
def solution_in_a_traceback(release):
    where = [f"softmax(Z)\n      5 \n{secret('softmax')}\n", "ValueError"]
    release.output("check_softmax", output_type="error", ename="E", evalue="", traceback=where)


@leak("cells[load].outputs")
def picture(release):
    release.output("load", output_type="display_data", data={"image/png": "iVBORw0"}, metadata={})


@leak("cells[load].outputs")
def result(release):
    release.output("load", output_type="execute_result", data={}, execution_count=1, metadata={})


@leak("cells[intro]: may not hold 'outputs'")
def outputs_of_markdown(release):
    release.cell("intro")["outputs"] = []


@leak("cells[softmax].execution_count")
def execution_count(release):
    release.cell("softmax")["execution_count"] = 1


@leak("cells[softmax].execution_count")
def execution_count_of_zero(release):
    release.cell("softmax")["execution_count"] = 0


# Metadata


@leak("'note'", tells=True)
def solution_in_metadata_of_the_notebook(release):
    release.notebook["metadata"]["note"] = secret("softmax")


@leak("cells[intro].metadata: may not hold 'note'", tells=True)
def solution_in_metadata_of_a_cell(release):
    release.cell("intro")["metadata"]["note"] = {"deep": [[secret("softmax")]]}


@leak("cells[softmax].metadata.nbgrader: may not hold 'note'", tells=True)
def solution_in_metadata_of_nbgrader(release):
    release.nbgrader("softmax")["note"] = secret("softmax")


@leak("cells[softmax].metadata: may not hold", tells=True)
def solution_as_a_key(release):
    release.cell("softmax")["metadata"][secret("softmax")] = ""


@leak("cells[softmax].metadata: may not hold 'x'")
def solution_in_base64(release):
    code = base64.b64encode(secret("softmax").encode()).decode()
    release.cell("softmax")["metadata"]["x"] = code


@leak("'widgets'")
def widget_state(release):
    state = {"application/vnd.jupyter.widget-state+json": {"state": {}, "version_major": 2}}
    release.notebook["metadata"]["widgets"] = state


@leak("kernelspec: may not hold 'path'")
def path_in_the_kernelspec(release):
    release.notebook["metadata"]["kernelspec"]["path"] = "somewhere"


@leak("kernelspec.name")
def another_kernel(release):
    release.notebook["metadata"]["kernelspec"]["name"] = "conda-env"


@leak("language_info: may not hold 'version'")
def version_of_python(release):
    release.notebook["metadata"]["language_info"]["version"] = "3.11.7"


@leak("metadata: may not hold 'authors'")
def authors(release):
    release.notebook["metadata"]["authors"] = [{"name": "somebody"}]


@leak("metadata: lacks 'workbook'")
def no_course_metadata(release):
    del release.notebook["metadata"]["workbook"]


@leak("cells[test_softmax_values].metadata.nbgrader.points")
def other_points(release):
    release.nbgrader("test_softmax_values")["points"] += 1


@leak("cells[test_softmax_values].metadata.nbgrader.points")
def points_as_text(release):
    release.nbgrader("test_softmax_values")["points"] = "2"


@leak("cells[test_softmax_values].metadata.nbgrader.grade_id")
def other_grade_id(release):
    release.nbgrader("test_softmax_values")["grade_id"] = "test_softmax_loop"


@leak("cells[softmax].id")
def other_cell_id(release):
    release.cell("softmax")["id"] = "soft_max"


@leak("cells[softmax]: lacks 'id'")
def no_cell_id(release):
    del release.cell("softmax")["id"]


@leak("cells[softmax].metadata.nbgrader.checksum")
def other_checksum(release):
    release.nbgrader("softmax")["checksum"] = "0" * 32


@leak("cells[check_softmax].metadata.nbgrader.locked")
def check_that_is_not_locked(release):
    release.nbgrader("check_softmax")["locked"] = False


@leak("cells[check_softmax].metadata.nbgrader.locked: int")
def one_for_true(release):
    release.nbgrader("check_softmax")["locked"] = 1


@leak("cells[test_softmax_loop].metadata.nbgrader.points: bool")
def true_for_one(release):
    release.nbgrader("test_softmax_loop")["points"] = True


@leak("cells[softmax].metadata.nbgrader.schema_version")
def other_schema_version(release):
    release.nbgrader("softmax")["schema_version"] = 2


@leak("cells[softmax].metadata.deletable")
def todo_that_can_be_deleted(release):
    release.cell("softmax")["metadata"]["deletable"] = True


@leak("cells[set_up].metadata: lacks 'editable'")
def given_cell_that_can_be_edited(release):
    del release.cell("set_up")["metadata"]["editable"]


@leak("cells[softmax].metadata: may not hold 'tags'")
def tags(release):
    release.cell("softmax")["metadata"]["tags"] = ["remove_cell"]


@leak("cells[intro].metadata: may not hold 'nbgrader'")
def nbgrader_metadata_of_a_plain_cell(release):
    release.cell("intro")["metadata"]["nbgrader"] = dict(release.nbgrader("set_up"))


@leak("cells[softmax].metadata.workbook.role")
def other_role(release):
    release.cell("softmax")["metadata"]["workbook"]["role"] = "given"


@leak("cells[intro]: may not hold 'attachments'")
def attachment(release):
    release.cell("intro")["attachments"] = {"a.png": {"image/png": "iVBORw0"}}


# Cells and the notebook


@leak("cells: may not hold cell 'extra'")
def extra_cell_at_the_end(release):
    cell = {"cell_type": "markdown", "id": "extra", "metadata": {}, "source": "hello"}
    release.notebook["cells"].append(cell)


@leak("cells[softmax].id: 'extra'")
def extra_cell_in_the_middle(release):
    place = release.notebook["cells"].index(release.cell("softmax"))
    cell = {"cell_type": "markdown", "id": "extra", "metadata": {}, "source": "hello"}
    release.notebook["cells"].insert(place, cell)


@leak("may only be 'softmax'")
def missing_cell(release):
    release.notebook["cells"].remove(release.cell("softmax"))


@leak("cells: lacks cell 'closing'")
def missing_last_cell(release):
    release.notebook["cells"].pop()


@leak("cells[check_softmax].id: 'softmax'")
def moved_cell(release):
    cells = release.notebook["cells"]
    place = cells.index(release.cell("softmax"))
    cells[place], cells[place + 1] = cells[place + 1], cells[place]


@leak("cells[softmax].cell_type")
def code_as_raw_text(release):
    release.cell("softmax")["cell_type"] = "raw"


@leak("may not hold 'solutions'", tells=True)
def extra_key_at_the_top(release):
    release.notebook["solutions"] = [secret("softmax")]


@leak("notebook.nbformat_minor: 4")
def older_format(release):
    release.notebook["nbformat_minor"] = 4


@leak("notebook.cells: dict")
def cells_that_are_no_list(release):
    release.notebook["cells"] = {cell["id"]: cell for cell in release.notebook["cells"]}


@pytest.mark.parametrize(("change", "names", "tells"), LEAKS)
def test_a_leak_is_caught_and_named(released, change, names, tells):
    release = Changed(released)
    change(release)
    findings = gate.inspect(SOURCE, json.dumps(release.notebook).encode())
    assert any(names in finding for finding in findings), findings[:5]
    # The second, independent question: does a line of a solution stand anywhere?
    assert any(finding.startswith("line of ") for finding in findings) == tells


def test_there_are_many_leaks():
    assert len({param.id for param in LEAKS}) == len(LEAKS) >= 40


# Bytes

BYTES = {
    "not_utf_8": lambda data: data.replace(b"digits", b"digits \xff", 1),
    "utf_16": lambda data: data.decode().encode("utf-16"),
    "byte_order_mark": lambda data: b"\xef\xbb\xbf" + data,
    "trailing_bytes": lambda data: data + b"solution",
    "second_notebook_behind_the_first": lambda data: data * 2,
    "cut_short": lambda data: data[:-100],
    "empty": lambda data: b"",
    "no_notebook": lambda data: b"[]",
    "comment": lambda data: b"// solution\n" + data,
    "key_twice_at_the_top": lambda data: data.replace(b"{", b'{"cells": "solution",', 1),
    "key_twice_in_a_cell": lambda data: data.replace(b'"source":', b'"source": "x", "source":', 1),
    "not_a_number": lambda data: data.replace(b'"points": 1,', b'"points": NaN,', 1),
}


@pytest.mark.parametrize("change", BYTES.values(), ids=BYTES)
def test_bytes_that_a_reader_might_forgive_are_refused(released, change):
    changed = change(released)
    assert changed != released
    assert gate.inspect(SOURCE, changed)


def test_a_key_that_stands_twice_is_named(released):
    (finding,) = gate.inspect(SOURCE, BYTES["key_twice_at_the_top"](released))
    assert "cells" in finding


# The folder


def _linked(folder):
    notebook = folder / f"{NAME}.ipynb"
    notebook.rename(folder.parent / "elsewhere.ipynb")
    notebook.symlink_to(folder.parent / "elsewhere.ipynb")


def _checkpoint(folder):
    (folder / ".ipynb_checkpoints").mkdir()
    shutil.copy(folder / f"{NAME}.ipynb", folder / ".ipynb_checkpoints" / "checkpoint.ipynb")


def _write(name):
    return lambda folder: (folder / name).write_text("hello")


FOLDERS = {
    "text_beside_it": (_write(f"{NAME}.py"), f"{NAME}.py"),
    "data": (_write("data.csv"), "data.csv"),
    "hidden_file": (_write(".solution"), ".solution"),
    "backup": (_write(f"{NAME}.ipynb~"), f"{NAME}.ipynb~"),
    "checkpoint": (_checkpoint, "checkpoint.ipynb"),
    "empty_folder": (lambda folder: (folder / "more").mkdir(), "more"),
    "link_to_a_file": (lambda folder: (folder / "x").symlink_to(__file__), "x: a symbolic link"),
    "broken_link": (lambda folder: (folder / "x").symlink_to("nowhere"), "x: a symbolic link"),
    "link_in_place_of_the_notebook": (_linked, f"{NAME}.ipynb: a symbolic link"),
    "no_notebook": (lambda folder: (folder / f"{NAME}.ipynb").unlink(), f"{NAME}.ipynb: missing"),
    "another_name": (lambda f: (f / f"{NAME}.ipynb").rename(f / "softmax.ipynb"), "softmax.ipynb"),
    "bad_notebook": (_write(f"{NAME}.ipynb"), "not a notebook"),
}


@pytest.fixture
def folder(tmp_path, released):
    """Return a release folder that may be released."""
    folder = tmp_path / NAME
    folder.mkdir()
    (folder / f"{NAME}.ipynb").write_bytes(released)
    return folder


@pytest.mark.parametrize(("change", "names"), FOLDERS.values(), ids=FOLDERS)
def test_a_folder_that_holds_anything_else_is_refused(folder, change, names):
    change(folder)
    with pytest.raises(gate.Leak) as refused:
        gate.check_folder(SOURCE, folder)
    assert names in str(refused.value)
    assert NAME in str(refused.value).splitlines()[0]


# No false alarm


def test_a_fresh_release_passes(folder):
    gate.check_folder(SOURCE, folder)


def test_the_committed_releases_pass():
    course = Course()
    assert course.texts()
    for path in course.texts():
        source = text.read(path)
        gate.check_folder(source, course.notebook("release", source.name).parent)


# A failed gate


def test_a_failed_gate_writes_nothing(tmp_path, monkeypatch):
    course = Course(tmp_path)
    for step in ("source", "release"):
        shutil.copytree(Course().root / step, tmp_path / step)
    with course.text(NAME).open("a") as file:
        file.write('\n# %% [markdown] id="new"\n# A cell that is new.\n')
    before = _contents(tmp_path)
    release = build.release_without_gradebook

    def leaky(scratch, name):
        release(scratch, name)
        path = scratch.notebook("release", name)
        path.write_bytes(path.read_bytes().replace(b"not written yet", b"exponentials", 1))

    monkeypatch.setattr(build, "release_without_gradebook", leaky)
    with pytest.raises(gate.Leak, match=r"cells\[one_hot\].source"):
        build.build(course)
    assert _contents(tmp_path) == before
    monkeypatch.setattr(build, "release_without_gradebook", release)
    build.build(course)
    assert _contents(tmp_path) != before  # it was the gate that kept the files as they were


def _contents(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
