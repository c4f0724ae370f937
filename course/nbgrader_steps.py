"""The steps that the course puts into nbgrader's own pipelines, and the pipelines themselves.

``nbgrader_config.py`` names the lists at the end, so that the plain commands and formgrader use
them too. One step does one thing; what must come before what is written beside the lists.
"""

import json
import textwrap
from pathlib import Path

import nbformat
from nbformat.v4 import new_output
from nbgrader import preprocessors as nbgrader_own
from nbgrader import utils
from nbgrader.api import Gradebook
from traitlets import Enum, Integer, Unicode

from helpers import values
from helpers.record import MIME, PASSED, WRONG, stub_message

from . import desk, jobs, verdict
from .notebook import bonus_points
from .paths import write_in_one_move
from .repair import Repair
from .sandbox import Limits
from .text import Cell, function_at, regions


class ClearSolutions(nbgrader_own.ClearSolutions):
    """Replace each solution region by a stub that names the function to write.

    nbgrader's own stub is the same text everywhere; ours says which function is missing, so that
    a student who calls it from another cell reads where to go.
    """

    def _replace_solution_region(self, cell, language):
        if cell.cell_type != "code":
            return super()._replace_solution_region(cell, language)
        as_text = Cell(
            cell.metadata.get("nbgrader", {}).get("grade_id"), "todo", True, cell.source, 0
        )
        found, lines = regions(as_text)[0], cell.source.splitlines()
        for region in reversed(found):  # a class may have several functions to write
            begin = lines[region.start]
            indent = begin[: len(begin) - len(begin.lstrip())]
            stub = stub_message(function_at(as_text, region.start))
            lines[region.start : region.stop] = [f'{indent}raise NotImplementedError("{stub}")']
        cell.source = "\n".join(lines)
        return bool(found)


class Execute(nbgrader_own.NbGraderPreprocessor):
    """Have a submission executed in a sandbox, with its hidden tests sealed."""

    timeout = Integer(30, help="Seconds that a cell may take.").tag(config=True)
    patience = Integer(
        1, help="Seconds that each cell may take after one has used up its whole timeout."
    ).tag(config=True)
    total = Integer(900, help="Seconds after which no further cell of a notebook begins.").tag(
        config=True
    )
    memory = Integer(3 << 30, help="Bytes that a submission may take.").tag(config=True)
    workers = Integer(0, help="Submissions at the same time; 0: one for each core.").tag(
        config=True
    )
    scheduler = Unicode("", help="Address of a dask scheduler, to use other machines.").tag(
        config=True
    )
    sandbox = Enum(
        ["bubblewrap", "container", "none"],
        "bubblewrap",
        help="How student code is kept apart. With 'none' it can do whatever you can.",
    ).tag(config=True)

    def preprocess(self, nb, resources):
        about, folder = resources["nbgrader"], Path(resources["metadata"]["path"])
        handed_in = Path("submitted", about["student"], about["assignment"])
        workbook = resources.setdefault("workbook", {})
        grading = nb.metadata.setdefault("workbook", {}).setdefault("grading", {})
        if grading.get("unreadable"):
            return nb, resources
        outcome, workbook["wants"] = self.desk().outcome(
            about["assignment"], about["student"], nb, files_beside(folder, handed_in)
        )
        grading["suspicious"] = [*grading.get("suspicious", []), *outcome["suspicious"]]
        grading["stopped"] = []
        workbook["left"] = {}
        for number, left in outcome["cells"].items():
            cell = nb.cells[int(number)]
            cell.outputs = [nbformat.from_dict(output) for output in left["outputs"]]
            for output in cell.outputs:
                output.pop("display_id", None)
            if jobs.is_test(cell):
                workbook["left"][jobs.name_of(cell)] = left
                if any(MIME in output.get("data", {}) for output in cell.outputs):
                    grading["suspicious"].append("showed a forged record of a check in a test")
            elif left["end"]:
                cell.outputs.append(_error("NotFinished", left["end"]))
            if left["end"]:
                name = cell.metadata.get("nbgrader", {}).get("grade_id")
                where = f"`{name}`" if name else f"number {number}"
                grading["stopped"].append(f"Cell {where} was stopped: {left['end']}.")
        return nb, resources

    def desk(self, root=None):
        """Return the desk of a course folder: that in which nbgrader works, if none is named."""
        limits = Limits(
            cell_seconds=self.timeout,
            patience=self.patience,
            memory=self.memory,
            notebook_seconds=self.total,
        )
        return desk.desk(root or Path.cwd(), limits, self.workers, self.sandbox, self.scheduler)


def files_beside(folder, handed_in):
    """Return what stands beside a notebook, by name: a student's own modules and data.

    nbgrader has copied it from what was handed in, and has followed links on the way.
    """
    return {
        str(path.relative_to(folder)): path
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and path.suffix != ".ipynb"
        and path.name not in ("timestamp.txt", "submission_secret.txt")
        and not _is_linked(handed_in, path.relative_to(folder))
    }


def _is_linked(folder, name):
    return any((folder / part).is_symlink() for part in [name, *name.parents])


def _error(name, message, traceback=None):
    return new_output(
        "error", ename=name, evalue=message, traceback=traceback or [f"{name}: {message}"]
    )


