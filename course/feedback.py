"""The steps that make a graded notebook teach: grades, verdicts, hidden tests, the box at the top.

They and `feedback_page.FeedbackExporter` stand in nbgrader's place in ``GenerateFeedback``.
"""

import re

from nbgrader import preprocessors as nbgrader_own
from nbgrader import utils
from traitlets import Bool

from helpers.record import NOT_ATTEMPTED, PASSED, WRONG

from .jobs import is_test
from .text import owner


def heading(source):
    """Return the comment lines that a test's code begins with; students have them too."""
    lines = []
    for line in source.splitlines():
        if not line.startswith("#") or line.startswith("###"):
            break
        lines.append(line)
    return "\n".join(lines) or "# Hidden test"


class GetGrades(nbgrader_own.GetGrades):
    """Add the grades, and whether a person has still to give them."""

    def _get_score(self, cell, resources):
        super()._get_score(cell, resources)
        about = resources["nbgrader"]
        grade = self.gradebook.find_grade(
            cell.metadata.nbgrader["grade_id"],
            about["notebook"],
            about["assignment"],
            about["student"],
        )
        cell.metadata.nbgrader["waiting"] = bool(grade.needs_manual_grade)


class TellVerdicts(nbgrader_own.NbGraderPreprocessor):
    """Turn the output that gives a test its points into words.

    The page then shows ``cell.metadata.verdict``: a status, the message of a check, its hint, and
    the student's own lines in which the code stopped. A test that was graded otherwise keeps its
    outputs, and has no verdict.
    """

    def preprocess_cell(self, cell, resources, cell_index):
        if is_test(cell) and cell.get("outputs"):
            verdict = _verdict(cell.outputs[-1])
            if verdict:
                cell.metadata["verdict"] = verdict
                cell.outputs = cell.outputs[:-1]
        return cell, resources


def _verdict(output):
    if output.output_type == "execute_result":
        return {"status": PASSED}
    if output.output_type != "error" or output.ename not in (WRONG, NOT_ATTEMPTED):
        return None
    message, _, hint = output.evalue.partition(". Hint: ")
    where = [line for line in output.traceback if re.match(r"line \d+, in ", line)]
    return {
        "status": output.ename,
        "message": message,
        "hint": hint,
        "where": "\n".join(where),
    }


class HideTests(nbgrader_own.NbGraderPreprocessor):
    """Show of a hidden test its heading only.

    A traceback goes too: it quotes the code.
    """

    show = Bool(False, help="Show students the code of the hidden tests.").tag(config=True)

    def preprocess_cell(self, cell, resources, cell_index):
        if is_test(cell) and not self.show:
            cell.source = heading(cell.source)
            for output in cell.get("outputs", ()):
                if output.output_type == "error":
                    output.traceback = [f"{output.ename}: {output.evalue}"]
        return cell, resources


class SumUp(nbgrader_own.NbGraderPreprocessor):
    """Gather what the box at the top of the page says, in ``resources["feedback"]``."""

    def preprocess(self, nb, resources):
        graded = [cell for cell in nb.cells if utils.is_grade(cell)]
        todos = [
            cell.metadata.nbgrader["grade_id"]
            for cell in nb.cells
            if cell.cell_type == "code" and utils.is_solution(cell) and not utils.is_grade(cell)
        ]
        longest_first = sorted(todos, key=len, reverse=True)
        rows = {name: [] for name in todos}
        for cell in graded:
            name = cell.metadata.nbgrader["grade_id"]
            task = owner(name, "test", longest_first) if is_test(cell) else None
            rows.setdefault(task or name, []).append(cell)
        told = nb.metadata.get("grading", {})
        resources["feedback"] = {
            "tasks": [_task(name, cells) for name, cells in rows.items() if cells],
            "comments": [
                cell.metadata.nbgrader["grade_id"]
                for cell in nb.cells
                if cell.metadata.get("nbgrader", {}).get("comment")
            ],
            "waiting": sum(
                cell.metadata.nbgrader["points"]
                for cell in graded
                if cell.metadata.nbgrader.get("waiting")
            ),
            "unreadable": told.get("unreadable", ""),
            "repaired": told.get("repaired", []),
        }
        return nb, resources


def _task(name, cells):
    """Return one line of the table: a TODO with its tests, or a question."""
    marks = [cell.metadata.nbgrader for cell in cells]
    return {
        "name": name,
        "score": sum(mark.get("score") or 0 for mark in marks),
        "points": sum(mark.get("points") or 0 for mark in marks),
        "waiting": any(mark.get("waiting") for mark in marks),
        "tests": [
            {
                "id": cell.metadata.nbgrader["grade_id"],
                "status": cell.metadata.get("verdict", {}).get("status", ""),
                "about": heading(cell.source).rpartition("\n")[2].lstrip("# "),
            }
            for cell in cells
            if is_test(cell)
        ],
    }


STEPS = [GetGrades, TellVerdicts, HideTests, SumUp]
