"""Run jobs on the machines of a dask cluster: more workers, and nothing else changes.

A worker needs this package, bubblewrap, and the bytes of the job. Between machines use dask's own
TLS (``distributed.comm.tls`` in its configuration): it sends pickles, and whoever can reach an
open scheduler can run code on all of them.
"""

import functools
import os

from .pool import Pool
from .sandbox import Unavailable


class Cluster:
    """The workers of a dask scheduler.

    Parameters
    ----------
    address : str
        Such as ``tcp://10.0.0.5:8786``.
    way : str
        How each worker keeps student code apart; one of `sandbox.WAYS`.

    Raises
    ------
    Unavailable
        If dask is not installed, or no scheduler answers.
    """

    def __init__(self, address, way="bubblewrap"):
        try:
            from distributed import Client
        except ImportError:
            raise Unavailable(
                "--scheduler needs dask: `pip install nn-workbook[cluster]`"
            ) from None
        self.way = way
        try:
            self.client = Client(address)
        except (OSError, ValueError) as failed:
            raise Unavailable(
                f"no dask scheduler answers at {address} ({failed}): start one with "
                "`dask scheduler`, and workers with `dask worker ADDRESS`"
            ) from failed
        self.workers = sum(self.client.nthreads().values()) or 1

    def submit(self, job):
        """Take a job; a job whose worker is lost goes to another.

        Returns
        -------
        distributed.Future
            Of the outcome.
        """
        return self.client.submit(execute_here, job, self.way, pure=False, retries=3)

    def close(self):
        """Leave the cluster; it goes on running."""
        self.client.close()


def execute_here(job, way):
    """Execute a job on the machine that this is called on; waits for its outcome."""
    return _pool(way, os.getpid()).submit(job).result()


@functools.cache
def _pool(way, _process):
    return Pool(way=way)
