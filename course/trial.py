"""Run the graded cells of a text in this process, with some TODOs answered differently.

For tests of the course itself: it takes milliseconds where a kernel takes seconds. Students' work
is never run this way.
"""

import contextlib
import io
import linecache
import warnings

from helpers import check

from . import text, verdict


def run(source, answers=None, only=None, strict=False):
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

    Returns
    -------
    dict of str to verdict.Verdict
        By cell id, in the order of the notebook.
    """
    answers = _known(source, answers)
    names = sorted((cell.id for cell in source.of("todo")), key=len, reverse=True)
    verdicts, namespace = {}, {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("error" if strict else "ignore")  # a wrong answer may overflow
        for cell in source.of("given", "todo", "check", "test"):
            if cell.role in ("given", "todo"):
                _execute(cell.id, answers.get(cell.id, cell.source), namespace)
            elif only is None or text.owner(cell.id, cell.role, names) == only:
                verdicts[cell.id] = _judged(cell, namespace)
    return verdicts


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


def _judged(cell, namespace):
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
    return verdict.judge(verdict.declared(cell.source), records, error)


def _execute(name, code, namespace):
    filename = f"<{name}>"
    # So that tracebacks and inspect.getsource find the lines, as in a notebook.
    linecache.cache[filename] = (len(code), None, code.splitlines(keepends=True), filename)
    exec(compile(code, filename, "exec"), namespace)
