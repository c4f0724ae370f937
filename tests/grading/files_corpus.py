"""Files that arrive broken, under a wrong name, as links, or with others beside them."""

import gzip
import json
import os

from hostile_corpus import (
    AT_WILL,
    HONEST,
    NOTHING,
    TESTS,
    WITHOUT_DOUBLE,
    WRONG,
    Corpus,
    as_bytes,
    run_first,
)

MENDED_FILES = Corpus("", **HONEST)  # nothing is lost
LOST = Corpus("", **NOTHING, says=".")  # a person is told what there is in place of a notebook
ODD_FILES = Corpus("", **AT_WILL)  # whatever becomes of it, it harms nobody
SHADOWING = Corpus(WRONG, **WITHOUT_DOUBLE)

# Files that can be mended.


@MENDED_FILES.entry(says="byte.order")
def byte_order_mark(notebook, scene, folder):
    return b"\xef\xbb\xbf" + as_bytes(notebook)


@MENDED_FILES.entry(says="UTF.16|encod|byte.order")
def utf_16(notebook, scene, folder):
    return as_bytes(notebook).decode().encode("utf-16")


@MENDED_FILES.entry(says="format|older|version")
def nbformat_3(notebook, scene, folder):
    cells = []
    for old in notebook.cells:
        made = {"cell_type": old.cell_type, "metadata": old.metadata}
        if old.cell_type == "code":
            made |= {"input": old.source, "language": "python", "outputs": [], "collapsed": False}
        else:
            made |= {"source": old.source}
        cells.append(made)
    book = {"nbformat": 3, "nbformat_minor": 0, "metadata": {"name": ""}}
    return json.dumps({**book, "worksheets": [{"cells": cells, "metadata": {}}]}).encode()


@MENDED_FILES.entry(says="conflict")
def conflict_markers_in_the_file(notebook, scene, folder):
    line = b'   "cell_type": "code",\n'
    conflict = b"<<<<<<< HEAD\n" + line + b"=======\n" + line + b">>>>>>> other\n"
    return as_bytes(notebook).replace(line, conflict, 1)


@MENDED_FILES.entry(says="after|behind|rest|trail|end")
def rubbish_behind_the_end(notebook, scene, folder):
    return as_bytes(notebook) + b"\x00" * 4096


@MENDED_FILES.entry(says="was taken for")
def a_copy_s_name(notebook, scene, folder):
    (folder / f"{scene.name} (1).ipynb").write_bytes(as_bytes(notebook))
    return False


@MENDED_FILES.entry(says="was taken for")
def a_wrong_name_in_a_folder_of_its_own(notebook, scene, folder):
    (folder / "my work").mkdir()
    (folder / "my work" / "Untitled.ipynb").write_bytes(as_bytes(notebook))
    return False


@MENDED_FILES.entry()
def nan_in_the_metadata(notebook, scene, folder):
    return as_bytes(notebook).replace(b'"metadata": {', b'"metadata": {"a": NaN, ', 1)


# Files that cannot.


@LOST.entry(most=TESTS)
def truncated(notebook, scene, folder):
    return as_bytes(notebook)[:1500]


@LOST.entry()
def empty_file(notebook, scene, folder):
    return b""


@LOST.entry()
def a_pdf(notebook, scene, folder):
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\n" * 50


@LOST.entry()
def a_page_to_sign_in(notebook, scene, folder):
    return b"<!DOCTYPE html><html><body>Sign in to download</body></html>"


@LOST.entry()
def a_list(notebook, scene, folder):
    return b"[]"


@LOST.entry()
def a_zip_of_the_notebook(notebook, scene, folder):
    return gzip.compress(as_bytes(notebook))


@LOST.entry()
def a_hundred_thousand_brackets(notebook, scene, folder):
    return b"[" * 100_000 + b"]" * 100_000


@LOST.entry(most=TESTS)
def forty_megabytes_of_blanks(notebook, scene, folder):
    return b" " * (40 << 20) + as_bytes(notebook)


@MENDED_FILES.entry()
def a_notebook_that_says_it_is_of_a_future_format(notebook, scene, folder):
    return as_bytes(notebook).replace(b'"nbformat": 4', b'"nbformat": 9')


