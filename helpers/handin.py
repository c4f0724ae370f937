"""The shape of what is handed in: ``helpers.submit`` writes it, ``course collect`` reads it.

A zip of at most four kinds of files: the notebook, repaired where that was needed, under the name
of its assignment; the notebook as it was saved, if it was repaired; files of the student's own; the
receipt, JSON that names the assignment, the student, the time and the SHA-256 of every other file.
"""

import re

FORM = 1  # of the receipt; another one gets another number
RECEIPT, AS_SAVED = "receipt.json", "as_saved.ipynb"
STUDENT = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._@-]{0,62}[A-Za-z0-9])?")
OTHER_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._ -]{0,99}")  # of the student's own
RESERVED = (RECEIPT, AS_SAVED, "timestamp.txt")  # the last is nbgrader's
# What grading takes of one student.
LARGEST_NOTEBOOK, LARGEST_FILES, MOST_FILES = 30_000_000, 20 << 20, 200


def file_name(assignment, student):
    """Return the name of the file to hand in.

    Examples
    --------
    >>> file_name("01_softmax", "ada")
    '01_softmax-ada.zip'
    """
    return f"{assignment}-{student}.zip"


def is_other_file(name):
    """Tell whether a file may be handed in beside the notebook under this name."""
    is_notebook = name.lower().endswith(".ipynb")
    return bool(OTHER_FILE.fullmatch(name)) and not is_notebook and name not in RESERVED
