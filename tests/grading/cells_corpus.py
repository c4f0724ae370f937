"""Cells and metadata that were changed, by accident, to hide a wrong answer, or to no purpose."""

import copy

from hostile_corpus import (
    AT_WILL,
    DOUBLE,
    HONEST,
    TESTS,
    TRIPLE,
    WITHOUT_DOUBLE,
    WRONG,
    Corpus,
    cell,
    place,
    run_first,
)
from nbformat.v4 import new_code_cell, new_output

MENDED_CELLS = Corpus("", **HONEST)  # nothing is lost
EDITED = Corpus(WRONG, **WITHOUT_DOUBLE)  # the answer is wrong, and the notebook says otherwise
ODD_CELLS = Corpus("", **AT_WILL)  # whatever becomes of it, it harms nobody

# Cells that can be put back.


@MENDED_CELLS.entry(says="test_double_array|delet|missing")
def deleted_tests(notebook, scene, folder):
    notebook.cells[:] = [c for c in notebook.cells if not c.id.startswith(("test_", "check_"))]


@MENDED_CELLS.entry(says="test_double_array|type")
def a_test_turned_into_markdown(notebook, scene, folder):
    test = cell(notebook, "test_double_array")
    test.cell_type = "markdown"
    del test["outputs"], test["execution_count"]


@MENDED_CELLS.entry(says=".")
def metadata_that_is_no_dict(notebook, scene, folder):
    for number, broken in enumerate(notebook.cells):
        broken["metadata"] = [None, 3, "text", []][number % 4]


@MENDED_CELLS.entry(says=".")
def cells_with_wrong_fields(notebook, scene, folder):
    cell(notebook, "double")["outputs"] = {"not": "a list"}
    cell(notebook, "triple")["execution_count"] = "three"
    cell(notebook, "check_double")["source"] = None
    cell(notebook, "test_double_array")["id"] = "an id with blanks/" * 20
    notebook.cells.append({"cell_type": "unknown", "metadata": {}, "source": 3})


@MENDED_CELLS.entry()
def schema_version_99(notebook, scene, folder):
    for changed in notebook.cells:
        if "nbgrader" in changed.metadata:
            changed.metadata["nbgrader"]["schema_version"] = 99


@MENDED_CELLS.entry()
def the_same_id_in_every_cell(notebook, scene, folder):
    for changed in notebook.cells:
        changed["id"] = "same"


@MENDED_CELLS.entry()
def another_kernel(notebook, scene, folder):
    notebook.metadata["kernelspec"] = {"name": "bash", "display_name": "Bash", "language": "bash"}
    notebook.metadata["language_info"] = {"name": "bash", "file_extension": ".sh"}


@MENDED_CELLS.entry(least=TRIPLE, most=TESTS)
def conflict_markers_in_a_cell(notebook, scene, folder):
    double = cell(notebook, "double")
    double.source = f"<<<<<<< HEAD\n{double.source}\n=======\n{double.source}\n>>>>>>> other"


# Notebooks that say something about themselves.


@EDITED.entry()
def a_thousand_points(notebook, scene, folder):
    for changed in notebook.cells:
        if "nbgrader" in changed.metadata:
            changed.metadata["nbgrader"]["points"] = 1000


@EDITED.entry(least={}, most=TRIPLE)
def swapped_the_names_of_a_right_and_a_wrong_test(notebook, scene, folder):
    one, other = (cell(notebook, name) for name in ("test_double_negative", "test_triple_negative"))
    one.metadata, other.metadata = other.metadata, one.metadata
    one["id"], other["id"] = other["id"], one["id"]


@EDITED.entry()
def copied_a_right_test_under_the_names_of_the_wrong_ones(notebook, scene, folder):
    right = cell(notebook, "test_triple_negative")
    for name in DOUBLE:
        twin = copy.deepcopy(right)
        twin["id"] = twin.metadata["nbgrader"]["grade_id"] = name
        notebook.cells.append(twin)


