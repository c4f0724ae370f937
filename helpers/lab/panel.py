"""The kernel's side of a panel: what it tells the page, and what it hears from it.

The page draws (``page/``); here go out small differences: the rows that were added to the curves
since the last time, as four-byte numbers.
"""

import math
import time
from functools import cache
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from . import signs, sliders
from .throttle import FRAMES_PER_SECOND, Throttle
from .tiles import MOST_PICTURES, encoded

PAGE = Path(__file__).parent / "page"
# In this order they make one module: uPlot defines the one name that it is used by.
PARTS = ("uPlot.iife.min.js", "words.js", "controls.js", "charts.js", "runs.js", "panel.js")
STYLES = ("uPlot.min.css", "panel.css")
STATES_APART = 0.5  # seconds between two states while settings move


@cache
def page(names):
    """Return parts of the page joined to one text."""
    return "\n".join((PAGE / name).read_text(encoding="utf-8") for name in names)


class Panel(anywidget.AnyWidget):
    """A widget that is drawn by ``page/``; what it shows is described by plain values."""

    _esm = traitlets.Unicode().tag(sync=True)
    _css = traitlets.Unicode().tag(sync=True)
    described = traitlets.Dict().tag(sync=True)

    def __init__(self, **described):
        super().__init__(_esm=page(PARTS), _css=page(STYLES), described=described)
        self.on_msg(self._hear)

    def _hear(self, _widget, content, _buffers):
        """Do what the page asks; what it asks wrongly is answered in the panel."""
        try:
            action = getattr(self, f"_do_{content['do']}")
            action(**{name: value for name, value in content.items() if name != "do"})
        except ValueError as problem:
            self.send({"kind": "wrong", "text": str(problem)})


