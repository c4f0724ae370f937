"""Hostile, damaged and untidy submissions: no undeserved point, no honest point lost, no harm.

Two classes are graded once, each in one go with two workers: every entry of the corpus stands
between two honest students. The tests then look at what became of each submission, and at what
was laid out beforehand for the harmful ones to find.
"""

import contextlib
import json
import os
import re
import socket
import sqlite3
import threading
import time
import warnings
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import psutil
import pytest
import squares_corpus
from bombs_corpus import BOMBS, COSTLY_BOMBS
from cells_corpus import EDITED, MENDED_CELLS, ODD_CELLS
from files_corpus import LOST, MENDED_FILES, ODD_FILES, SHADOWING
from hostile_corpus import TESTS, Scene, cell, hand_in, run_first
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.v4 import new_markdown_cell
from nbgrader.api import MissingEntry
from patches_corpus import PATCHES
from processes_corpus import AT_OWN_RISK, PROCESSES
from reach_corpus import REACH
from search_corpus import SEARCHES
from shown_corpus import SHOWN
from untidy_corpus import UNTIDY
from values_corpus import VALUES

from course import build, grade, nbgrader_calls, text
from course.paths import HERE, Course, write_in_one_move

HOSTILE = [
    *(VALUES + PATCHES + SEARCHES),
    *(REACH + PROCESSES + AT_OWN_RISK + BOMBS + COSTLY_BOMBS),
    *(MENDED_FILES + LOST + ODD_FILES + SHADOWING),
    *(MENDED_CELLS + EDITED + ODD_CELLS + SHOWN),
]
TINY = [*HOSTILE, *UNTIDY]
NAMES = {"tiny": "01_tiny", "squares": squares_corpus.NAME}
ENTRIES = {"tiny": TINY, "squares": squares_corpus.ENTRIES}
MOST = {"tiny": TESTS, "squares": squares_corpus.EVERY}
EVERY = [(which, entry) for which, entries in ENTRIES.items() for entry in entries]
LARGEST_PAGE = 8 << 20  # bytes
APART = 4  # entries between two honest students
SECONDS = 5  # for a cell: enough for the honest, also where another test wants the processor


def entries(*chosen):
    """Parametrise a test over entries of the corpus."""
    parameters = [pytest.param(which, entry, id=entry.name) for which, entry in chosen or EVERY]
    return pytest.mark.parametrize(("which", "entry"), parameters)


# The corpus itself: these need no sandbox, for nothing is run.


def test_the_corpus_is_large_and_no_name_stands_for_two_entries():
    assert len(HOSTILE) >= 80
    for listed in ENTRIES.values():
        names = [entry.name for entry in listed]
        assert len(set(names)) == len(names)


@pytest.fixture(scope="module")
def nowhere(tmp_path_factory):
    root = tmp_path_factory.mktemp("nowhere")
    return Scene(root / "course", root / "home", root, "01_tiny", "honest", 9, "hmcorpus")


# What these hand in is no Python, or more than the parser bears, on purpose.
NO_PYTHON = {
    "a_cell_that_is_no_python",
    "a_source_that_the_parser_cannot_bear",
    "conflict_markers_in_a_cell",
    "cells_with_wrong_fields",
    "nul_in_the_source",
}


@pytest.fixture(scope="module")
def classes(tmp_path_factory, tiny):
    """Return a class of each assignment that is released, and in which nobody is graded."""
    name, course = squares_corpus.NAME, Course(tmp_path_factory.mktemp("squares"))
    write_in_one_move(course.text(name), squares_corpus.SQUARES.encode())
    build.build(course)
    nbgrader_calls.release_without_gradebook(course, name)
    return {"tiny": tiny, "squares": type(tiny)(course, text.read(course.text(name)))}


@entries()
def test_an_entry_is_code_that_compiles(classes, nowhere, tmp_path, which, entry):
    notebook, right = classes[which].right(), classes[which].right()
    folder = tmp_path / "handed_in"
    folder.mkdir()
    made = entry.lay(notebook, nowhere, folder)
    if made is not None:
        assert made is False or isinstance(made, bytes)
        return
    changed = notebook != right or any(folder.iterdir())
    assert changed or entry.suffix or entry.name == "only_right"
    if entry.name in NO_PYTHON:
        return
    for code in {one["source"] for one in notebook.cells if one["cell_type"] == "code"}:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            python = TransformerManager().transform_cell(code)
            compile(python, entry.name, "exec", flags=0x2000)  # `await` may stand outside


