"""The panel that trains a student's network live."""

from html import escape
from threading import Lock
from uuid import uuid4

from IPython import get_ipython
from IPython.display import display

from . import picture, sliders
from .panel import TrainingPanel
from .trainer import LOOK_EVERY, Trainer

SECONDS = 20.0  # for the short training where there is no page


class TrainingLab:
    """Sliders, curves and buttons around training code, which runs while they are moved.

    As the last line of a cell it shows itself. Where nobody looks on (nbconvert, grading, a
    report) the same cell trains for a fixed number of steps and leaves a picture.

    Parameters
    ----------
    make_run : callable
        ``make_run(settings)`` begins a run and returns an object with ``step(settings)``, or is a
        generator function. ``settings`` is a dict: the values of the sliders, and ``seed``. A step
        trains on one batch and returns its loss, or a dict with ``loss`` and, if it likes,
        ``train_accuracy`` (0 to 1). The object may also have

        - ``validate()``, which returns a dict with ``validation_accuracy``, ``train_accuracy``;
        - ``weights()``, a dict of arrays, for the length of an update over that of the weights;
        - ``pictures()``, the first layer as images, shape (n, height, width) or (n, height, width,
          3).

        They are called after the first step and then every ``look_every`` steps, and only look.
    sliders : dict of str to Slider
        From `log`, `linear` and `choice`. A slider that is made with ``fresh=True`` takes effect in
        the next run, all others in the next step.
    seed : int
        Of the first run. NumPy's shared stream of random numbers is seeded with it too.
    steps : int
        How many steps to train where there is no page.
    look_every : int
        Steps between two looks at validation, weights and pictures.

    Examples
    --------
    >>> def make_run(settings):
    ...     w = 1.0
    ...     while True:
    ...         w -= settings["learning_rate"] * 2 * w
    ...         settings = yield w**2
    >>> training = TrainingLab(make_run, sliders={"learning_rate": sliders.log(1e-3, 1, value=0.1)})
    >>> training.train(steps=20).smoothed < 0.2
    True
    """

    def __init__(self, make_run, sliders, *, seed=0, steps=200, look_every=LOOK_EVERY):
        self._mark = f"nnlab-last-{uuid4().hex[:12]}"  # its own among all notebooks of the page
        self._steps = steps
        self._problem = _problem(make_run, sliders, seed)
        self._panel, self._drawing = None, Lock()
        self._pictures, self._left = [], None
        if not self._problem:
            settings = {name: slider.value for name, slider in sliders.items()} | {"seed": seed}
            fresh = {name for name, slider in sliders.items() if slider.fresh}
            self._trainer = Trainer(make_run, settings, fresh, look_every)
            self._sliders = sliders

    @property
    def run(self):
        """Return the present run, a `curves.Run`."""
        return self._trainer.run

    @property
    def runs(self):
        """Return all runs, the earliest first."""
        return [*self._trainer.runs, self._trainer.run]

    @property
    def settings(self):
        """Return the settings as a line of text that `read` takes."""
        return sliders.to_text(self._trainer.settings)

    def read(self, text):
        """Set the sliders as a line of text says.

        Raises
        ------
        ValueError
            If the text cannot be read, or a value is not possible here.
        """
        self._trainer.set(sliders.from_text(text, self._sliders))
        if self._panel:
            self._panel.changed()

    def train(self, steps, seconds=SECONDS):
        """Train without a panel, and return the run.

        Parameters
        ----------
        steps : int
        seconds : float
            Time after which training stops in any case.

        Returns
        -------
        curves.Run
        """
        self._trainer.train(steps, seconds)
        return self._trainer.run

    def _ipython_display_(self):
        if self._problem:
            print(f"This panel cannot be made.\n{self._problem}")
        elif not attended():
            self._show_short_training()
        else:
            if self._panel is None:
                self._panel = TrainingPanel(
                    self._trainer, self._sliders, self._mark, self._leave_picture
                )
                self._trainer.watch = self._panel
            display(self._panel)
            self._pictures.append(display(_hidden(self._mark), raw=True, display_id=True))
            self._left = None
            self._leave_picture()

    def _show_short_training(self):
        """Train as a saved notebook and a report need it, and never raise."""
        with picture.untouched_random_stream():
            self.train(self._steps, SECONDS)
        if self._trainer.error:
            print(f"The training stopped.\n{self._trainer.error}")
        if self.run.count:
            display(picture.draw(self.runs, self._trainer.sign))

    def _leave_picture(self):
        """Put the present curves into the cell's output, where a saved notebook keeps them."""
        with self._drawing:  # a thread may still draw while the next one ends
            runs = [(run.number, run.name, run.visible, run.count) for run in self.runs]
            if not self.run.count or self._trainer.state == "running" or runs == self._left:
                return
            self._left = runs
            data, metadata = picture.draw(self.runs, self._trainer.sign)._repr_mimebundle_()
            data["text/html"] = (
                f'<div class="{self._mark}">{data["text/html"]}<p>The last picture of this '
                "panel. Run the cell again to train on.</p></div>"
            )
            for shown in self._pictures:
                shown.update(data, metadata=metadata, raw=True)


def _problem(make_run, settings, seed):
    """Return what is wrong with the arguments of a lab, or ""."""
    lines = sliders.problems(settings)
    if not callable(make_run):
        lines.append(f"make_run is {make_run!r}; give a function of the settings, or a class")
    if not isinstance(seed, int):
        lines.append(f"seed is {seed!r}; give a whole number")
    return "\n".join(lines)


def _hidden(mark):
    return {"text/plain": "", "text/html": f'<div class="{escape(mark)}"></div>'}


def attended():
    """Tell whether a person looks on: only then does whoever runs a cell take questions.

    Notebook front ends let a cell ask with ``input()``; nbclient, and so nbconvert and nbgrader,
    does not, and says so with each cell.
    """
    kernel = getattr(get_ipython(), "kernel", None)
    if kernel is None:
        return False
    return bool(kernel.get_parent("shell").get("content", {}).get("allow_stdin"))
