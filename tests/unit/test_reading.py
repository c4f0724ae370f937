"""Reading what students hand in: whatever can be read is read, and nothing else is touched."""

import copy
import json
import os
import random

import nbformat
import pytest
from nbconvert.exporters.exporter import ResourcesDict
from nbconvert.preprocessors import Preprocessor
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from course.looking import look
from course.mending import DEEPEST, MOST_CELLS, Unreadable
from course.reading import ReadLeniently, read
from course.repair import Repair

NAME = "01_tiny"
PICTURE = {"a.svg": {"image/svg+xml": ["<svg>\n", "</svg>"]}}


@pytest.fixture
def notebook():
    """Return the JSON of a small notebook."""
    settings = {"grade_id": "double", "solution": True, "grade": False, "schema_version": 3}
    made = new_notebook(
        metadata={"workbook": {"assignment": NAME}},
        cells=[
            new_markdown_cell("# Größe\n\n`<<<<<<<` is content here.", id="intro"),
            new_code_cell("x = 1\ny = 2", id="double", metadata={"nbgrader": settings}),
            new_code_cell('"""\n<<<<<<< a\n=======\n>>>>>>> b\n"""', id="marks"),
        ],
    )
    return json.loads(nbformat.writes(made))


@pytest.fixture
def path(tmp_path):
    return tmp_path / f"{NAME}.ipynb"


def text(notebook):
    return json.dumps(notebook, indent=1, ensure_ascii=False)


def read_text(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found, told = read(path)
    nbformat.validate(found)
    nbformat.writes(found).encode()
    assert (found.nbformat, found.nbformat_minor) == (4, 5)
    return found, told


def sources(notebook):
    return ["".join(cell["source"]) for cell in notebook["cells"]]


# What is well


def test_a_sound_notebook_is_read_as_nbformat_reads_it_and_told_nothing(path, notebook):
    found, told = read_text(path, text(notebook))
    assert told == []
    assert found == nbformat.read(path, as_version=4)


def test_outputs_and_the_look_of_the_screen_are_left_out(path, notebook):
    notebook["metadata"]["widgets"] = {"state": {}}
    notebook["cells"][1].update(
        outputs=[{"output_type": "stream", "name": "stdout", "text": ["1\n"]}],
        execution_count=7,
        metadata={"tags": ["remove_cell"], "nbgrader": {"grade_id": "double"}, "editable": False},
    )
    found, told = read_text(path, text(notebook))
    assert told == []
    assert list(found.metadata) == ["workbook"]
    assert found.cells[1].outputs == []
    assert found.cells[1].execution_count is None
    assert set(found.cells[1].metadata) == {"nbgrader", "editable"}


def test_pictures_in_an_answer_are_kept(path, notebook):
    notebook["cells"][0]["attachments"] = PICTURE
    found, told = read_text(path, text(notebook))
    assert told == []
    assert found.cells[0].attachments == {"a.svg": {"image/svg+xml": "<svg>\n</svg>"}}


@pytest.mark.parametrize("minor", [0, 2, 4])
def test_an_older_minor_format_gets_cell_ids_and_is_told_nothing(path, notebook, minor):
    notebook["nbformat_minor"] = minor
    for cell in notebook["cells"]:
        del cell["id"]
    found, told = read_text(path, text(notebook))
    assert told == []
    assert [cell.id for cell in found.cells] == ["cell-1", "cell-2", "cell-3"]


# Bytes and text


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_left_out(path, notebook, encoding):
    found, told = read_text(path, text(notebook).encode(encoding))
    assert sources(found) == sources(notebook)
    assert told == ["The file began with a byte-order mark; it was read without it."]


@pytest.mark.parametrize("behind", ["\0" * 4096, "\n}", "\n<html>Sign in</html>", '{"cells": []}'])
def test_what_stands_behind_the_notebook_is_left_out(path, notebook, behind):
    found, [told] = read_text(path, text(notebook) + behind)
    assert sources(found) == sources(notebook)
    assert told.startswith("Behind the notebook stood ")


def test_white_space_around_the_notebook_is_nothing_to_tell(path, notebook):
    _, told = read_text(path, "\r\n " + text(notebook) + "\n\n")
    assert told == []


def test_a_byte_that_is_no_text_costs_that_character_only(path, notebook):
    found, [told] = read_text(path, text(notebook).encode("latin-1"))
    assert sources(found)[0].startswith("# Gr�")
    assert sources(found)[1:] == sources(notebook)[1:]
    assert "bytes that are no text" in told


def test_raw_line_ends_within_a_text_are_read(path, notebook):
    found, told = read_text(path, text(notebook).replace('"x = 1\\n"', '"x = 1\n"'))
    assert sources(found) == sources(notebook)
    assert told == []


def test_half_a_surrogate_pair_can_be_written_afterwards(path, notebook):
    found, [told] = read_text(path, text(notebook).replace("x = 1", "x = '\\ud83d'"))
    assert sources(found)[1].startswith("x = '�'")
    assert "Characters" in told


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "9" * 5000])
def test_numbers_that_are_not_finite_are_left_out(path, notebook, number):
    notebook["cells"][1]["metadata"]["nbgrader"]["points"] = "HERE"
    found, told = read_text(path, text(notebook).replace('"HERE"', number))
    assert found.cells[1].metadata.nbgrader.points is None
    assert told == ["Numbers that are not finite were left out."]