# The classes, graded once.


@dataclass
class Graded:
    """What grading left of both classes, and of what lay around."""

    scenes: dict
    secret: str
    rows: dict = field(default_factory=dict)
    students: dict = field(default_factory=dict)  # (which, entry's name) -> student
    neighbours: dict = field(default_factory=dict)  # which -> students
    before: dict = field(default_factory=dict)
    after: dict = field(default_factory=dict)
    arrived: list = field(default_factory=list)  # by the network
    left: list = field(default_factory=list)  # processes
    known: dict = field(default_factory=dict)  # scores that have been read

    @property
    def course(self):
        return Course(self.scenes["tiny"].course, cell_timeout=SECONDS)

    def row(self, which, entry):
        return self.rows[which][self.students[which, entry.name]]

    def scores(self, which, entry):
        """Return the points of each test, 0 where there are none."""
        student = self.students[which, entry.name]
        if (which, student) not in self.known:
            try:
                scores = nbgrader_calls.scores(self.course, NAMES[which], student)
            except MissingEntry:
                scores = {}
            # None stands for "a person has to look".
            earned = {name: scores.get(name, (0, 0))[0] or 0 for name in MOST[which]}
            self.known[which, student] = earned
        return self.known[which, student]

    def outputs(self, which, student):
        """Return everything that the graded cells of a notebook show, as text."""
        path = self.course.notebook("autograded", NAMES[which], student)
        if not path.is_file():
            return ""
        notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
        return json.dumps([one.get("outputs", []) for one in notebook.cells], ensure_ascii=False)

    def page(self, which, student):
        return self.course.feedback(NAMES[which], student)


def honest(notebook, number, secret):
    """Change a right notebook so that it is like no other, and notices what others leave."""
    notebook.cells.append(new_markdown_cell(f"My notes, number {number}. {secret}"))
    run_first(
        notebook,
        "import json, os, tempfile\n"
        'os.mkdir("results")\n'
        'os.mkdir(os.path.join(tempfile.gettempdir(), "results"))\n'
        "assert not os.path.exists('/dev/shm/results')\n"
        'assert json.dumps([np.zeros(2).sum()]) == "[0.0]"',
    )
    return notebook


def lay_class(classroom, entries, scene, secret):
    """Hand in every entry between two honest students; return who is who."""
    students, neighbours = {}, []

    def lay_honest(number):
        student = f"s{number:04}_honest"
        neighbours.append(student)
        classroom.hand_in(student, honest(classroom.right(), number, secret))

    lay_honest(0)
    for number, entry in enumerate(entries):
        student = f"s{2 * number + 1:04}_{entry.name}{entry.suffix}"
        students[entry.name] = student
        notebook = classroom.right()
        # Grading may know a submission by its content: no two are the same.
        notebook.cells.append(new_markdown_cell(f"Number {number}."))
        hand_in(entry, student, notebook, scene)
        if number % APART == APART - 1:
            lay_honest(2 * number + 2)
    lay_honest(2 * len(entries) + 2)
    return students, neighbours


def content(*tops):
    """Return every file below some folders with its bytes, or its target if it is a link."""
    found = {}
    for top in tops:
        for folder, _, names in os.walk(top):
            for path in (Path(folder, name) for name in names):
                if path.is_symlink():
                    found[str(path)] = os.readlink(path)
                elif path.is_file():
                    large = path.stat().st_size > 50 << 20
                    found[str(path)] = path.stat().st_size if large else path.read_bytes()
    return found


def rows_of_gradebook(course, name):
    """Return everything that the gradebook holds of one assignment, and how it is built."""
    with contextlib.closing(sqlite3.connect(course.gradebook)) as base:
        built = base.execute("select type, name, sql from sqlite_master order by name").fetchall()
        grades = base.execute(
            "select g.*, s.student_id from grade g"
            " join submitted_notebook n on g.notebook_id = n.id"
            " join submitted_assignment s on n.assignment_id = s.id"
            " join assignment a on s.assignment_id = a.id where a.name = ? order by g.id",
            (name,),
        ).fetchall()
    return {"built": built, "grades": grades}


