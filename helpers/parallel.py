"""Run independent work on all cores at once, with a progress bar."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed

from tqdm import tqdm

MOST = 8  # at a time: each run holds arrays of its own, and a sandbox allows few threads


def parallel_map(function, items, unit="run"):
    """Call a function on each item, on several cores at once, and show how far it has come.

    Parameters
    ----------
    function : callable
        Takes one item. Calls overlap, so they must not write to anything that they share.
    items : iterable
    unit : str, optional
        What one call is, for the progress bar.

    Returns
    -------
    list
        One result per item, in the order of the items.

    Raises
    ------
    Exception
        Whatever the first failing call raises; calls that have not begun are then dropped.

    Notes
    -----
    Threads, not processes: functions of a notebook need not be sent anywhere, and all share one
    copy of the data. NumPy lets other threads run while it works on large arrays. Where no thread
    can be started (Python in a browser), the calls are made one after another.
    """
    items = list(items)
    pool = ThreadPoolExecutor(min(os.cpu_count() or 1, MOST))
    try:
        futures = [pool.submit(function, item) for item in items]
    except RuntimeError:  # no thread can be started
        pool.shutdown(wait=False, cancel_futures=True)
        return [function(item) for item in progress_bar(items, len(items), unit, ncols=80)]
    try:
        for future in progress_bar(as_completed(futures), len(futures), unit, ncols=80):
            future.result()  # an error is told at once, not when all the others are done
    finally:
        pool.shutdown(cancel_futures=True)
    return [future.result() for future in futures]


class _Bar(tqdm):
    """A progress bar without the thread that watches bars in the background and never ends."""

    monitor_interval = 0


def progress_bar(items, total, unit, **options):
    """Return a progress bar of one line, which a notebook shows as ordinary output.

    Parameters
    ----------
    items : iterable or None
        What the bar goes through; None for a bar that is moved by hand, with ``update()``.
    total : int
        How many there are.
    unit : str
        What one of them is.
    **options
        Further options of ``tqdm.tqdm``.

    Returns
    -------
    tqdm.tqdm
    """
    # On standard output: a notebook shows standard error as if something were wrong.
    return _Bar(items, total=total, unit=unit, file=sys.stdout, **{"leave": False, **options})