def test_what_is_nested_too_deeply_is_left_out(path, notebook):
    deep = "[" * (DEEPEST + 5) + "]" * (DEEPEST + 5)
    notebook["cells"][1]["metadata"]["nbgrader"]["x"] = "HERE"
    found, told = read_text(path, text(notebook).replace('"HERE"', deep))
    copy.deepcopy(found)
    assert told == ["What was nested more deeply than any notebook is was left out."]


# Conflicts of Git


def in_conflict(content, mine, theirs, base=""):
    base = f"||||||| 1f2e\n{base}\n" if base else ""
    conflict = f"<<<<<<< HEAD\n{mine}\n{base}=======\n{theirs}\n>>>>>>> feature\n"
    return content.replace('    "x = 1\\n",\n', conflict)


@pytest.mark.parametrize(
    ("mine", "theirs", "base", "kept", "side"),
    [
        ('"x = 2\\n",', '"x = 3\\n",', "", "x = 2", "first side (`HEAD`)"),
        ('"x = 2\\n",', '"x = 3\\n",', '"x = 1\\n",', "x = 2", "first side (`HEAD`)"),
        ('"x = 2\\n"', '"x = 3\\n",', "", "x = 3", "second side (`feature`)"),
        ("", '"x = 3\\n",', "", "y = 2", "first side (`HEAD`)"),
    ],
)
def test_the_first_side_of_a_conflict_that_parses_is_kept(
    path, notebook, mine, theirs, base, kept, side
):
    found, [told] = read_text(path, in_conflict(text(notebook), mine, theirs, base))
    assert sources(found)[1].startswith(kept)
    assert sources(found)[2] == sources(notebook)[2], "marks within a cell are content"
    assert side in told


def test_a_conflict_around_the_whole_file_is_read(path, notebook):
    whole = f"<<<<<<< a\n{text(notebook)}\n=======\n{{}}\n>>>>>>> b\n"
    found, [told] = read_text(path, whole)
    assert sources(found) == sources(notebook)
    assert "the first side (`a`)" in told


def test_of_a_conflict_without_a_good_side_the_cells_around_it_are_saved(path, notebook):
    found, [told] = read_text(path, in_conflict(text(notebook), "x", "y"))
    assert sources(found) == [sources(notebook)[0], sources(notebook)[2]]
    assert "2 whole cells were saved" in told


# Damaged JSON


def test_of_a_file_that_was_cut_off_the_whole_cells_are_saved(path, notebook):
    whole = text(notebook)
    found, [told] = read_text(path, whole[: whole.index("y = 2")])
    assert sources(found) == sources(notebook)[:1]
    assert "cut off or damaged at line 2" in told
    assert "1 whole cell was saved" in told


def test_a_broken_cell_in_the_middle_costs_no_other_cell(path, notebook):
    found, [told] = read_text(path, text(notebook).replace('"y = 2"', '"y = 2'))
    assert sources(found) == [sources(notebook)[0], sources(notebook)[2]]
    assert "2 whole cells were saved" in told


