"""``course prove``: plant mistakes in every solution and see whether the hidden tests notice.

A test that a wrong solution passes gives points for nothing. `operators` says which mistakes are
planted, `mutants` plants them, `forks` runs the TODO's hidden tests on each, and `page` writes
``docs/mutants.md``: what was killed, what survived, and which mutants are no mistakes at all
(`equivalent`: listed by hand in ``tests/answers``, each with its reason).
"""

import os
import time

from .. import build, text, trial
from ..sections import write_section
from . import equivalent, forks, mutants, page

TO_REACH = 0.97


def prove(course, names=()):
    """Judge all mutants of assignments and write the page.

    Parameters
    ----------
    course : paths.Course
    names : iterable of str
        Of assignments; all if empty. The sections of the others stay as they are.

    Returns
    -------
    list of str
        What is wrong: a TODO below `TO_REACH`, a listed equivalent that no mutant is any more.
    """
    if not hasattr(os, "fork"):
        raise OSError("course prove needs fork, which this system lacks: use Linux, macOS or WSL")
    os.environ["WORKBOOK_DATA_SET"] = "embedded"
    path, problems = course.root / "docs" / "mutants.md", []
    for each in build.texts(course, names):
        source, start = text.read(each), time.perf_counter()
        listed = equivalent.read(course, source.name)
        proofs = [_proof(stage, listed) for stage in trial.stages(source)]
        seconds = time.perf_counter() - start
        write_section(path, page.HEAD, source.name, page.section(proofs, seconds))
        problems += equivalent.stale(source.name, listed, proofs)
        problems += [
            f"{source.name}: {len(proof.survived)} mutants of {proof.todo} survive"
            for proof in proofs
            if proof.share < TO_REACH
        ]
    return problems


def _proof(stage, listed):
    made = mutants.of(stage.todo)
    return page.Proof(stage.todo.id, made, forks.fates(stage, made, os.cpu_count()), listed)
