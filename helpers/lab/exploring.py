"""Sliders over a function that draws one picture."""

import time

from IPython.display import display

from ..check import NotAttempted
from ..record import NOT_ATTEMPTED, Record, is_stub
from . import sliders
from .panel import Panel
from .training_lab import attended


class ExplorePanel(Panel):
    """Sliders, and a line that tells what came of the last move.

    Parameters
    ----------
    settings : dict of str to sliders.Slider
    when_moved : callable
        Called with all values; returns the line.
    """

    def __init__(self, settings, when_moved):
        self._sliders, self._when_moved = settings, when_moved
        self._values = {name: slider.value for name, slider in settings.items()}
        self._told = ""
        described = [slider.described(name) for name, slider in settings.items()]
        super().__init__(kind="explore", sliders=described)

    def tell(self, text):
        """Show a line under the sliders."""
        self._told = text
        self.send({"kind": "told", "text": text, "values": self._values})

    def _do_hello(self):
        self.tell(self._told)

    def _do_set(self, values):
        for name, value in values.items():
            self._values[name] = sliders.checked(name, value, self._sliders)
        self.tell("Running ...")
        self.tell(self._when_moved(**self._values))


def explore(run, **settings):
    """Show sliders, and the picture that ``run`` makes of their values.

    Parameters
    ----------
    run : callable
        ``run(**values)`` returns a figure; it is called once at the start, and again whenever a
        slider is let go.
    **settings : Slider
        From `log`, `linear` and `choice`; the names are those of ``run``'s arguments.

    Notes
    -----
    The picture is the cell's own output, so that it stays in a saved notebook, and the same cell
    runs where there is no page to show it. An error in ``run`` is shown under the sliders, and the
    panel lives on; one at the start ends the cell.
    """
    if problems := sliders.problems(settings):
        print("This panel cannot be made.", *problems, sep="\n")
        return
    values = {name: slider.value for name, slider in settings.items()}
    figure = _first(run, values)

    def update(**values):
        start = time.perf_counter()
        try:
            picture.update(run(**values))
        except Exception as error:
            return f"{type(error).__name__}: {error}"
        return f"Done in {time.perf_counter() - start:.2f} s."

    if attended():
        display(ExplorePanel(settings, update))
    picture = display(figure, display_id=True)


def _first(run, values):
    """Return the first picture; where a TODO that it needs is not written, one line says so."""
    try:
        return run(**values)
    except NotImplementedError as error:
        if not is_stub(error):
            raise
        raise NotAttempted(Record("this picture", NOT_ATTEMPTED, str(error))) from None
