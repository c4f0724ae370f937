"""Run many jobs at once on this machine.

asyncio holds the conversations, so that there is no worker process to lose: the processes are the
submissions' own. Everything stands in one thread beside the one that asks.
"""

import asyncio
import os
import threading

from . import libraries, sandbox
from .container import Containers
from .execute import RunnerLost, execute
from .warm import Zygote

TRIES = 3  # of a job whose runner was killed from outside


class Pool:
    """Some workers, and a warm interpreter for each run to begin with.

    A notebook that uses a library beyond those of all notebooks has a warm interpreter of its own:
    importing PyTorch takes seconds, which nobody else should wait for.

    Parameters
    ----------
    workers : int, optional
        How many jobs run at once; as many as there are cores if it is not given.
    way : str
        One of `sandbox.WAYS`.
    """

    def __init__(self, workers=None, way="bubblewrap"):
        self.workers = workers or _cores()
        self.way = way
        sandbox.check(way)
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True, name="grading")
        self.thread.start()
        self.zygotes, self.room, self.starting = {}, None, None

    def submit(self, job):
        """Take a job.

        Returns
        -------
        concurrent.futures.Future
            Of the outcome.
        """
        return asyncio.run_coroutine_threadsafe(self._run(job), self.loop)

    async def _run(self, job):
        if self.room is None:
            self.room, self.starting = asyncio.Semaphore(self.workers), asyncio.Lock()
        async with self.room:
            for tries in range(TRIES):
                try:
                    return await execute(job, await self._warm(tuple(job["uses"])))
                except (RunnerLost, OSError):
                    if tries == TRIES - 1:
                        raise
        raise AssertionError

    async def _warm(self, uses):
        async with self.starting:
            zygote = self.zygotes.get(uses)
            if zygote is None or not zygote.alive:
                if zygote is not None:
                    await zygote.stop()
                zygote = self.zygotes[uses] = self._new(uses)
                await zygote.start()
            return zygote

    def _new(self, uses):
        imports = (*sandbox.IMPORTS, *libraries.modules(uses))
        if self.way == "container":
            return Containers(imports=imports)
        if problem := libraries.lacking(uses):
            raise sandbox.Unavailable(f"this notebook cannot be graded, {problem}")
        return Zygote(self.way, imports)

    def close(self):
        """End what still runs."""

        async def end():
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)
            for zygote in self.zygotes.values():
                await zygote.stop()
            await asyncio.sleep(0)  # what was closed is let go in the next turn

        if not self.thread.is_alive():
            return
        try:
            asyncio.run_coroutine_threadsafe(end(), self.loop).result(10)
        finally:
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join()
            self.loop.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _cores():
    """Return how many cores this process may use; macOS tells only how many there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