@contextlib.contextmanager
def somebody_who_listens(outside):
    """Listen by TCP, UDP and a UNIX socket; yield the port and a list of what arrives."""
    arrived, stop = [], threading.Event()
    tcp = socket.create_server(("127.0.0.1", 0))
    port = tcp.getsockname()[1]
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", port))
    unix = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    here = os.getcwd()
    os.chdir(outside)  # a UNIX socket's path may have 107 letters only
    unix.bind("socket")
    os.chdir(here)
    unix.listen()

    def listen(name, made):
        made.settimeout(0.2)
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                if made is udp:
                    arrived.append((name, made.recv(1000)))
                else:
                    made.accept()[0].close()
                    arrived.append((name, b""))

    sockets = {"tcp": tcp, "udp": udp, "unix": unix}
    threads = [threading.Thread(target=listen, args=item) for item in sockets.items()]
    for thread in threads:
        thread.start()
    try:
        yield port, arrived
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        for made in sockets.values():
            made.close()


PROBE = """\
import json, os, socket
print("PROBE" + json.dumps({
    "pid": os.getpid(),
    "reaches us": socket.socket().connect_ex(("127.0.0.1", <port>)) == 0,
    "sees the course": os.path.exists("<course>"),
    "sees the home folder": os.path.exists("<home>"),
}))
"""


def refuse_without_a_sandbox(classroom, scene):
    """Grade one harmless submission, and end the tests unless it was shut in."""
    notebook = classroom.right()
    run_first(notebook, scene.fill(PROBE))
    classroom.hand_in("probe", notebook)
    grade.grade(classroom.course, classroom.name, workers=1)
    path = classroom.course.notebook("autograded", classroom.name, "probe")
    found = re.search(r"PROBE(\{.*?\})", path.read_text(encoding="utf-8").replace("\\", ""))
    told = json.loads(found[1]) if found else {}
    shut_in = told and told["pid"] == 1 and not told["reaches us"]
    if not shut_in or told["sees the course"] or told["sees the home folder"]:
        pytest.fail(f"submissions are not shut in, and this corpus is harmful: {told}")


def marks_left(mark):
    """Return what bears the mark in the places where everybody may write."""
    places = ["/", "/tmp", "/var/tmp", "/dev/shm", "/dev", "/run", "/etc", "/usr", "/usr/local/bin"]
    places += ["/root", "/home", "/opt", "/etc/cron.d", "/sys/fs/cgroup", os.path.dirname(HERE)]
    found = [path for place in places for path in Path(place).glob(f"*{mark}*")]
    return found + [path for path in HERE.rglob(f"*{mark}*") if ".git" not in path.parts]


def processes_left(mark):
    """Return what still runs and bears the mark, or is ours and in a place of its own."""
    left = []
    us = os.readlink("/proc/self/ns/pid")
    ours = {process.pid for process in psutil.Process().children(recursive=True)}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            named = f"{process.name()} {' '.join(process.cmdline())}"
            away = os.readlink(f"/proc/{process.pid}/ns/pid") != us
            if mark in named or (process.pid in ours and (away or "bwrap" in named)):
                left.append(named)
    return left


