"""Sliders over a function that draws one picture."""

import time

from IPython.display import display

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
    panel lives on.
    """
    if problems := sliders.problems(settings):
        print("This panel cannot be made.", *problems, sep="\n")
        return
    picture = None

    def update(**values):
        nonlocal picture
        start = time.perf_counter()
        try:
            figure = run(**values)
        except Exception as error:
            if picture is None:
                raise
            return f"{type(error).__name__}: {error}"
        if picture is None:
            picture = display(figure, display_id=True)
        else:
            picture.update(figure)
        return f"Done in {time.perf_counter() - start:.2f} s."

    values = {name: slider.value for name, slider in settings.items()}
    if not attended():
        update(**values)
        return
    panel = ExplorePanel(settings, update)
    display(panel)
    panel.tell(update(**values))
