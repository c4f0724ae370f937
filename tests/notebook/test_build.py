"""course.build: the same text gives the same bytes, by our command and by nbgrader's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from course import __main__ as command
from course import build, paths, text
from course.paths import HERE, Course, write_in_one_move

NAME = "01_softmax"
SMALL = '''\
# %% [markdown] id="intro"
# # A small notebook

# %% role="todo" id="half"
def half(x):
    """Return x / 2."""
    ### BEGIN SOLUTION
    return x / 2
    ### END SOLUTION


# %% role="test" id="test_half_values" points=1
"""half is right."""
### BEGIN HIDDEN TESTS
check.close("half of 3", half(3.0), 1.5, hint="divide by 2")
### END HIDDEN TESTS
'''


@pytest.fixture
def course(tmp_path):
    """Return a course folder with two small texts, built."""
    course = Course(tmp_path)
    (tmp_path / "source").mkdir()
    for name in ("01_one", "02_two"):
        course.text(name).write_text(SMALL, encoding="utf-8")
    build.build(course)
    return course


def contents(course):
    return {p: p.read_bytes() for p in course.root.rglob("*") if p.is_file()}


# Building


def test_a_build_writes_source_and_release_of_every_text(course):
    derived = {p for p in contents(course) if p.suffix == ".ipynb"}
    names = ("01_one", "02_two")
    wanted = {course.notebook(step, n) for step in ("source", "release") for n in names}
    assert derived == wanted | {course.pristine(name) for name in names}
    released = course.notebook("release", "01_one").read_text()
    assert course.pristine("01_one").read_text() == released
    assert "return x / 2" in course.notebook("source", "01_one").read_text()
    assert "return x / 2" not in released
    assert "half: not written yet" in released
    assert "half of 3" not in released


TWO_FUNCTIONS = """\
# %% role="todo" id="half"
class Half:
    def __init__(self):
        ### BEGIN SOLUTION
        self.factor = 0.5
        ### END SOLUTION

    def forward(self, x):
        ### BEGIN SOLUTION
        return self.factor * x
        ### END SOLUTION


