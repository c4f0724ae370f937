"""One class of 300 for all tests of the teacher's desk; a test that changes it takes a copy."""

import os
import pickle
import shutil
from dataclasses import replace

import made_up_class
import pytest
from filelock import FileLock

from course.paths import Course


@pytest.fixture(scope="session")
def made_up(tmp_path_factory):
    """Return a class of 300 that was given 01_softmax and graded. Only read it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # that of all test processes: the first makes it
    kept = folder / "made_up.pickle"
    with FileLock(folder / "made_up.lock"):
        if not kept.is_file():
            made = made_up_class.make(Course(folder / "made_up"))
            kept.write_bytes(pickle.dumps(made))
    return pickle.loads(kept.read_bytes())


@pytest.fixture
def made_up_copy(made_up, tmp_path):
    """Return a copy of that class, in a folder of its own, that a test may change."""
    root = tmp_path / "course"
    shutil.copytree(made_up.course.root, root)
    return replace(made_up, course=replace(made_up.course, root=root))
