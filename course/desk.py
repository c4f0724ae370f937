"""Get the outcomes of submissions: from the last time, or from a sandbox.

nbgrader asks for one submission after another (`nbgrader_steps.Execute`). `course.grade` asks ahead
of it, so that the pool is never idle. What is done lies on disk under the hash of all that it rests
on: nothing runs twice, and a grading run that was killed goes on where it was.
"""

import atexit
import hashlib
import json
import os
from concurrent.futures import Future
from pathlib import Path

from . import jobs
from .paths import write_in_one_move
from .pool import Pool
from .sandbox import hide


class Desk:
    """Where one course's submissions are executed.

    Parameters
    ----------
    root : Path
        The course folder.
    limits : Limits
    pool : object
        ``submit(job)`` gives a future of the outcome.
    """

    def __init__(self, root, limits, pool):
        self.root, self.limits, self.pool = Path(root), limits, pool
        self.begun = {}  # (path, key) -> future that is done when the outcome is on disk
        self.references = {}  # assignment -> Reference
        self.running = {}  # (path, key) -> the pool's own future

    def ask(self, assignment, student, notebook, files):
        """Begin to execute a submission, and the reference solution on the same inputs.

        Returns
        -------
        outcome, wants : Asked
        """
        reference = self._ask_reference(assignment, notebook)
        job = jobs.submission(notebook, files, self.limits, reference.uses)
        return self._begin(self._path(assignment, student), job), reference.asked

    def outcome(self, assignment, student, notebook, files):
        """Return a submission's outcome, and what its hidden tests want.

        Returns
        -------
        dict, dict
            See `execute.execute`; lists of `Expected` by name of the cell.
        """
        reference = self._ask_reference(assignment, notebook)
        job = jobs.submission(notebook, files, self.limits, reference.uses)
        outcome = self._begin(self._path(assignment, student), job).result()
        if reference.wants is None:
            reference.wants = jobs.wants(reference.job, reference.asked.result())
        wants = {name: reference.wants[job["seed"], name] for name in jobs.tests_of(notebook)}
        return outcome, wants

    def _ask_reference(self, assignment, notebook):
        """Begin to run the reference solution, unless that is done already.

        Raises
        ------
        StaleRelease
            If the source's tests are not those of the submission.
        """
        path = self.root / "source" / assignment / f"{assignment}.ipynb"
        stamp = path.stat().st_mtime_ns, path.stat().st_size
        known = self.references.get(assignment)
        if known is None or known.stamp != stamp:
            known = Reference(stamp, jobs.reference(path, self.limits))
            self.references[assignment] = known
        if jobs.tests_of(notebook) != known.tests:
            raise jobs.StaleRelease(
                f"{path} has other hidden tests than the gradebook: "
                f"run `nbgrader generate_assignment {assignment} --force`, then grade again"
            )
        if known.asked is None:
            known.asked = self._begin(
                self.root / ".grading" / assignment / "wants" / "all.json", known.job
            )
        return known

    def forget(self, assignment, student):
        """Drop what is kept of a submission, so that it is executed again."""
        self._path(assignment, student).unlink(missing_ok=True)

    def _path(self, assignment, student):
        return self.root / ".grading" / assignment / file_name(student)

    def _begin(self, path, job):
        asked = Asked(path, jobs.key(job))
        name = path, asked.key
        asked.future = self.begun.get(name)  # in one step: another thread takes them out
        if asked.future is None and not asked.is_kept():
            asked.future = self.begun[name] = Future()
            running = self.running[name] = self.pool.submit(job)
            running.add_done_callback(lambda done: self._done(name, asked, done))
        return asked

    def _done(self, name, asked, done):
        self.running.pop(name, None)
        asked.keep(done)
        self.begun.pop(name, None)  # from now on the disk tells, or the question is put again

    def close(self):
        """Stop what still runs; nobody waits for it any more."""
        for running in list(self.running.values()):
            running.cancel()


def file_name(student):
    """Return the name of a student's file among ours; a temporary one fits beside it."""
    name = os.fsencode(student)
    return f"{student if len(name) <= 200 else hashlib.sha256(name).hexdigest()}.json"


class Reference:
    """The run of an assignment's reference solution.

    Parameters
    ----------
    stamp : tuple
        Of the source notebook's file.
    job : dict
    """

    def __init__(self, stamp, job):
        self.stamp, self.job = stamp, job
        self.tests = {c["name"]: c["source"] for c in job["cells"] if c["kind"] == "expect"}
        self.uses = job["uses"]
        self.asked = self.wants = None


class Asked:
    """An outcome that is on disk, or will be.

    It is read from there when it is wanted: a class's outcomes would fill the memory.
    """

    def __init__(self, path, key):
        self.path, self.key, self.future = path, key, None

    def keep(self, done):
        """Lay down what the pool gives, then tell who waits for it."""
        try:
            text = json.dumps({"key": self.key, "outcome": done.result()})
            write_in_one_move(self.path, text.encode("utf-8", "surrogatepass"))
        except BaseException as error:
            self.future.set_exception(error)
        else:
            self.future.set_result(None)

    def _read(self):
        kept = json.loads(self.path.read_bytes())
        if kept["key"] != self.key:
            raise KeyError(self.key)
        return kept["outcome"]

    def is_kept(self):
        try:
            self._read()
        except (OSError, ValueError, KeyError, TypeError):
            return False  # not there, another one, or damaged: it is made again
        return True

    def result(self):
        """Wait for the outcome and return it."""
        if self.future is not None:
            self.future.result()
        return self._read()


_desks, _pools = {}, {}


def desk(root, limits, workers, way, scheduler):
    """Return the desk of a course folder in this process; its pool ends with the process."""
    name = root, limits, workers, way, scheduler
    if name not in _desks:
        if way == "bubblewrap":
            hide(root)
        pool = workers, way, scheduler
        if pool not in _pools:
            _pools[pool] = _cluster(scheduler, way) if scheduler else Pool(workers, way)
        _desks[name] = Desk(root, limits, _pools[pool])
    return _desks[name]


@atexit.register
def close():
    """End the pools, and what still runs in them."""
    while _desks:
        _desks.popitem()[1].close()
    while _pools:
        _pools.popitem()[1].close()


def _cluster(address, way):
    from .cluster import Cluster  # dask is not installed everywhere

    return Cluster(address, way)
