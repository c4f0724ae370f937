"""What an entry of the hostile corpus is, and how one is laid where a class hands in.

Who wants points for a wrong answer returns cunning values (``values_corpus.py``), bends what
judges (``patches_corpus.py``) or looks for the right answer (``search_corpus.py``). Who wants harm
reaches out (``reach_corpus.py``), leaves or kills processes (``processes_corpus.py``) or takes too
much (``bombs_corpus.py``). What arrives broken is in ``files_corpus.py``, ``cells_corpus.py`` and
``shown_corpus.py``; who is honest and untidy in ``untidy_corpus.py``. ``squares_corpus.py`` is a
second assignment, with inputs that are drawn anew and loops that are counted.

None of this may run outside a sandbox; ``test_hostile.py`` makes sure of one first.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell
from tiny_answers import DOUBLE, TESTS, TRIPLE, cell, place

from course.paths import write_in_one_move

# Right for the visible check's 1, wrong for every other number.
WRONG = "def double(x):\n    return x + 1.0\n"


@dataclass(frozen=True)
class Scene:
    """What an attacker who has been told everything knows.

    Parameters
    ----------
    course, home, outside : Path
        The course folder, the home folder of whoever grades, a folder that is neither.
    name : str
        The assignment.
    honest : str
        A student who comes first and whose work is right.
    port : int
        Where somebody listens, by TCP and UDP on 127.0.0.1 and at ``outside/socket``.
    mark : str
        At most 15 letters that occur nowhere else: the name of every file that is left behind and
        of every process that stays.
    """

    course: Path
    home: Path
    outside: Path
    name: str
    honest: str
    port: int
    mark: str

    def fill(self, code):
        """Put what the attacker knows into a text.

        ``<leak>`` becomes an expression whose value is `leak`, which the text itself does not
        contain: an output that holds it has been made by code that found something.
        """
        known = {
            "<course>": str(self.course),
            "<home>": str(self.home),
            "<outside>": str(self.outside),
            "<name>": self.name,
            "<honest>": self.honest,
            "<port>": str(self.port),
            "<mark>": self.mark,
            "<leak>": f'"LEA" "K{self.mark}"',
        }
        for name, value in known.items():
            code = code.replace(name, value)
        return code

    @property
    def leak(self):
        return f"LEAK{self.mark}"


@dataclass(frozen=True)
class Entry:
    """One submission, and what it deserves.

    Parameters
    ----------
    name : str
    lay : callable
        ``lay(notebook, scene, folder)`` changes a right notebook, and may lay files into the
        folder that is handed in. It returns None, another notebook, the bytes of a file, or False
        if it has laid what it wants in place of a notebook.
    least, most : dict of str to float
        The points that honest work in it has earned, and the points that it deserves at most, by
        test; a test that is not named has neither.
    says : str
        A regular expression that the report must contain, whatever the case; empty if nothing in
        the submission tells it from an answer that is merely wrong.
    quiet : bool
        Whether the report must say nothing at all.
    page : bool
        Whether there must be a feedback page.
    suffix : str
        Put behind the student's name.
    """

    name: str
    lay: Callable = field(repr=False)
    least: dict = field(repr=False)
    most: dict = field(repr=False)
    says: str = ""
    quiet: bool = False
    page: bool = True
    suffix: str = ""


class Corpus(list):
    """Entries that share what they deserve.

    Parameters
    ----------
    answer : str
        Source of the cell that is attacked, in place of a right one; empty leaves the right one.
    least, most : dict
        As in `Entry`.
    of : str
        The cell that `inside` replaces.
    """

    def __init__(self, answer, least, most, of="double", **fixed):
        self.answer, self.of = answer, of
        self.fixed = {"least": least, "most": most, **fixed}

    def entry(self, **own):
        """Return a decorator that registers a function as an entry under its own name."""

        def register(lay):
            def with_answer(notebook, scene, folder):
                if self.answer:
                    cell(notebook, self.of).source = self.answer
                return lay(notebook, scene, folder)

            self.append(Entry(**{"name": lay.__name__, "lay": with_answer, **self.fixed, **own}))
            return lay

        return register

    def first(self, name, code, says=None, **own):
        """Register a submission with a cell of its own behind the set-up."""

        def lay(notebook, scene, _folder):
            run_first(notebook, scene.fill(code))

        self._register(name, lay, says, own)

    def inside(self, name, code, says=None, **own):
        """Register a submission whose answer is this code."""

        def lay(notebook, scene, _folder):
            cell(notebook, self.of).source = scene.fill(code)

        self._register(name, lay, says, own)

    def beside(self, name, files, code="", says=None, **own):
        """Register a submission with files beside the notebook, and perhaps a cell of its own."""

        def lay(notebook, scene, folder):
            for relative, content in files.items():
                write_in_one_move(folder / relative, scene.fill(content).encode())
            if code:
                run_first(notebook, scene.fill(code))

        self._register(name, lay, says, own)

    def _register(self, name, lay, says, own):
        if says is not None:
            own = {**own, "says": says}
        self.entry(name=name, **own)(lay)


def run_first(notebook, code):
    """Put a cell of the student's own behind the set-up."""
    notebook.cells.insert(1 + place(notebook, "set_up"), new_code_cell(code))


def hand_in(entry, student, notebook, scene):
    """Lay an entry where the class hands in.

    Parameters
    ----------
    entry : Entry
    student : str
    notebook : NotebookNode
        A right one, not shared with anybody.
    scene : Scene
    """
    target = scene.course / "submitted" / student / scene.name / f"{scene.name}.ipynb"
    target.parent.mkdir(parents=True)
    made = entry.lay(notebook, scene, target.parent)
    if made is not False:
        write_in_one_move(target, as_bytes(notebook if made is None else made))


def as_bytes(made):
    """Return the bytes of a file, or of a notebook as it is: nbformat would repair or refuse it."""
    if isinstance(made, bytes):
        return made
    return json.dumps(nbformat.from_dict(made), indent=1).encode()


HONEST = {"least": TESTS, "most": TESTS}
WITHOUT_DOUBLE = {"least": TRIPLE, "most": TRIPLE}
NOTHING = {"least": {}, "most": {}}
AT_WILL = {"least": {}, "most": TESTS}
__all__ = [
    "AT_WILL",
    "DOUBLE",
    "HONEST",
    "NOTHING",
    "TESTS",
    "TRIPLE",
    "WITHOUT_DOUBLE",
    "WRONG",
    "Corpus",
    "Entry",
    "Scene",
    "as_bytes",
    "cell",
    "hand_in",
    "place",
    "run_first",
]