def test_a_comma_too_many_costs_nothing(path, notebook):
    whole = text(notebook).replace("\n ],\n", ",\n ],\n", 1)
    assert whole != text(notebook)
    found, _ = read_text(path, whole)
    assert sources(found) == sources(notebook)


@pytest.mark.parametrize("seed", range(40))
def test_any_damage_is_read_validly_or_refused_in_words(path, notebook, seed):
    chance = random.Random(seed)
    content = list(text(notebook))
    for _ in range(chance.randint(1, 6)):
        content[chance.randrange(len(content))] = chance.choice(["", '"', "{", "}", "\0", ",", "<"])
    damaged = "".join(content)[: chance.randrange(100, 2 * len(content))]
    try:
        read_text(path, damaged)  # asserts that the notebook is valid and can be written
    except Unreadable as why:
        refused = str(why)
    else:
        refused = path.name
    assert refused.startswith(path.name)


# Fields


BROKEN = [
    ({"metadata": None}, "metadata", "x = 1\ny = 2"),
    ({"metadata": [1]}, "metadata", "x = 1\ny = 2"),
    ({"source": None}, "source", ""),
    ({"source": 7}, "source", "7"),
    ({"source": {"a": 1}}, "source", ""),
    ({"source": ["x", 1, "y"]}, "source", "xy"),
    ({"cell_type": "video"}, "type", "x = 1\ny = 2"),
    ({"cell_type": ["code"]}, "type", "x = 1\ny = 2"),
    ({"cell_type": "markdown", "attachments": {"a": 3}}, "attachments", "x = 1\ny = 2"),
    ({"cell_type": "markdown", "attachments": [1]}, "attachments", "x = 1\ny = 2"),
]


@pytest.mark.parametrize(("change", "field", "source"), BROKEN)
def test_a_broken_field_is_put_right_and_told(path, notebook, change, field, source):
    others = sources(notebook)[::2]
    notebook["cells"][1].update(change)
    found, told = read_text(path, text(notebook))
    assert told == [
        f"Cell 2 of the file had broken fields ({field}); they were put right or emptied."
    ]
    assert found.cells[1].source == source
    assert sources(found)[::2] == others


@pytest.mark.parametrize(
    "change",
    [
        {"outputs": "text"},
        {"outputs": None},
        {"outputs": [{"output_type": "video"}, 3]},
        {"execution_count": "three"},
        {"execution_count": -1},
        {"unknown": {"a": 1}},
        {"cell_type": "Code"},
        {"source": ["x = 1", "y = 2"]},
        {"source": "x = 1\ny = 2"},
        {"metadata": {"tags": 3, "name": [], "collapsed": "no"}},
    ],
)
def test_what_grading_does_not_use_is_put_right_in_silence(path, notebook, change):
    before = sources(notebook)
    notebook["cells"][1].update(change)
    found, told = read_text(path, text(notebook))
    assert told == []
    assert sources(found) == before
    assert found.cells[1].cell_type == "code"


@pytest.mark.parametrize("field", ["metadata", "source", "outputs", "execution_count", "cell_type"])
def test_a_missing_field_is_filled_in(path, notebook, field):
    del notebook["cells"][1][field]
    found, _ = read_text(path, text(notebook))
    assert len(found.cells) == 3
    assert found.cells[1].cell_type == "code"


@pytest.mark.parametrize("wrong", [None, 3, "", "a b", "x" * 65, "intro", ["intro"], "ü"])
def test_each_cell_gets_an_id_of_its_own(path, notebook, wrong):
    notebook["cells"][1]["id"] = wrong
    notebook["cells"][2]["id"] = "cell-2"
    found, told = read_text(path, text(notebook))
    assert told == []
    assert [cell.id for cell in found.cells] == ["intro", "cell-2-", "cell-2"]


def test_an_entry_that_is_no_cell_is_kept_as_text(path, notebook):
    notebook["cells"].insert(1, "lost text")
    found, [told] = read_text(path, text(notebook))
    assert (found.cells[1].cell_type, found.cells[1].source) == ("raw", "lost text")
    assert told.startswith("Cell 2 ")


