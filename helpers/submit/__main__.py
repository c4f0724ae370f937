"""``python -m helpers.submit``: check a notebook and make the one file to hand in."""

import argparse
import sys
from pathlib import Path

from ..files import find_notebook, write_in_one_move
from ..handin import STUDENT, file_name
from ..report.errors import ReportError
from ..report.run import student_of
from . import fresh, receipt, saved, standing
from .notebooks import CannotHandIn, Notebook


def main(arguments=None):
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m helpers.submit", description=__doc__)
    parser.add_argument("notebook", help="an assignment such as 01_softmax, or a notebook's path")
    parser.add_argument("--student", metavar="ID", help="yours (default: as in your report)")
    parser.add_argument("--out", metavar="FOLDER", type=Path, help="default: the notebook's own")
    parser.add_argument(
        "--also", action="append", default=[], metavar="FILE", type=Path, help="hand this in too"
    )
    parser.add_argument(
        "--repair", action="store_true", help="repair the notebook itself too; a copy is kept"
    )
    parser.add_argument("--no-run", action="store_true", help="do not run the checks afresh")
    parser.add_argument(
        "--everything", action="store_true", help="run panels and experiments too, as grading does"
    )
    parser.add_argument(
        "--seconds", type=int, default=30, help="that a cell may take (default: 30)"
    )
    given = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # an old console has no sign for a tick
    try:
        _hand_in(given)
    except (CannotHandIn, ReportError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; nothing was written", file=sys.stderr)
        return 130
    return 0


def _hand_in(given):
    notebook = Notebook(find_notebook(given.notebook))
    student = given.student or student_of(notebook.node)["id"]
    if not STUDENT.fullmatch(student):
        raise CannotHandIn(
            f"{student or 'nobody'}: say who hands in, --student with the id by which your course "
            "knows you (letters, digits and . _ @ -, at most 64)"
        )
    files = receipt.members(notebook, given.also)
    print(f"{notebook.released.name}: {notebook.path}, saved {saved.ago(notebook.path)}")

    before = standing.todos(notebook, {cell.get("id"): cell for cell in notebook.cells})
    warnings = saved.unsaved(notebook.path)
    if given.no_run:
        todos = before
        warnings += saved.out_of_order(notebook)
    else:
        print("Running the checks in a fresh kernel, from top to bottom ...", flush=True)
        beside = {path.name: files[path.name] for path in given.also}
        cells, ended = fresh.run(notebook, beside, given.seconds, given.everything)
        todos = standing.todos(notebook, cells)
        for name in standing.stopped(cells):
            warnings.append(f"`{name}` did not end within {given.seconds} s and was stopped.")
        warnings += [f"The notebook did not run to its end: {ended}."] if ended else []
        warnings += saved.only_in_the_session(before, todos)
    answers = standing.answers(notebook)
    stands = receipt.progress(todos, answers)
    told = receipt.receipt(notebook, student, files, not given.no_run, todos, answers, warnings)
    _print(stands, notebook.repaired, warnings)

    packed = receipt.pack(files, told)
    target = (given.out or notebook.path.parent) / file_name(notebook.released.name, student)
    words = target.with_suffix(".receipt.txt")
    write_in_one_move(target, packed)
    write_in_one_move(
        words, receipt.in_words(told, packed, target.name, stands).encode("utf-8", "replace")
    )
    print(f"\nHand in this file: {target}\nYour receipt:      {words}")
    if given.repair and notebook.repaired:
        backup = notebook.write_back()
        print(
            f"Repaired {notebook.path}; as it was it is now {backup.name}. If it is open in "
            "Jupyter, close it there without saving, and open it again."
        )


def _print(stands, repaired, warnings):
    print(f"\n{stands}")
    if repaired:
        print("\nRepaired in what you hand in (--repair mends your own file too):")
        print("\n".join(f"- {sentence}" for sentence in repaired))
    if warnings:
        print("\nLook at this before you hand in:")
        print("\n".join(f"- {sentence}" for sentence in warnings))


if __name__ == "__main__":
    sys.exit(main())
