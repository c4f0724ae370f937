"""Judge mutants, each in a fork of a process that has run the notebook up to the mutated cell.

So the imports, the data and the earlier solutions are paid for once a notebook, and a mutant that
hangs, eats memory or ends its process costs nobody else anything.
"""

import contextlib
import multiprocessing
import os
import resource
import sys
import time
from dataclasses import dataclass, replace
from multiprocessing.connection import wait

import numpy as np
from tqdm import tqdm

from .mutants import DAMAGED

MEMORY = 4 << 30  # bytes that a mutant may take
LEAST, TIMES = 3.0, 10.0  # seconds; a mutant has at least these, and ten times the solution's
LONGEST = 300.0  # seconds; for the solution
# What stands for the test where none was reached.
TOO_LONG, ITSELF = "the limit", "running the cells"

_fork = multiprocessing.get_context("fork")


@dataclass(frozen=True)
class Fate:
    """What became of a mutant.

    Parameters
    ----------
    test : str
        The hidden test that it failed, `TOO_LONG` or `ITSELF`; empty if it survived.
    said : str
        What the student is told.
    """

    test: str = ""
    said: str = ""

    @property
    def killed(self):
        return bool(self.test)


def fates(stage, mutants, cores):
    """Judge mutants of one TODO.

    Parameters
    ----------
    stage : trial.Stage
        Which has run everything before the TODO's cell.
    mutants : list of mutants.Mutant
    cores : int
        How many are judged at once.

    Returns
    -------
    list of Fate or None
        In the same order. None: the mutant is no mistake, since it would have to change an
        argument in place and was never given one that can be changed.

    Raises
    ------
    RuntimeError
        If the solution itself does not pass.
    """
    codes = [mutant.code for mutant in mutants]
    found = _within_limit(replace(stage, later=()), codes, cores)
    # What the TODO's own tests do not see may break what builds on it.
    left = [number for number, fate in enumerate(found) if fate and not fate.killed]
    if stage.later and left:
        again = _within_limit(stage, [codes[number] for number in left], cores)
        for number, fate in zip(left, again, strict=True):
            found[number] = fate
    return found


def _within_limit(stage, codes, cores):
    """Judge codes within a time that the solution's own sets."""
    start = time.perf_counter()
    [solved] = _all(stage, [stage.todo.source], LONGEST, 1)
    if solved.killed:
        raise RuntimeError(f"{stage.todo.id}: the solution fails {solved.test}: {solved.said}")
    return _all(stage, codes, max(LEAST, TIMES * (time.perf_counter() - start)), cores)


def _all(stage, codes, limit, cores):
    found, running, waiting = [None] * len(codes), {}, list(enumerate(codes))[::-1]
    progress = tqdm(total=len(codes), desc=stage.todo.id, unit="mutant", leave=False, disable=None)
    while waiting or running:
        while waiting and len(running) < cores:
            number, code = waiting.pop()
            receiver, sender = _fork.Pipe(duplex=False)
            process = _fork.Process(target=_judge, args=(stage, code, sender))
            process.start()
            sender.close()
            running[receiver] = number, process, time.monotonic() + limit
        soonest = min(end for _, _, end in running.values())
        ready = wait(list(running), max(0, soonest - time.monotonic()))
        late = [each for each, (*_, end) in running.items() if end <= time.monotonic()]
        for receiver in dict.fromkeys([*ready, *late]):
            number, process, _ = running.pop(receiver)
            found[number] = _received(receiver, process)
            progress.update()
    progress.close()
    return found


def _received(receiver, process):
    """Return what a fork reported; one that says nothing was stopped by its limits."""
    fate = Fate(TOO_LONG, "it took too long, or ended the process")
    with contextlib.suppress(EOFError):
        if receiver.poll():
            fate = receiver.recv()
    process.kill()
    process.join()
    process.close()
    receiver.close()
    return fate


def _judge(stage, code, sender):
    """Run one mutant and its TODO's hidden tests, in the fork."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with open(os.devnull, "w") as nowhere:
        for number in (1, 2):
            os.dup2(nowhere.fileno(), number)
    changes = []  # filled if the mutant was ever given an array to damage
    stage.namespace[DAMAGED] = lambda value, argument: damaged(value, argument, changes)
    fate = Fate()
    try:
        for cell_id, verdict in stage.verdicts(code):
            if not verdict.passed:
                fate = Fate(cell_id, verdict.message)
                break
    except Exception as error:  # of the mutant's own cell, or of a given cell that builds on it
        fate = Fate(ITSELF, f"{type(error).__name__}: {error}")
    sender.send(None if DAMAGED in code and not changes else fate)
    sender.close()
    sys.stdout.flush()
    os._exit(0)


def damaged(value, argument, changes):
    """Change an array in place and return the value; note in ``changes`` that it was possible."""
    if isinstance(argument, np.ndarray) and argument.dtype.kind in "fiu" and argument.size:
        argument += 1
        changes.append(argument.shape)
    return value
