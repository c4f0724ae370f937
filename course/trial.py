"""Run the graded cells of a text in this process, with some TODOs answered differently.

For tests of the course itself: it takes milliseconds where a sandbox takes longer. A hidden test
is sealed and judged as in a class's grading. Students' work is never run this way.
"""

import contextlib
import functools
import io
import linecache
import warnings
from dataclasses import dataclass

from helpers import check, values

from . import seal, text, verdict
from .inside import session


def run(source, answers=None, only=None, strict=False, seed=0):
    """Judge check and test cells of a text.

    Parameters
    ----------
    source : text.Text
    answers : dict of str to str, optional
        Code that stands in place of the TODO cells of these ids.
    only : str, optional
        Judge only the cells that belong to this TODO.
    strict : bool, optional
        Take a warning as an error.
    seed : int, optional
        Of the inputs that tests draw.

    Returns
    -------
    dict of str to verdict.Verdict
        By cell id, in the order of the notebook.
    """
    answers = _known(source, answers)
    names = sorted((cell.id for cell in source.of("todo")), key=len, reverse=True)
    wants = wanted(source, seed)
    verdicts, namespace = {}, {"__name__": "__main__"}
    with _quietly(strict, seed):
        for cell in source.of("given", "todo", "check", "test"):
            if cell.role in ("given", "todo"):
                _execute(cell.id, answers.get(cell.id, cell.source), namespace)
            elif only is None or text.owner(cell.id, cell.role, names) == only:
                judged = _tested if cell.role == "test" else _checked
                verdicts[cell.id] = judged(cell, namespace, wants.get(cell.id))
    return verdicts


@dataclass(frozen=True)
class Stage:
    """A notebook that has run up to one TODO, to try answers to it in forks of this process.

    Parameters
    ----------
    todo : text.Cell
    rest : tuple of text.Cell
        The given and TODO cells after it and its hidden tests, up to the last of these.
    later : tuple of text.Cell
        The same of the remaining TODOs, to the end of the notebook.
    wants : dict of str to list of Expected
        By the id of the hidden test.
    namespace : dict
        What the cells before it define.
    seed : int
        Of the inputs that tests draw.
    """

    todo: text.Cell
    rest: tuple
    later: tuple
    wants: dict
    namespace: dict
    seed: int

    def verdicts(self, code):
        """Yield the id and the verdict of each hidden test with ``code`` as the answer.

        Those of the TODO itself come first, then those of the TODOs that may build on it. The
        namespace changes: go no further with this stage in the process that calls this.
        """
        with _quietly(strict=False, seed=self.seed):
            _execute(self.todo.id, code, self.namespace)
            for cell in (*self.rest, *self.later):
                if cell.role == "test":
                    yield cell.id, _tested(cell, self.namespace, self.wants[cell.id])
                else:
                    _execute(cell.id, cell.source, self.namespace)


def stages(source, seed=0):
    """Yield a stage for each TODO of a text that has hidden tests, in order."""
    wants, namespace = wanted(source, seed), {"__name__": "__main__"}
    cells = source.of("given", "todo", "test")
    for number, cell in enumerate(cells):
        if cell.role == "todo" and (own := source.belonging_to(cell.id, "test")):
            end = max(cells.index(test) for test in own) + 1
            rest = [each for each in cells[number + 1 : end] if each.role != "test" or each in own]
            later = [each for each in cells[number + 1 :] if each not in rest]
            yield Stage(cell, tuple(rest), tuple(later), wants, namespace, seed)
        if cell.role != "test":
            with _quietly(strict=False, seed=seed):
                _execute(cell.id, cell.source, namespace)


@functools.lru_cache(maxsize=8)
def wanted(source, seed=0):
    """Return what the hidden tests of a text want, from a run with the reference solution.

    Returns
    -------
    dict of str to list of Expected
        By cell id.
    """
    found = {}
    namespace = {"__name__": "__main__"}
    with _quietly(strict=False, seed=seed):
        for cell in source.of("given", "todo", "test"):
            with check.expecting() as wants:
                _execute(cell.id, cell.source, namespace)
            if cell.role == "test":
                found[cell.id] = wants
    return found


def namespace(source, answers=None):
    """Return what the given and TODO cells of a text define, by name; checks are not run."""
    answers = _known(source, answers)
    defined = {"__name__": "__main__"}
    for cell in source.of("given", "todo"):
        _execute(cell.id, answers.get(cell.id, cell.source), defined)
    return defined


def _known(source, answers):
    unknown = set(answers or {}) - {cell.id for cell in source.of("todo")}
    if unknown:
        raise KeyError(f"{source.name} has no TODO {sorted(unknown)}")
    return answers or {}


@contextlib.contextmanager
def _quietly(strict, seed):
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("error" if strict else "ignore")  # a wrong answer may overflow
        check.seed_inputs(seed)
        try:
            yield
        finally:
            check.seed_inputs(0)


def _checked(cell, namespace, _wants):
    """Judge a visible check as the student sees it."""
    error = None
    with check.collect() as records:
        try:
            _execute(cell.id, cell.source, namespace)
        except check.NotAttempted as stub:
            records.append(stub.record)
        except check.CheckFailed:
            pass  # its record says it
        except Exception as raised:
            error = type(raised).__name__, str(raised)
    return verdict.judge(seal.checks(cell.source), records, error)


def _tested(cell, namespace, wants):
    """Judge a hidden test as grading does: without its answers in reach of the code."""
    error, got = None, []
    namespace |= _probes()(lambda _number, value: got.append(values.from_json(value)))
    try:
        _execute(cell.id, seal.seal(cell.source).code, namespace)
    except Exception as raised:
        error = type(raised).__name__, str(raised)
    return verdict.of_test(wants, got, error)


@functools.cache
def _probes():
    return session.probes()  # once: a hook for audits stays as long as the process


def _execute(name, code, namespace):
    filename = f"<{name}>"
    # So that tracebacks and inspect.getsource find the lines, as in a notebook.
    linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
    exec(compile(code, filename, "exec"), namespace)