class TrainingPanel(Panel):
    """The panel of one `Trainer`.

    Parameters
    ----------
    trainer : trainer.Trainer
    settings : dict of str to sliders.Slider
    mark : str
        The class of the elements that hold the last picture: the page hides them while it draws.
    when_stopped : callable
        Called without arguments in the training thread when it has nothing more to do.
    """

    def __init__(self, trainer, settings, mark, when_stopped):
        self._trainer, self._sliders, self._when_stopped = trainer, settings, when_stopped
        self._throttle, self._views = Throttle(), set()
        self._wants_all = False
        self._sent = _Sent(trainer.run)
        self._told, self._next_state = 0, 0.0
        described = [slider.described(name) for name, slider in settings.items()]
        super().__init__(kind="training", sliders=described, mark=mark, healthy=list(signs.HEALTHY))

    # The trainer's watch

    def frame(self, now):
        """Send what is new, if the page can take it; return when to come again."""
        with self._trainer.lock:
            if self._wants_all:
                self._send_all()
            elif self._throttle.may_send(now):
                self._send_news(now)
            elif self._throttle.gave_up(now):
                self._trainer.suspend()
            if self._told != self._trainer.version and now >= self._next_state:
                self._next_state = now + STATES_APART
                self._tell()
        return now + 1 / FRAMES_PER_SECOND

    def changed(self):
        """Tell the page the new state; when the training has stopped, also what is left."""
        with self._trainer.lock:
            if self._trainer.state != "running":
                self._send_all() if self._wants_all else self._send_news()
            self._tell()

    def stopped(self):
        """Leave the picture, which takes longer than the page should wait for the state."""
        self._when_stopped()

    # What the page asks

    def _do_hello(self, view):
        with self._trainer.lock:
            self._views.add(view)
            self._throttle.restart()
            if self._trainer.state == "running":
                self._wants_all = True  # the training thread sends it: the curves are in its hands
            else:
                self._send_all()

    def _do_bye(self, view):
        self._views.discard(view)
        if not self._views:
            self._trainer.pause()

    def _do_seen(self, frame):
        self._throttle.hear(frame)
        if self._trainer.suspended:
            self._trainer.start()

    def _do_start(self):
        self._trainer.start()

    def _do_pause(self):
        self._trainer.pause()
        self._tell()

    def _do_step(self):
        self._trainer.start(steps=1)

    def _do_reset(self):
        self._trainer.reset()

    def _do_set(self, values):
        self._trainer.set(
            {name: sliders.checked(name, value, self._sliders) for name, value in values.items()}
        )
        if self._trainer.state != "running":
            self._tell()

    def _do_text(self, text):
        self._trainer.set(sliders.from_text(text, self._sliders))
        self._tell()

    def _do_rename(self, run, name):
        self._run(run).name = str(name).strip()[:40] or f"run {run}"
        self._tell()

    def _do_show(self, run, visible):
        self._run(run).visible = bool(visible)
        self._tell()

    def _do_remove(self, run):
        self._trainer.runs.remove(self._run(run))
        self._tell()

    def _run(self, number):
        for run in (*self._trainer.runs, self._trainer.run):
            if run.number == number:
                return run
        raise ValueError(f"There is no run {number} any more.")

    # What the page is told

    def _tell(self):
        """Tell the state; under the lock, so that no older one can overtake it."""
        with self._trainer.lock:
            self._told = self._trainer.version
            self.send(self._state())

    def _state(self):
        """Return all that is not a curve."""
        trainer = self._trainer
        return {
            "kind": "state",
            "state": trainer.state,
            "error": trainer.error,
            "note": trainer.note,
            "sign": list(trainer.sign),
            "settings": trainer.settings,
            "text": sliders.to_text(trainer.settings),
            "pending": trainer.pending,
            "version": trainer.version,
            "runs": [_about(run) for run in (*trainer.runs, trainer.run)],
        }

    def _send_all(self):
        """Send every curve, to a page that has just come."""
        self._wants_all = False
        self.send({"kind": "clear"})
        self._sent = _Sent(self._trainer.run)
        for run in self._trainer.runs:
            content, buffers = _Sent(run).news()
            self.send({**content, "kind": "frame"}, buffers)
        self._send_news()
        self._tell()

    def _send_news(self, now=None):
        """Send what has come to the present run since the last time.

        Parameters
        ----------
        now : float, optional
            Without it the newest pictures go out in any case.
        """
        run = self._trainer.run
        if self._sent.run is not run:
            self._sent = _Sent(run)
        content, buffers = self._sent.news()
        content |= {"kind": "frame", "n": self._throttle.sent, "applied": self._trainer.applied}
        if self._trainer.sign[0]:
            content["sign"] = list(self._trainer.sign)
        images = self._sent.new_pictures()
        if images is not None and (now is None or self._throttle.may_send_picture(now)):
            buffers.append(encoded(images))
            content |= {"pictures": len(images), "coloured": images.ndim == 4}
            self._sent.pictures = run.pictures
            self._throttle.sent_picture(now or time.perf_counter(), len(buffers[-1]))
        self.send(content, buffers)


class _Sent:
    """What the page has of a run."""

    def __init__(self, run):
        self.run, self.pictures = run, None
        self._steps = self._looks = 0

    def news(self):
        """Return what was added to the run's curves since the last call, as content and buffers."""
        run = self.run
        content = {
            "run": run.number,
            "count": run.count,
            "seconds": round(run.seconds, 2),
            "now": [_finite(run.loss), _finite(run.smoothed), _finite(run.accuracy)],
            "stride": run.steps.stride,
        }
        buffers = [run.steps.since(self._steps).astype(np.float32).tobytes()]
        self._steps = run.steps.offered
        if run.looks and run.looks.offered > self._looks:
            content["looks"] = run.looks.stride
            if not self._looks:
                content["weights"] = run.weights
            buffers.append(run.looks.since(self._looks).astype(np.float32).tobytes())
            self._looks = run.looks.offered
        return content, buffers

    def new_pictures(self):
        """Return pictures that the page has not got yet, or None."""
        images = self.run.pictures
        return None if images is None or images is self.pictures else images[:MOST_PICTURES]


def _about(run):
    """Return what the table tells of a run."""
    return {
        "run": run.number,
        "name": run.name,
        "visible": run.visible,
        "settings": sliders.to_text(run.settings),
        "changes": [f"{name}={value!r} from step {step}" for step, name, value in run.changes],
        "images": run.settings.get("batch_size"),
        "steps": run.count,
        "loss": _finite(run.smoothed),
        "best": _finite(run.best_validation),
        "seconds": run.seconds,
    }


def _finite(value):
    """Return a number that JSON can hold: four significant digits, or None."""
    return float(f"{value:.4g}") if math.isfinite(value) else None