@pytest.fixture(scope="module")
def graded(tmp_path_factory, tiny, tiny_text):
    """Grade both classes, with something laid out everywhere that a harmful entry might touch."""
    root = tmp_path_factory.mktemp("hostile")
    secret = f"SECRET{os.urandom(6).hex()}"
    home, outside = root / "home", root / "outside"
    outside.mkdir()
    for path in (
        home / ".ssh/id_ed25519",
        home / ".ipython/profile_default/startup/10-mine.py",
        home / ".bashrc",
        outside / "letter.txt",
    ):
        write_in_one_move(path, f"# {secret}\n".encode())
    course = Course(root / "course", cell_timeout=SECONDS)
    texts = {"tiny": tiny_text, "squares": squares_corpus.SQUARES}
    classes = {}
    for which, name in NAMES.items():
        # Students' answers come from the text without the secret that the solutions hold.
        write_in_one_move(course.text(name), texts[which].encode())
        classes[which] = type(tiny)(course, text.read(course.text(name)))
        marked = texts[which].replace("### BEGIN SOLUTION", f"### BEGIN SOLUTION\n    # {secret}")
        write_in_one_move(course.text(name), marked.encode())
    build.build(course)
    for name in NAMES.values():
        nbgrader_calls.generate(course, name)
    mark = f"hm{os.urandom(5).hex()}"
    with pytest.MonkeyPatch.context() as patch, somebody_who_listens(outside) as (port, arrived):
        patch.setenv("HOME", str(home))
        patch.setenv("API_TOKEN", secret)
        scenes = {
            which: Scene(course.root, home, outside, name, "s0000_honest", port, mark)
            for which, name in NAMES.items()
        }
        probed = type(tiny)(Course(root / "probe", cell_timeout=SECONDS), classes["tiny"].source)
        write_in_one_move(probed.course.text("01_tiny"), tiny_text.encode())
        build.build(probed.course)
        nbgrader_calls.generate(probed.course, "01_tiny")
        refuse_without_a_sandbox(probed, scenes["tiny"])
        done = Graded(scenes, secret, arrived=arrived)
        # The second class first, so that its grades lie there when the first is graded.
        for which in ("squares", "tiny"):
            laid = lay_class(classes[which], ENTRIES[which], scenes[which], secret)
            done.students |= {(which, name): student for name, student in laid[0].items()}
            done.neighbours[which] = laid[1]
            if which == "tiny":
                done.before = look_around(course, home, outside)
            rows = grade.grade(course, NAMES[which], workers=2)
            done.rows[which] = {row.student: row for row in rows}
        done.after = look_around(course, home, outside)
        time.sleep(1)  # for what would write later
        done.left = processes_left(mark)
    return done


def look_around(course, home, outside):
    """Return what nobody may change while a class is graded."""
    return {
        "the home folder": content(home),
        "other files": content(outside),
        "the sources": content(course.root / "source", course.root / "release"),
        "what was handed in": content(course.root / "submitted"),
        "the other assignment's grades": rows_of_gradebook(course, squares_corpus.NAME),
    }


@entries()
def test_no_point_is_undeserved(graded, which, entry):
    earned = graded.scores(which, entry)
    too_much = {name: score for name, score in earned.items() if score > entry.most.get(name, 0)}
    assert not too_much, graded.row(which, entry)
    assert graded.row(which, entry).points <= sum(entry.most.values())


@entries()
def test_no_honest_point_is_lost(graded, which, entry):
    earned = graded.scores(which, entry)
    lost = {name: earned[name] for name, least in entry.least.items() if earned[name] < least}
    assert not lost, graded.row(which, entry)


@entries()
def test_no_point_is_taken_from_a_person(graded, which, entry):
    row = graded.row(which, entry)
    # What cannot be read waits as a whole.
    assert row.waiting == 5 if entry.least else row.waiting in (0, 5, 12)


@entries(*[(which, entry) for which, entry in EVERY if entry.says])
def test_the_report_names(graded, which, entry):
    row = graded.row(which, entry)
    told = " ".join([row.problem, *row.repaired, *row.suspicious])
    assert re.search(entry.says, told, re.IGNORECASE), row


@entries(*[(which, entry) for which, entry in EVERY if entry.quiet])
def test_nothing_is_said_of_an_honest_student(graded, which, entry):
    row = graded.row(which, entry)
    assert (row.problem, tuple(row.repaired), tuple(row.suspicious)) == ("", (), ())


@pytest.mark.parametrize("which", NAMES)
def test_the_neighbours_keep_every_point_and_nothing_is_said_of_them(graded, which):
    wanted = [grade.Row(student, 7.0, 7.0, 5.0) for student in graded.neighbours[which]]
    assert [graded.rows[which][student] for student in graded.neighbours[which]] == wanted


@pytest.mark.parametrize("which", NAMES)
def test_every_folder_has_a_row_and_no_row_is_made_up(graded, which):
    folders = (graded.course.root / "submitted").glob(f"*/{NAMES[which]}")
    assert set(graded.rows[which]) == {folder.parent.name for folder in folders}


# What they found, and what they left.


@entries()
def test_nothing_secret_is_found(graded, which, entry):
    student = graded.students[which, entry.name]
    shown = graded.outputs(which, student)
    page = graded.page(which, student)
    shown += page.read_text(encoding="utf-8") if page.is_file() else ""
    assert graded.scenes[which].leak not in shown
    assert graded.secret not in shown
    with contextlib.suppress(PermissionError):
        hashes = [line.split(":")[1] for line in Path("/etc/shadow").read_text().splitlines()]
        assert not [known for known in hashes if len(known) > 4 and known in shown]


