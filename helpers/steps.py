"""Count the Python bytecodes that a call runs: array code runs as many for 4 samples as for 64."""

import gc
import sys
from importlib.util import find_spec
from types import CodeType


def counter(watch=None):
    """Return the function that counts.

    It holds on to everything that it needs, so that code which runs later cannot replace it.

    Parameters
    ----------
    watch : Watch, optional
        Told when counting begins and ends, and which changes of the tracing are ours.

    Returns
    -------
    callable
        ``count(run, n)`` calls ``run(n)`` twice and returns the bytecodes of the second call.
    """
    settrace, gettrace = sys.settrace, sys.gettrace
    is_collecting, stop_collecting, collect = gc.isenabled, gc.disable, gc.enable
    watch = watch or Watch()
    # NumPy writes arrays out in Python, row by row: a print is no loop.
    printing = frozenset(_code_in(_arrayprint()))

    def count(run, n):
        steps = 0

        def trace(frame, event, _argument):
            nonlocal steps
            if event == "call" and frame.f_code in printing:
                return None
            frame.f_trace_opcodes = True
            frame.f_trace_lines = False
            steps += event == "opcode"
            return trace

        before, collecting = gettrace(), is_collecting()
        stop_collecting()  # finalisers of other objects would be counted too
        settrace(trace)
        watch.counting = True
        try:
            # The first run may import modules and fill caches, and Python 3.12 and later report
            # no bytecodes of a function that is traced for the first time.
            run(n)
            steps = 0
            run(n)
        finally:
            watch.counting = False
            settrace(before)
            if collecting:
                collect()
        return steps

    return count


class Watch:
    """Whether steps are being counted, and what was done meanwhile to escape the count."""

    counting = False

    def __init__(self):
        self.escapes = []


def _code_in(module):
    """Return the code objects of all functions of a module, from its specification."""
    found = [module.loader.get_code(module.name)]
    for code in found:
        found += [inner for inner in code.co_consts if isinstance(inner, CodeType)]
    return found


def _arrayprint():
    # NumPy 1.26 has a numpy._core already, with nothing in it.
    return find_spec("numpy._core.arrayprint") or find_spec("numpy.core.arrayprint")