"""


def test_each_function_of_a_class_gets_a_stub_of_its_own(course):
    start, end = SMALL.index("# %% role"), SMALL.index('# %% role="test"')
    course.text("01_one").write_text(SMALL[:start] + TWO_FUNCTIONS + SMALL[end:], encoding="utf-8")
    build.build(course, ["01_one"])
    released = course.notebook("release", "01_one").read_text()
    assert "Half.__init__: not written yet" in released
    assert "Half.forward: not written yet" in released


def test_a_build_gives_the_same_bytes_twice(course):
    before = contents(course)
    written = build.build(course)
    assert len(written) == 6
    assert contents(course) == before


def test_a_build_of_one_leaves_the_other_alone(course):
    two = course.notebook("release", "02_two")
    two.write_bytes(b"old")
    written = build.build(course, ["01_one"])
    assert {path.stem for path in written} == {"01_one"}
    assert two.read_bytes() == b"old"


def test_the_order_of_the_texts_does_not_matter(course):
    one, two = course.texts()
    assert build.derive(course, [one, two]) == build.derive(course, [two, one])


def test_a_build_leaves_nothing_else_behind(course, tmp_path, monkeypatch):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    before = set(contents(course))
    build.build(course)
    assert list(temporary.iterdir()) == []
    assert set(contents(course)) == before


# Comparing


def test_what_was_just_built_is_up_to_date(course):
    assert build.check(course) == []


def test_comparing_writes_nothing(course):
    course.notebook("release", "01_one").write_bytes(b"stale")
    course.notebook("release", "02_two").unlink()
    before = contents(course)
    assert len(build.check(course)) == 2
    assert contents(course) == before


def _stale_text(course):
    changed = SMALL.replace("A small", "A changed")
    course.text("01_one").write_text(changed, encoding="utf-8")


def _extra(name):
    def write(course):
        path = course.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("hello")

    return write


def _link(course):
    (course.root / "release/01_one/more").symlink_to("nowhere")


def _link_in_place(course):
    notebook = course.notebook("release", "01_one")
    notebook.rename(course.root / "elsewhere.ipynb")
    notebook.symlink_to(course.root / "elsewhere.ipynb")


PROBLEMS = {
    "text_that_changed": (
        _stale_text,
        [
            "source/01_one/01_one.ipynb: differs from its text",
            "release/01_one/01_one.ipynb: differs from its text",
            "helpers/submit/released/01_one.ipynb: differs from its text",
        ],
    ),
    "notebook_that_changed": (
        lambda c: c.notebook("source", "01_one").write_bytes(b"{}"),
        ["source/01_one/01_one.ipynb: differs from its text"],
    ),
    "missing_release": (
        lambda c: c.notebook("release", "02_two").unlink(),
        ["release/02_two/02_two.ipynb: missing"],
    ),
    "missing_folder": (
        lambda c: shutil.rmtree(c.root / "source/02_two"),
        ["source/02_two/02_two.ipynb: missing"],
    ),
    "extra_text": (
        _extra("source/01_one/01_one.py"),
        ["source/01_one/01_one.py: derives from no text"],
    ),
    "extra_data": (
        _extra("release/01_one/deep/data.csv"),
        ["release/01_one/deep/data.csv: derives from no text"],
    ),
    "hidden_file": (_extra("release/02_two/.x"), ["release/02_two/.x: derives from no text"]),
    "notebook_whose_text_is_gone": (
        _extra("release/08_gone/08_gone.ipynb"),
        ["release/08_gone/08_gone.ipynb: derives from no text"],
    ),
    "copy_whose_text_is_gone": (
        _extra("helpers/submit/released/08_gone.ipynb"),
        ["helpers/submit/released/08_gone.ipynb: derives from no text"],
    ),
    "broken_link": (_link, ["release/01_one/more: derives from no text"]),
    "link_in_place_of_a_notebook": (
        _link_in_place,
        ["release/01_one/01_one.ipynb: derives from no text"],
    ),
}


@pytest.mark.parametrize(("change", "wanted"), PROBLEMS.values(), ids=PROBLEMS)
def test_every_difference_is_told_with_its_file(course, change, wanted):
    change(course)
    problems = build.check(course)
    assert len(problems) == len(wanted)
    for words in wanted:
        assert any(problem.startswith(words) for problem in problems), problems


def test_comparing_one_does_not_look_at_the_others(course):
    course.notebook("release", "02_two").write_bytes(b"stale")
    _extra("release/08_gone/08_gone.ipynb")(course)
    assert build.check(course, ["01_one"]) == []


# The command


def test_the_command_tells_and_fails(course, monkeypatch, capsys):
    monkeypatch.setattr(command, "Course", lambda: course)
    assert command.main(["build", "--check"]) == 0
    assert "up to date" in capsys.readouterr().out
    _stale_text(course)
    assert command.main(["build", "--check"]) == 1
    told = capsys.readouterr().out.splitlines()
    assert len(told) == 3
    assert all("python -m course build" in line for line in told)
    assert command.main(["build", "01_one"]) == 0
    assert "wrote release/01_one/01_one.ipynb" in capsys.readouterr().out
    assert command.main(["build", "--check"]) == 0


def test_an_error_in_a_text_names_file_and_line(course, monkeypatch, capsys):
    monkeypatch.setattr(command, "Course", lambda: course)
    path = course.text("02_two")
    path.write_text(SMALL.replace("points=1", "points=-1"), encoding="utf-8")
    before = contents(course)
    assert command.main(["build"]) == 1
    line = SMALL.splitlines().index('# %% role="test" id="test_half_values" points=1') + 1
    told = capsys.readouterr()
    assert told.err.startswith(f"{path}:{line}: ")
    assert told.out == ""
    assert contents(course) == before  # neither text is built if one of them is wrong


def test_an_unknown_name_is_told(course, monkeypatch, capsys):
    monkeypatch.setattr(command, "Course", lambda: course)
    assert command.main(["build", "03_three"]) == 1
    assert "03_three.py: no such text" in capsys.readouterr().err


# Writing in one move


class Interrupted(BaseException):
    """As Ctrl-C or the end of the process would."""


@pytest.mark.parametrize("step", ["os.fdopen", "os.chmod", "os.replace"])
def test_an_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch, step):
    path = tmp_path / "a.ipynb"
    path.write_bytes(b"old")

    def interrupt(*arguments):
        raise Interrupted

    with monkeypatch.context() as patched:
        patched.setattr(paths.os, step.removeprefix("os."), interrupt)
        with pytest.raises(Interrupted):
            write_in_one_move(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
    write_in_one_move(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_reader_never_sees_half_a_file(tmp_path, monkeypatch):
    path = tmp_path / "deep" / "a.ipynb"
    write_in_one_move(path, b"old")
    seen = []
    replace = os.replace

    def look(temporary, target):
        seen.append((Path(temporary).read_bytes(), path.read_bytes(), Path(temporary).parent))
        replace(temporary, target)

    monkeypatch.setattr(paths.os, "replace", look)
    write_in_one_move(path, b"new")
    assert seen == [(b"new", b"old", path.parent)]
    assert path.stat().st_mode & 0o777 == 0o644


def test_a_link_is_replaced_and_not_followed(tmp_path):
    target = tmp_path / "elsewhere"
    target.write_bytes(b"precious")
    link = tmp_path / "a.ipynb"
    link.symlink_to(target)
    write_in_one_move(link, b"new")
    assert target.read_bytes() == b"precious"
    assert link.read_bytes() == b"new"
    assert not link.is_symlink()


# The course itself


def test_the_committed_notebooks_are_up_to_date():
    assert build.check(Course()) == []


def test_the_plain_nbgrader_command_gives_the_same_release(tmp_path):
    course, here = Course(tmp_path), Course()
    shutil.copy(HERE / "nbgrader_config.py", tmp_path)
    source = here.notebook("source", NAME)
    write_in_one_move(course.notebook("source", NAME), source.read_bytes())
    done = subprocess.run(
        [Path(sys.executable).parent / "nbgrader", "generate_assignment", NAME],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},  # nothing is activated
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    released = course.notebook("release", NAME)
    assert released.read_bytes() == here.notebook("release", NAME).read_bytes()
    assert [path.name for path in released.parent.iterdir()] == [released.name]
    assert course.gradebook.exists()
    assert text.read(here.text(NAME)).title in released.read_text(encoding="utf-8")
