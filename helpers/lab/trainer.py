"""The state of a training panel, and the thread that trains beside the kernel.

Whether somebody looks on changes nothing in a run: what is measured beside a step is measured at
fixed steps, and a watch only reads. The kernel's own loop stays free for other cells, and for the
sliders: a loop in a cell would not hear them (docs/adr/0017-live-lab.md).
"""

import ctypes
import math
import threading
import time
import traceback
from types import MappingProxyType

import numpy as np

from ..record import is_stub
from . import drive, signs
from .curves import Run

GRACE = 0.15  # seconds that a step gets to end by itself when the run is to stop
LAST_WORD = 0.05  # and then to end after it was broken off
MOST_SHOWN = 5  # earlier runs that are drawn unless somebody asks for more
LOOK_EVERY = 50
BROKEN_OFF = "The last step took too long and was broken off."
HERE = __file__.rpartition("trainer")[0]


class Cut(BaseException):
    """Breaks off a step that does not end; student code does not catch it by mistake."""


class Trainer:
    """Train one run at a time, and keep the earlier ones.

    Parameters
    ----------
    make_run : callable
        ``make_run(settings)`` returns what `drive.Drive` takes.
    settings : dict
        What the first run begins with; ``seed`` among them.
    fresh : set of str
        Settings that are read only when a run begins.
    look_every : int
        Steps between two looks at validation, weights and pictures.

    Attributes
    ----------
    state : {"ready", "running", "paused", "failed", "finished"}
    run : Run
        The present one; ``runs`` holds the earlier ones.
    sign : tuple of str
        From `signs.read`.
    error : str
        The traceback of a run that failed.
    note : str
        What else there is to say of the state.
    watch : object or None
        ``watch.frame(now)`` is called in the training thread when the time that it returned last
        has come, ``watch.changed()`` when the state has changed, and ``watch.stopped()`` in the
        training thread at its end.
    """

    def __init__(self, make_run, settings, fresh=(), look_every=LOOK_EVERY):
        self._make_run, self._look_every = make_run, look_every
        self._fresh = {*fresh, "seed"}
        self.settings = dict(settings)
        self.run, self.runs = Run(1, settings), []
        self.state, self.error, self.note, self.sign = "ready", "", "", ("", "")
        self.watch, self.next_frame = None, 0.0
        self.version = self.applied = 0
        self.suspended = False
        self._drive, self._worker = None, None
        self.lock = threading.RLock()  # of the state; it is never held while a thread is waited for
        self._offer_settings()

    # What a person does

    def start(self, steps=math.inf):
        """Train on, for a number of steps or until `pause`; a run that has ended begins anew."""
        with self.lock:
            if self._worker:
                return
            if self.state in ("failed", "finished") or self.sign[0] == "nan":
                self._begin_anew()
            self.state, self.error, self.note, self.suspended = "running", "", "", False
            self.next_frame = 0.0
            self._worker = _Worker(self._work, steps)
            self._tell()  # first: a short run may be over at once
            self._worker.start()

    def pause(self):
        """Stop before the next step, or within it if it does not end."""
        with self.lock:
            self.suspended = False
            if not (worker := self._worker):
                return
            worker.go = False
        worker.join(GRACE)
        with self.lock:  # so that the thread cannot leave its step meanwhile
            if worker.is_alive() and worker.in_step:
                worker.cut()
        worker.join(LAST_WORD)
        if worker.is_alive() and worker.in_step:
            self._abandon(worker)

    def reset(self):
        """Keep the present run among the earlier ones, and get ready for a new one."""
        self.pause()
        with self.lock:
            self._worker = None  # what a thread that is about to end still says is not heard
            self._begin_anew()
            self.state, self.error, self.note = "ready", "", ""
            self._tell()

    def set(self, values):
        """Take new values of settings: for the next step, or those of `fresh` for the next run."""
        with self.lock:
            begun = self._drive is not None or self._worker is not None
            for name, value in values.items():
                if value == self.settings[name]:
                    continue
                self.settings[name] = value
                if not begun or (name not in self._fresh and not self.run.count):
                    self.run.settings[name] = value
                elif name not in self._fresh:
                    self.run.add_change(name, value)
            self.version += 1
            self._offer_settings()

    @property
    def pending(self):
        """Return the settings that wait for a fresh start."""
        return [name for name in self._fresh if self.settings[name] != self.run.settings[name]]

    def suspend(self):
        """Stop before the next step, because nobody looks on any more."""
        if worker := self._worker:
            self.suspended = True
            worker.go = False

    def train(self, steps, seconds):
        """Train here and now, and return when that is done.

        Parameters
        ----------
        steps : int
        seconds : float
            Time after which the run is stopped.
        """
        self.start(steps)
        worker, end = self._worker, time.monotonic() + seconds
        try:
            # In short turns, so that a press on the kernel's own Stop is heard.
            while worker and worker.is_alive() and time.monotonic() < end:
                worker.join(0.1)
        finally:
            self.pause()

    # What the thread does

    def _work(self, worker):
        try:
            state, error, note = self._outcome(worker)
        except Cut:
            over = self._drive is None or self._drive.is_generator
            state, error, note = "finished" if over else "paused", "", BROKEN_OFF
        try:
            with self.lock:
                worker.in_step = False  # from here on nobody cuts
            # A `Cut` that comes too late arrives here. It must arrive: CPython 3.11 would look for
            # one that is taken back for ever, and hang in the next function that is traced.
            for _ in range(2):
                pass
        except Cut:
            pass
        with self.lock:
            if self._worker is not worker:
                return  # it was given up meanwhile
            self._worker = None
            self.sign = signs.read(self.run)
            self.state, self.error, self.note = state, error, note
            self._tell()
        if self.watch:
            self.watch.stopped()

    def _outcome(self, worker):
        """Train, and return the state, the error and the note that it ends with."""
        try:
            with np.errstate(all="ignore"):  # `signs` says it better than a warning each step
                self._train(worker)
        except StopIteration as end:
            if self._drive is not None and self._drive.is_generator:
                return "finished", "", "The generator has come to its end."
            return "failed", _traceback(end), ""
        except (Exception, SystemExit, KeyboardInterrupt) as problem:
            return "failed", _traceback(problem), ""
        return "paused", "", ""

    def _train(self, worker):
        run, clock = self.run, time.perf_counter
        worker.in_step = True
        if self._drive is None:
            np.random.seed(run.settings["seed"])  # for code that draws from NumPy's shared stream
            made = drive.Drive(self._make_run(dict(run.settings)))
            if self._worker is not worker:
                return  # it was given up meanwhile
            self._drive = made
        step = self._drive.step
        begun, last = clock() - run.seconds, run.count + worker.steps
        while worker.go and run.count < last:
            version, settings = self._offered
            look = run.count == 0 or (run.count + 1) % self._look_every == 0
            before = self._drive.weights() if look else None
            metrics = step(settings)
            if self._worker is not worker:
                return  # it was given up meanwhile
            run.add_step(*drive.read(metrics))
            if look:
                self._look(run, before)
            worker.in_step = False
            if self._worker is not worker:
                return
            self.applied = version
            now = clock()
            run.seconds = now - begun
            if now >= self.next_frame:
                self.sign = signs.read(run)
                self.next_frame = self.watch.frame(now) if self.watch else math.inf
            if not math.isfinite(run.loss):
                break
            worker.in_step = True

    def _look(self, run, before):
        """Measure what is too costly for every step."""
        ratios = drive.ratios(before, self._drive.weights())
        train, validation = self._drive.validate()
        run.pictures = self._drive.pictures()
        if ratios or not (math.isnan(train) and math.isnan(validation)):
            run.add_look(train, validation, ratios)

    # What both need

    def _begin_anew(self):
        if self.run.count:
            self.run.pictures = None
            self.runs.append(self.run)
            for earlier in self.runs[-MOST_SHOWN - 1 : -MOST_SHOWN]:
                earlier.visible = False
        number = self.run.number + bool(self.run.count)
        self.run, self._drive, self.sign = Run(number, self.settings), None, ("", "")
        self._offer_settings()

    def _offer_settings(self):
        """Lay down what the next step reads: one tuple, so that it is never half new."""
        fixed = {name: self.run.settings[name] for name in self._fresh & self.settings.keys()}
        self._offered = self.version, MappingProxyType({**self.settings, **fixed})

    def _abandon(self, worker):
        """Give up a thread that is deep in a computation: it ends after it, and touches nothing."""
        with self.lock:
            if self._worker is not worker:
                return
            self._worker = None
            self.state = "failed"
            self.error = "The step does not end. The run was given up; press Reset to begin anew."
            self._begin_anew()
            self._tell()

    def _tell(self):
        """Tell the watch the state; under the lock, so that no older one can overtake it."""
        if self.watch:
            self.watch.changed()


class _Worker(threading.Thread):
    """The thread of one stretch of training; it ends with the stretch."""

    def __init__(self, work, steps):
        super().__init__(name="training", daemon=True)
        self._work, self.steps = work, steps
        self.go, self.in_step = True, False

    def run(self):
        self._work(self)

    def cut(self):
        """Raise `Cut` in the thread, at the next line of Python that it comes to."""
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(self.ident), ctypes.py_object(Cut)
        )


def _traceback(error):
    """Return the traceback of an error in the student's code, without the lab's own lines.

    Of a TODO that is not written yet, one line that says so.
    """
    if is_stub(error):
        return str(error)
    frames = traceback.extract_tb(error.__traceback__)
    theirs = [f for f in frames if not f.filename.startswith(HERE)]
    lines = traceback.format_list(theirs)
    if lines:
        lines.insert(0, "Traceback (most recent call last):\n")
    return "".join(lines + traceback.format_exception_only(type(error), error)).rstrip()
