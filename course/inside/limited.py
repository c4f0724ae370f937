"""Run a module under the limits of a submission: a Jupyter kernel, for example."""

import runpy
import sys

from . import apart


def main(module, arguments, limits):
    """Set the limits and run a module as ``python -m`` does.

    Parameters
    ----------
    module : str
    arguments : list of str
    limits : dict
        As of a job.
    """
    apart.limit(limits)
    apart.filter_calls()
    # A kernel takes a quarter of its time to import a debugger, which could trace nothing here.
    sys.modules["debugpy"] = None
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