@pytest.mark.parametrize("metadata", [None, [], "text", {"language": 5, "kernelspec": "x"}])
def test_any_notebook_metadata_can_be_exported(path, notebook, metadata):
    notebook["metadata"] = metadata
    found, told = read_text(path, text(notebook))
    assert found.metadata == {}
    assert told == []


def test_a_notebook_of_nbformat_3_is_read_as_the_present_one(path):
    code = {"cell_type": "code", "language": "python", "input": ["x = 1\n", "y = 2"]}
    code |= {"prompt_number": 3, "outputs": [{"output_type": "pyout", "text": "3"}], "metadata": {}}
    heading = {"cell_type": "heading", "level": 2, "source": "Title", "metadata": {}}
    html = {"cell_type": "html", "source": "<b>x</b>", "metadata": {}}
    old = {
        "nbformat": 3,
        "metadata": {},
        "worksheets": [{"cells": [heading, code]}, 3, {"cells": [html]}],
    }
    found, [told] = read_text(path, json.dumps(old))
    assert [(cell.cell_type, cell.source) for cell in found.cells] == [
        ("markdown", "## Title"),
        ("code", "x = 1\ny = 2"),
        ("markdown", "<b>x</b>"),
    ]
    assert "old format" in told


# What cannot be read


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\0" * 4096, "holds only zero bytes"),
        (b"<html>Sign in to download</html>", 'begins with "<html>Sign in'),
        (bytes(range(256)) * 9, "is no notebook"),
        (b"[]", "it holds a list"),
        (b'{"nbformat": 4, "metadata": {}}', "it holds no list of cells"),
        (b'{"nbformat": 4, "cells": {}}', "it holds no list of cells"),
        (b'{"nbformat": 4, "cells": [', "line 1, column 27"),
        (b'{"cells": ' + b"[" * 200_000, "nested too deeply"),
        (json.dumps({"cells": [{}] * (MOST_CELLS + 1)}).encode(), f"has {MOST_CELLS + 1} cells"),
    ],
)
def test_what_is_no_notebook_is_refused_with_the_reason(path, content, reason):
    path.write_bytes(content)
    with pytest.raises(Unreadable, match=path.name) as refused:
        read(path)
    assert reason in str(refused.value)
    assert str(path.parent) not in str(refused.value), "no path of the teacher's machine"


def test_a_file_that_is_too_large_is_refused(path, notebook):
    path.write_text(text(notebook), encoding="utf-8")
    with pytest.raises(Unreadable, match=r"more than 0\.0001 MB; clear its outputs"):
        read(path, most_bytes=100)


def test_links_pipes_folders_and_nothing_are_refused_at_once(path, tmp_path, notebook):
    real = tmp_path / "real.ipynb"
    real.write_text(text(notebook), encoding="utf-8")
    with pytest.raises(Unreadable, match="cannot be opened"):
        read(path)
    path.symlink_to(real)
    with pytest.raises(Unreadable, match="is a link"):
        read(path)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(Unreadable, match="no regular file"):
        read(path)
    path.unlink()
    path.mkdir()
    with pytest.raises(Unreadable, match=r"cannot be opened|no regular file"):
        read(path)


# The exporter


class Remember(Repair):
    """Stands where `Repair` stands, and needs no gradebook."""

    def preprocess(self, nb, resources):
        nb.metadata["seen"] = resources["workbook"]
        return nb, resources


class Nothing(Preprocessor):
    def preprocess(self, nb, resources):
        return nb, resources


def export(path, step):
    exporter = ReadLeniently()
    exporter.register_preprocessor(step(enabled=True))
    written, resources = exporter.from_filename(str(path), resources={"nbgrader": {"notebook": 1}})
    return nbformat.reads(written, as_version=4), resources


def test_the_first_pass_reads_leniently_and_tells_the_repair(path, notebook):
    path.write_text("\ufeff" + text(notebook), encoding="utf-8")
    found, resources = export(path, Remember)
    assert sources(found) == sources(notebook)
    assert found.metadata.seen.unreadable == ""
    assert "byte-order mark" in found.metadata.seen.repaired[0]
    assert resources["nbgrader"] == {"notebook": 1}
    assert resources["metadata"]["name"] == NAME


