"""A large class is graded in one go: everybody gets what is theirs, and memory stays flat."""

import json
import os
import random
import shutil
import subprocess
import sys

import pytest
from tiny_answers import cell

from course import build, nbgrader_calls, text
from course.paths import HERE, Course, write_in_one_move

NAME, LARGE, SMALL = "01_tiny", 150, 15  # bench/grading.py measures 300
GRADE = f"""\
import dataclasses, json, resource, sys
from pathlib import Path
from course import grade
from course.paths import Course
rows = grade.grade(Course(Path(sys.argv[1]), cell_timeout=5), "{NAME}")
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps([[dataclasses.asdict(row) for row in rows], memory]))
"""
# Ways to write each function, and what they lose.
DOUBLE = {
    "    return 2.0 * x": 0,
    "    y = x + x\n    return 1.0 * y": 0,
    "    print(x)\n    return np.multiply(2.0, x)": 0,
    "    return abs(2.0 * x)": 2,
    "    return 2.0 + x": 3,
    "    return [2.0 * float(v) for v in np.ravel(x)]": 3,
    "    raise ValueError(x)": 3,
}
TRIPLE = {
    "    return 3.0 * x": 0,
    "    return x + x + x": 0,
    "    return 3.0 + x": 4,
    "    return undefined": 4,
}


def hand_in(classroom, number):
    """Let a class of so many hand in; return the points that each of them has earned."""
    draw, earned = random.Random(20261121), {}
    for student in range(number):
        notebook, points = classroom.right(), 7
        for name, ways in (("double", DOUBLE), ("triple", TRIPLE)):
            body = draw.choice(list(ways))
            points -= ways[body]
            # No two are the same, as in a real class.
            cell(notebook, name).source = f"# {student}\ndef {name}(x):\n{body}"
        # So much is shown that keeping it all in memory would be seen.
        cell(notebook, "double").source += f"\nprint('{student} ' * 20_000)"
        classroom.hand_in(f"s{student:03}", notebook)
        earned[f"s{student:03}"] = points
    return earned


@pytest.fixture(scope="module")
def grade_class(tmp_path_factory, tiny, tiny_text):
    """Return a function that makes a class, grades it in a process of its own, and tells."""

    def run(number):
        course = Course(tmp_path_factory.mktemp("large") / "course")
        write_in_one_move(course.text(NAME), tiny_text.encode())
        build.build(course)
        nbgrader_calls.generate(course, NAME)
        classroom = type(tiny)(course, text.read(course.text(NAME)))
        earned = hand_in(classroom, number)
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
        done = subprocess.run(
            [sys.executable, "-c", GRADE, str(course.root)],
            cwd=HERE,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        pages = sum(course.feedback(NAME, student).is_file() for student in earned)
        shutil.rmtree(course.root)
        return earned, *json.loads(done.stdout), pages

    return run


@pytest.fixture(scope="module")
def large(grade_class):
    return grade_class(LARGE)


def test_everybody_in_a_large_class_gets_what_they_earned(large):
    earned, rows, _, pages = large
    assert len(set(earned.values())) > 5, "a class in which all are the same proves nothing"
    assert {row["student"]: row["points"] for row in rows} == earned
    assert [row["student"] for row in rows] == sorted(earned)
    for row in rows:
        assert (row["most"], row["waiting"], row["problem"]) == (7, 5, ""), row
        assert (row["repaired"], row["suspicious"]) == ([], []), row
    assert pages == LARGE


def test_a_class_of_ten_times_the_size_takes_no_more_memory(large, grade_class):
    _, _, small, _ = grade_class(SMALL)
    ratio = large[2] / small
    print(f"peak memory: {LARGE} submissions {large[2]} kB, {SMALL} {small} kB, {ratio:.2f} times")
    assert ratio < 1.1
