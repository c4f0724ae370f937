"""Run one submission where the surroundings are a sandbox already: a container of its own."""

import contextlib
import os
import signal

from . import apart
from .session import Session
from .zygote import warm_up


def main(limits, imports):
    """Talk over standard input and output until the other side is gone.

    Parameters
    ----------
    limits : dict
        As of a job.
    imports : list of str
        Modules that notebooks import.
    """
    reader, writer, nothing = os.dup(0), os.dup(1), os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    shell = warm_up(imports)
    apart.limit(limits)
    apart.filter_calls()
    shell.take_over()
    session = Session(reader, writer, shell)
    signal.signal(signal.SIGINT, session.interrupt)
    with contextlib.suppress(OSError):  # the other side has gone
        session.serve()