def test_the_first_pass_goes_on_with_an_empty_notebook_where_none_can_be_read(path):
    path.write_text("<html>", encoding="utf-8")
    found, _ = export(path, Remember)
    assert found.cells == []
    assert "is no notebook" in found.metadata.seen.unreadable


def test_the_second_pass_reads_what_the_first_wrote_unchanged(path, notebook):
    grading = {"unreadable": "", "repaired": ["a"], "suspicious": []}
    notebook["metadata"]["workbook"]["grading"] = grading
    path.write_text(text(notebook), encoding="utf-8")
    found, resources = export(path, Nothing)
    assert found == nbformat.read(path, as_version=4)
    assert "workbook" not in resources


def test_the_second_pass_takes_no_unreadable_file_for_an_empty_notebook(path):
    path.write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match="JSON"):
        export(path, Nothing)


def test_the_exporter_needs_no_resources(path, notebook):
    path.write_text(text(notebook), encoding="utf-8")
    exporter = ReadLeniently()
    exporter.register_preprocessor(Remember(enabled=True))
    _, resources = exporter.from_filename(str(path))
    assert isinstance(resources, ResourcesDict)


# The folder


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "ada" / NAME
    made.mkdir(parents=True)
    return made


def put(folder, name, content, age=0):
    """Write a file that was changed so many seconds ago."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else text(content), encoding="utf-8")
    os.utime(path, (2_000_000_000 - age,) * 2)
    return path


def test_a_notebook_under_its_name_is_found_and_nothing_told(folder, notebook):
    path = put(folder, f"{NAME}.ipynb", notebook)
    extra = put(folder, "lib/my tools.py", "x = 1")
    put(folder, "timestamp.txt", "2026-01-01 00:00:00 UTC")
    put(folder, f".ipynb_checkpoints/{NAME}-checkpoint.ipynb", notebook)
    found = look(folder, NAME)
    assert (found.notebook, found.problem) == (path, "")
    assert found.files == {"lib/my tools.py": extra}
    assert (found.told, found.suspicious) == ((), ())


@pytest.mark.parametrize(
    "name",
    [
        "01_tiny (1).ipynb",
        "01_Tiny.IPYNB",
        "Kopie von 01_tiny.ipynb",
        "sub/01_tiny.ipynb",
        "Untitled.ipynb",
        "01_tiny.ipynb.txt",
        "-rf.ipynb",
        "größe\n.ipynb",
        "x" * 240 + ".ipynb",
    ],
)
def test_the_only_notebook_is_copied_to_the_expected_name(folder, notebook, name):
    original = put(folder, name, notebook)
    found = look(folder, NAME)
    assert found.notebook == folder / f"{NAME}.ipynb"
    assert found.notebook.read_bytes() == original.read_bytes()
    assert found.files == {}
    [told] = found.told
    assert told.endswith(f"was taken for `{NAME}.ipynb`.")
    assert "\n" not in told
    assert look(folder, NAME) == found, "a second look tells the same"


def other_assignment(notebook):
    other = copy.deepcopy(notebook)
    other["metadata"]["workbook"]["assignment"] = "02_other"
    other["cells"][1].update(id="relu", metadata={"nbgrader": {"grade_id": "relu"}})
    return other


@pytest.mark.parametrize("known", [(), {"double", "triple"}])
def test_the_notebook_with_most_known_cells_is_taken(folder, notebook, known):
    put(folder, "b.ipynb", notebook, age=100)
    put(folder, "a.ipynb", other_assignment(notebook))
    put(folder, "broken.ipynb", "{")
    found = look(folder, NAME, known=known)
    assert "`b.ipynb` was taken" in found.told[0]
    assert "not `a.ipynb` and `broken.ipynb`" in found.told[1]
    again = look(folder, NAME, known=known)
    assert (again.notebook, again.told, again.problem) == (found.notebook, found.told, "")


def test_of_equals_the_newest_is_taken(folder, notebook):
    put(folder, "a.ipynb", notebook, age=100)
    newer = copy.deepcopy(notebook)
    newer["cells"][1]["source"] = "x = 3"
    put(folder, "b.ipynb", newer)
    assert "`b.ipynb` was taken" in look(folder, NAME, known={"double"}).told[0]


def test_several_notebooks_of_other_assignments_are_a_problem(folder, notebook):
    for name in ("a.ipynb", "b.ipynb"):
        put(folder, name, other_assignment(notebook))
    found = look(folder, NAME)
    assert found.notebook is None
    assert "several notebooks without its cells: `a.ipynb` and `b.ipynb`" in found.problem
    assert not (folder / f"{NAME}.ipynb").exists()


def test_a_newer_notebook_beside_the_graded_one_is_told(folder, notebook):
    put(folder, f"{NAME}.ipynb", notebook, age=100)
    put(folder, "01_tiny (1).ipynb", other_assignment(notebook))
    [told] = look(folder, NAME).told
    assert told == (
        "`01_tiny.ipynb` was graded, and not `01_tiny (1).ipynb`, of which at least one is newer."
    )


def test_a_folder_without_a_notebook_is_a_problem_that_says_what_is_there(folder):
    assert look(folder, NAME).problem == "no 01_tiny.ipynb was handed in, but nothing"
    assert look(folder / "absent", NAME).problem == "no 01_tiny.ipynb was handed in, but nothing"
    put(folder, "report.pdf", "x")
    (folder / f"{NAME}.ipynb").mkdir()
    assert look(folder, NAME).problem == (
        "no 01_tiny.ipynb was handed in, but 01_tiny.ipynb (a folder) and report.pdf"
    )


def test_a_hidden_half_written_copy_is_no_notebook(folder, notebook):
    put(folder, f".{NAME}.ipynb.x1y2", text(notebook)[:100])
    put(folder, f"._{NAME}.ipynb", "x")
    assert look(folder, NAME).notebook is None


def test_links_are_never_followed(folder, tmp_path, notebook):
    secret = put(tmp_path, "secret/solution.ipynb", notebook)
    put(folder, "own.py", "x")
    (folder / "data.txt").symlink_to(secret)
    (folder / "lib").symlink_to(secret.parent)
    (folder / "gone").symlink_to("/absent")
    (folder / f"{NAME}.ipynb").symlink_to(secret)
    os.mkfifo(folder / "pipe")
    found = look(folder, NAME)
    assert found.notebook is None
    assert f"01_tiny.ipynb (a link to `{secret}"[:40] in found.problem
    assert set(found.files) == {"own.py"}
    assert len(found.suspicious) == 5
    assert found.suspicious[2] == "`gone` is a link to `/absent` and was not read."
    assert "`pipe` is no regular file" in "".join(found.suspicious)


def test_a_folder_that_is_a_link_is_a_problem(folder, notebook):
    put(folder, f"{NAME}.ipynb", notebook)
    link = folder.parent / "other"
    link.symlink_to(folder)
    assert "is a link" in look(link, NAME).problem


def test_too_many_and_too_large_files_are_left_out(folder, notebook):
    put(folder, f"{NAME}.ipynb", notebook)
    for number in range(5):
        put(folder, f"{number}.txt", "x" * 10)
    put(folder, "large.bin", "x" * 1000)
    found = look(folder, NAME, most_files=3, most_bytes=500)
    assert set(found.files) == {"0.txt", "1.txt", "2.txt"}
    assert "left out: `3.txt`, `4.txt` and `large.bin`." in found.told[0]
    found = look(folder, NAME, most_bytes=500)
    assert set(found.files) == {f"{number}.txt" for number in range(5)}


def test_files_with_hostile_names_do_no_harm(folder, notebook):
    put(folder, f"{NAME}.ipynb", notebook)
    for name in ("..hidden", "-rf", "a b", "naïve.py", "new\nline", "x" * 250):
        put(folder, name, "x")
    with open(os.fsencode(folder) + b"/\xff.txt", "wb") as file:
        file.write(b"x")
    found = look(folder, NAME)
    assert set(found.files) == {"..hidden", "-rf", "a b", "naïve.py", "x" * 250}
    assert "`new\\nline`" in found.told[0]
    "".join(found.told).encode()


def test_folders_in_folders_in_folders_end_somewhere(folder, notebook):
    put(folder, f"{NAME}.ipynb", notebook)
    put(folder, "a/" * 30 + "x.txt", "x")
    found = look(folder, NAME)
    assert found.files == {}
    assert found.suspicious == (f"`{'a/' * 8}a` is a folder and was not read.",)
