"""``course demo``: the whole way of one assignment, from text to grade and report, in one go."""

import shutil

from helpers import report

from . import build, grade, nbgrader_calls, sample_class, sandbox, text
from .paths import Course, write_in_one_move

TIMEOUT = 10  # seconds a cell; a class may have more, here somebody is waiting


def run(course, name="01_softmax"):
    """Build, release, hand in, grade and report in ``demo/``, and say where to look.

    Parameters
    ----------
    course : paths.Course
        Holds the text; nothing of it is changed.
    name : str
    """
    demo = Course(course.root / "demo", cell_timeout=TIMEOUT, trusted=True)
    shutil.rmtree(demo.root, ignore_errors=True)
    source = text.read(course.text(name))

    print(f"1. Build {name}: text to notebook, release gate")
    made = build.derive(course, [source.path])
    released = made[course.notebook("release", name)]
    write_in_one_move(demo.notebook("source", name), made[course.notebook("source", name)])

    print("2. Release it with nbgrader")
    nbgrader_calls.generate(demo, name)
    if demo.notebook("release", name).read_bytes() != released:
        raise nbgrader_calls.NbgraderFailed("the release differs from what passed the gate")

    handed_in = sample_class.submissions(source, released)
    print(f"3. A class of {len(handed_in)} hands in")
    sample_class.hand_in(demo, name, handed_in)

    where = "a sandbox of its own"
    if not sandbox.is_available():
        where = "NO sandbox, for this machine has no bubblewrap (a real class is refused then)"
    print(f"4. Grade: every submission runs in {where}; sealed hidden tests judge it")
    rows = grade.grade(demo, name)
    print()
    for row in rows:
        print(f"   {row.student:8} {handed_in[row.student][0]:16} {told(row)}")

    print("\n5. Report: the best notebook as PDF, without LaTeX or a browser")
    pdf = demo.root / "reports" / f"{name}.pdf"
    report.export(demo.notebook("autograded", name, "ada"), pdf, name="Ada", student_id="ada")

    print("\nLook at")
    for what, path in {
        "the released notebook": demo.notebook("release", name),
        "feedback for a right answer": demo.feedback(name, "ada"),
        "feedback for a classic bug": demo.feedback(name, "daniel"),
        "the gradebook": demo.gradebook,
        "the report": pdf,
    }.items():
        print(f"   {what:28} {path.relative_to(course.root)}")


def told(row):
    """Return one row of the grade table."""
    if row.problem:
        return f"needs a person: {row.problem}"
    return f"{row.points:4g} of {row.most:g} points, {row.waiting:g} more wait for a person"
