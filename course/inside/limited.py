"""Become another program under the limits of a submission: a Jupyter kernel, for example."""

import os

from . import apart


def main(command, limits):
    """Set the limits and run a command in this process's place.

    Parameters
    ----------
    command : list of str
    limits : dict
        As of a job.
    """
    apart.limit(limits)
    apart.filter_calls()
    os.execvp(command[0], command)