class Judge(nbgrader_own.NbGraderPreprocessor):
    """Write an explicit score into every test cell, in the terms that nbgrader reads.

    nbgrader takes the points from a cell's outputs: an error or anything on stderr gives none, a
    number gives itself, everything else, also nothing at all, gives all. So a right answer that
    warned lost its points, and a test that never ran earned them.
    """

    def preprocess_cell(self, cell, resources, cell_index):
        if not jobs.is_test(cell):
            return cell, resources
        # What a right answer prints or warns of is shown and costs nothing.
        shown = [
            new_output("stream", name="stdout", text=output.text)
            for output in cell.get("outputs", [])
            if output.output_type == "stream"
        ]
        workbook, name = resources.get("workbook", {}), jobs.name_of(cell)
        left = workbook.get("left", {}).get(name)
        judged, where = self._judge(left, workbook.get("wants", {}).get(name))
        points, bonus = cell.metadata.nbgrader["points"], bonus_points(cell.source)
        cell.metadata.setdefault("workbook", {})["verdict"] = dict(vars(judged))
        if judged.passed:
            told = (
                f"{bonus:g} points of extra credit" if bonus else f"{points:g} of {points:g} points"
            )
            result = {"text/plain": f"{points:g}", "text/html": told}
            cell.outputs = [*shown, new_output("execute_result", data=result)]
        else:
            # Feedback pages do not wrap lines.
            told = textwrap.wrap(f"{judged.status}: {judged.message}", 96)
            cell.outputs = [*shown, _error(judged.status, judged.message, [*told, *where])]
        return cell, resources

    def _judge(self, left, wants):
        if left is None or wants is None:
            return verdict.Verdict(WRONG, "this test did not run"), []
        if left["end"]:
            return verdict.Verdict(WRONG, f"this test did not run to its end: {left['end']}"), []
        error = left["error"]
        raised = (error["ename"], error["evalue"]) if error else None
        try:
            got = [values.from_json(value) for value in left["got"]]
        except ValueError:
            return verdict.Verdict(WRONG, "what this test handed over is no result"), []
        judged = verdict.of_test(wants, got, raised)
        return judged, error["where"] if error else []


class SaveAutoGrades(nbgrader_own.SaveAutoGrades):
    """Record the grades of a submission, all or none of them.

    Those of a file that could not be read wait for a person. An answer that a person has scored,
    and that has not changed since, does not wait again. What a person gave is never touched.
    """

    def preprocess(self, nb, resources):
        about = resources["nbgrader"]
        self.notebook_id, self.assignment_id = about["notebook"], about["assignment"]
        self.student_id = about["student"]
        self.unreadable = nb.metadata.get("workbook", {}).get("grading", {}).get("unreadable")
        self.every = jobs.key([cell.source for cell in nb.cells])
        kept = Path(".grading", self.assignment_id, "answers", desk.file_name(self.student_id))
        before = _read_json(kept)
        self.before, self.answers = before.get("looked at", {}), {}
        self.bonus = before.get("bonus", {})  # extra credit that grading gave, by cell
        with Gradebook(about["db_url"]) as self.gradebook:
            session = self.gradebook.db
            # nbgrader's own step commits, and waits for the disk, after each cell.
            commit, session.commit = session.commit, session.flush
            for number, cell in enumerate(nb.cells):
                self.preprocess_cell(cell, resources, number)
            commit()
        keep = {"looked at": self.answers, "bonus": self.bonus}
        write_in_one_move(kept, json.dumps(keep).encode())
        return nb, resources

    def _add_score(self, cell, resources):
        name = jobs.name_of(cell)
        grade = self.gradebook.find_grade(
            name, self.notebook_id, self.assignment_id, self.student_id
        )
        # Whoever scored a test by hand looked at the code, wherever it stands.
        looked_at = self.every if jobs.is_test(cell) else utils.compute_checksum(cell)
        waits, self.answers[name] = grade.needs_manual_grade, looked_at
        super()._add_score(cell, resources)
        self._add_bonus(cell, grade)
        if self.unreadable:
            grade.auto_score, grade.needs_manual_grade = None, True
        elif grade.manual_score is not None and self.before.get(name) == self.answers[name]:
            grade.needs_manual_grade = waits

    def _add_bonus(self, cell, grade):
        """Give the extra credit of a test, unless a person has given another."""
        name, most = grade.name, bonus_points(cell.source)
        given = self.bonus.get(name)
        ours = (0.0, most) if given is None else (given,)
        if grade.extra_credit is not None and grade.extra_credit not in ours:
            return
        if most:
            earned = cell.metadata.get("workbook", {}).get("verdict", {}).get("status") == PASSED
            grade.extra_credit = self.bonus[name] = most if earned else 0.0
        elif self.bonus.pop(name, None) is not None:  # the test counts like others by now
            grade.extra_credit = None


def _read_json(path):
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


# nbgrader's own lists with our steps in them. Release: the source with its hidden tests is saved
# (SaveCells) before they are cleared; the checksums are those of what is released.
RELEASE = [
    nbgrader_own.LockCells,
    ClearSolutions,
    nbgrader_own.ClearOutput,
    nbgrader_own.CheckCellMetadata,
    nbgrader_own.ComputeChecksums,
    nbgrader_own.SaveCells,
    nbgrader_own.ClearHiddenTests,
    nbgrader_own.ClearMarkScheme,
    nbgrader_own.ComputeChecksums,
    nbgrader_own.CheckCellMetadata,
]
# Repair leaves nothing to do for OverwriteKernelspec, OverwriteCells and CheckCellMetadata, which
# take ten times as long; a test sees to it.
SANITISE = [Repair]
# Judge sees all outputs before LimitOutput cuts them, and SaveAutoGrades sees Judge's scores.
AUTOGRADE = [
    Execute,
    nbgrader_own.IgnorePattern,
    Judge,
    nbgrader_own.LimitOutput,
    SaveAutoGrades,
    nbgrader_own.AssignLatePenalties,
]