@pytest.mark.parametrize(
    "what",
    ["the sources", "the other assignment's grades", "other files"],
)
def test_nothing_changes(graded, what):
    assert changes(graded.before[what], graded.after[what]) == []


@pytest.mark.parametrize("what", ["the home folder", "what was handed in"])
def test_nothing_that_was_there_is_changed(graded, what):
    # Grading itself may add a file: a cache, or a copy of a notebook under its right name.
    before, after = graded.before[what], graded.after[what]
    assert changes(before, {name: after.get(name) for name in before}) == []
    added = " ".join(set(after) - set(before))
    assert graded.scenes["tiny"].mark not in added
    assert "startup" not in added


def changes(before, after):
    """Return the names of what differs: the content may be large."""
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]


def test_nobody_has_points_that_no_test_gave(graded):
    with contextlib.closing(sqlite3.connect(graded.course.gradebook)) as base:
        given = base.execute(
            "select count(*) from grade where extra_credit != 0 or manual_score is not null"
            " and manual_score != 0"
        ).fetchone()
        late = base.execute(
            "select count(*) from submitted_notebook where late_submission_penalty != 0"
        )
        assert (given, late.fetchone()) == ((0,), (0,))


def test_nothing_arrives_by_the_network(graded):
    assert graded.arrived == []


def test_nothing_listens_afterwards(graded):
    with socket.socket() as made:
        assert made.connect_ex(("127.0.0.1", graded.scenes["tiny"].port + 1)) != 0


def test_nothing_is_left_running(graded):
    assert graded.left == []


def test_nothing_is_left_lying_about(graded):
    mark = graded.scenes["tiny"].mark
    assert marks_left(mark) == []
    code = [*(HERE / "course").rglob("*.py"), *(HERE / "helpers").rglob("*.py")]
    assert [path for path in code if mark in path.read_text(encoding="utf-8")] == []
    root = graded.course.root
    handed_in = {root / "submitted", root / "autograded", root / "feedback"}
    for path in root.parent.rglob(f"*{mark}*"):
        assert handed_in & set(path.parents), path


# What students and teachers open.


@entries(*[(which, entry) for which, entry in EVERY if entry.page])
def test_everybody_gets_a_page_and_none_is_endless(graded, which, entry):
    page = graded.page(which, graded.students[which, entry.name])
    assert page.is_file()
    assert page.stat().st_size < LARGEST_PAGE


@entries()
def test_what_is_kept_of_a_submission_is_not_endless(graded, which, entry):
    kept = graded.course.notebook("autograded", NAMES[which], graded.students[which, entry.name])
    if kept.is_file():
        assert kept.stat().st_size < 20 << 20


class Dangers(HTMLParser):
    """Collect from a page what would run or load something that a student chose."""

    def __init__(self, mark):
        super().__init__()
        self.mark, self.found, self.script = mark, [], False

    def handle_starttag(self, tag, attributes):
        self.script = tag == "script"
        if tag in ("base", "form", "iframe", "object", "embed"):
            self.found.append(tag)
        for name, value in attributes:
            value = (value or "").strip().lower()
            if name.startswith("on") or value.startswith("javascript:"):
                self.found.append(f"{tag} {name}={value[:80]}")
            if "hostile.example" in value and name != "title":
                self.found.append(f"{tag} {name}={value[:80]}")

    def handle_endtag(self, tag):
        self.script = False

    def handle_data(self, data):
        if self.script and self.mark in data:
            self.found.append(f"script {data[:80]}")


@pytest.mark.parametrize("name", [e.name for e in TINY if "script" in e.name or "odd" in e.name])
def test_a_page_runs_and_loads_nothing_that_a_student_chose(graded, name):
    page = graded.page("tiny", graded.students["tiny", name]).read_text(encoding="utf-8")
    parser = Dangers(graded.scenes["tiny"].mark)
    parser.feed(page)
    assert parser.found == []


def test_the_answer_is_shown_to_whoever_reads_it(graded):
    kept = graded.course.notebook("autograded", "01_tiny", graded.neighbours["tiny"][0])
    assert cell(nbformat.read(kept, as_version=4), "why").source.startswith("Because")