@EDITED.entry(says="test_double|edit|chang|restor|back")
def emptied_and_unlocked_its_tests(notebook, scene, folder):
    for name in DOUBLE:
        test = cell(notebook, name)
        test.source = "100"
        test.metadata["nbgrader"]["locked"] = False


@EDITED.entry()
def made_its_tests_answers(notebook, scene, folder):
    for name in DOUBLE:
        cell(notebook, name).metadata["nbgrader"].update(solution=True, locked=False, task=True)
        cell(notebook, name).source = "pass"


@EDITED.entry()
def turned_its_tests_into_raw_text(notebook, scene, folder):
    for name in DOUBLE:
        test = cell(notebook, name)
        test.cell_type = "raw"
        del test["outputs"], test["execution_count"]


@EDITED.entry()
def made_the_answer_a_test_that_passes(notebook, scene, folder):
    why = cell(notebook, "why")
    why.update(cell_type="code", outputs=[], execution_count=None, source="5")
    why.metadata["nbgrader"].update(solution=False, points=5, cell_type="code")


@EDITED.entry()
def saved_outputs_that_say_it_passed(notebook, scene, folder):
    for kept in notebook.cells:
        if kept.cell_type == "code":
            data = {"text/plain": "1000", "application/vnd.nn-workbook.check+json": {}}
            kept.outputs = [new_output("execute_result", data=data, execution_count=1)]


@EDITED.entry()
def says_itself_how_it_was_graded(notebook, scene, folder):
    told = {"unreadable": "", "repaired": [], "suspicious": [], "points": TESTS}
    notebook.metadata["workbook"] = {"grading": told, "released": True, "seed": 0}
    notebook.metadata["nbgrader"] = {"points": 1000, "late_penalty": -100}
    for changed in notebook.cells:
        changed.metadata["workbook"] = {"grading": told}
        changed.metadata["tags"] = ["hide", "remove_cell", "skip-execution", "raises-exception"]


@EDITED.entry()
def tells_the_runner_to_skip_errors(notebook, scene, folder):
    for changed in notebook.cells:
        changed.metadata.update(deletable=False, editable=False, trusted=True)
        changed.metadata["tags"] = ["raises-exception", "skip-execution"]


@EDITED.entry(least={})
def a_cell_magic_that_eats_what_follows(notebook, scene, folder):
    code = "from IPython.core.magic import register_cell_magic\n"
    code += "@register_cell_magic\ndef eat(line, cell):\n    pass\n"
    code += "get_ipython().input_transformers_cleanup.append(lambda lines: ['%%eat\\n', *lines])"
    run_first(notebook, code)


@MENDED_CELLS.entry(suffix="'; DROP TABLE grade;-- <b>ü & ☃")
def a_student_with_a_hostile_name(notebook, scene, folder):
    pass


@ODD_CELLS.entry(suffix="[1]*?")
def a_student_whose_name_is_a_pattern(notebook, scene, folder):
    pass


@ODD_CELLS.entry()
def twenty_thousand_cells(notebook, scene, folder):
    notebook.cells += [
        {"cell_type": "code", "id": f"c{n}", "metadata": {}, "source": "1", "outputs": [],
         "execution_count": None}
        for n in range(20_000)
    ]  # fmt: skip


@ODD_CELLS.entry()
def a_cell_with_a_hundred_thousand_lines(notebook, scene, folder):
    notebook.cells.append(new_code_cell("a = 1\n" * 100_000))


@ODD_CELLS.entry()
def a_source_that_the_parser_cannot_bear(notebook, scene, folder):
    notebook.cells.append(new_code_cell("(" * 5000 + ")" * 5000))
    notebook.cells.append(new_code_cell("-" * 100_000 + "1"))
    notebook.cells.append(new_code_cell("+".join(["1"] * 50_000)))


@ODD_CELLS.entry()
def no_cells(notebook, scene, folder):
    notebook.cells.clear()


@MENDED_CELLS.entry(says=".")
def turned_everything_upside_down(notebook, scene, folder):
    notebook.cells.reverse()
    notebook.cells.insert(0, notebook.cells.pop(place(notebook, "set_up")))