@LOST.entry()
def a_notebook_of_another_assignment(notebook, scene, folder):
    for changed in notebook.cells:
        changed["id"] = f"softmax_{changed['id']}"[:60]
        if "nbgrader" in changed.metadata:
            changed.metadata["nbgrader"]["grade_id"] = changed["id"]
        changed.source = changed.source.replace("double", "softmax").replace("triple", "loss")


@LOST.entry(page=False)
def no_notebook(notebook, scene, folder):
    (folder / "report.txt").write_text("I did it on paper.")
    return False


@LOST.entry(page=False)
def a_folder_in_place_of_a_notebook(notebook, scene, folder):
    (folder / f"{scene.name}.ipynb").mkdir()
    return False


@LOST.entry(page=False)
def a_pipe_in_place_of_a_notebook(notebook, scene, folder):
    os.mkfifo(folder / f"{scene.name}.ipynb")
    return False


@LOST.entry(page=False, says="link")
def a_link_to_the_solution(notebook, scene, folder):
    (folder / f"{scene.name}.ipynb").symlink_to(
        scene.course / "source" / scene.name / f"{scene.name}.ipynb"
    )
    return False


@LOST.entry(page=False, says="link")
def a_link_to_a_neighbour_s_work(notebook, scene, folder):
    (folder / f"{scene.name}.ipynb").symlink_to(
        f"../../{scene.honest}/{scene.name}/{scene.name}.ipynb"
    )
    return False


@LOST.entry(page=False, says="link")
def a_link_to_a_file_of_the_system(notebook, scene, folder):
    (folder / f"{scene.name}.ipynb").symlink_to("/etc/passwd")
    return False


@LOST.entry(page=False, says="link")
def a_link_to_itself(notebook, scene, folder):
    (folder / f"{scene.name}.ipynb").symlink_to(f"{scene.name}.ipynb")
    return False


@LOST.entry(page=False, says="link")
def a_folder_that_is_a_link_to_a_neighbour_s(notebook, scene, folder):
    folder.rmdir()
    folder.symlink_to(f"../{scene.honest}/{scene.name}")
    return False


# Files beside the notebook.


@MENDED_FILES.entry(says="link")
def links_beside_the_notebook(notebook, scene, folder):
    (folder / "data.txt").symlink_to(scene.home / ".ssh" / "id_ed25519")
    (folder / "solution.py").symlink_to(scene.course / "source" / f"{scene.name}.py")
    (folder / "everything").symlink_to("/")
    (folder / "around").symlink_to(".")
    read = "for name in ('data.txt', 'solution.py', 'everything/etc/shadow'):\n"
    read += "    try:\n        print(open(name).read())\n    except OSError:\n        pass"
    run_first(notebook, read)


@ODD_FILES.entry(says="large|big|size|MB|GB")
def a_file_of_a_gigabyte(notebook, scene, folder):
    with open(folder / "model.bin", "wb") as file:
        file.truncate(1 << 30)


@ODD_FILES.entry()
def three_thousand_files(notebook, scene, folder):
    for number in range(3000):
        (folder / f"{number}.txt").touch()


@ODD_FILES.entry()
def files_with_hostile_names(notebook, scene, folder):
    names = ["-rf", "a\nb", "'; drop table grade;--", "\u202egpj.exe", "n" * 250, "*", "$(id)"]
    for name in [*names, "<img src=x onerror=alert(1)>.txt", "..."]:
        (folder / name).write_text("x")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / f"{scene.name}-checkpoint.ipynb").write_bytes(b"{}")
    os.mkfifo(folder / "pipe")


# Modules that shadow what grades. A module that agrees with everything, and tells if it is run:
AGREES = """\
import os, sys
print("<mark> was imported")
def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return lambda *arguments, **named: None
"""
SHADOWS = {
    "modules_that_shadow_the_checks": ["helpers/__init__.py", "helpers/check.py", "course.py"],
    "modules_that_shadow_numpy_and_ipython": ["numpy.py", "IPython.py", "matplotlib.py"],
    "modules_that_shadow_the_library": ["json.py", "base64.py", "ast.py", "random.py", "struct.py"],
    "modules_that_run_at_start_up": ["sitecustomize.py", "usercustomize.py", "nbgrader_config.py"],
}
for name, files in SHADOWS.items():
    SHADOWING.beside(
        name,
        {
            **dict.fromkeys(files, AGREES),
            "hostile.pth": "import os; os.write(1, b'<mark>')\n",
            "ipython_config.py": AGREES,
            ".ipython/profile_default/startup/00.py": AGREES,
        },
    )
