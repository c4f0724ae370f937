"""The steps that the course puts into nbgrader's own pipelines, and the pipelines themselves.

``nbgrader_config.py`` names the lists at the end, so that the plain commands and formgrader use
them too. One step does one thing; what must come before what is written beside the lists.
"""

import os
import textwrap

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat.v4 import new_output
from nbgrader import preprocessors as nbgrader_own
from nbgrader import utils
from traitlets import Dict, Integer

from helpers.record import MIME, Record, stub_message

from . import verdict
from .repair import Repair
from .text import BEGIN_SOLUTION, Cell, function_at

# A class is graded on the embedded data, so that a grade does not depend on what happens to be
# downloaded; and with one BLAS thread, because two workers with two each are slower, not faster.
GRADING_ENVIRONMENT = {
    "WORKBOOK_DATA_SET": "embedded",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


class ClearSolutions(nbgrader_own.ClearSolutions):
    """Replace each solution region by a stub that names the function to write.

    nbgrader's own stub is the same text everywhere; ours says which function is missing, so that
    a student who calls it from another cell reads where to go.
    """

    def preprocess_cell(self, cell, resources, cell_index):
        if utils.is_solution(cell) and cell.cell_type == "code":
            begin = next(
                number
                for number, line in enumerate(cell.source.splitlines())
                if line.strip() == BEGIN_SOLUTION
            )
            as_text = Cell(cell.metadata.nbgrader.grade_id, "todo", True, cell.source, 0)
            stub = f'raise NotImplementedError("{stub_message(function_at(as_text, begin))}")'
            self.code_stub = {"python": stub}
        return super().preprocess_cell(cell, resources, cell_index)


class Execute(nbgrader_own.Execute):
    """Run a submission so that one cell that hangs or dies costs only what comes after it."""

    patience = Integer(
        1, help="Seconds that each cell may take after one has used up its whole timeout."
    ).tag(config=True)
    error_on_timeout = Dict(
        {"ename": "Timeout", "evalue": "the cell did not end in time", "traceback": ["Timeout"]}
    ).tag(config=True)

    def preprocess(self, nb, resources, **kwargs):
        self.late = self.dead = False
        self.timeout_func = lambda _cell: self.patience if self.late else self.timeout
        return super().preprocess(nb, resources, **kwargs)

    def setup_kernel(self, **kwargs):
        # For the kernel only: nbgrader's `setenv` would delete afterwards what was set before.
        return super().setup_kernel(env={**os.environ, **GRADING_ENVIRONMENT}, **kwargs)

    def preprocess_cell(self, cell, resources, index):
        if self.dead:
            return cell, resources
        try:
            cell, resources = super().preprocess_cell(cell, resources, index)
        except DeadKernelError:
            self.dead = True
            cell.outputs.append(_error("KernelDied", "the code ended the whole Python process"))
        except CellTimeoutError:  # the kernel did not even answer to the interrupt
            self.dead = True
            cell.outputs.append(new_output("error", **self.error_on_timeout))
        ends = [output.get("ename") for output in cell.get("outputs", [])]
        self.late = self.late or self.error_on_timeout["ename"] in ends
        return cell, resources

    def clear_output(self, outs, msg, cell_index):
        """Clear nothing: the records would go with the progress that an answer clears."""


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
        if utils.is_grade(cell) and not utils.is_solution(cell):
            cell.outputs = self._judged(cell)
        return cell, resources

    def _judged(self, cell):
        records, error, shown = [], None, []
        for output in cell.outputs:
            if output.output_type == "error":
                error = output
            elif output.output_type == "stream":
                # What a right answer prints or warns of is shown and costs nothing.
                shown.append(new_output("stream", name="stdout", text=output.text))
            elif MIME in output.data:
                try:
                    records.append(Record.from_json(output.data[MIME]))
                except ValueError as malformed:
                    error = error or _error("MalformedRecord", str(malformed))
            else:
                shown.append(new_output("display_data", data=output.data))
        raised = (error.ename, error.evalue) if error else None
        if raised and raised[0] in ("CheckFailed", "NotAttempted"):
            raised = None if records else raised  # its record says it
        judged = verdict.judge(verdict.declared(cell.source), records, raised)
        points = cell.metadata.nbgrader["points"]
        if judged.passed:
            result = {"text/plain": f"{points:g}", "text/html": f"{points:g} of {points:g} points"}
            return [*shown, new_output("execute_result", data=result)]
        # Feedback pages do not wrap lines.
        told = textwrap.wrap(f"{judged.status}: {judged.message}", 96)
        crashed = raised and judged.status == "wrong" and error.traceback
        traceback = [*error.traceback, *told] if crashed else told
        return [*shown, _error(judged.status, judged.message, traceback)]


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
# Repair comes before every step that trusts the metadata; OverwriteCells puts the tests' own
# source back before anything runs.
SANITISE = [
    nbgrader_own.ClearOutput,
    Repair,
    nbgrader_own.OverwriteKernelspec,
    nbgrader_own.OverwriteCells,
    nbgrader_own.CheckCellMetadata,
]
# Judge sees all outputs before LimitOutput cuts them, and SaveAutoGrades sees Judge's scores.
AUTOGRADE = [
    Execute,
    nbgrader_own.IgnorePattern,
    Judge,
    nbgrader_own.LimitOutput,
    nbgrader_own.SaveAutoGrades,
    nbgrader_own.AssignLatePenalties,
    nbgrader_own.CheckCellMetadata,
]
