"""Grade the starter and the solution of an assignment, before any student does.

The course tests itself: the starter must fail every graded cell as "not attempted", and the
solution must score full marks with nothing on stderr and leave a picture where a panel stands. Both
go through the same steps of nbgrader as a class does, in a course folder of their own.
"""

import contextlib
import io

import nbformat

from . import nbgrader_calls as nbgrader
from . import text, trial
from .paths import temporary_course, write_in_one_move

SECONDS = 120  # for a cell: enough for the longest experiment beside other work


def rehearse(course, name):
    """Return what goes wrong when starter and solution of an assignment are graded.

    Parameters
    ----------
    course : paths.Course
        Its notebooks must be built.
    name : str

    Returns
    -------
    list of str
        One line each; empty if all is well.
    """
    source = text.read(course.text(name))
    # Here and not in the autograded notebook, where Judge has folded a graded cell's stderr away.
    with contextlib.redirect_stderr(io.StringIO()) as complaints:
        verdicts = trial.run(source, strict=True)
    problems = [
        f"{name}: the solution fails {cell}: {verdict.message}"
        for cell, verdict in verdicts.items()
        if not verdict.passed
    ]
    if said := complaints.getvalue().strip():
        problems.append(f"{name}: the solution writes to stderr in a graded cell: {said}")
    with temporary_course(trusted=True, cell_timeout=SECONDS) as scratch:
        solution = course.notebook("source", name).read_bytes()
        starter = course.notebook("release", name).read_bytes()
        write_in_one_move(scratch.notebook("source", name), solution)
        nbgrader.generate(scratch, name)
        for student, notebook in {"starter": starter, "solution": solution}.items():
            write_in_one_move(scratch.notebook("submitted", name, student), notebook)
            nbgrader.autograde(scratch, name, student)
        problems += _starter(source, _graded(scratch, name, "starter"))
        solved = _graded(scratch, name, "solution")
        problems += [*_solution(source, solved), *_panels(source, solved)]
        for cell, score in nbgrader.scores(scratch, name, "starter").items():
            if score[0] != 0:
                problems.append(f"{name}: the starter has {score} for {cell}")
        scores = nbgrader.scores(scratch, name, "solution")
    for cell in source.cells:
        if cell.graded and cell.id not in scores:
            problems.append(f"{name}: {cell.id} is not in the gradebook")
        elif cell.role == "test" and scores[cell.id][0] != cell.points:
            problems.append(f"{name}: the solution has {scores[cell.id]} for {cell.id}")
    return problems


def _graded(scratch, name, student):
    notebook = nbformat.read(scratch.notebook("autograded", name, student), as_version=4)
    return {cell.id: cell for cell in notebook.cells}


def _starter(source, cells):
    for cell in source.of("test"):
        ends = [o.ename for o in cells[cell.id].outputs if o.output_type == "error"]
        if ends != ["not attempted"]:
            yield f"{source.name}: the starter's {cell.id} ends with {ends}, not 'not attempted'"


def _solution(source, cells):
    for cell in source.cells:
        for output in cells[cell.id].get("outputs", []):
            if output.output_type == "error":
                yield f"{source.name}: the solution's {cell.id} fails: {output.evalue}"
            elif output.output_type == "stream" and output.name == "stderr":
                yield f"{source.name}: the solution's {cell.id} writes to stderr: {output.text}"


def _panels(source, cells):
    """Yield a problem for each panel that leaves no picture where there is no page."""
    for cell in source.of("play"):
        if "lab." not in cell.source:
            continue
        outputs = cells[cell.id].get("outputs", [])
        pictures = ["image/png" in output.get("data", {}) for output in outputs]
        printed = "".join(output.text for output in outputs if output.output_type == "stream")
        if sum(pictures) != 1 or "stopped" in printed:
            yield f"{source.name}: the panel {cell.id} leaves no picture: {printed.strip()!r}"
