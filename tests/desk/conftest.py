"""One class of 300 for all tests of the teacher's desk; a test that changes it takes a copy."""

import shutil
from dataclasses import replace

import made_up_class
import pytest

from course.paths import Course


@pytest.fixture(scope="session")
def made_up(tmp_path_factory):
    """Return a class of 300 that was given 01_softmax and graded. Only read it."""
    return made_up_class.make(Course(tmp_path_factory.mktemp("made_up")))


@pytest.fixture
def made_up_copy(made_up, tmp_path):
    """Return a copy of that class, in a folder of its own, that a test may change."""
    root = tmp_path / "course"
    shutil.copytree(made_up.course.root, root)
    return replace(made_up, course=replace(made_up.course, root=root))
